"""The market for AI products: who sells how much, and how large the market is."""

from math import exp, log

import numpy as np

from sim.arrays import Array


def attraction(weight: Array, error: Array, steepness: float, rival: tuple[float, float] | None = None) -> Array:
    """Shares proportional to weight * error^-steepness, shape (n,) (contest success function, Tullock 1980).

    They sum to one, or to less when a ``rival`` (weight, error) beside them takes part too.
    """
    weights = np.concatenate([weight, rival[:1]]) if rival else weight
    errors = np.concatenate([error, rival[1:]]) if rival else error
    if not weights.size:
        return np.zeros(0)
    score = np.log(weights) - steepness * np.log(errors)
    raw = np.exp(score - score.max())
    return np.asarray(raw[: weight.size] / raw.sum())


def market_at_rest(size: float, growth: float, cap: float, start_error: float, ln_error: float) -> float:
    """Where the market [USD/yr] tends: M_0 G / (1 + G / cap), with G = (e_0 / e_bar)^growth.

    ``ln_error`` is ln of e_bar, the share-weighted geometric mean error of what is used; e_0 ``start_error``.
    """
    ln_gain = growth * (log(start_error) - ln_error)
    return size / (exp(-min(max(ln_gain, -700.0), 700.0)) + 1.0 / cap)


def habit(reach: Array, share: Array, rate: float, years: float) -> Array:
    """Reach (n,) after ``years`` in which it follows shares of sales at ``rate`` [1/yr]; its sum stays."""
    target = share / share.sum() * reach.sum()
    return np.asarray(reach + (target - reach) * -np.expm1(-rate * years))


def adopted(market: float, rest: float, rate: float, dt: float) -> float:
    """Market after ``dt`` years of approach to its rest at ``rate`` per year (exact for a constant rest)."""
    return float(market + (rest - market) * -np.expm1(-rate * dt))
