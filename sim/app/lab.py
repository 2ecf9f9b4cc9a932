"""My lab, my country: what a lab that takes prices as they are could train, and what policies change in a country."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any

import numpy as np

from sim.app.ensemble import PairedWorlds, changes, middles
from sim.app.looks import raised, span
from sim.app.members import Both
from sim.app.places import Seen, columns_of
from sim.app.sizes import size_text
from sim.app.typed import POINT, amount_of
from sim.arrays import Array
from sim.errors import InputError
from sim.measures import FRONTIER_ERROR, registry
from sim.measures.base import Scale, Words
from sim.measures.ids import emissions_in
from sim.measures.research import RESEARCHERS
from sim.quantity import KWH_PER_MWH
from sim.report import words
from sim.report.certainty import chosen, share_held
from sim.results.certainty import DIRECTED, Sureness, sureness
from sim.results.statistics import Effect, ranges
from sim.scenario import Scenario

MOST_BUDGET = 1e15  # USD/yr
MANY = "researchers"
MOVES = 0.01  # of all compute on offer, above which a buyer would move prices
TINY = 1e-3  # a smaller part is told as one in so many
HEADS = ("Largest run", "Error", "Months behind the frontier", "Share of the largest run", "Budget to take part")
TAKER = (
    "A lab that joins, with a budget of its own, pays what actors of its kind pay in its country, and trains with what "
    "they know. It is a price-taker: the world is the same with it as without it. Grants of compute, sponsors and "
    "limits on single actors are not counted."
)


Values = Callable[[PairedWorlds, str, int], Array]  # (pair, year) of a country in a world


@dataclass(frozen=True)
class Lab:
    """What a reader asks for."""

    kind: str
    region: str
    budget: float  # USD/yr of training compute
    start: int  # calendar year


def lab_of(told: Any, scenario: Scenario) -> Lab:
    """The lab that the browser asks for. Raises InputError."""
    if not isinstance(told, dict):
        raise InputError("no lab", found=told, allowed="kind, country, budget and year", fix="reload the page")
    for key, known in (("kind", scenario.kind_ids), ("region", scenario.region_ids)):
        if told.get(key) not in known:
            raise InputError(f"unknown {key}", found=told.get(key), allowed=", ".join(known), fix="choose one")
    try:
        budget = amount_of(str(told.get("budget", "")))
    except ValueError:
        budget = float("nan")
    if not 0 < budget <= MOST_BUDGET:
        allowed = f"more than 0, at most {MOST_BUDGET:,.0f} USD a year"
        fix = f"type an amount such as 100000, with {POINT}"
        raise InputError("no budget", key="budget", found=told.get("budget"), allowed=allowed, fix=fix)
    first, last = scenario.time.start, scenario.time.end
    try:
        start = int(str(told.get("start", "")))
    except ValueError:
        start = first - 1
    if not first <= start <= last:
        allowed = f"{first} to {last}"
        raise InputError("no such year", key="start", found=told.get("start"), allowed=allowed, fix="type one of them")
    return Lab(str(told["kind"]), str(told["region"]), budget, start)


@dataclass(frozen=True)
class Trained:
    """What a lab trains in a world, (pair, year); NaN before it begins."""

    run: Array  # FLOP
    error: Array
    months: Array  # behind the frontier
    at_least: Array  # 1 where the frontier never had so high an error, so that it is at least so far behind
    share: Array  # of the largest run of the year
    budget: Array  # USD/yr for a run near enough to the largest
    demand: Array  # part of all compute on offer that it buys


def trained(worlds: PairedWorlds, lab: Lab, world: int) -> Trained:
    """What a lab could train in the baseline, 0, or the policy world, 1."""
    found = [_one(worlds, both, lab, world) for both in worlds.found]
    return Trained(*(np.array(column) for column in zip(*found, strict=True)))


def _one(worlds: PairedWorlds, both: Both, lab: Lab, world: int) -> tuple[Array, ...]:
    """The same in one pair, by year."""
    scenario, place = worlds.baseline, both.places[world]
    years, before = np.array(worlds.years), np.array(worlds.years) < lab.start
    cost, knowledge = _terms(scenario, place, lab)
    largest = np.exp(place.rows[:, columns_of(scenario).of("ln_largest")][:, 0])
    capacity = np.exp(place.rows[:, columns_of(scenario).of("ln_capacity")][:, 0])
    compute = lab.budget / cost
    run = place.run_share * compute
    reached = place.law.error(place.law.effective(np.log(np.where(before, 1e-300, run)), knowledge))
    error = np.minimum.accumulate(np.where(before | ~np.isfinite(reached), np.inf, reached))
    frontier = both.values[world][:, worlds.columns[FRONTIER_ERROR]]
    months, at_least = behind(error, frontier, place.start_error, years)
    with np.errstate(divide="ignore", invalid="ignore"):
        near = largest / scenario.yardsticks.near / place.run_share * cost
        columns = [run, error, months, at_least, run / largest, near, compute / capacity]
    return tuple(np.where(before, np.nan, column) for column in columns)


def _terms(scenario: Scenario, place: Seen, lab: Lab) -> tuple[Array, Array]:
    """By year USD per FLOP, and what is known (ln units): of the kind in the country, or of the kind where nobody of it
    is there."""
    columns, kind = columns_of(scenario), scenario.kind_ids.index(lab.kind)
    regions = len(scenario.region_ids)
    costs = place.rows[:, columns.of("ln_cost")][:, kind * regions : (kind + 1) * regions]
    own = costs[:, scenario.region_ids.index(lab.region)]
    some = np.isfinite(costs).any(axis=1)
    others = np.full(len(costs), np.nan)
    others[some] = np.nanmean(costs[some], axis=1)
    return np.exp(np.where(np.isfinite(own), own, others)), place.rows[:, columns.of("knowledge")][:, kind]


def behind(error: Array, frontier: Array, start_error: float, years: Array) -> tuple[Array, Array]:
    """Months since the frontier had an error, at the end of each year, between year-ends by its logarithm; and 1 where
    the frontier never had one so high, so that it is only known to be longer."""
    past = np.minimum.accumulate(np.concatenate([[start_error], frontier]))
    times = np.concatenate([years, years[-1:] + 1.0])
    with np.errstate(invalid="ignore"):
        when = np.interp(-np.log(error), -np.log(past), times)
        months = np.where(np.isfinite(error), np.maximum(12.0 * (years + 1.0 - when), 0.0), np.nan)
    return months, (error > start_error).astype(float)


def told(worlds: PairedWorlds, lab: Lab, others: list[tuple[str, PairedWorlds]]) -> dict[str, Any]:
    """What the browser shows of a lab: in both worlds, in those of saved settings, and of its country."""
    before, here = found_in(worlds, lab)
    rows = [("Baseline", worlds, before), ("This setting", worlds, here)]
    rows += [(name, other, found_in(other, lab)[1]) for name, other in others]
    region = next(one for one in worlds.baseline.regions if one.id == lab.region)
    return {
        "heads": HEADS,
        "rows": [{"name": name, "years": _row(worlds, other, found)} for name, other, found in rows],
        "part": [_part(worlds, lab, here, i) for i in range(len(worlds.years))],
        "region": {"name": region.label or region.id, "years": country(worlds, lab.region)},
        "count": len(worlds.found),
        "held": share_held(len(worlds.found)),
    }


@dataclass(frozen=True)
class LabFound:
    """A lab in a world: where each number stands, (year,), and all that it can be, (pair, year)."""

    stands: Trained
    pairs: Trained


def found_in(worlds: PairedWorlds, lab: Lab) -> tuple[LabFound, LabFound]:
    """A lab in the baseline and in the policy world."""
    standing = [vars(trained(worlds.as_they_stand, lab, world)) for world in (0, 1)]
    placed = [placed_in(worlds, (standing[0][name], standing[1][name])) for name in standing[0]]
    before, after = (LabFound(Trained(*column), trained(worlds, lab, world))
                     for world, column in enumerate(zip(*placed, strict=True)))  # fmt: skip
    return before, after


def placed_in(worlds: PairedWorlds, standing: tuple[Array, Array]) -> tuple[Array, Array]:
    """By year where both worlds stand, from values (pair, year) of the pairs that levels are of."""
    before, after = middles(standing, changes(standing, [Scale()] * len(worlds.years), drawn=False))
    return np.array(before), np.array(after)


def _row(worlds: PairedWorlds, other: PairedWorlds, found: LabFound) -> list[list[str]]:
    """Cells by year, in the years of the setting that is shown."""
    columns = {"run": "FLOP", "error": worlds.unit(FRONTIER_ERROR), "months": "months", "share": "fraction",
               "budget": "USD/yr"}  # fmt: skip
    rows = []
    for year in worlds.years:
        if year not in other.years:
            rows.append([words.NONE] * len(columns))
            continue
        i = other.years.index(year)
        cells = {
            name: ranged(getattr(found.stands, name)[i], getattr(found.pairs, name)[:, i], unit)
            for name, unit in columns.items()
        }
        cells["months"] = words.bounded(cells["months"], bool(found.stands.at_least[i] > 0.5))
        rows.append([*cells.values()])
    return rows


def ranged(stands: float, values: Array, unit: str) -> str:
    """Where a number stands with the middle nine tenths of what it can be; without them of few."""
    if not isfinite(stands):
        return words.NONE
    _, low, high = ranges(values[:, None])[:, 0].tolist()
    if not isfinite(low):
        return amount(stands, unit)
    return f"{amount(stands, unit)} ({span(amount(low, unit), amount(high, unit))})"


def amount(value: float, unit: str) -> str:
    """A number as people say it: a small part as one in so many, researchers as whole ones."""
    if unit == "fraction" and 0 < value < TINY:
        return f"1 in {words.count(float(f'{1 / value:.3g}'))}"
    if unit != MANY:
        return raised(words.number(value, unit))
    shown = words.count(float(f"{value:.3g}"))
    return f"{shown} {MANY.removesuffix('s') if shown == '1' else MANY}"


def _part(worlds: PairedWorlds, lab: Lab, found: LabFound, i: int) -> str:
    """What would have to change for the lab to take part in a year."""
    near = f"{worlds.baseline.yardsticks.near:g}"
    needed, demand = float(found.stands.budget[i]), float(found.stands.demand[i])
    if worlds.years[i] < lab.start or not isfinite(needed):
        return f"It begins in {lab.start}."
    moves = ""
    if demand > MOVES:
        moves = (f" Its budget would buy {words.number(demand, 'fraction')} of all compute on offer: it would move "
                 "prices, so this says too much.")  # fmt: skip
    if needed <= lab.budget:
        return f"It takes part: its run is within {near} times of the year's largest.{moves}"
    share = words.number(worlds.policy.training.run_share, "fraction")
    return (
        f"To train a run within {near} times of the year's largest takes a budget of "
        f"{ranged(needed, found.pairs.budget[:, i], 'USD/yr')} a year, of which {share} go into the run: "
        f"{raised(words.plain(needed / lab.budget))} times this budget of {words.number(lab.budget, 'USD/yr')}. As "
        f"many such labs would have to train one model together, or compute to be as many times cheaper.{moves}"
    )


def country(worlds: PairedWorlds, region: str) -> list[list[list[str]]]:
    """By year rows of label, baseline, policy world, change, and whether it can be told, of a country."""
    shown: dict[str, tuple[str, Values]] = {
        "Best error its labs can use, own or released": (worlds.unit(FRONTIER_ERROR), _access),
        "How far its labs lag the frontier": ("months", _lag),
        "Emissions of electricity used there": ("tCO2e/yr", _emissions),
        "Electricity used there": ("MWh/yr", _electricity),
        "Revenue of its firms": ("USD/yr", partial(_seen, name="sales")),
        registry()[RESEARCHERS].label: (MANY, partial(_seen, name="researchers")),
    }
    rows = [_changes(worlds, region, label, unit, values) for label, (unit, values) in shown.items()]
    return [[row[i] for row in rows] for i in range(len(worlds.years))]


def _seen(worlds: PairedWorlds, region: str, world: int, *, name: str) -> Array:
    columns, place = columns_of(worlds.baseline), worlds.baseline.region_ids.index(region)
    return np.array([both.places[world].rows[:, columns.of(name)][:, place] for both in worlds.found])


def _access(worlds: PairedWorlds, region: str, world: int) -> Array:
    found: Array = np.exp(_seen(worlds, region, world, name="ln_access"))
    return found


def _lag(worlds: PairedWorlds, region: str, world: int) -> Array:
    errors = np.exp(_seen(worlds, region, world, name="ln_error"))
    column, years = worlds.columns[FRONTIER_ERROR], np.array(worlds.years)
    return np.array([
        behind(error, both.values[world][:, column], both.places[world].start_error, years)[0]
        for error, both in zip(errors, worlds.found, strict=True)
    ])  # fmt: skip


def _emissions(worlds: PairedWorlds, region: str, world: int) -> Array:
    return worlds.values(emissions_in(region), world)


def _electricity(worlds: PairedWorlds, region: str, world: int) -> Array:
    return _seen(worlds, region, world, name="energy") / KWH_PER_MWH


def _changes(worlds: PairedWorlds, region: str, label: str, unit: str, values: Values) -> list[list[str]]:
    drawn, standing = ((values(of, region, 0), values(of, region, 1)) for of in (worlds, worlds.as_they_stand))
    scales = [Scale(in_points=unit == "fraction")] * len(worlds.years)
    found = changes(drawn, scales, drawn=worlds.drawn, standing=standing)
    levels = middles(standing, found)
    return [
        [label, *(ranged(levels[world][i], drawn[world][:, i], unit) for world in (0, 1)), *_told(change, unit)]
        for i, change in enumerate(found)
    ]


def _told(change: Effect | None, unit: str) -> tuple[str, str]:
    """A change with its range, and what it is called; nothing here is called better."""
    if change is None or change.is_nothing:
        return "0", "no difference"
    how = sureness(change)
    word = chosen(change, Words().verbs) if how in DIRECTED else "" if how is Sureness.FEW else how.value
    return size_text(change, unit), word
