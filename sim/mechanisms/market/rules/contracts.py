"""Reserved compute first, the rest on the spot."""

import numpy as np

from sim.mechanisms.market.records import Buyers, Clearing, Outside
from sim.mechanisms.market.rules.base import Rule
from sim.mechanisms.market.spot import OUTCOMES, Spot, spot


class Contracts(Rule):
    """What is reserved is bought without rent, the rest of capacity sold at a spot rent.

    Where more is reserved than there is, all reservations are cut alike.
    """

    name = "contracts"
    order = 2
    reserves = True

    @staticmethod
    def allocate(buyers: Buyers, capacity: float, outside: Outside, ceiling: float) -> Clearing:
        cost = buyers.unit_cost
        first = np.minimum(np.minimum(buyers.reserved, buyers.most), buyers.spend / cost)
        other_first = min(outside.reserved, outside.demand)
        used = float(first.sum()) + other_first
        if used > capacity:
            first, other_first = first * (capacity / used), other_first * (capacity / used)
        left = np.maximum(buyers.spend - first * cost, 0.0)
        room = max(capacity - used, 0.0)
        wanted = max(outside.demand - other_first, 0.0)
        found = np.empty((3, cost.size))
        on = Spot.of(room, wanted, outside, ceiling)
        other, rent, outcome = spot(left, cost, buyers.most - first, on, found)
        rest = found[0]
        bought, paid = first + rest, np.minimum(first * cost + rest * (cost + rent), buyers.spend)
        price = np.divide(paid, bought, out=cost + rent, where=bought > 0)
        rented = float(rest.sum()) / max(float(bought.sum()), 1e-300)
        return Clearing(bought, paid, price, other_first + other, rent, OUTCOMES[outcome], rented=rented)
