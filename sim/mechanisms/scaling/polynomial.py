"""A power law."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.mathematics import exp, log
from sim.mechanisms.scaling.base import LN10, LN_GIGA, LN_LEAST, Law
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Polynomial(Law):
    """log10(C / Gflop) = a + b log10(1 / e): a power law.

    Source: Thompson et al. 2020, "The Computational Limits of Deep Learning", the polynomial model.
    """

    form = "polynomial"
    formula = "log10(C/Gflop) = a + b log10(1/e)"
    steepness = "exponent"
    order = 1
    intercept: float = quantity("1", "a: log10 of the Gflop at an error of 100 %", low=-500, high=100)
    exponent: float = quantity("1", "b: scaling exponent, elasticity of compute to 1/error", low=0.5, high=200)

    def error_at(self, ln_compute: Array) -> Array:
        ln_error = np.asarray((self.intercept * LN10 + LN_GIGA - ln_compute) / self.exponent)
        np.maximum(ln_error, LN_LEAST, out=ln_error)
        return np.asarray(exp(np.minimum(ln_error, 0.0, out=ln_error)))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray(self.intercept * LN10 + LN_GIGA - self.exponent * log(error))

    def elasticity_at(self, error: Array) -> Array:
        found = np.empty(np.shape(error))
        found.fill(1.0 / self.exponent)
        return found
