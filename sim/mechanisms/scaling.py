"""Scaling laws: the error that compute can reach.

A law maps the physical FLOP of a training run to an error rate (a fraction). ``AnchoredLaw`` carries a law
into a world where algorithms improve.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import exp, inf, log
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.quantity import quantity

Array = NDArray[np.float64]
LN10 = log(10.0)
LN_GIGA = 9 * LN10  # the published laws are written in Gflop


@dataclass(frozen=True, kw_only=True)
class Law(ABC):
    """One error rate as a function of training compute, within the range its source has data for.

    Subclasses state ``ln_compute_for`` and ``error_at``; the rest follows. Errors lie in (0, 1].
    """

    form: ClassVar[str]
    best_error: float = quantity("1", "lowest error rate the source has data for", low=0, high=1)
    worst_error: float = quantity("1", "highest error rate the source has data for", low=0, high=1)

    @abstractmethod
    def error_at(self, ln_compute: Array) -> Array:
        """Error rate reached by a run of ``exp(ln_compute)`` FLOP; 1 where the law leaves (0, 1]."""

    @abstractmethod
    def ln_compute_for(self, error: Array) -> Array:
        """ln of the FLOP that reach the error rate."""

    @abstractmethod
    def elasticity_at(self, error: Array) -> Array:
        """-d ln error / d ln compute at an error rate (dimensionless)."""

    def error(self, compute: float) -> float:
        """Error rate (fraction) of a run of ``compute`` FLOP.

        Raises ValueError outside the domain: a run so small that the law gives an error above 1.
        """
        smallest = self.compute_for(1.0)
        if not compute >= smallest * (1 - 1e-12):
            raise ValueError(f"{compute:g} FLOP lies below this law's domain, which begins at {smallest:.3g} FLOP")
        return float(self.error_at(np.asarray(log(compute))))

    def compute_for(self, error: float) -> float:
        """FLOP that reach the error rate (fraction); infinity when beyond floating point.

        Raises ValueError for an error rate outside (0, 1], which no run has.
        """
        if not 0 < error <= 1:
            raise ValueError(f"an error rate lies above 0 and at most at 1, not at {error:g}")
        ln_compute = float(self.ln_compute_for(np.asarray(error)))
        return exp(ln_compute) if ln_compute < 709 else inf

    def elasticity(self, compute: float) -> float:
        """-d ln error / d ln compute at ``compute`` FLOP (dimensionless). Same domain as ``error``."""
        return float(self.elasticity_at(np.asarray(self.error(compute))))

    def extrapolated(self, error: float) -> bool:
        """Whether an error rate lies outside the range the law was fitted on."""
        return not self.best_error <= error <= self.worst_error


@dataclass(frozen=True, kw_only=True)
class Polynomial(Law):
    """log10(C / Gflop) = a + b log10(1 / e): a power law.

    Source: Thompson et al. 2020, "The Computational Limits of Deep Learning", the polynomial model.
    """

    form = "polynomial"
    intercept: float = quantity("1", "a: log10 of the Gflop at an error of 100 %", low=-500, high=100)
    exponent: float = quantity("1", "b: powers of compute per power of 1/error", low=0.5, high=200)

    def error_at(self, ln_compute: Array) -> Array:
        return np.asarray(np.exp(np.minimum((self.intercept * LN10 + LN_GIGA - ln_compute) / self.exponent, 0.0)))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray(self.intercept * LN10 + LN_GIGA - self.exponent * np.log(error))

    def elasticity_at(self, error: Array) -> Array:
        return np.full_like(error, 1.0 / self.exponent)


@dataclass(frozen=True, kw_only=True)
class Exponential(Law):
    """log10(C / Gflop) = a + c / e: each step down costs more than a power law's.

    Source: Thompson et al. 2020, "The Computational Limits of Deep Learning", the exponential model.
    """

    form = "exponential"
    intercept: float = quantity("1", "a: log10 of the Gflop as error grows without bound", low=-500, high=100)
    slope: float = quantity("1", "c: powers of ten of compute per unit of 1/error", low=0.001, high=100)

    def error_at(self, ln_compute: Array) -> Array:
        decades = (ln_compute - LN_GIGA) / LN10 - self.intercept
        return np.asarray(self.slope / np.maximum(decades, self.slope))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray((self.intercept + self.slope / error) * LN10 + LN_GIGA)

    def elasticity_at(self, error: Array) -> Array:
        return np.asarray(error / (self.slope * LN10))


LAWS: dict[str, type[Law]] = {law.form: law for law in (Polynomial, Exponential)}


@dataclass(frozen=True)
class AnchoredLaw:
    """A published law in a world where knowledge makes each FLOP count for more.

    The law's shape is kept and its level set so that ``start_error`` costs ``start_compute`` FLOP at the start.
    Effective compute is C exp(k), k the knowledge gained since. A law fitted over time on physical compute
    already holds the algorithmic progress of those years, so the distance from the anchor is stretched by
    1 + g_A / g_C (growth of algorithms over growth of compute in the years of the fit); without this, progress
    would be counted twice.

    ln C_eff(e) = ln C_start + (1 + g_A / g_C) (ln C_law(e) - ln C_law(e_start))
    """

    law: Law
    start_error: float
    start_compute: float
    stretch: float
    _ln_start: float = field(init=False)
    _ln_law_start: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ln_start", log(self.start_compute))
        object.__setattr__(self, "_ln_law_start", float(self.law.ln_compute_for(np.asarray(self.start_error))))

    def error(self, ln_effective: Array) -> Array:
        """Error rate, shape as given, of runs with ln effective FLOP ``ln_effective`` (-inf: no run, error 1)."""
        return self.law.error_at(self._ln_law_start + (ln_effective - self._ln_start) / self.stretch)

    def ln_compute_for(self, error: Array) -> Array:
        """ln of the effective FLOP that reach the error rates."""
        return self._ln_start + self.stretch * (self.law.ln_compute_for(error) - self._ln_law_start)

    def elasticity(self, error: Array) -> Array:
        """-d ln error / d ln effective compute at the error rates."""
        return self.law.elasticity_at(error) / self.stretch
