"""Compute goes to whoever pays its price."""

import numpy as np

from sim.mechanisms.market.records import Buyers, Clearing, Outside
from sim.mechanisms.market.rules.base import Rule
from sim.mechanisms.market.spot import OUTCOMES, Spot, priced, spot


class Price(Rule):
    """Everyone pays the same rent."""

    name = "price"
    order = 1

    @staticmethod
    def allocate(buyers: Buyers, capacity: float, outside: Outside, ceiling: float) -> Clearing:
        cost = buyers.unit_cost
        found = np.empty((3, cost.size))
        on = Spot.of(capacity, outside.demand, outside, ceiling)
        other, rent, outcome = spot(buyers.spend, cost, buyers.most, on, found)
        priced(buyers.spend, cost, rent, found)
        bought, paid, price = found
        return Clearing(bought, paid, price, other, rent, OUTCOMES[outcome])
