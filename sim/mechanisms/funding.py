"""Startups' money: rounds at moments of chance, failure when it runs out, new ones in their place."""

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.compiled import equation


@equation
def happens(likely: float, chance: float) -> bool:
    """Whether something with a probability ``likely`` happens, by a uniform draw."""
    return chance < likely


@equation
def round_paid(entitlement: float, cash: float, multiple: float, enough: float) -> float:
    """What a round brings [USD]: what investors had in mind, at most a multiple of the cash at hand, and no more than
    takes it to ``enough``."""
    return min(max(enough - cash, 0.0), min(entitlement, multiple * cash))


@equation
def paid_out(cash: float, profit: float, enough: float) -> float:
    """Profit that goes to owners [USD]: as far as cash, profit included, is more than ``enough``."""
    return min(max(cash - enough, 0.0), max(profit, 0.0))


@equation
def raised(wants: float, means: float, offered: float) -> float:
    """What comes from investors beside own means [USD/yr]: what is wanted beyond them, as far as it is ``offered``."""
    return min(max(wants - means, 0.0), offered)


@equation
def offered(margin: float, ahead: float, financed: float) -> float:
    """What investors would pay a seller in advance [USD/yr]: a part of what its margin is expected to rise by, on
    average over their horizon (``ahead``, see ``expectations``)."""
    return financed * margin * max(ahead - 1.0, 0.0)


def buyers(weight: Array, chance: Array, sold: Array) -> NDArray[np.intp]:
    """Positions among possible buyers, (failing,), drawn in proportion to ``weight`` (buyers,).

    ``sold`` (failing,) are uniform draws, looked up in the cumulated weights of buyers in the order of their own
    uniform draws ``chance`` (buyers,): the outcome does not depend on the order of rows.
    """
    order = np.argsort(chance, kind="stable")
    cumulated = np.cumsum(weight[order])
    places = np.searchsorted(cumulated, sold * cumulated[-1], side="right")
    return np.asarray(order[np.minimum(places, order.size - 1)])
