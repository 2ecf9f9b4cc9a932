"""Scaling laws: the error that compute can reach.

A law maps the physical FLOP of a training run to an error rate (a fraction). ``AnchoredLaw`` carries a law
into a world where algorithms improve.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import exp, inf, log
from typing import ClassVar

import numpy as np

from sim.arrays import Array
from sim.quantity import quantity

LN10 = log(10.0)
LN_LEAST = -690.0  # ln of the least (reducible) error told from none, so that what divides by errors stays a number
LN_GIGA = 9 * LN10  # the published laws are written in Gflop
FLOP_PER_PARAMETER_TOKEN = 6.0  # forward and backward pass: Kaplan et al. 2020


@dataclass(frozen=True, kw_only=True)
class Law(ABC):
    """One error (or loss) as a function of training compute, within the range its source has data for.

    Subclasses state ``ln_compute_for``, ``error_at`` and ``elasticity_at``; the rest follows. Errors lie above
    ``lowest`` and at most at ``highest``: rates in (0, 1] unless the law says otherwise.
    """

    form: ClassVar[str]
    formula: ClassVar[str]
    unit: ClassVar[str] = "fraction"
    best_error: float = quantity("1", "lowest error the source has data for", low=0, high=20)
    worst_error: float = quantity("1", "highest error the source has data for", low=0, high=20)

    @property
    def lowest(self) -> float:
        """The error that no compute reaches."""
        return 0.0

    @property
    def highest(self) -> float:
        """The error of a model that has learnt nothing."""
        return 1.0

    @abstractmethod
    def error_at(self, ln_compute: Array) -> Array:
        """Error reached by a run of ``exp(ln_compute)`` FLOP; ``highest`` where the law would exceed it."""

    @abstractmethod
    def ln_compute_for(self, error: Array) -> Array:
        """ln of the FLOP that reach the error; infinite at ``lowest`` and below."""

    @abstractmethod
    def elasticity_at(self, error: Array) -> Array:
        """-d ln error / d ln compute at an error (dimensionless)."""

    def error(self, compute: float) -> float:
        """Error of a run of ``compute`` FLOP.

        Raises ValueError outside the domain: a run so small that the law gives an error above ``highest``.
        """
        smallest = self.compute_for(self.highest)
        if not compute >= smallest * (1 - 1e-12):
            raise ValueError(f"{compute:g} FLOP lies below this law's domain, which begins at {smallest:.3g} FLOP")
        return float(self.error_at(np.asarray(log(compute))))

    def compute_for(self, error: float) -> float:
        """FLOP that reach the error; infinity when beyond floating point.

        Raises ValueError outside the domain: above ``highest``, or at ``lowest`` and below, where no run gets.
        """
        if not self.lowest < error <= self.highest:
            span = f"above {self.lowest:g} and at most {self.highest:g}"
            raise ValueError(f"under this law an error ({self.unit}) lies {span}; {error:g} does not")
        ln_compute = float(self.ln_compute_for(np.asarray(error)))
        return exp(ln_compute) if ln_compute < 709 else inf

    def elasticity(self, compute: float) -> float:
        """-d ln error / d ln compute at ``compute`` FLOP (dimensionless). Same domain as ``error``."""
        return float(self.elasticity_at(np.asarray(self.error(compute))))

    def extrapolated(self, error: float) -> bool:
        """Whether an error lies outside the range the law was fitted on."""
        return not self.best_error <= error <= self.worst_error


@dataclass(frozen=True, kw_only=True)
class Polynomial(Law):
    """log10(C / Gflop) = a + b log10(1 / e): a power law.

    Source: Thompson et al. 2020, "The Computational Limits of Deep Learning", the polynomial model.
    """

    form = "polynomial"
    formula = "log10(C/Gflop) = a + b log10(1/e)"
    intercept: float = quantity("1", "a: log10 of the Gflop at an error of 100 %", low=-500, high=100)
    exponent: float = quantity("1", "b: powers of compute per power of 1/error", low=0.5, high=200)

    def error_at(self, ln_compute: Array) -> Array:
        ln_error = (self.intercept * LN10 + LN_GIGA - ln_compute) / self.exponent
        return np.asarray(np.exp(np.clip(ln_error, LN_LEAST, 0.0)))

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
    formula = "log10(C/Gflop) = a + c/e"
    intercept: float = quantity("1", "a: log10 of the Gflop as error grows without bound", low=-500, high=100)
    slope: float = quantity("1", "c: powers of ten of compute per unit of 1/error", low=0.001, high=100)

    def error_at(self, ln_compute: Array) -> Array:
        decades = (ln_compute - LN_GIGA) / LN10 - self.intercept
        return np.asarray(self.slope / np.maximum(decades, self.slope))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray((self.intercept + self.slope / error) * LN10 + LN_GIGA)

    def elasticity_at(self, error: Array) -> Array:
        return np.asarray(error / (self.slope * LN10))


@dataclass(frozen=True, kw_only=True)
class Irreducible(Law):
    """log10(C / Gflop) = a + b log10(1 / (e - e_inf)): a power law above a floor that no compute removes.

    Form: Hestness et al. 2017, "Deep Learning Scaling is Predictable, Empirically"; the floor is the error of the
    task itself (wrong labels, ambiguous cases).
    """

    form = "irreducible"
    formula = "log10(C/Gflop) = a + b log10(1/(e - e_inf))"
    intercept: float = quantity("1", "a: log10 of the Gflop at a reducible error of 100 %", low=-500, high=100)
    exponent: float = quantity("1", "b: powers of compute per power of 1/(e - e_inf)", low=0.5, high=200)
    floor: float = quantity("1", "e_inf: error that no compute removes", low=0, high=0.99)

    @property
    def lowest(self) -> float:
        return self.floor

    def error_at(self, ln_compute: Array) -> Array:
        ln_reducible = (self.intercept * LN10 + LN_GIGA - ln_compute) / self.exponent
        return np.asarray(self.floor + np.exp(np.clip(ln_reducible, LN_LEAST, np.log1p(-self.floor))))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray(self.intercept * LN10 + LN_GIGA - self.exponent * _ln_above(error, self.floor))

    def elasticity_at(self, error: Array) -> Array:
        return np.asarray((1.0 - self.floor / error) / self.exponent)


@dataclass(frozen=True, kw_only=True)
class Chinchilla(Law):
    """L = E + A / N^alpha + B / D^beta at C = 6 N D: loss of a language model trained at its best size.

    Loss in nats per token; N parameters, D tokens. Along the optimum, L - E = K C^(-alpha beta / (alpha + beta)).
    Source: Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", equations 2 and 4.
    """

    form = "chinchilla"
    formula = "L = E + A/N^alpha + B/D^beta at 6 N D = C"
    unit = "nats"
    entropy: float = quantity("1", "E: loss of the text itself [nats]", low=0, high=10)
    size_factor: float = quantity("1", "A: nats of a model of one parameter", low=1e-3, high=1e6)
    size_exponent: float = quantity("1", "alpha: powers of loss per power of parameters", low=0.01, high=2)
    data_factor: float = quantity("1", "B: nats of a model that saw one token", low=1e-3, high=1e6)
    data_exponent: float = quantity("1", "beta: powers of loss per power of tokens", low=0.01, high=2)
    uniform_loss: float = quantity("1", "loss of a uniform guess over the vocabulary [nats]", low=1, high=20)

    @property
    def lowest(self) -> float:
        return self.entropy

    @property
    def highest(self) -> float:
        return self.uniform_loss

    @property
    def exponent(self) -> float:
        """Powers of reducible loss per power of compute: alpha beta / (alpha + beta)."""
        return self.size_exponent * self.data_exponent / (self.size_exponent + self.data_exponent)

    def loss(self, parameters: float, tokens: float) -> float:
        """Loss [nats] of a model of ``parameters`` trained on ``tokens``."""
        by_size = self.size_factor / parameters**self.size_exponent
        return float(self.entropy + by_size + self.data_factor / tokens**self.data_exponent)

    def optimum(self, compute: float) -> tuple[float, float]:
        """Parameters and tokens of the lowest loss at ``compute`` FLOP: N = G (C/6)^a, D = (C/6)^(1-a) / G.

        a = beta / (alpha + beta), G = (alpha A / (beta B))^(1 / (alpha + beta)).
        """
        both = self.size_exponent + self.data_exponent
        balance = self.size_exponent * self.size_factor / (self.data_exponent * self.data_factor)
        spread = balance ** (1.0 / both)
        return (
            spread * (compute / FLOP_PER_PARAMETER_TOKEN) ** (self.data_exponent / both),
            (compute / FLOP_PER_PARAMETER_TOKEN) ** (self.size_exponent / both) / spread,
        )

    @property
    def _ln_unit_loss(self) -> float:
        """ln of the reducible loss [nats] at one FLOP."""
        return log(self.loss(*self.optimum(1.0)) - self.entropy)

    def error_at(self, ln_compute: Array) -> Array:
        ln_reducible = self._ln_unit_loss - self.exponent * ln_compute
        return np.asarray(self.entropy + np.exp(np.clip(ln_reducible, LN_LEAST, log(self.uniform_loss - self.entropy))))

    def ln_compute_for(self, error: Array) -> Array:
        return np.asarray((self._ln_unit_loss - _ln_above(error, self.entropy)) / self.exponent)

    def elasticity_at(self, error: Array) -> Array:
        return np.asarray((1.0 - self.entropy / error) * self.exponent)


def _ln_above(error: Array, floor: float) -> Array:
    """ln of what an error has above a floor; minus infinity at the floor and below."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.maximum(error - floor, 0.0)))


LAWS: dict[str, type[Law]] = {law.form: law for law in (Polynomial, Exponential, Irreducible, Chinchilla)}


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
        """Error, shape as given, of runs with ln effective FLOP ``ln_effective`` (-inf: no run, nothing learnt)."""
        return self.law.error_at(self._ln_law_start + (ln_effective - self._ln_start) / self.stretch)

    def ln_compute_for(self, error: Array) -> Array:
        """ln of the effective FLOP that reach the error rates."""
        return self._ln_start + self.stretch * (self.law.ln_compute_for(error) - self._ln_law_start)

    def elasticity(self, error: Array) -> Array:
        """-d ln error / d ln effective compute at the error rates."""
        return self.law.elasticity_at(error) / self.stretch
