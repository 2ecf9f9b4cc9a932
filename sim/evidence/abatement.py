"""What a carbon tax does where buyers of compute can clean up, and where they cannot, as a page.

Everything on the page that a run decides is made from runs: two worlds that differ by one switch, each under a tax of
many sizes, on the same luck and on the same draws of assumptions. ``check`` tells a test whether the page is current.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import pandas as pd

from sim.evidence.abatement_figure import Curve, draw
from sim.evidence.page import Bar, Check, Foretell, Page, grid, whole
from sim.evidence.page import page as made_page
from sim.evidence.policies import effect_of
from sim.experiment.compare import compare, planned
from sim.experiment.duration import in_turn
from sim.experiment.path import simulate
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.carbon import CLEAN_POWER, OPERATIONAL
from sim.plurals import counted
from sim.report.comparison.effects import cell, phrase, spanned
from sim.report.words import NONE, number
from sim.results import Comparison
from sim.results.statistics import Effect, effect
from sim.scenario import Scenario, load, shipped
from sim.scenario.data import published
from sim.scenario.variants import with_options

RATES = (0, 25, 50, 100, 200, 400, 700, 1000)  # USD/tCO2; the first is no tax
START, YEARS, NAMED = 2027, (2030, 2040), 100  # of the tax; that are shown; the rate that the answer names
PAIRS = 50  # as many as `compare` takes
SETTINGS: tuple[str, ...] = ()  # of both worlds, beside what their files say
WORLDS = {"baseline": "cannot clean up", "clean_power": "can clean up"}  # shipped scenarios that one switch tells apart
SHOWN = {OPERATIONAL: "emissions by electricity", DIVIDE: "divide", FRONTIER_ERROR: "frontier's error"}
ABLE = "clean_power"
SMALL = 0.01  # relative change below which a change is called practically none
FILE, FOLDER = "abatement.md", "abatement/"  # the page, and what is beside it
NUMBERS, DIGITS = "numbers", 10  # a digest of them, in hexadecimal digits
EFFECTS, FIGURE = "effects.csv", "taxes.png"
COMMAND = "python run.py reproduce abatement"
MEANS = (
    "**Electricity is a small part of what compute costs.** A price of carbon that is avoided for a few cents per kWh "
    "adds little to a FLOP. What the tables show of the divide comes through that small part: who pays it, and where "
    "work is sited.",
    "**Without clean power the same tax can only shrink or move work.** What it cuts then is demand.",
    "**A tax is not a cap.** What a cap or a budget does that leaves no way but to buy less compute stands in the "
    "[findings](findings/findings.md#what-each-policy-changes).",
)
LIMITS = (
    "Premiums of clean power, how fast it is built and what can be removed are assumed, with ranges "
    "([model](model.md)), which the parentheses hold. Grids react no further, and the premium does not rise with how "
    "much all buyers take.",
    "The published estimates are of whole countries or of power sectors, whose own plants switch fuel. Here a buyer "
    "chooses clean power, moves or shrinks, and grids are as they are. Alike numbers are no test, and unlike ones no "
    "failure.",
    "Large buyers keep a part of what they promised in both worlds (`mechanisms.pledges`): what a tax adds is beyond "
    "that.",
)


@dataclass(frozen=True)
class Found:
    """What each tax changes, by world, year, measure and rate."""

    effects: dict[tuple[str, int, str, int], Effect]

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return max((change.replicates for change in self.effects.values()), default=0)

    def of(self, world: str, year: int, measure: str) -> dict[int, Effect]:
        """By rate, what the tax changes in a measure."""
        found = {rate: self.effects.get((world, year, measure, rate)) for rate in RATES[1:]}
        return {rate: change for rate, change in found.items() if change is not None}

    @classmethod
    def read(cls, table: pd.DataFrame) -> "Found":
        """What a table of effects, as the page has one, says."""
        rows = table.itertuples()
        return cls({(row.world, row.year, row.measure, row.usd_per_tonne): effect_of(row) for row in rows})


def taxed(world: str) -> list[Scenario]:
    """A world without the tax, and with it at each rate."""
    file = shipped() / f"{world}.toml"
    tax = [[f"policy.carbon_tax.rate={rate} USD/tCO2", f"policy.carbon_tax.start={START}"] for rate in RATES[1:]]
    plain, *others = (load(file, [*SETTINGS, *more]) for more in ([], *tax))
    return [plain, *(with_options(s, name=f"tax_{rate}") for s, rate in zip(others, RATES[1:], strict=True))]


def check() -> Check:
    """What tells the scenario and the code that a page was made with from others: a digest of the scenarios' numbers
    with their ranges, and a few numbers of single runs, quickly made."""
    found: Check = {}
    for world in WORLDS:
        scenarios = taxed(world)
        numbers = [(q.path, repr(q.value), q.low, q.high) for q in scenarios[0].quantities]
        found[f"{world} {NUMBERS}"] = [int(sha256(repr(sorted(numbers)).encode()).hexdigest()[:DIGITS], 16)]
        for scenario in (scenarios[0], scenarios[-1]):
            columns = list(registry(scenario.region_ids, scenario.kind_ids))
            yearly = simulate(scenario, 0).yearly
            last = [float(yearly[-1, columns.index(id)]) for id in SHOWN]
            found[f"{world} {scenario.name}"] = last
    return found


def abatement(bar: Bar | None = None, foretell: Foretell | None = None) -> Page:
    """Run everything and write the page. ``foretell`` hears before how long the runs take. An interrupt ends all of
    it."""
    worlds = {world: taxed(world) for world in WORLDS}
    if foretell:
        foretell(in_turn(planned(scenarios, replicates=PAIRS) for scenarios in worlds.values()))
    compared = {world: whole(compare(scenarios, replicates=PAIRS, progress=bar)) for world, scenarios in worlds.items()}
    found = _found(compared)
    curves = [
        Curve(label, year, id, found.of(world, year, id))
        for world, label in WORLDS.items() for year in YEARS for id in SHOWN
    ]  # fmt: skip
    last_line = f"{counted(found.pairs, 'paired replicate')} · compute-divide"
    files = {
        FILE: page(found),
        f"{FOLDER}{FIGURE}": draw(curves, SHOWN, last_line),
        f"{FOLDER}{EFFECTS}": _table(found),
    }
    return made_page(files, check(), FOLDER)


def _found(compared: dict[str, Comparison]) -> Found:
    changes = {
        (world, year, id, rate): _in_year(comparison, i, id, year)
        for world, comparison in compared.items() for year in YEARS
        for i, rate in enumerate(RATES) if rate for id in (*SHOWN, CLEAN_POWER)
    }  # fmt: skip
    return Found({key: change for key, change in changes.items() if change is not None})


def _in_year(comparison: Comparison, scenario: int, id: str, year: int) -> Effect | None:
    """What a scenario changes in a measure in one year."""
    at, measure = comparison.years.index(year), comparison.measures[id]
    luck, wide = (
        [comparison.paths(i, id, wide=drawn)[:, at] for i in (0, scenario)] for drawn in (False, comparison.drawn)
    )
    return effect(luck[0], luck[1], (wide[0], wide[1]) if comparison.drawn else None, logs=measure.logs)


def answer(found: Found) -> str:
    """Two sentences: what the tax does to the divide once buyers can clean up and where they cannot, and what it does
    to emissions. A direction is named where the range over luck and assumptions leaves no doubt of it."""
    year, top = YEARS[-1], RATES[-1]
    able, unable = (_at_all_rates(found.of(world, year, DIVIDE), year) for world in (ABLE, "baseline"))
    fall, less = (_does(found.of(world, year, OPERATIONAL).get(NAMED)) for world in (ABLE, "baseline"))
    at = {}
    for world in (ABLE, "baseline"):
        change = found.of(world, year, DIVIDE).get(top)
        at[world] = f" (at {top:,} USD/t: {spanned(change)})" if change else ""
    return (
        f"Once buyers of compute can clean up, a carbon tax from {START} on {able}{at[ABLE]}; where they cannot, it "
        f"{unable}{at['baseline']}. At {NAMED} USD/t, emissions by electricity {fall} where they can clean up, and "
        f"{less} where they cannot."
    )


def direction(change: Effect, year: int) -> str:
    """What a tax does to the divide, as a clause: by the wide range alone."""
    divide = f"{registry()[DIVIDE].subject} of {year}"
    middle = change.told(relative=change.is_relative).middle
    if change.few:
        return f"does to {divide} what too few replicates cannot tell"
    if not change.certain:
        return f"makes no detectable change to {divide}"
    if abs(middle) < SMALL:
        return f"changes {divide} by less than a percent"
    return f"{registry()[DIVIDE].words.verbs[middle < 0]} {divide}"


def _at_all_rates(changes: dict[int, Effect], year: int) -> str:
    """The same of all rates: alike ones together."""
    rates: dict[str, list[int]] = {}
    for rate, change in changes.items():
        rates.setdefault(direction(change, year), []).append(rate)
    if len(rates) == 1:
        return next(iter(rates))
    return ", and ".join(f"{said} at {', '.join(f'{r:,}' for r in some)} USD/t" for said, some in rates.items())


def _does(change: Effect | None) -> str:
    """What emissions do, as a clause."""
    if change is None or change.few:
        return "do what too few replicates cannot tell"
    if not change.certain:
        return f"show no detectable change ({cell(change, '1')})".replace("\n", "; ")
    return phrase(change, "1", registry()[EMISSIONS].words.verbs)


def page(found: Found) -> str:
    """The page: its answer, the figure, a table for each year, and what others found."""
    said = [
        "# Does carbon policy widen the divide once buyers can clean up?",
        answer(found),
        f"![What a carbon tax changes, where buyers can clean up and where they cannot]({FOLDER}{FIGURE})",
        f"Generated by `{COMMAND}`; a test fails when scenarios or results have changed since. Two worlds that differ "
        "by one switch, `mechanisms.abatement`: the [baseline](../scenarios/baseline.toml), and [clean power to be had]"
        "(../scenarios/clean_power.toml). In each a tax on all emissions by electricity, constant in real money, "
        f"begins in {START}. Every change is against the same world without it: a median of "
        f"{counted(found.pairs, 'pair')} with its 95 % interval of luck in brackets, and behind it the median and 95 % "
        "range over as many draws of luck and assumptions in parentheses. All numbers are in "
        f"[{EFFECTS}]({FOLDER}{EFFECTS}).",
    ]
    for year in YEARS:
        said += [f"## In {year}", _year(found, year)]
    means, limits = ("\n".join(f"- {point}" for point in points) for points in (MEANS, LIMITS))
    said += [
        "## Beside what others found",
        _beside(found),
        "## What it means",
        means,
        "## What it does not say",
        limits,
    ]
    return "\n\n".join(said) + "\n"


def _year(found: Found, year: int) -> str:
    rows = []
    for rate in RATES[1:]:
        for world, label in WORLDS.items():
            cells = [cell(found.effects.get((world, year, id, rate)), registry()[id].unit) for id in SHOWN]
            clean = found.effects.get((world, year, CLEAN_POWER, rate))
            rows.append([f"{rate:,}", label, *cells, number(clean.policy, "fraction") if clean else NONE])
    return grid(rows, ["USD/t", "buyers", *SHOWN.values(), "power that is clean (level)"])


def _beside(found: Found) -> str:
    """Published estimates, and what comes out here at the same price in the first of the years."""
    source = published("abatement")
    rows = []
    for estimate in source["estimates"]:
        here = [
            f"at {rate} USD/t: " + ", ".join(
                f"{cell(found.effects.get((world, YEARS[0], OPERATIONAL, rate)), '1')} ({label})".replace("\n", "; ")
                for world, label in WORLDS.items()
            )
            for rate, _ in estimate.get("changes", []) if rate in RATES
        ]  # fmt: skip
        title = f"[{estimate['by']}]({estimate['link']}), {estimate['title']}"
        rows.append([title, estimate["what"], estimate["said"], "; ".join(here) or "no price to set it at"])
    table = grid(rows, ["source", "of what", "what it found", f"emissions by electricity here in {YEARS[0]}"])
    return (
        f"{table}\n\nOf each its abstract was read. None is of buyers of compute for AI: a search of stored "
        f"public pages and documentation for {_joined(source['searched'])} found no such estimate. That the last hours "
        "cost most is said by Riepin and Brown 2024 (arXiv:2403.07876); their premiums were not read, and those of the "
        "scenario are assumed."
    )


def _joined(parts: Sequence[str]) -> str:
    *first, last = (f"“{part}”" for part in parts)
    return f"{', '.join(first)} and {last}"


def _table(found: Found) -> pd.DataFrame:
    """Every effect: a row for each world, year, measure and rate."""
    rows = []
    for (world, year, id, rate), change in found.effects.items():
        key = {"world": world, "year": year, "usd_per_tonne": rate, "measure": id, "unit": registry()[id].unit}
        middle = {"relative": change.relative, "replicates": change.replicates}
        rows.append({**key, **change.columns(), **middle, **change.more_columns()})
    return pd.DataFrame(rows)
