"""A market in which one rent clears what there is."""

from math import expm1, log, log1p

import numpy as np

from sim.arrays import Array
from sim.mechanisms.market.records import CLEARED, MOST_TRIES, RATIONED, SLACK, TOLERANCE, Buyers, Outside


def spot(
    buyers: Buyers, capacity: float, wanted: float, outside: Outside, ceiling: float
) -> tuple[Array, float, float, str]:
    """Purchases (n,), the outside's, the rent and the outcome where one rent clears ``capacity``.

    ``wanted`` [FLOP/yr] is what the outside takes at no rent. Newton steps on ln demand against
    ln(1 + rent / least cost), inside a bracket, with bisection where they leave it.
    """
    spend, cost, most = buyers.spend, buyers.unit_cost, buyers.most
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
