"""The five benchmarks of the published table as worlds: what the next gain costs on each, and who can take part."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.evidence.drawn import DrawnWorld
from sim.measures import DIVIDE, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE, HALVING_COST
from sim.measures.economy import FRONTIER_COST, MARKET
from sim.report.words import number
from sim.results import Run
from sim.results.statistics import Spread
from sim.scenario import load, shipped
from sim.scenario.data import laws, published
from sim.scenario.ensemble import FITTED
from sim.scenario.scenario import Scenario

FILES = ("baseline", "squad", "ms_coco", "conll_2003", "wmt14")  # ImageNet is the baseline's
HEAD = [
    "task", "law", "the law goes through", "error in {middle}", "in {end}", "next halving in {end}",
    "targets of the table",
    "divide in {end}", "academia's share of training compute",
]  # fmt: skip


def scenarios(replicates: int, until: int) -> list[Scenario]:
    """A world for each task."""
    return [load(shipped() / f"{name}.toml", replicates=replicates, until=until) for name in FILES]


def table(runs: list[Run], middle: int, end: int) -> tuple[list[str], list[list[str]]]:
    """Head and rows: medians over replicates. Runs may go on beyond ``end``, to find when targets are reached."""
    return [text.format(middle=middle, end=end) for text in HEAD], [_row(run, middle, end) for run in runs]


def by_theory(found: Mapping[str, Sequence[Sequence[DrawnWorld]]], end: int) -> tuple[list[str], list[list[str]]]:
    """Head and rows: each task under each theory, medians over draws. ``found`` by theory has the draws of each task,
    in the same order."""
    told = {
        HALVING_COST: ("next halving", "USD"),
        DIVIDE: ("divide", "ratio"),
        ACADEMIA_SHARE: ("academia", "fraction"),
    }
    head = ["task", *(f"{name}, {theory}" for name, _ in told.values() for theory in found)]
    rows = []
    for draws in zip(*found.values(), strict=True):
        cells = [
            number(Spread.of(np.array([one.years.at(id, end) for one in own])).median, unit)
            for id, (_, unit) in told.items() for own in draws
        ]  # fmt: skip
        rows.append([_label(draws[0][0].world), *cells])
    return head, rows


def markets(runs: list[Run], end: int) -> str:
    """How many times the market grows, and the divide then, from the task where it grows least on."""
    grown = {_label(run.scenario): _at(run, MARKET, end) / _at(run, MARKET, run.years[0]) for run in runs}
    ordered = sorted(runs, key=lambda run: grown[_label(run.scenario)])
    return "; ".join(
        f"{label} {number(grown[label], 'ratio')}, divide {number(_at(run, DIVIDE, end), 'ratio')}"
        for run in ordered for label in [_label(run.scenario)]
    )  # fmt: skip


def _label(scenario: Scenario) -> str:
    return str(laws()["labels"][scenario.law_table.benchmark])


def _at(run: Run, id: str, year: int) -> float:
    """The median over replicates."""
    return Spread.of(run.values_in(id, year)).median


def _row(run: Run, middle: int, end: int) -> list[str]:
    table = run.scenario.law_table
    unit = run.scenario.law.unit
    name = f"[{_label(run.scenario)}](../scenarios/{run.scenario.name}.toml)"
    targets = [_reached(run, error) for error, *_ in published("thompson")["cells"][table.benchmark][1:]]
    return [
        name, table.profile, _anchor(run.scenario), number(_at(run, FRONTIER_ERROR, middle), unit),
        number(_at(run, FRONTIER_ERROR, end), unit), number(_at(run, HALVING_COST, end), "USD"), "; ".join(targets),
        number(_at(run, DIVIDE, end), "ratio"), number(_at(run, ACADEMIA_SHARE, end), "fraction"),
    ]  # fmt: skip


def _anchor(scenario: Scenario) -> str:
    """The run that sets the law's level: its error, what it took and when."""
    table, unit = scenario.law_table, scenario.law.unit
    if table.goes_through_known:
        found, compute, when = table.known_error, table.known_compute, f"{table.known_year:.0f}"
    else:
        fitted = scenario.numbers["law.start_error"].source == FITTED
        found, compute, when = table.start_error, table.start_compute, f"{scenario.time.start}" + " (fitted)" * fitted
    return f"{number(found, unit)} with {number(compute, 'FLOP')}, {when}"


def _reached(run: Run, error: float) -> str:
    """When a typical replicate first has an error, and what the largest run of that year costs in such a one."""
    name, years = f"{100 * error:g} %", years_of(run, error)
    if 2 * len(years) <= len(run.replicates):
        return f"{name}: not by {run.years[-1]}"
    costs = [run.values_in(FRONTIER_COST, year)[replicate] for replicate, year in years.items()]
    return f"{name}: {int(np.median(list(years.values())))}, {number(float(np.median(costs)), 'USD')}"


def years_of(run: Run, error: float) -> dict[int, int]:
    """The year at whose end each replicate that reaches an error first has it, by its place in the run."""
    there = run.values(FRONTIER_ERROR) <= error
    return {i: run.years[0] + int(row.argmax()) for i, row in enumerate(there) if row.any()}
