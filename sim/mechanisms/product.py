"""The market for AI products: who sells how much, and how large the market is."""

from math import exp, log

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def attraction(weight: Array, error: Array, steepness: float) -> Array:
    """Shares proportional to weight * error^-steepness, shape (n,), summing to one (contest success function)."""
    score = np.log(weight) - steepness * np.log(error)
    raw = np.exp(score - score.max())
    return np.asarray(raw / raw.sum())


def market_at_rest(size: float, growth: float, cap: float, start_error: float, error: Array, share: Array) -> float:
    """Where the market [USD/yr] tends: M_0 G / (1 + G / cap), with G = (e_0 / e_bar)^growth.

    e_bar is the share-weighted geometric mean error of what is sold, e_0 ``start_error``.
    """
    ln_gain = growth * (log(start_error) - float((share * np.log(error)).sum()))
    return size / (exp(-min(max(ln_gain, -700.0), 700.0)) + 1.0 / cap)


def adopted(market: float, rest: float, rate: float, dt: float) -> float:
    """Market after ``dt`` years of approach to its rest at ``rate`` per year (exact for a constant rest)."""
    return float(market + (rest - market) * -np.expm1(-rate * dt))
