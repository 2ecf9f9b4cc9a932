"""Knowledge: ln of effective compute per FLOP, public and each actor's own, and how it is made, learnt and lost."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Amount = TypeVar("Amount", float, NDArray[np.float64])


def progress(rate: float, effort: Amount, returns: float) -> Amount:
    """Growth of knowledge [1/yr] at no knowledge, from research over research at the start.

    rate * effort^returns; nobody's research makes no progress. Source: Jones 1995, R&D-based models of growth.
    """
    return np.where(np.asarray(effort) > 0, rate * np.asarray(effort) ** returns, 0.0)[()]


def created(growth: Amount, at: Amount, fishing_out: float, years: float) -> Amount:
    """Knowledge made in ``years`` from level ``at``, exact for d k / d t = growth * exp(-fishing_out * k)."""
    return np.log1p(fishing_out * growth * np.exp(-fishing_out * at) * years) / fishing_out


def learnt(
    own: Array, public: float, linked: Array | None, absorption: float, linked_rate: float, leak: float, years: float
) -> Array:
    """Change of own knowledge in ``years`` by catching up, from publications or from the best one is linked to
    (whichever brings more), and by leads that leak away; (n,). Every gap closes exponentially, so none is overshot.
    """
    caught = np.maximum(public - own, 0.0) * -np.expm1(-absorption * years)
    if linked is not None:
        caught = np.maximum(caught, np.maximum(linked - own, 0.0) * -np.expm1(-linked_rate * years))
    return np.asarray(caught - np.maximum(own - public, 0.0) * -np.expm1(-leak * years))
