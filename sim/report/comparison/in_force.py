"""What carbon prices in force take in less, or more, under a policy: the revenue of policies leaves it out."""

from collections.abc import Container
from dataclasses import replace

from sim.measures.base import Told
from sim.measures.economy import OUTLAY, REVENUE, TRANSFERS_PAID
from sim.measures.permits import IN_FORCE
from sim.report.comparison.verdict import SpokenEffect
from sim.results.certainty import DIRECTED, sureness
from sim.results.comparison import Comparison
from sim.results.paired import FINAL, TOTAL
from sim.results.statistics import NAN, Effect, Middle, TwoScales

PUBLIC_MONEY = (REVENUE, OUTLAY, TRANSFERS_PAID)
MUCH = 0.05  # of what a policy changes in public money: from there on what prices in force take in less is told
NOT_COUNTED = "carbon prices in force not counted"


def prices_in_force(found: Comparison, scenario: int) -> SpokenEffect | None:
    """The effect on what they take in, in amounts as of public money; none where it is little beside what changes in
    that, or, where nothing does, has no direction."""
    windows = (FINAL, TOTAL) if found.first_year < found.years[-1] else (FINAL,)
    last, *total = (found.effect(scenario, IN_FORCE, window) for window in windows)
    if last is None or not any(_is_much(found, scenario, window) for window in windows):
        return None
    measure = replace(found.measures[IN_FORCE], told=Told(money=1))
    return SpokenEffect(measure, measure.unit, _in_amounts(last), _in_amounts(total[0]) if total and total[0] else None)


def _in_amounts(change: Effect) -> Effect:
    """The same as of public money that is compared with other public money: a small part of all prices in force may be
    as much as a policy takes in."""
    luck, wide = (TwoScales(of.amount, Middle(NAN, NAN, NAN)) for of in (change.luck, change.wide))
    return replace(change, luck=luck, wide=wide, in_amounts=True)


def _is_much(found: Comparison, scenario: int, window: str) -> bool:
    change = found.effect(scenario, IN_FORCE, window)
    if change is None or change.is_nothing or change.few:
        return False
    money = [_size(found.effect(scenario, id, window)) for id in PUBLIC_MONEY]
    return _size(change) >= MUCH * max(money) if any(money) else sureness(change) in DIRECTED


def _size(change: Effect | None) -> float:
    """How large it is, as numbers stand or in the middle of the draws."""
    return max(abs(of.middle) for of in (change.luck.amount, change.told.amount)) if change else 0.0


def beside_money(said: list[SpokenEffect], prices: SpokenEffect | None, without: Container[str]) -> list[SpokenEffect]:
    """The claims with that on prices in force behind the revenue of policies, or at the end; those on the measures that
    go ``without`` them say so."""
    if prices is None:
        return said
    place = next((i for i, claim in enumerate(said, start=1) if claim.measure.id == REVENUE), len(said))
    marked = [replace(claim, why=NOT_COUNTED) if claim.measure.id in without else claim for claim in said]
    return [*marked[:place], prices, *marked[place:]]
