"""What a carbon tax does where buyers of compute can clean up, and where they cannot, as a page.

Everything on the page that a run decides is made from runs: two worlds that differ by one switch, each under a tax of
many sizes, on the same luck and on the same draws of assumptions. ``check`` tells a test whether the page is current.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd

from sim.arrays import Array
from sim.evidence.abatement_figure import Curve, draw
from sim.evidence.abatement_tables import beside, in_year, points
from sim.evidence.page import Check, Foretell, Page, checked_page, digests, single_runs, whole
from sim.evidence.policies import effect_of
from sim.experiment.compare import compare, planned
from sim.experiment.duration import in_turn
from sim.experiment.pool import Progress
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.carbon import CLEAN_POWER, ENERGY, OPERATIONAL
from sim.plurals import counted
from sim.report import everyday
from sim.report.certainty import called, chosen, clause
from sim.results import Comparison
from sim.results.certainty import Sureness, direction, moved, sureness
from sim.results.statistics import Effect, effect
from sim.scenario import Scenario, load, shipped
from sim.scenario.variants import with_options

RATES = (0, 25, 50, 100, 200, 400, 700, 1000)  # USD/tCO2; the first is no tax
START, YEARS, NAMED = 2027, (2030, 2040), 100  # of the tax; that are shown; the rate that the answer names
PAIRS = 50  # as many as `compare` takes
SETTINGS: tuple[str, ...] = ()  # of both worlds, beside what their files say
WORLDS = {"baseline": "cannot clean up", "clean_power": "can clean up"}  # shipped scenarios that one switch tells apart
SHOWN = {OPERATIONAL: "emissions by electricity", DIVIDE: "divide", FRONTIER_ERROR: "frontier's error"}
UNABLE, ABLE = WORLDS
LESS = "difference"  # in the place of a world: relative effects, pair by pair, where buyers can clean up less where not
FIGURES = 3  # significant ones of an effect
FILE, FOLDER = "abatement.md", "abatement/"  # the page, and what is beside it
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
    "([model](model.md)), which the parentheses hold. Two known contracts for clean power at all hours cost more than "
    "the premium as it stands, and lie within its range except for the highest estimate. Grids react no further, and "
    "the premium does not rise with how much all buyers take.",
    "The published estimates are of whole countries or of power sectors, whose own plants switch fuel. Here a buyer "
    "chooses clean power, moves or shrinks, and grids are as they are. Alike numbers are no test, and unlike ones no "
    "failure.",
    "Large buyers keep a part of what they promised in both worlds (`mechanisms.pledges`): what a tax adds is beyond "
    "that.",
)


@dataclass(frozen=True)
class TaxEffects:
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
    def read(cls, table: pd.DataFrame) -> "TaxEffects":
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
    """What tells the scenarios and the code that the page was made with from others."""
    told = {f"{world}, {each.name}": each for world in WORLDS for each in taxed(world)}
    return digests(told) | single_runs(told)


def abatement(bar: Progress[Any] | None = None, foretell: Foretell | None = None) -> Page:
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
    return checked_page(files, check(), FOLDER)


def _found(compared: dict[str, Comparison]) -> TaxEffects:
    rates = [(i, rate) for i, rate in enumerate(RATES) if rate]
    changes = {
        (world, year, id, rate): _in_year(comparison, i, id, year)
        for world, comparison in compared.items() for year in YEARS
        for i, rate in rates for id in (*SHOWN, CLEAN_POWER, ENERGY)
    }  # fmt: skip
    changes |= {
        (LESS, year, id, rate): _less(compared, i, id, year) for year in YEARS for i, rate in rates for id in SHOWN
    }
    return TaxEffects({key: change for key, change in changes.items() if change is not None})


def _in_year(comparison: Comparison, scenario: int, id: str, year: int) -> Effect | None:
    """What a scenario changes in a measure in one year."""
    luck, wide = (_both(comparison, scenario, id, year, wide=drawn) for drawn in (False, comparison.drawn))
    return effect(*luck, wide if comparison.drawn else None, comparison.measures[id].scale)


def _less(compared: dict[str, Comparison], scenario: int, id: str, year: int) -> Effect | None:
    """The relative effect in one year where buyers can clean up less that where they cannot, pair by pair: on the same
    luck, and on the same draw of assumptions. Both are ratios to the world without the tax."""
    unable, able = (compared[world] for world in (UNABLE, ABLE))
    drawn = unable.drawn and able.drawn
    luck, wide = (
        [after / before for before, after in (_both(one, scenario, id, year, wide=which) for one in (unable, able))]
        for which in (False, drawn)
    )
    same = [one.assumptions == other.assumptions for one, other in zip(unable.pairs, able.pairs, strict=True)]
    return effect(luck[0], luck[1], (wide[0][same], wide[1][same]) if drawn else None)


def _both(comparison: Comparison, scenario: int, id: str, year: int, *, wide: bool) -> tuple[Array, Array]:
    """A measure in one year by replicate, without the tax and with it."""
    at = comparison.years.index(year)
    before, after = (comparison.paths(i, id, wide=wide)[:, at] for i in (0, scenario))
    return before, after


def answer(found: TaxEffects) -> str:
    """Whether the tax changes the divide, first where buyers can clean up and then where they cannot, as a paragraph
    of its own; behind it what the one is less the other, and what the tax does to emissions, also beside what a reader
    knows. A direction is named where the range over luck and assumptions leaves no doubt of it."""
    year = YEARS[-1]
    able, unable = (_groups(found.of(world, year, DIVIDE)) for world in (ABLE, UNABLE))
    first = " ".join(filter(None, [
        _verdict(able),
        f"Where buyers of compute can clean up, a carbon tax from {START} on {_at_all_rates(able, year)}. Where they "
        f"cannot, it {_at_all_rates(unable, year)}.",
    ]))  # fmt: skip
    fall, less = (_does(found.of(world, year, OPERATIONAL).get(NAMED)) for world in (ABLE, UNABLE))
    rest = " ".join(filter(None, [
        _compared(found.of(LESS, year, DIVIDE).get(RATES[-1])),
        f"At {NAMED} USD/t, emissions by electricity {fall} where they can clean up, and {less} where they cannot.",
        _pictured(found),
    ]))  # fmt: skip
    return f"**{first}**\n\n{rest}"


def _groups(changes: dict[int, Effect]) -> list[dict[int, Effect]]:
    """Effects by rate, those that follow each other and are called alike together."""
    by = groupby(changes.items(), key=lambda entry: called(registry()[DIVIDE], entry[1]))
    return [dict(some) for _, some in by]


def _verdict(groups: list[dict[int, Effect]]) -> str:
    """The answer to the page's question, where buyers can clean up: what the highest rate does, but for hardly anything
    up to some rate; empty where too few replicates tell."""
    if not groups:
        return ""
    first, change = list(groups[0].items())[-1], list(groups[-1].values())[-1]
    if change.few:
        return ""
    how, way = sureness(change), direction(change)
    if how is Sureness.HARDLY:
        return "No, or hardly."
    if sureness(first[1]) is Sureness.HARDLY:
        return f"Hardly, up to {first[0]:,} USD/t."
    if how is Sureness.UNCLEAR:
        return "Unclear."
    if how is Sureness.MAY:
        return "Perhaps." if way > 0 else "No: it may narrow it."
    return "Yes." if way > 0 else "No: it narrows it."


def _compared(change: Effect | None) -> str:
    """What the paired difference of the two effects at the highest rate says, as a sentence; empty where there is
    none."""
    if change is None or change.few:
        return ""
    said = f"the first change less the second is {points(change.told.amount)}, on the same luck"
    if change.draws is not None:
        said += f" and assumptions (on luck alone, with numbers as they stand: {points(change.luck.amount)})"
    if not direction(change):
        return f"Pair by pair the two cannot be told apart: at {RATES[-1]:,} USD/t {said}."
    more, may = registry()[DIVIDE].words.comparatives[direction(change) < 0], sureness(change) is Sureness.MAY
    leaves = "may leave" if may else "leaves"
    return f"Pair by pair it {leaves} the divide {more} where they can clean up: at {RATES[-1]:,} USD/t {said}."


def _pictured(found: TaxEffects) -> str:
    """What the named tax does to emissions and electricity where buyers can clean up, beside what a reader knows; what
    has no sure direction is left out."""
    said = []
    for id, name, told, unit in (
        (OPERATIONAL, "emissions", everyday.emissions, "tCO2e/yr"),
        (ENERGY, registry()[ENERGY].subject, everyday.electricity, "MWh/yr"),
    ):  # fmt: skip
        change = found.of(ABLE, YEARS[-1], id).get(NAMED)
        amount = moved(change)
        if change is not None and amount and registry()[id].unit == unit:
            said.append(f"{name} {chosen(change, registry()[id].words.verbs)} by {told(abs(amount))}")
    return f"In {YEARS[-1]} at that rate, where they can, {'; '.join(said)} (medians over draws)." if said else ""


def _at_all_rates(groups: list[dict[int, Effect]], year: int) -> str:
    """What a tax does to the divide of a year, as clauses: hardly changes it up to one rate; from another on its
    direction is unclear."""
    divide, said = f"{registry()[DIVIDE].subject} of {year}", []
    for i, some in enumerate(groups):
        *_, (rate, change) = some.items()
        where = _rates(list(some), first=not i, last=i == len(groups) - 1)
        how, text = sureness(change), clause(change, registry()[DIVIDE], change.told.relative)
        subject, bare = (divide if not i else "it"), called(registry()[DIVIDE], change)
        size = text.removeprefix(bare)
        if how is Sureness.FEW:
            said.append(f"{'it ' if i else ''}does to {subject} what too few replicates tell{where}")
        elif how is Sureness.UNCLEAR:
            at = f" at {rate:,} USD/t" if len(some) > 1 else ""
            what = f"{where[1:]} its direction is unclear" if i else f"changes {divide} in an unclear direction{where}"
            said.append(f"{what}{size.removesuffix(')')}{at})")
        else:
            said.append(f"{'it ' if i else ''}{bare} {subject}{size}{where}")
    return "; ".join(said)


def _rates(rates: list[int], *, first: bool, last: bool) -> str:
    """Rates that follow each other, in words: up to 700 USD/t; all of them need none."""
    if first and last:
        return f" at {rates[0]:,} USD/t" if len(rates) == 1 else f" at {rates[0]:,} to {rates[-1]:,} USD/t"
    if first:
        return f" up to {rates[-1]:,} USD/t"
    if len(rates) == 1:
        return f" at {rates[0]:,} USD/t"
    return f" from {rates[0]:,} USD/t on" if last else f" at {rates[0]:,} to {rates[-1]:,} USD/t"


def _does(change: Effect | None) -> str:
    """What emissions do, as a clause."""
    if change is None or change.few:
        return "do what too few replicates cannot tell"
    said = clause(change, registry()[EMISSIONS], change.told.on(relative=change.is_relative), FIGURES, plural=True)
    return f"go either way ({said})" if sureness(change) is Sureness.UNCLEAR else said


def page(found: TaxEffects) -> str:
    """The page: its answer, the figure, a table for each year, and what others found."""
    said = [
        "# Does carbon policy widen the divide once buyers can clean up?",
        answer(found),
        f"![What a carbon tax changes, where buyers can clean up and where they cannot]({FOLDER}{FIGURE})",
        f"Generated by `{COMMAND}`; a test fails when scenarios or results have changed since. Two worlds that differ "
        "by one switch, `mechanisms.abatement`: the [baseline](../scenarios/baseline.toml), and [clean power to be had]"
        "(../scenarios/clean_power.toml). In each a tax on all emissions by electricity, constant in real money, "
        f"begins in {START}. Every change is against the same world without it. Numbers “as they stand” are medians "
        f"of {counted(found.pairs, 'pair')} with 95 % intervals of luck in brackets, “drawn” ones medians and 95 % "
        "ranges over as many draws of luck and assumptions. “Difference” is the relative change where buyers can clean "
        "up less that where they cannot, taken pair by pair, in percentage points. All rates and digits are in "
        f"[{EFFECTS}]({FOLDER}{EFFECTS}).",
    ]
    for year in YEARS:
        of = {(world, id, rate): change for (world, at, id, rate), change in found.effects.items() if at == year}
        said += [f"## In {year}", in_year(of, WORLDS, LESS, SHOWN)]
    means, limits = ("\n".join(f"- {point}" for point in some) for some in (MEANS, LIMITS))
    said += [
        "## Beside what others found",
        beside(found.effects, WORLDS, YEARS[0], RATES),
        "## What it means",
        means,
        "## What it does not say",
        limits,
    ]
    return "\n\n".join(said) + "\n"


def _table(found: TaxEffects) -> pd.DataFrame:
    """Every effect: a row for each world, year, measure and rate."""
    rows = []
    for (world, year, id, rate), change in found.effects.items():
        unit = registry()[id].unit if world != LESS else "fraction"
        key = {"world": world, "year": year, "usd_per_tonne": rate, "measure": id, "unit": unit}
        rows.append(key | change.row())
    return pd.DataFrame(rows)
