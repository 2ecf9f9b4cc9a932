"""Effects in the cells of short tables in which policies are rows: beside the baseline, and in place of each other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import isfinite

import numpy as np

from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, Measure
from sim.measures.access import ACADEMIA_SHARE
from sim.measures.economy import OUTLAY, REVENUE, TRANSFERS_PAID
from sim.measures.permits import IN_FORCE
from sim.plurals import counted
from sim.report.certainty import NIL, PLACES, amount, called, clause, drawn, may, spoken_of, statement
from sim.report.comparison.in_force import prices_in_force
from sim.report.comparison.other_entries import WORLD_BUDGET, has_policies, is_world
from sim.report.comparison.reasons import why_the_same
from sim.report.comparison.titles import called as titled
from sim.report.comparison.verdict import UP_TO, listed
from sim.report.words import NONE, number, pair, reach, unit_text
from sim.results.certainty import Sureness, outside, sureness
from sim.results.comparison import Comparison
from sim.results.statistics import Ahead, Effect, Middle, Spread, over_draws
from sim.scenario import Scenario

SHOWN = (DIVIDE, ACADEMIA_SHARE, FRONTIER_ERROR, EMISSIONS)
BUDGET = "Public budget, a year"
VERBS = {REVENUE: "raises", OUTLAY: "pays", TRANSFERS_PAID: "pays back"}  # of public money, in that order
NO_MONEY = "none"
TAKE_IN = "carbon prices in force take in"
INSTEAD = "One in place of another in {}"  # above the rows of ``instead``

Row = dict[str, str]  # cells by column


@dataclass(frozen=True)
class Instead:
    """What changes where a policy takes the place of another: names of both, and cells by column."""

    policy: str
    of: str
    cells: Row
    ahead: Row  # in how many pairs a value is then lower, or higher; that it hardly changes, where it does
    same: bool  # whether none of these values changes by what counts


def columns(found: Comparison) -> list[str]:
    """The heads of the table: a few measures, public money where there is some to tell of, and what was asked for."""
    first, asked = ([found.measures[id].label for id in ids] for ids in (SHOWN, _asked(found)))
    return [*first, *[BUDGET] * has_policies(found), *asked]


def rows(found: Comparison) -> dict[str, Row]:
    """The table by name of the scenario, the baseline first."""
    policies = {name: _row(found, i) for i, name in enumerate(found.names, start=1)}
    return {found.scenarios[0].name: _levels(found), **policies}


def instead_of(found: Comparison) -> str:
    """What stands above the rows of ``instead``."""
    draws = "draws" if found.drawn else "replicates"
    return f"{INSTEAD.format(found.years[-1])}, and in how many {draws} a value is then lower or higher"


def instead(found: Comparison) -> list[Instead]:
    """A row for each two scenarios of which neither is the other with more policies, on the same luck and draws: the
    later one in place of the earlier."""
    rows = []
    first, *others = found.scenarios
    for i, one in enumerate(others):
        name = one.name
        for other in (earlier.name for earlier in others[:i] if not _part(first, one, earlier)):
            pair = found.against(other)
            ids = (*SHOWN, *_asked(pair))
            ahead = {pair.measures[id].label: _ahead(pair, name, id) for id in ids}
            same = all(_hardly(pair.effect(name, id)) for id in (*ids, *VERBS))
            rows.append(Instead(name, other, _row(pair, pair.names.index(name) + 1), ahead, same))
    return rows


def the_same(found: Comparison, rows: list[Instead]) -> list[str]:
    """A sentence for each two scenarios of which one does what the other does: by construction, or as is found."""
    subjects = listed([found.measures[id].subject for id in (*SHOWN, *_asked(found))])
    money = " and public money" if has_policies(found) else ""
    by_name = {one.name: one for one in found.scenarios}
    built = {(one, other): why_the_same(by_name[one], by_name[other]) for one, other in combinations(by_name, 2)}
    titles = {name: f'"{title}"' for name, title in titled(found.scenarios).items()}
    return [said for said in built.values() if said] + [
        f"{titles[one.policy]} and {titles[one.of]} do the same in {found.years[-1]}: in "
        f"place of each other they hardly change {subjects}{money}."
        for one in rows if one.same and not built[one.of, one.policy]
    ]  # fmt: skip


def _part(baseline: Scenario, one: Scenario, other: Scenario) -> bool:
    """Whether one of two scenarios is the other with more policies."""
    of, has = (set(each.policies) - set(baseline.policies) for each in (one, other))
    return one.is_same_world(other) and bool(of and has) and (of < has or has < of)


def _hardly(change: Effect | None) -> bool:
    """Whether there is an effect, and it is nothing or below what counts."""
    return change is not None and not change.few and (change.is_nothing or sureness(change) is Sureness.HARDLY)


def _ahead(pair: Comparison, scenario: str, id: str) -> str:
    """In how many pairs a value is lower, or higher. Where it hardly changes that alone: a difference of a thousandth
    in all pairs reads as a sure one."""
    change, measure = pair.effect(scenario, id), pair.measures[id]
    if change is not None and not change.is_nothing and _hardly(change):
        return called(measure, change)
    return in_how_many(pair.ahead(scenario, id), pair.drawn)


def in_how_many(ahead: Ahead, drawn: bool) -> str:
    """Which way most pairs go, of those that have both values: lower in 98 of 100 draws; nothing where none has."""
    word, most = max((("lower", ahead.lower), ("higher", ahead.higher)), key=lambda one: one[1])
    if not ahead.of:
        return ""
    every = counted(ahead.of, "draw" if drawn else "replicate")
    return f"{word} in {most:,} of {every}" if most else f"the same in all {every}"


def _row(found: Comparison, scenario: int) -> Row:
    """The cells of a scenario: what it changes in the last year."""
    ids = (*SHOWN, *_asked(found))
    changes = {id: found.effect(scenario, id) for id in (*ids, *VERBS)}
    cells = {found.measures[id].label: said(found.measures[id], changes[id]) for id in ids}
    if not has_policies(found):
        return cells
    return {**cells, BUDGET: _budget(found, scenario, {id: change for id, change in changes.items() if change})}


def _budget(found: Comparison, scenario: int, changes: Mapping[str, Effect]) -> str:
    """The cell on public money: of policies; of carbon prices in force where that is much; and of a world, which no
    policy brings about, that nobody pays for it here."""
    said, prices = money(changes, found.measures), prices_in_force(found, scenario)
    parts = [] if said == NO_MONEY else [said]
    parts += [WORLD_BUDGET] if not parts and is_world(found, scenario) else []
    parts += [statement(prices.last, prices.measure, prices.last.luck.amount)] if prices else []
    return "; ".join(parts) or NO_MONEY


def _levels(found: Comparison) -> Row:
    """The cells of the baseline: its values in the last year, with their ranges over draws."""
    cells = {found.measures[id].label: before(found, id) for id in (*SHOWN, *_asked(found))}
    if not has_policies(found):
        return cells
    paid = [f"{verb} {before(found, id)}" for id, verb in VERBS.items() if Spread.of(found.values(0, id)).median > 0]
    told_of = any(prices_in_force(found, i) for i in range(1, len(found.scenarios)))
    paid += [f"{TAKE_IN} {before(found, IN_FORCE)}"] * told_of
    return {**cells, BUDGET: "; ".join(paid) or NO_MONEY}


def before(found: Comparison, id: str) -> str:
    """The baseline's value of a measure in the last year, with its range over draws."""
    median, unit = Spread.of(found.values(0, id)).median, found.measures[id].unit_under(found.scenarios[0].law)
    return level(median, _over_draws(found, id), unit) if isfinite(median) else NONE


def _over_draws(found: Comparison, id: str) -> Middle:
    """The median of the baseline's values over draws and their range; NaN where there is none."""
    values = found.values(0, id, wide=True) if found.drawn else np.zeros(0)
    return Middle(*over_draws(values[np.isfinite(values)][:, None])[:, 0].tolist())


def level(value: float, told: Middle, unit: str) -> str:
    """A value with its range, behind the median over draws where the value says too little without it: 72.9× (34 to
    47,000×)."""
    text = pair(value, value, unit)[0]
    if not isfinite(told.low):
        return text
    median, low, high = (number(one, unit, PLACES) for one in told)
    span = low if low == high else reach(*_once(low, high, unit))
    return f"{text} ({drawn(median if outside(value, told) else '', span)})" if span != text else text


def _once(low: str, high: str, unit: str) -> tuple[str, str]:
    """Both ends of a range, the first without what is said behind both."""
    behind, also = (re.sub(r"^\D*[\d.,^−]+", "", text) for text in (low, high))
    return low.removesuffix(behind if behind == also and unit[:3] != "USD" else unit_text(unit)), high


def _asked(found: Comparison) -> list[str]:
    return [id for id in found.asked_measures if id not in SHOWN]


def said(measure: Measure, change: Effect | None) -> str:
    """An effect on a measure as a clause: its size with numbers as they stand, and its range over draws; no change
    where both are exactly nothing."""
    if change is None:
        return NONE
    if change.is_nothing and not change.few:
        return "no change"
    return clause(change, measure, change.luck.on(relative=change.is_relative))


def money(changes: Mapping[str, Effect], measures: Mapping[str, Measure]) -> str:
    """What the state takes in and pays, with ranges; what changes in it where there was some before."""
    parts = []
    for id, verb in VERBS.items():
        change = changes.get(id)
        if change is None or change.is_nothing:
            continue
        if change.baseline:
            parts.append(statement(change, measures[id], change.luck.amount))
        else:
            perhaps = may(verb) if sureness(change) is Sureness.MAY else verb
            parts.append(f"{perhaps} {ranged(change, measures[id].unit)}")
    return "; ".join(parts) or NO_MONEY


def ranged(change: Effect, unit: str) -> str:
    """An amount with its range over luck and assumptions, as ``clause`` has it: $700 B (0 to $2.3 T)."""
    if change.few:
        return amount(change.difference, unit)
    size, median, ends = spoken_of(change, change.luck.amount, unit)
    if size in NIL:
        return f"{UP_TO}{amount(change.told.amount.high, unit)}"
    return size if ends == reach(size, size) else f"{size} ({drawn(median, ends)})"
