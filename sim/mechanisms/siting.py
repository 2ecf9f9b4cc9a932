"""Siting: the mobile part of work moves to where compute is cheaper."""

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array


def preferred(price: Array, weight: Array, scale: float) -> Array:
    """Shares of mobile work by region at rest, (regions, n): a logit on price relative to its mean.

    ``price`` (regions, n) of a FLOP in full [USD/FLOP], ``weight`` (regions,) attraction at equal prices, summing to
    one, ``scale`` the difference in relative price that makes a region e times less used. Source: McFadden 1974.
    """
    by_region = weight[:, None]
    relative = price / (price * by_region).sum(axis=0)
    raw = by_region * np.exp((relative.min(axis=0) - relative) / scale)
    return np.asarray(raw / raw.sum(axis=0))


def mixed(site: Array, home: NDArray[np.intp], home_share: Array) -> Array:
    """Shares of all work by region, (regions, n): a part ``home_share`` (n,) at ``home`` (n,), the rest at ``site``."""
    everywhere = (1.0 - home_share) * site
    everywhere[home, np.arange(home.size)] += home_share
    return np.asarray(everywhere)
