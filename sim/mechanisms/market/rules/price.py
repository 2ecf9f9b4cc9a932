"""Compute goes to whoever pays its price."""

import numpy as np

from sim.mechanisms.market.records import Buyers, Clearing, Outside
from sim.mechanisms.market.rules.base import Rule
from sim.mechanisms.market.spot import OUTCOMES, Spot, spot


class Price(Rule):
    """Everyone pays the same rent."""

    name = "price"
    order = 1

    @staticmethod
    def allocate(buyers: Buyers, capacity: float, outside: Outside, ceiling: float) -> Clearing:
        found, on = np.empty((3, buyers.spend.size)), Spot.of(capacity, outside.demand, outside, ceiling)
        other, rent, outcome = spot(buyers.spend, buyers.unit_cost, buyers.most, on, found)
        bought, paid, price = found
        return Clearing(bought, paid, price, other, rent, OUTCOMES[outcome])
