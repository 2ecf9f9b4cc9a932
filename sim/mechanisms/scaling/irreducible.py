"""A power law above a floor."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.mathematics import exp, log1p
from sim.mechanisms.scaling.base import LN10, LN_GIGA, LN_LEAST, Law, ln_above
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Irreducible(Law):
    """log10(C / Gflop) = a + b log10(1 / (e - e_inf)): a power law above a floor that no compute removes.

    Form: Hestness et al. 2017, "Deep Learning Scaling is Predictable, Empirically"; the floor is the error of the
    task itself (wrong labels, ambiguous cases).
    """

    form = "irreducible"
    formula = "log10(C/Gflop) = a + b log10(1/(e - e_inf))"
    steepness = "exponent"
    order = 3
    intercept: float = quantity("1", "a: log10 of the Gflop at a reducible error of 100 %", low=-500, high=100)
    exponent: float = quantity("1", "b: scaling exponent, elasticity of compute to 1/(e - e_inf)", low=0.5, high=200)
    floor: float = quantity("1", "e_inf: error that no compute removes", low=0, high=0.99)

    @property
    def lowest(self) -> float:
        return self.floor

    def error_at(self, ln_compute: Array) -> Array:
        ln_reducible = (self.intercept * LN10 + LN_GIGA - ln_compute) / self.exponent
        return np.asarray(self.floor + exp(np.clip(ln_reducible, LN_LEAST, log1p(-self.floor))))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray(self.intercept * LN10 + LN_GIGA - self.exponent * ln_above(error, self.floor))

    def elasticity_at(self, error: Array) -> Array:
        return np.asarray((1.0 - self.floor / error) / self.exponent)
