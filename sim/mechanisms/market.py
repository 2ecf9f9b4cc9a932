"""The markets for compute and for emission permits: prices, contracts or a queue fit demand to what there is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import expm1, inf, log, log1p

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SLACK, CLEARED, RATIONED, FREE = "slack", "cleared", "rationed", "free"
TOLERANCE, CHECKED = 1e-13, 1e-9  # of capacity and cap: the solver's precision, and what is verified
NEARLY = 1e-6  # of the cap: most that buyers are cut where the permit price has no finer digits
MOST_TRIES = 200


@dataclass(frozen=True)
class Buyers:
    """Those who buy compute, by columns of (n,)."""

    spend: Array  # USD/yr
    unit_cost: Array  # USD/FLOP in full, before rent and permits; above 0
    most: Array  # FLOP/yr; infinite for no limit
    carbon: Array  # kgCO2e/FLOP
    reserved: Array  # FLOP/yr held under contract; of no effect unless contracts allocate


@dataclass(frozen=True)
class Outside:
    """Everyone else who buys compute."""

    demand: float  # FLOP/yr at no rent
    price: float  # USD/FLOP of hardware
    elasticity: float
    reserved: float  # FLOP/yr held under contract


@dataclass(frozen=True)
class Clearing:
    """What the markets settle on."""

    compute: Array  # FLOP/yr, (n,)
    paid: Array  # USD/yr in full, (n,)
    price: Array  # USD/FLOP in full on average, (n,); for who buys nothing, what a FLOP would cost
    outside: float  # FLOP/yr
    rent: float  # USD/FLOP
    permit_price: float  # USD/kgCO2e
    outcome: str  # slack, cleared or rationed
    permits: str  # free, cleared or rationed


def cost_factor(volume: Array, discount: float, limit: float) -> Array:
    """Small buyers pay more: the factor on hardware cost, clip((v_i / v_ref)^-discount, 1, limit).

    ``volume`` [FLOP/yr] is what each bought over the last year, v_ref its volume-weighted mean.
    """
    total = volume.sum()
    if not total > 0:
        return np.ones_like(volume)
    reference = (volume * (volume / total)).sum()
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip((volume / reference) ** -discount, 1.0, limit))


def clear(
    rule: str, buyers: Buyers, capacity: float, outside: Outside, ceiling: float,
    carbon_cap: float = inf, permit_ceiling: float = inf,
) -> Clearing:  # fmt: skip
    """Fit demand to ``capacity`` [FLOP/yr] by a rule, and emissions to ``carbon_cap`` [kgCO2e/yr].

    A rent r and a permit price t, both from 0 up, with complementary slackness: below capacity only at no rent,
    below the cap only at no permit price. A buyer takes min(spend / (unit_cost + r + carbon t), most). For given t
    demand falls in r, and emissions at the r that clears fall in t: both prices solve an Eisenberg-Gale programme
    (Eisenberg, Gale 1959), whose dual is convex. Each is found by Newton or secant steps inside a bracket, with
    bisection where they leave it. When even ``ceiling`` [USD/FLOP] or ``permit_ceiling`` [USD/kgCO2e] do not suffice,
    all who take part are cut alike and keep the money that buys nothing.

    Raises ValueError for an unknown rule, for a cap of nothing and for a cap beside a queue; ArithmeticError when
    what was found does not hold.
    """
    if rule not in RULES:
        raise ValueError(f"no rule of allocation is called {rule}: {', '.join(RULES)}")
    if not carbon_cap > 0:
        raise ValueError("a cap on emissions must lie above 0")
    if rule == "queue" and carbon_cap < inf:
        raise ValueError("a queue has no prices, so a cap on emissions cannot be traded beside it")

    def at(permit: float) -> Clearing:
        return RULES[rule](buyers, capacity, outside, ceiling, permit)

    found, permits = at(0.0), FREE
    emitted = float((buyers.carbon * found.compute).sum())
    if emitted > carbon_cap:
        highest = min(permit_ceiling, float(buyers.spend.sum()) / carbon_cap)  # emissions are below spend / price
        found, permits = _permit_price(buyers, at, found, carbon_cap, highest)
    _verify(buyers, found, capacity, carbon_cap, rule, permits)
    return replace(found, permits=permits)


def _permit_price(
    buyers: Buyers, at: Callable[[float], Clearing], free: Clearing, cap: float, highest: float
) -> tuple[Clearing, str]:
    """The permit price at which emissions meet the cap, by the Illinois method on logarithms."""

    def excess(found: Clearing) -> float:
        return log(max(float((buyers.carbon * found.compute).sum()), 1e-300) / cap)

    last = at(highest)
    if excess(last) > TOLERANCE:
        return _cut(buyers, last, cap), RATIONED
    scale = float(buyers.unit_cost.mean() / buyers.carbon.mean())  # the price that about doubles cost
    low, high = 0.0, log1p(highest / scale)
    gap_low, gap_high, found, gap, side = excess(free), excess(last), last, excess(last), 0
    for attempt in range(MOST_TRIES):
        if abs(gap) <= TOLERANCE or high - low <= 1e-15 * high:
            break
        secant = (low * gap_high - high * gap_low) / (gap_high - gap_low)
        here = secant if low < secant < high and attempt % 8 != 7 else 0.5 * (low + high)
        found = at(scale * expm1(here))
        gap = excess(found)
        if gap > 0:
            low, gap_low, gap_high, side = here, gap, gap_high * (0.5 if side > 0 else 1.0), 1
        else:
            high, gap_high, gap_low, side = here, gap, gap_low * (0.5 if side < 0 else 1.0), -1
    if gap < -CHECKED and not gap_low > NEARLY:  # the price has no finer digits: stay on the other side
        found = at(scale * expm1(low))
    return _cut(buyers, found, cap), CLEARED


def _cut(buyers: Buyers, found: Clearing, cap: float) -> Clearing:
    """Purchases of those who emit, cut alike where they exceed the cap."""
    emitted = float((buyers.carbon * found.compute).sum())
    if emitted <= cap:
        return found
    part = np.where(buyers.carbon > 0, cap / emitted, 1.0)
    return replace(found, compute=found.compute * part, paid=found.paid * part)


def _by_price(buyers: Buyers, capacity: float, outside: Outside, ceiling: float, permit: float) -> Clearing:
    """Everyone pays the same rent."""
    cost = buyers.unit_cost + buyers.carbon * permit
    bought, other, rent, outcome = _spot(buyers.spend, cost, buyers.most, capacity, outside.demand, outside, ceiling)
    price = cost + rent
    return Clearing(bought, np.minimum(bought * price, buyers.spend), price, other, rent, permit, outcome, FREE)


def _by_contracts(buyers: Buyers, capacity: float, outside: Outside, ceiling: float, permit: float) -> Clearing:
    """What is reserved is bought without rent, the rest of capacity sold at a spot rent.

    Where more is reserved than there is, all reservations are cut alike.
    """
    cost = buyers.unit_cost + buyers.carbon * permit
    first = np.minimum(np.minimum(buyers.reserved, buyers.most), buyers.spend / cost)
    other_first = min(outside.reserved, outside.demand)
    used = float(first.sum()) + other_first
    if used > capacity:
        first, other_first = first * (capacity / used), other_first * (capacity / used)
    left = np.maximum(buyers.spend - first * cost, 0.0)
    room = max(capacity - used, 0.0)
    wanted = max(outside.demand - other_first, 0.0)
    spot, other, rent, outcome = _spot(left, cost, buyers.most - first, room, wanted, outside, ceiling)
    bought, paid = first + spot, np.minimum(first * cost + spot * (cost + rent), buyers.spend)
    price = np.divide(paid, bought, out=cost + rent, where=bought > 0)
    return Clearing(bought, paid, price, other_first + other, rent, permit, outcome, FREE)


def _by_queue(buyers: Buyers, capacity: float, outside: Outside, ceiling: float, permit: float) -> Clearing:
    """No rent. The outside, a crowd of all sizes, takes its part; the others are served largest first, equals alike."""
    wanted = np.minimum(buyers.spend / buyers.unit_cost, buyers.most)
    total = float(wanted.sum()) + outside.demand
    other, bought, outcome = outside.demand, wanted, SLACK
    if total > capacity:
        other, outcome = outside.demand * (capacity / total), RATIONED
        sizes, size, count = np.unique(-wanted, return_inverse=True, return_counts=True)  # largest first
        whole = -sizes * count
        left = np.clip(max(capacity - other, 0.0) - (np.cumsum(whole) - whole), 0.0, whole)
        bought = (left / count)[size]
    paid = np.minimum(bought * buyers.unit_cost, buyers.spend)
    return Clearing(bought, paid, buyers.unit_cost.copy(), other, 0.0, permit, outcome, FREE)


RULES: dict[str, Callable[[Buyers, float, Outside, float, float], Clearing]] = {
    "price": _by_price,
    "contracts": _by_contracts,
    "queue": _by_queue,
}


def _spot(
    spend: Array, cost: Array, most: Array, capacity: float, wanted: float, outside: Outside, ceiling: float
) -> tuple[Array, float, float, str]:
    """Purchases (n,), the outside's, the rent and the outcome where one rent clears ``capacity``.

    Newton steps on ln demand against ln(1 + rent / least cost), inside a bracket, with bisection where they leave it.
    """
    price, elasticity = outside.price, outside.elasticity
    scale = min(float(cost.min()), price)

    def demand(rent: float) -> tuple[Array, float]:
        return np.minimum(spend / (cost + rent), most), wanted * (price / (price + rent)) ** elasticity

    def settled(rent: float, outcome: str) -> tuple[Array, float, float, str]:
        bought, other = demand(rent)
        total = float(bought.sum()) + other
        if total > capacity:  # rationed, or above by less than the tolerance
            bought, other = bought * (capacity / total), other * (capacity / total)
        return bought, other, rent, outcome

    bought, other = demand(0.0)
    if float(bought.sum()) + other <= capacity:
        return bought, other, 0.0, SLACK
    bought, other = demand(ceiling)
    if float(bought.sum()) + other > capacity:
        return settled(ceiling, RATIONED)
    low, high, here, rent = 0.0, log1p(ceiling / scale), 0.0, 0.0
    for _ in range(MOST_TRIES):
        bought, other = demand(rent)
        total = float(bought.sum()) + other
        gap = log(total / capacity)
        low, high = (here, high) if gap > 0 else (low, here)
        if abs(gap) <= TOLERANCE or high - low <= 1e-16 * high:
            break
        steep = float(np.where(bought < most, bought / (cost + rent), 0.0).sum()) + elasticity * other / (price + rent)
        slope = steep * (scale + rent) / total  # -d ln demand / d ln(scale + rent)
        guess = here + gap / slope if slope > 0 else low
        here = guess if low < guess < high else 0.5 * (low + high)
        rent = scale * expm1(here)
    return settled(rent, CLEARED)


def _verify(buyers: Buyers, found: Clearing, capacity: float, cap: float, rule: str, permits: str) -> None:
    """What must hold of a clearing. Raises ArithmeticError with the numbers where it does not."""
    sold = float(found.compute.sum()) + found.outside
    emitted = float((buyers.carbon * found.compute).sum())
    filled = found.outcome == SLACK or permits == RATIONED or sold >= capacity * (1 - CHECKED)
    used = permits != CLEARED or emitted >= cap * (1 - CHECKED)
    within = sold <= capacity * (1 + CHECKED) and emitted <= cap * (1 + CHECKED)
    if not (within and filled and used):
        raise ArithmeticError(
            f"the market ({rule}) did not clear: {sold:g} FLOP/yr of {capacity:g}, {emitted:g} kgCO2e/yr of {cap:g}, "
            f"rent {found.rent:g}, permit price {found.permit_price:g}, {found.outcome}, permits {permits}"
        )
