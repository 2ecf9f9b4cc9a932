"""What a scenario costs beyond the baseline, in cells: sums, and what they are divided by."""

from sim.report import words
from sim.report.comparison import effects
from sim.report.comparison.verdict import span
from sim.results.cost import Cost


def in_brief(cost: Cost) -> list[str]:
    """Outlay, lost market, paid back, per tonne avoided and per halving of the divide."""
    sums = [words.number(usd, "USD") if usd else "0" for usd in (cost.outlay, cost.lost_market, cost.paid_back)]
    return sums + [words.number(usd, "USD") if usd is not None else "" for usd in (cost.per_tonne, cost.per_halving)]


def cost_heads(years: tuple[int, int]) -> dict[str, str]:
    """Heads of the table of costs by their names: sums that make up the whole, the whole, and what it is divided by."""
    over = span(years)
    return {
        "outlay": f"Public outlay, {over}",
        "unspent": f"Of it kept by labs for other things (−), {over}",
        "lost_market": f"Product market lost (−: gained), {over}",
        "abatement": f"Clean power and removals, {over}",
        "whole": "Cost, all four",
        "per_tonne": "Per tonne avoided",
        "per_halving": "Per halving of the divide",
        "paid_back": f"Revenue paid back (no cost), {over}",
    }


def with_ranges(cost: Cost, years: tuple[int, int]) -> dict[str, str]:
    """What stands below each of these heads, by name: of what is not there, why."""
    changes = {name: cost.changes.get(name) for name in cost_heads(years)}
    return {
        name: cost.why.get(name, "") if change is None else effects.sums(change, "USD")
        for name, change in changes.items()
    }
