"""How much of what a policy on some regions cuts there is emitted elsewhere."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.arrays import Array, added
from sim.measures.carbon import OPERATIONAL
from sim.measures.ids import emissions_in
from sim.report.certainty import amount
from sim.report.comparison.reasons import that_differ
from sim.report.comparison.verdict import SpokenEffect, span
from sim.report.words import change_text, plain, reach
from sim.results.certainty import NEAR
from sim.results.comparison import Comparison
from sim.results.paired import FINAL, TOTAL
from sim.results.statistics import Effect, Middle, effect
from sim.scenario.policy_notes import joined

PLACES = 2  # significant figures
UNCLEAR = "is emitted elsewhere is unclear"


def in_its_regions(found: Comparison, scenario: int) -> list[SpokenEffect]:
    """The effect on what is emitted in the regions that all policies of a scenario are on, of the last year and over
    the years; none where they are on no regions alone."""
    where = _regions(found, scenario)
    if not where:
        return []
    first, several = found.measures[where[0]], found.first_year < found.years[-1]
    named = f"emissions {_place(found, scenario, where)}"
    words = replace(first.words, subject=named)
    measure = replace(first, id="+".join(where), label=f"{named[:1].upper()}{named[1:]}", words=words)
    last, total = (_effect_in(found, scenario, where, window) for window in (FINAL, TOTAL))
    return [SpokenEffect(measure, measure.unit, last, total if several else None)] if last else []


def emitted_elsewhere(found: Comparison, scenario: int) -> list[str]:
    """A clause on it, in the last year and over the years, where the policies of a scenario are all on the same regions
    and cut emissions there, whatever the luck or the draw; where it is not known so well, that it is unclear, once."""
    where = _regions(found, scenario)
    if not where:
        return []
    years = (found.first_year, found.years[-1])
    over = _elsewhere(found, scenario, where, TOTAL, f"over {span(years)}")
    last = _elsewhere(found, scenario, where, FINAL, f"in {years[1]}") if over and years[0] < years[1] else []
    return over if all(UNCLEAR in said for said in (*last, *over)) else [*last, *over]


def _elsewhere(found: Comparison, scenario: int, where: Sequence[str], window: str, when: str) -> list[str]:
    """The clause on one of both, that on the years with the tonnes; none where nothing is cut then."""
    worlds = (False, True) if found.drawn else (False,)
    there, all_ = (
        [_changes(found, scenario, ids, window, wide=wide) for wide in worlds] for ids in (where, [OPERATIONAL])
    )
    nothing = [np.zeros_like(one) for one in there]
    cut = effect(nothing[0], there[0], (nothing[1], there[1]) if found.drawn else None)
    if cut is None or not cut.told.amount.middle < 0:
        return []
    place = _place(found, scenario, where)
    if cut.few or not cut.told.amount.high < 0 or not cut.difference < 0:
        return [f"{when} how much of what is cut {place} {UNCLEAR}"]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [1.0 - one / other for one, other in zip(all_, there, strict=True)]
    share = effect(nothing[0], parts[0], (nothing[1], parts[1]) if found.drawn else None)
    if share is None or share.few:
        return []
    part = share.told.amount
    if part.low <= -NEAR < NEAR <= part.high:  # ends of such a range say little to people
        middle, most = (change_text(end, PLACES).replace("+", "") for end in (part.middle, part.high))
        either = (
            f"about {middle} % in the middle, up to {most} % in some worlds, and in others elsewhere emits less, too"
        )
        return [f"{when} how much of what is cut {place} {UNCLEAR}: {either}"]
    moved = [one - other for one, other in zip(all_, there, strict=True)]
    more = effect(nothing[0], moved[0], (nothing[1], moved[1]) if found.drawn else None)
    tonnes = _tonnes(more, part, found.measures[OPERATIONAL].amount_unit) if window == TOTAL else ""
    return [f"{when} {part_elsewhere(part, place)}{tonnes}"]


def _tonnes(more: Effect | None, share: Middle, unit: str) -> str:
    """How much that is with its range, behind the part that it is, as surely as that is told: 2.1 M tCO2e (0.4 to 3.0
    M tCO2e); nothing where next to nothing, or an unclear part, is emitted elsewhere."""
    if more is None or more.few or share.high <= 0 or share.low <= -NEAR:
        return ""
    middle, low, high = (amount(one, unit) for one in more.told.amount)
    if share.low < 0:
        return f": up to {high}" if share.high >= NEAR else ""
    return f": {middle}" if low == high else f": {middle} ({reach(low, high)})"


def part_elsewhere(share: Middle, place: str = "there") -> str:
    """Which part of what is cut where a policy holds is emitted elsewhere; in times where it is about all, or more."""
    cut = f"what is cut {place}"
    if share.high <= 0 or (share.low < 0 and max(-share.low, share.high) < NEAR):
        return f"hardly anything of {cut} is emitted elsewhere"
    if -NEAR < share.low < 0:
        return f"up to {plain(100 * share.high, PLACES)} % of {cut} is emitted elsewhere"
    if share.low < 0:
        low, high = (change_text(end, PLACES) for end in share[1:])
        return f"how much of {cut} {UNCLEAR} ({low} to {high} %)"
    times, *ends = (plain(value, PLACES) for value in share)
    if times == "1.0":
        return f"about as much as is cut {place} is emitted elsewhere ({' to '.join(ends)} times)"
    if share.middle > 1:
        return f"{times} times {cut} is emitted elsewhere ({' to '.join(ends)} times)"
    part, *ends = (plain(100 * value, PLACES) for value in share)
    return f"{part} % ({' to '.join(ends)} %) of {cut} is emitted elsewhere"


def _regions(found: Comparison, scenario: int) -> list[str]:
    """Ids of the emissions in the regions that all policies of a scenario are on; none where they are on different
    ones, on all, or over before the last year."""
    world, last = found.scenarios[scenario], found.years[-1]
    acting = [one for one in that_differ(found.scenarios[0], world) if one.acts_within(last, last)]
    if any(one not in world.policies for one in acting) or len({frozenset(one.regions) for one in acting}) != 1:
        return []
    own = [region for region in world.region_ids if region in acting[0].regions]
    return [emissions_in(region) for region in own] if len(own) < len(world.region_ids) else []


def _place(found: Comparison, scenario: int, where: Sequence[str]) -> str:
    """Where that is: in Germany and France."""
    labels = {emissions_in(region.id): region.label for region in found.scenarios[scenario].regions}
    return f"in {joined([labels[id] for id in where])}"


def _effect_in(found: Comparison, scenario: int, ids: Sequence[str], window: str) -> Effect | None:
    """The effect of a scenario on the sum of some measures."""
    luck, wide = (
        [_sums(found, i, ids, window, wide=drawn) for i in (0, scenario)] if found.drawn or not drawn else []
        for drawn in (False, True)
    )
    return effect(luck[0], luck[1], (wide[0], wide[1]) if wide else None, found.measures[ids[0]].scale)


def _changes(found: Comparison, scenario: int, ids: Sequence[str], window: str, *, wide: bool) -> Array:
    """What a scenario changes in the sum of some measures, by pair."""
    without, with_it = (_sums(found, i, ids, window, wide=wide) for i in (0, scenario))
    return with_it - without


def _sums(found: Comparison, scenario: int, ids: Sequence[str], window: str, *, wide: bool) -> Array:
    """The sum of some measures of a scenario, by pair."""
    return np.asarray(added(found.values(scenario, id, window, wide=wide) for id in ids))
