"""Startups' money: rounds at moments of chance, failure when it runs out, new ones in their place."""

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Mask


def happens(rate: float, chance: Array) -> Mask:
    """Whether something that happens at ``rate`` [1/yr] does so within a year, from uniform draws (n,)."""
    return np.asarray(chance < -np.expm1(-rate))


def round_paid(entitlement: Array, cash: Array, multiple: float, enough: Array) -> Array:
    """What a round brings [USD], (n,): what investors had in mind, at most a multiple of the cash at hand, and no more
    than takes it to ``enough``."""
    return np.clip(enough - cash, 0.0, np.minimum(entitlement, multiple * cash))


def paid_out(cash: Array, profit: Array, enough: Array) -> Array:
    """Profit that goes to owners [USD], (n,): as far as cash, profit included, is more than ``enough``."""
    return np.clip(cash - enough, 0.0, np.maximum(profit, 0.0))


def buyers(weight: Array, chance: Array, sold: Array) -> NDArray[np.intp]:
    """Positions among possible buyers, (failing,), drawn in proportion to ``weight`` (buyers,).

    ``sold`` (failing,) are uniform draws, looked up in the cumulated weights of buyers in the order of their own
    uniform draws ``chance`` (buyers,): the outcome does not depend on the order of rows.
    """
    order = np.argsort(chance, kind="stable")
    cumulated = np.cumsum(weight[order])
    places = np.searchsorted(cumulated, sold * cumulated[-1], side="right")
    return np.asarray(order[np.minimum(places, order.size - 1)])
