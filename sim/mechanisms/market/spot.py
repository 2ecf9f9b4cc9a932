"""A market in which one rent clears what there is."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block
from sim.compiled import equation, inner, loop
from sim.mathematics import expm1, log, log1p, power, total
from sim.mechanisms.market.records import CLEARED, MOST_TRIES, RATIONED, SLACK, TOLERANCE, Outside

OUTCOMES = (SLACK, CLEARED, RATIONED)  # by their numbers in loops


class Spot(NamedTuple):
    """What is sold at one rent, and to whom else."""

    capacity: float  # FLOP/yr
    wanted: float  # FLOP/yr that the outside takes at no rent
    price: float  # USD/FLOP that it pays without rent
    elasticity: float  # of its demand
    ceiling: float  # USD/FLOP: the highest rent
    tries: int  # most steps of the solver

    @classmethod
    def of(cls, capacity: float, wanted: float, outside: Outside, ceiling: float) -> "Spot":
        """A market for ``capacity`` where the outside would take ``wanted``."""
        return cls(capacity, wanted, outside.price, outside.elasticity, ceiling, MOST_TRIES)


@equation
def affordable(spend: float, cost: float, most: float) -> float:
    """What a buyer takes [FLOP/yr] at a cost in full [USD/FLOP]: all that ``spend`` [USD/yr] buys, at most ``most``."""
    return min(spend / cost, most)


@equation
def outside_demand(wanted: float, price: float, rent: float, elasticity: float) -> float:
    """What everyone else takes [FLOP/yr] at a rent: wanted (price / (price + rent))^elasticity."""
    return wanted * power(price / (price + rent), elasticity)


@inner
def _bought(spend: Array, cost: Array, most: Array, rent: float, bought: Array) -> float:
    """Purchases at a rent into ``bought`` (n,), and their sum."""
    for i in range(spend.size):
        bought[i] = affordable(spend[i], cost[i] + rent, most[i])
    return total(bought)


@loop
def spot(spend: Array, cost: Array, most: Array, on: Spot, found: Block) -> tuple[float, float, int]:
    """Purchases where one rent clears what there is, what each pays [USD/yr] and the price [USD/FLOP] into the rows of
    ``found``; the outside's, the rent, and the outcome."""
    other, rent, outcome = _cleared(spend, cost, most, on, found[0])
    for i in range(spend.size):
        price = cost[i] + rent
        found[1, i] = min(found[0, i] * price, spend[i])
        found[2, i] = price
    return other, rent, outcome


@inner
def _cleared(spend: Array, cost: Array, most: Array, on: Spot, bought: Array) -> tuple[float, float, int]:
    """Purchases into ``bought``; the outside's, the rent, and the outcome.

    Newton steps on ln demand against ln(1 + rent / least cost), inside a bracket, with bisection where they leave it.
    """
    other = outside_demand(on.wanted, on.price, 0.0, on.elasticity)
    if _bought(spend, cost, most, 0.0, bought) + other <= on.capacity:
        return other, 0.0, 0
    rent, outcome = on.ceiling, 2
    other = outside_demand(on.wanted, on.price, rent, on.elasticity)
    amount = _bought(spend, cost, most, rent, bought) + other
    if not amount > on.capacity:
        steep, scale = np.empty(spend.size), min(cost.min(), on.price)
        low, high, here, rent, outcome = 0.0, log1p(on.ceiling / scale), 0.0, 0.0, 1
        for _ in range(on.tries):
            other = outside_demand(on.wanted, on.price, rent, on.elasticity)
            amount = _bought(spend, cost, most, rent, bought) + other
            gap = log(amount / on.capacity)
            if gap > 0.0:
                low = here
            else:
                high = here
            if abs(gap) <= TOLERANCE or high - low <= 1e-16 * high:
                break
            for i in range(spend.size):
                steep[i] = bought[i] / (cost[i] + rent) if bought[i] < most[i] else 0.0
            slope = (total(steep) + on.elasticity * other / (on.price + rent)) * (scale + rent) / amount
            guess = here + gap / slope if slope > 0.0 else low  # the slope is -d ln demand / d ln(scale + rent)
            here = guess if low < guess < high else 0.5 * (low + high)
            rent = scale * expm1(here)
        else:
            other = outside_demand(on.wanted, on.price, rent, on.elasticity)
            amount = _bought(spend, cost, most, rent, bought) + other
    if amount > on.capacity:  # rationed, or above by less than the tolerance
        cut = on.capacity / amount
        other *= cut
        for i in range(bought.size):
            bought[i] *= cut
    return other, rent, outcome
