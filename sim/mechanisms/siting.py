"""Siting: the mobile part of work moves to where compute is cheaper."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def preferred(price: Array, weight: Array, scale: float) -> Array:
    """Shares of mobile work by region at rest, (n, regions): a logit on price relative to its mean.

    ``price`` (n, regions) of a FLOP in full [USD/FLOP], ``weight`` (regions,) attraction at equal prices, summing to
    one, ``scale`` the difference in relative price that makes a region e times less used. Source: McFadden 1974.
    """
    relative = price / (price @ weight)[:, None]
    raw = weight * np.exp((relative.min(axis=1, keepdims=True) - relative) / scale)
    return np.asarray(raw / raw.sum(axis=1, keepdims=True))


def moved(shares: Array, target: Array, speed: float, years: float) -> Array:
    """Shares after ``years`` of partial adjustment at ``speed`` [1/yr], (n, regions)."""
    return np.asarray(shares + (target - shares) * -np.expm1(-speed * years))
