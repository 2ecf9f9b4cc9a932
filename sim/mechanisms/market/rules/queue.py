"""First come, largest first."""

import numpy as np

from sim.mechanisms.market.records import RATIONED, SLACK, Buyers, Clearing, Outside
from sim.mechanisms.market.rules.base import Rule


class Queue(Rule):
    """No rent. The outside, a crowd of all sizes, takes its part; the others are served largest first, equals alike."""

    name = "queue"
    order = 3
    priced = False

    @staticmethod
    def allocate(buyers: Buyers, capacity: float, outside: Outside, ceiling: float) -> Clearing:
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
        return Clearing(bought, paid, buyers.unit_cost.copy(), other, 0.0, outcome)
