"""The market for AI products: who sells how much, and how large the market is."""

from math import inf

import numpy as np

from sim.arrays import Array, Block
from sim.compiled import equation, loop
from sim.mathematics import exp, fill, highest, log, power, total


@equation
def appeal(ln_weight: float, ln_error: float, steepness: float) -> float:
    """ln of weight * error^-steepness; minus infinity for no weight."""
    return ln_weight - steepness * ln_error


@loop
def shares(ln_weight: Array, ln_error: Array, steepness: float, rival: float, found: Block) -> None:
    """Shares proportional to weight * error^-steepness, into ``found`` (1, n) (contest success function, Tullock 1980).

    They sum to one, or to less when a ``rival`` with that ln of appeal takes part too; without anyone they are 0.
    """
    share = found[0]
    for i in range(share.size):
        share[i] = appeal(ln_weight[i], ln_error[i], steepness)
    most = max(highest(share), rival)
    if most == -inf:
        fill(share, 0.0)
        return
    for i in range(share.size):
        share[i] = exp(share[i] - most)
    whole = total(share) + exp(rival - most)
    for i in range(share.size):
        share[i] = share[i] / whole


def attraction(weight: Array, error: Array, steepness: float) -> Array:
    """Shares proportional to weight * error^-steepness, shape (n,); they sum to one."""
    found = np.empty((1, weight.size))
    shares(log(weight), log(error), steepness, -inf, found)
    return np.asarray(found[0])


@equation
def market_at_rest(size: float, growth: float, cap: float, start_error: float, ln_error: float) -> float:
    """Where the market [USD/yr] tends: M_0 G / (1 + G / cap), with G = (e_0 / e_bar)^growth.

    ``ln_error`` is ln of e_bar, the share-weighted geometric mean error of what is used; e_0 ``start_error``.
    """
    ln_gain = growth * (log(start_error) - ln_error)
    return size / (exp(-min(max(ln_gain, -700.0), 700.0)) + 1.0 / cap)


@equation
def serving_share(late: float, first: float, market: float, size: float, growth: float) -> float:
    """Share of sales spent on compute to serve customers, when the market stands at ``market`` [USD/yr].

    late - (late - first) (size / market)^growth: ``first`` while the market is no larger than at its start, ``size``,
    and nearer to ``late`` the more it is adopted. The form is assumed.
    """
    return late - (late - first) * power(size / max(market, size), growth)
