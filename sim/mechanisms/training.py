"""Training: how large the largest run of the year is, and what it reaches."""

from math import sqrt
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.compiled import equation
from sim.mathematics import exp, log, log1p
from sim.mechanisms.scaling import AnchoredLaw


@equation
def logit(share: float) -> float:
    """ln(share / (1 - share))."""
    return log(share) - log1p(-share)


@equation
def run_share(logit: float, spread: float, luck: float) -> float:
    """Share of a year's compute in the largest run: logistic(logit(typical) + spread * luck), within (0, 1)."""
    return 1.0 / (1.0 + exp(-(logit + spread * luck)))


@equation
def next_luck(luck: float, fresh: float, persistence: float) -> float:
    """Draws of the next year: a stationary first-order process with unit variance."""
    return persistence * luck + sqrt(1.0 - persistence * persistence) * fresh


def first_error(run: Array, law: AnchoredLaw) -> Array:
    """Error of a first run of ``run`` FLOP; no run has learnt nothing. It is that of the law as anchored under every
    theory of progress: these say what knowledge adds, and none is gained yet."""
    ln_run: Any = log(run)
    return np.minimum(law.law.highest, law.error(ln_run))
