"""What a scenario costs beyond the baseline, and what a tonne avoided and a halving of the divide cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from sim.arrays import Array, added
from sim.economy.parties import GRANTED, LEFT, TRANSFERS
from sim.mathematics import log, power
from sim.measures import DIVIDE, EMISSIONS, verdict
from sim.measures.carbon import ABATEMENT, ENERGY, GROSS, OPERATIONAL
from sim.measures.economy import MARKET, OUTLAY, REVENUE, TRANSFERS_PAID
from sim.results.certainty import SMALL, direction, moved, sureness
from sim.results.paired import PairedValues
from sim.results.statistics import NAN, Effect, but_rounding, effect

Flows = Mapping[tuple[str, str, str], float]  # USD/yr by payer, payee and purpose
Sizes = Callable[[bool], Array]  # tonnes avoided, or how often the divide is halved, by pair
BOTH_WAYS, LESS_USED = "range goes both ways", "most by using less"  # why a cost has no size to be divided by
NO_POLICY = "not by policies alone: what it takes is not counted"  # the same of entries of the world
MOST = 0.5  # of the tonnes avoided: what clean power and removals have to avoid, or what a tonne costs is not told


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a scenario costs beyond the baseline, discounted to the year from which costs count [USD]: medians over
    pairs."""

    outlay: float
    unspent: float  # what labs keep of the outlay for other things, with a minus
    lost_market: float
    paid_back: float  # passes from hand to hand and is no cost
    per_tonne: float | None  # the whole, where that effect is large enough for it, and most are paid for
    per_halving: float | None  # of the divide, the same
    abatement: float  # what actors pay for clean power and removals, beyond the baseline's for as much electricity
    whole: float  # outlay, unspent, lost market and abatement together
    changes: Mapping[str, Effect] = field(repr=False, compare=False)  # the same by name, with their ranges
    why: Mapping[str, str] = field(repr=False, compare=False)  # why there is none per tonne, or per halving, by name


def cost(found: PairedValues, scenario: int) -> Cost:
    """Of a scenario that is compared. Per tonne avoided and per halving of the divide only where those have a
    direction, for the better: a divide that is narrower because labs lose is no gain. Nor where the change is SMALL, or
    a range of it or of the ratio goes both ways: that is a cost by next to nothing. Per tonne only where clean power
    and removals avoid most of them: of those avoided by buying less the sum holds next to nothing. Nor of a scenario
    that differs in entries of the world: what brings that about is no part of the sum."""
    worlds, why = (False, True) if found.drawn else (False,), dict[str, str]()
    by_policy = found.scenarios[0].is_same_world(found.scenarios[scenario])
    sums = {wide: _sums(found, scenario, wide=wide) for wide in worlds}

    def per(name: str, id: str, window: str, sizes: Sizes) -> None:
        why[name] = _why_not(found, scenario, id, window) if by_policy else NO_POLICY
        ratio = None if why[name] else _change([_ratio(sums[wide]["whole"], sizes(wide)) for wide in worlds])
        if ratio is not None and _both_ways(ratio, relative=False):
            why[name] = BOTH_WAYS
        elif not why[name]:
            changes[name] = ratio

    def halvings(wide: bool) -> Array:
        before, after = (found.values(i, DIVIDE, "final", wide=wide) for i in (0, scenario))
        return np.asarray(log(before / but_rounding(before, after)) / log(2.0))

    names = ("outlay", "unspent", "lost_market", "abatement", "whole", "paid_back")
    changes = {name: _change([sums[wide][name] for wide in worlds]) for name in names}
    paid_for = [_ratio(sums[wide]["cleaned"], sums[wide]["avoided"]) for wide in worlds]
    per("per_tonne", EMISSIONS, "total", lambda wide: sums[wide]["avoided"])
    if not all(np.isfinite(part).any() and np.nanmedian(part) >= MOST for part in paid_for):
        changes["per_tonne"], why["per_tonne"] = None, why["per_tonne"] or LESS_USED
    per("per_halving", DIVIDE, "final", halvings)
    known = {name: change for name, change in changes.items() if change is not None}
    middle = {name: change.difference for name, change in known.items()}
    return Cost(
        **{name: middle.get(name, NAN) for name in names}, per_tonne=middle.get("per_tonne"),
        per_halving=middle.get("per_halving"), changes=MappingProxyType(known), why=MappingProxyType(why),
    )  # fmt: skip


def _why_not(found: PairedValues, scenario: int, id: str, window: str) -> str:
    """Why no cost is divided by what a measure falls by; empty where it falls, for the better, and by enough."""
    change = found.effect(scenario, id, window)
    if change is None or (change.is_nothing and not change.few):
        return "no change"
    if not direction(change):
        return str(sureness(change).value)
    judged = verdict(found.measures[id], lambda each: moved(found.effect(scenario, each, window)))
    if judged.word != "better" or not change.difference < 0:
        return judged.but or ("not better" if judged.word != "better" else "none as the numbers stand")
    if change.is_relative and abs(change.relative) < SMALL:
        return f"less than {100 * SMALL:g} %"
    return BOTH_WAYS if change.is_relative and _both_ways(change, relative=True) else ""


def _both_ways(change: Effect, *, relative: bool) -> bool:
    """Whether a range of an effect has ends on both sides of nothing."""
    return any(of.low < 0 < of.high for of in (change.luck.on(relative=relative), change.wide.on(relative=relative)))


def _sums(found: PairedValues, scenario: int, *, wide: bool) -> dict[str, Array]:
    """What costs are made of [USD], all tonnes avoided and those that clean power and removals avoid, by pair:
    discounted alike, or a tonne would be cheaper the later it is avoided."""
    first = found.years.index(found.first_year)
    weights = power(1.0 + found.discount, -np.arange(float(len(found.years) - first)))

    def pair(id: str) -> tuple[Array, Array]:
        before, after = (found.paths(i, id, wide=wide)[:, first:] for i in (0, scenario))
        return before, but_rounding(before, after)

    def present(yearly: Array) -> Array:
        return np.asarray((yearly * weights).sum(axis=1))

    def more(id: str) -> Array:
        before, after = pair(id)
        return present(after - before)

    used, now_used = pair(ENERGY)
    kept = np.divide(now_used, used, out=np.ones(used.shape), where=used > 0).clip(max=1.0)
    paid, now_paid = pair(ABATEMENT)
    (gross, now_gross), (net, now_net) = pair(GROSS), pair(OPERATIONAL)
    parts = {"outlay": more(OUTLAY), "unspent": -present(unspent_by_year(found, scenario, wide=wide)[:, first:]),
             "lost_market": -more(MARKET), "abatement": present(now_paid - paid * kept)}  # fmt: skip
    return {
        **parts, "whole": sum(parts.values(), np.zeros(1)), "paid_back": more(TRANSFERS_PAID),
        "avoided": -more(EMISSIONS), "cleaned": present(now_gross - now_net - (gross - net) * kept),
    }  # fmt: skip


def _ratio(whole: Array, size: Array) -> Array:
    """By pair; NaN where there is no size."""
    return np.asarray(np.divide(whole, size, out=np.full(size.shape, NAN), where=size > 0))


def net(found: PairedValues, scenario: int, window: str) -> Effect | None:
    """What a scenario changes in what policies take in less what the treasury buys, where all is the treasury's."""

    def left(i: int, wide: bool) -> Array:
        revenue, paid = (found.values(i, id, window, wide=wide) for id in (REVENUE, OUTLAY))
        return np.asarray(revenue - paid)

    wide = (left(0, True), left(scenario, True)) if found.drawn else None
    return effect(left(0, False), left(scenario, False), wide, found.measures[REVENUE].scale)


def unspent_by_year(found: PairedValues, scenario: int, *, wide: bool) -> Array:
    """``unspent`` of each pair and year, by (replicate, year)."""
    flows = [[one.flows for one in pair.worlds(wide=wide)] for pair in found.pairs]
    amounts = [[unspent(*year) for year in zip(of[0], of[scenario], strict=True)] for of in flows]
    return np.array(amounts).reshape(len(found.pairs), len(found.years))


def unspent(before: Flows, after: Flows) -> float:
    """Of revenue that labs are given for compute beyond the baseline, what they keep beyond it in a year [USD]: plans
    for compute grow no faster than their ramp, and money that is left goes to other things, so it is no cost of the
    policy's. What is paid to them without a purpose is left too, and no part of it."""

    def more(purpose: str, place: int) -> dict[str, float]:
        """How much more of it each kind gets, in place 1 of a flow, or pays, in place 0; rounding is nothing."""
        both = {key[place]: (before.get(key, 0.0), usd) for key, usd in after.items() if key[2] == purpose}
        return {kind: max(0.0, float(but_rounding(was, now) - was)) for kind, (was, now) in both.items()}

    given, left, handed = more(GRANTED, 1), more(LEFT, 0), [more(purpose, 1) for purpose in TRANSFERS]
    for kind in left:
        left[kind] = max(0.0, left[kind] - added(each.get(kind, 0.0) for each in handed))
    return float(added(min(usd, left.get(kind, 0.0)) for kind, usd in given.items()))


def _change(worlds: Sequence[Array]) -> Effect | None:
    """The median of what each pair costs, with its interval of luck and, of a second array, its range over draws."""
    luck, *drawn = worlds
    wide = (np.zeros(drawn[0].shape), drawn[0]) if drawn else None
    return effect(np.zeros(luck.shape), luck, wide)
