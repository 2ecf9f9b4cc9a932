"""The project's own findings as a page: why the divide opens, what a steeper law does, the story of the subject.

Everything on the page is made from runs; the numbers of ``check`` tell a test whether the page is still true.
"""

from typing import Any

import numpy as np
import pandas as pd

from sim.evidence import policies, worlds
from sim.evidence.page import LONG, Check, Foretell, Page, checked_page, digests, grid, single_runs, whole
from sim.evidence.tasks import years_of
from sim.experiment.compare import compare
from sim.experiment.compare import planned as planned_comparison
from sim.experiment.decompose import decompose
from sim.experiment.decompose import planned as planned_decomposition
from sim.experiment.duration import in_turn
from sim.experiment.laws import HELD, steepest, under_laws
from sim.experiment.pool import Progress
from sim.experiment.run import planned as planned_run
from sim.experiment.run import run
from sim.history.divide import divide as recorded
from sim.measures import DIVIDE, FRONTIER_ERROR, registry, told
from sim.measures.access import HALVING_COST, HALVING_EMISSIONS
from sim.measures.carbon import HALVING_CARS
from sim.measures.economy import FRONTIER_COST
from sim.measures.ids import GROUPS, could_pay
from sim.measures.research import EFFICIENCY, RESEARCH_SHARE
from sim.plurals import counted
from sim.report import everyday, words
from sim.report.comparison.effects import cell
from sim.report.comparison.figures.trade_off import trade_off
from sim.report.decomposition.figures import draw_all as waterfalls
from sim.report.decomposition.figures import file_of
from sim.report.decomposition.summary import summarize
from sim.report.decomposition.words import LEGEND
from sim.report.laws import answer
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.results import Comparison, Decomposition, Run, Spread
from sim.results.statistics import HIGH, LOW
from sim.scenario import load, shipped

REPLICATES = 20
TARGETS = "fitted/baseline_targets.csv"  # what the fit of the baseline gave, beside records
POLICY_PAIRS = 50  # as many as `compare` takes
EXTRAPOLATED = (
    "The law has evidence down to 11.5 %: all of this is extrapolated. The ranges are of luck alone: over draws of the "
    f"assumptions [most worlds](../quintillions.md) do not reach 1 % by {LONG}."
)
SHARES_RISE = (
    "A share can rise because others train less: what labs train with stands in the "
    "[README](../../README.md#what-each-policy-does). Products have no price: the market tells what accuracy alone "
    "does to sales ([what critics say](../critics.md))."
)
ENDLESS = (  # the trends of hardware as if they had no end within any horizon
    "compute.trend_end=2200", "compute.price_limit=1e30", "compute.energy_limit=2.5e24",
    "market.electricity_limit=1e9", "market.outside_limit=1e18",
)  # fmt: skip
EQUAL_START = "equal_start"  # a shipped world
CONSTRAINED = ("carbon_tax", "carbon_budget", "cap_and_trade")
PARTS_SHOWN = 8
EFFORT = {RESEARCH_SHARE: "fraction", EFFICIENCY: "ratio", FRONTIER_ERROR: "1"}  # columns on efficiency, with units
FIGURES = ("divide", "next_halving", "payers", "research")


def check() -> Check:
    """What tells the scenarios and the code that the page was made with from others."""
    baseline = load(shipped() / "baseline.toml")
    steeper = {f"{each.name}, {held} held": each for held in HELD for each in under_laws(baseline, held)}
    told = {each.name: each for each in (*worlds.worlds(baseline), *policies.compared(baseline))} | steeper
    return digests(told) | single_runs(told)


def findings(bar: Progress[Any] | None = None, foretell: Foretell | None = None) -> Page:
    """Run everything and write the page. ``foretell`` hears before how long the runs take."""
    file = shipped() / "baseline.toml"
    baseline = load(file, replicates=REPLICATES)
    long, on_trend = (load(file, settings, replicates=REPLICATES, until=LONG) for settings in ((), ENDLESS))
    under = {held: under_laws(baseline, held) for held in HELD}
    paired = [*((scenarios, REPLICATES) for scenarios in under.values()), (policies.compared(baseline), POLICY_PAIRS)]
    other = worlds.worlds(baseline)  # the baseline first
    if foretell:
        taking = planned_decomposition(baseline, replicates=REPLICATES)
        comparing = [planned_comparison(scenarios, replicates=pairs) for scenarios, pairs in paired]
        foretell(in_turn([*map(planned_run, (long, on_trend, *other)), taking, *comparing]))
    runs = [whole(run(world, progress=bar)) for world in other]
    first, later, endless = runs[0], *(whole(run(scenario, progress=bar)) for scenario in (long, on_trend))
    taken = whole(decompose(baseline, replicates=REPLICATES, progress=bar))
    *compared, held = (whole(compare(scenarios, replicates=pairs, progress=bar)) for scenarios, pairs in paired)
    laws = dict(zip(under, compared, strict=True))
    figures = GALLERY.draw(list(FIGURES), RunData(first.scenario, first.series, first.actors, fingerprint=""))
    figures |= {file_of(figure, id): png for id, of in waterfalls(taken, "").items() for figure, png in of.items()}
    figures["trade_off.png"] = trade_off(held, "") or b""
    why, story = _why(taken, _equal_start(runs)), _story(first, later, endless, held)
    told = [_head(), why, _steeper(laws), _policies(held), story]
    files = {f"figures/{name}": picture for name, picture in figures.items()}
    tables = {
        policies.RECORD: policies.record(held),
        policies.GAINS: policies.gains(held),
        worlds.RECORD: worlds.record(runs),
    }
    return checked_page({**files, **tables, "findings.md": "\n\n".join(told) + "\n"}, check())


def _head() -> str:
    return (
        "# What the simulator finds\n\nGenerated by `python run.py reproduce findings --out docs/findings`; a test "
        "fails when the model has changed since. Numbers are medians over replicates with 90 % ranges in brackets; "
        "changes are medians of pairs with 95 % intervals of luck in brackets, and behind them medians over draws of "
        "the assumptions with 95 % ranges in parentheses. No forecast is made."
    )


def _equal_start(runs: list[Run]) -> str:
    """What the world in which actors begin with equal means says, beside that with all endowments alike."""
    (found,) = (run for run in runs if run.scenario.name == EQUAL_START)
    divide = Spread.of(found.values_in(DIVIDE, found.years[-1])).median
    return (
        f"In [`{EQUAL_START}`](../../scenarios/{EQUAL_START}.toml), where plans and incomes are alike but customers "
        f"are not, {registry()[DIVIDE].subject} is {words.number(divide, 'ratio')}."
    )


def _why(taken: Decomposition, equal: str) -> str:
    said = ["## Why the divide opens", "```\npython run.py decompose scenarios/baseline.toml\n```"]
    for measure in summarize(taken).measures:
        *rows, interaction = ([row.part, row.group, row.out, row.alone] for row in measure.rows)
        header = [measure.label, "", "missing when left out", "added alone"]
        *first, last = measure.sentences
        lines = [*first, f"{last} {equal}" if measure.id == DIVIDE else last]
        said += [
            f"### {measure.label}",
            "\n".join(f"- {line}" for line in lines),
            f"![{measure.label}: what each part adds alone](figures/what_makes_{measure.id}.png)",
            f"Means with 95 % intervals of luck in brackets. {LEGEND} Here stand the "
            f"{PARTS_SHOWN} of {counted(len(rows), 'part')} that matter most.",
            grid([*rows[:PARTS_SHOWN], interaction], header),
        ]
    return "\n\n".join(said)


def _steeper(under: dict[str, Comparison]) -> str:
    divide, shown = registry()[DIVIDE], told("law")
    more, less = (verb.removesuffix("s") for verb in divide.words.verbs)
    said = [f"## Does steeper scaling {less} or {more} {divide.heading.lower()}?"]
    for held, laws in under.items():
        year, flat = laws.years[-1], laws.scenarios[0]
        rows = []
        for i, scenario in enumerate(laws.scenarios[1:], start=1):
            cells = [cell(laws.effect(i, id), measure.unit_under(flat.law)) for id, measure in shown.items()]
            rows.append([scenario.title, *cells])
        steep = steepest(laws.scenarios) or 0
        option = "" if held == "accuracy" else f" --hold {held}"
        said += [
            f"### Held: {HELD[held]}",
            f"```\npython run.py laws --compare scenarios/baseline.toml{option}\n```",
            answer(flat.title, laws.scenarios[steep].title, year, {id: laws.effect(steep, id) for id in shown})
            + " Held as well: the law's anchor at the start (the first error at the first compute), means, prices, and "
            f"what is known. Each law against {flat.title.lower()}:",
            grid(rows, ["", *(measure.label for measure in shown.values())]),
        ]
    return "\n\n".join(said)


def _policies(found: Comparison) -> str:
    head, rows = policies.with_ranges(policies.record(found))
    return "\n\n".join([
        "## What each policy changes",
        f"```\n{policies.COMMAND}\n```",
        f"In {found.years[-1]}, against the baseline. Every policy begins in {found.first_year}. {SHARES_RISE}",
        grid(rows, head),
        "![Policies by what they change in the divide and in emissions](figures/trade_off.png)",
    ])  # fmt: skip


def _story(whole: Run, later: Run, endless: Run, held: Comparison) -> str:
    divide, law = registry()[DIVIDE], whole.scenario.law
    return "\n\n".join([
        "## The price of the next halving",
        "```\npython run.py run scenarios/baseline.toml\n```",
        " ".join([
            _sentence_through(whole, HALVING_COST, "Halving the frontier's error once more costs"),
            words.evidence_sentence(law.best_error, law.unit, whole.extrapolated_from),
        ]),
        "![The next halving of error](figures/next_halving.png)",
        "### Who can still pay one",
        _payers(whole),
        "![Who could pay](figures/payers.png)",
        "### The carbon of it",
        _sentence_through(whole, HALVING_EMISSIONS, "Such a run would emit")
        + f" That is {_through(whole, HALVING_CARS)}, fuel included.",
        " ".join(["All that is modelled, in plain comparisons.", *everyday.of_run(whole)]),
        "### How far the turn to efficiency goes",
        "```\npython run.py compare scenarios/baseline.toml scenarios/carbon_tax.toml scenarios/carbon_budget.toml "
        "scenarios/cap_and_trade.toml\n```",
        _sentence_through(whole, RESEARCH_SHARE, "The share of spending that goes to efficiency research is"),
        _efficiency(held),
        "![Efficiency research](figures/research.png)",
        "### When 5 % and 1 % would be reached, and at what cost",
        f"```\npython run.py run scenarios/baseline.toml --until {LONG}\n```",
        _reached(later, 5),
        f"{_reached(later, 1)} If the trends of hardware had no end, a{_reached(endless, 1)[1:]}",
        " ".join([EXTRAPOLATED, *later.scenario.notes]),
        f"## {divide.heading}",
        f"![{divide.opening} in the baseline](figures/divide.png)",
        _sentence_through(whole, DIVIDE, "Industry's typical largest run over academia's is")
        + " Most of it opens before 2021.",
        beside_records(),
    ])  # fmt: skip


def beside_records() -> str:
    """Why records lie above the line of all actors: records of the model, at the best point of the fit, do so too."""
    level, said = pd.read_csv(shipped() / TARGETS, index_col="target")["best"], []
    for point in recorded():
        when = point.years.replace(" to ", "_")
        powers = level[f"compute_level_industry_{when}"] - level[f"compute_level_academia_{when}"]
        said.append(
            f"{words.number(10**powers, 'ratio')} in {point.years} ({words.number(point.ratio, 'ratio')} on record)"
        )
    return (
        "Models on record lie above the line: they are near the best of their time, and the line is of all actors. "
        "Drawn by [such a rule](../trust.md#from-a-world-to-records), records of the model lie there too, in the world "
        f"that fits best: {', '.join(said)}."
    )


def _through(result: Run, id: str) -> str:
    unit = result.measures[id].unit_under(result.scenario.law)
    years = (result.years[0], 2024, result.years[-1])
    return ", ".join(f"{words.ranged(Spread.of(result.values_in(id, year)), unit)} in {year}" for year in years)


def _sentence_through(result: Run, id: str, start: str) -> str:
    return f"{start} {_through(result, id)}."


def _payers(result: Run) -> str:
    lines = []
    for group, label in GROUPS.items():
        run_, halving = (_through(result, could_pay(what, group)) for what in ("frontier", "halving"))
        lines.append([label.capitalize(), run_, halving])
    return grid(lines, ["could pay with a year's means", "a frontier run", "the next halving"])


def _efficiency(held: Comparison) -> str:
    rows = []
    for name in CONSTRAINED:
        i = 1 + held.names.index(name)
        rows.append([name, *(cell(held.effect(i, id, "mean"), unit) for id, unit in EFFORT.items())])
    error = registry()[FRONTIER_ERROR].title.lower()
    header = [f"mean from {held.first_year} on", "research share", "efficiency of the frontier", error]
    return grid(rows, header)


def _reached(later: Run, percent: int) -> str:
    """When an error is reached, and what the largest run costs in that year: each replicate in its own."""
    years = years_of(later, percent / 100)
    if not years:
        return f"An error of {percent} % is reached in no replicate by {later.years[-1]}."
    low, middle, high = (int(year) for year in np.percentile(list(years.values()), [LOW, 50, HIGH]))
    costs = np.array([later.values_in(FRONTIER_COST, year)[replicate] for replicate, year in years.items()])
    among = f" in {len(years)} of {len(later.replicates)} replicates" if len(years) < len(later.replicates) else ""
    return (
        f"An error of {percent} % is reached in {middle} [{low}, {high}]{among}, when the largest run of the year "
        f"costs {words.ranged(Spread.of(costs), 'USD')}."
    )
