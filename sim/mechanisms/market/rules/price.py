"""Compute goes to whoever pays its price."""

from dataclasses import replace

import numpy as np

from sim.mechanisms.market.records import FREE, Buyers, Clearing, Outside
from sim.mechanisms.market.rules.base import Rule
from sim.mechanisms.market.spot import spot


class Price(Rule):
    """Everyone pays the same rent."""

    name = "price"
    order = 1

    @staticmethod
    def allocate(buyers: Buyers, capacity: float, outside: Outside, ceiling: float, permit: float) -> Clearing:
        cost = buyers.unit_cost + buyers.carbon * permit
        bought, other, rent, outcome = spot(replace(buyers, unit_cost=cost), capacity, outside.demand, outside, ceiling)
        price = cost + rent
        return Clearing(bought, np.minimum(bought * price, buyers.spend), price, other, rent, permit, outcome, FREE)
