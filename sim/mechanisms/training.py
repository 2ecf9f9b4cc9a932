"""Training: how large the largest run of the year is, and what it reaches."""

import numpy as np

from sim.arrays import Array
from sim.mechanisms.scaling import AnchoredLaw


def run_share(typical: float, spread: float, luck: Array) -> Array:
    """Share of a year's compute in the largest run: logistic(logit(typical) + spread * luck), within (0, 1)."""
    logit = np.log(typical) - np.log1p(-typical)
    return np.asarray(1.0 / (1.0 + np.exp(-(logit + spread * luck))))


def next_luck(luck: Array, fresh: Array, persistence: float) -> Array:
    """Draws of the next year: a stationary first-order process with unit variance."""
    return np.asarray(persistence * luck + np.sqrt(1.0 - persistence**2) * fresh)


def best_error(error: Array, run: Array, knowledge: Array | float, law: AnchoredLaw) -> Array:
    """Best error so far after a run of ``run`` FLOP with ``knowledge`` (ln units); no run changes nothing."""
    with np.errstate(divide="ignore"):
        return np.minimum(error, law.error(np.log(run) + knowledge))
