"""Knowledge: ln of effective compute per FLOP, public and each actor's own, and how it is made, learnt and lost."""

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array


def progress(rate: float, effort: ArrayLike, returns: float) -> Array:
    """Growth of knowledge [1/yr] at no knowledge, shaped like ``effort``: research over research at the start.

    rate * effort^returns; nobody's research makes no progress. Source: Jones 1995, R&D-based models of growth.
    """
    made = np.asarray(effort, dtype=float)
    return np.where(made > 0, rate * made**returns, 0.0)


def created(growth: ArrayLike, at: ArrayLike, fishing_out: float, years: float) -> Array:
    """Knowledge made in ``years`` from level ``at``, exact for d k / d t = growth * exp(-fishing_out * k)."""
    falling = np.exp(-fishing_out * np.asarray(at, dtype=float))
    return np.asarray(np.log1p(fishing_out * np.asarray(growth) * falling * years) / fishing_out)


def caught_up(own: Array, known: Array | float, rate: float, years: float) -> Array:
    """Own knowledge (n,) after ``years`` of learning at ``rate`` [1/yr] from what others know; a gap closes
    exponentially, so none is overshot."""
    return np.asarray(own + np.maximum(known - own, 0.0) * -np.expm1(-rate * years))


def leaked(own: Array, public: float, rate: float, years: float) -> Array:
    """Change of own knowledge (n,) in ``years`` as leads over what is public are lost at ``rate`` [1/yr]."""
    return np.asarray(np.maximum(own - public, 0.0) * np.expm1(-rate * years))
