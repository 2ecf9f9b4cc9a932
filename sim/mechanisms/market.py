"""The compute market: one scarcity rent on top of what compute costs, so that demand fits capacity."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SLACK, CLEARED, RATIONED = "slack", "cleared", "rationed"
TOLERANCE = 1e-13  # of capacity; the solver's precision, not a model quantity


@dataclass(frozen=True)
class Clearing:
    """What the market settles on. ``compute`` [FLOP/yr] per actor, ``outside`` [FLOP/yr], ``rent`` [USD/FLOP]."""

    compute: Array
    outside: float
    rent: float
    outcome: str


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
    spend: Array,
    unit_cost: Array,
    most: Array,
    capacity: float,
    outside: float,
    price: float,
    elasticity: float,
    ceiling: float,
) -> Clearing:
    """Find the rent r >= 0 with complementary slackness: slack at r = 0, or demand equal to capacity.

    Demand is sum_i min(spend_i / (unit_cost_i + r), most_i) + outside (price / (price + r))^elasticity. It falls
    in r, so Newton steps on ln demand against ln(price + r), kept inside a bracket and replaced by bisection
    when they leave it, always arrive. When even the rent ``ceiling`` does not fit demand to capacity, everyone
    is rationed alike and keeps the money that buys nothing.

    Shapes (n,): ``spend`` [USD/yr], ``unit_cost`` [USD/FLOP], ``most`` [FLOP/yr, infinity for no limit].
    Scalars: ``capacity`` and ``outside`` [FLOP/yr], ``price`` and ``ceiling`` [USD/FLOP].
    """

    def demand(rent: float) -> tuple[Array, float]:
        return np.minimum(spend / (unit_cost + rent), most), outside * (price / (price + rent)) ** elasticity

    def settled(rent: float, outcome: str) -> Clearing:
        bought, other = demand(rent)
        total = float(bought.sum()) + other
        if total > capacity:  # rationed, or above by less than the tolerance
            bought, other = bought * (capacity / total), other * (capacity / total)
        return Clearing(bought, other, rent, outcome)

    def excess(rent: float) -> float:
        bought, other = demand(rent)
        return log((float(bought.sum()) + other) / capacity)

    bought, other = demand(0.0)
    if float(bought.sum()) + other <= capacity:
        return Clearing(bought, other, 0.0, SLACK)
    if excess(ceiling) > 0:
        return settled(ceiling, RATIONED)
    low, high, rent = 0.0, ceiling, 0.0
    for _ in range(200):
        gap = excess(rent)
        low, high = (rent, high) if gap > 0 else (low, rent)
        if abs(gap) <= TOLERANCE or high - low <= 1e-15 * (price + high):
            break
        bought, other = demand(rent)
        total = float(bought.sum()) + other
        steep = float(np.where(bought < most, bought / (unit_cost + rent), 0.0).sum())
        slope = -(steep + elasticity * other / (price + rent)) * (price + rent) / total  # d ln D / d ln(p + r)
        guess = (price + rent) * float(np.exp(np.clip(-gap / slope, -50, 50))) - price if slope < 0 else low
        rent = guess if low < guess < high else 0.5 * (low + high)
    return settled(rent, CLEARED)
