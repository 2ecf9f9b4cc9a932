"""A law whose each step down costs more than a power law's."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.mechanisms.scaling.base import LN10, LN_GIGA, Law
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Exponential(Law):
    """log10(C / Gflop) = a + c / e: each step down costs more than a power law's.

    Source: Thompson et al. 2020, "The Computational Limits of Deep Learning", the exponential model.
    """

    form = "exponential"
    formula = "log10(C/Gflop) = a + c/e"
    steepness = "slope"
    order = 2
    intercept: float = quantity("1", "a: log10 of the Gflop as error grows without bound", low=-500, high=100)
    slope: float = quantity("1", "c: powers of ten of compute per unit of 1/error", low=0.001, high=100)

    def error_at(self, ln_compute: Array) -> Array:
        decades = (ln_compute - LN_GIGA) / LN10 - self.intercept
        return np.asarray(self.slope / np.maximum(decades, self.slope))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray((self.intercept + self.slope / error) * LN10 + LN_GIGA)

    def elasticity_at(self, error: Array) -> Array:
        return np.asarray(error / (self.slope * LN10))
