"""A published law carried into a world where algorithms improve."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.compiled import equation
from sim.mathematics import log
from sim.mechanisms.scaling.base import Law
from sim.mechanisms.theories import Theory, scale_dependent
from sim.mechanisms.theories.base import Terms


class Anchor(NamedTuple):
    """Where a law is held, for compiled loops."""

    ln_start: float  # ln of the FLOP that cost the first error at the start
    ln_law: float  # ln of the FLOP that the law as published gives it
    stretch: float  # ln of effective FLOP for one of the law's


@equation
def by_law(ln_effective: float, ln_start: float, ln_law: float, stretch: float) -> float:
    """ln of the FLOP by a law as published that reach what effective FLOP reach: see ``AnchoredLaw``."""
    return ln_law + (ln_effective - ln_start) / stretch


@dataclass(frozen=True)
class AnchoredLaw:
    """A published law in a world where knowledge makes each FLOP count for more.

    The law's shape is kept and its level set so that ``start_error`` costs ``start_compute`` FLOP at the start.
    Effective compute is C exp(k), k the knowledge gained since. A law fitted over time on physical compute
    already holds the algorithmic progress of those years, so the distance from the anchor is stretched by
    1 + g_A / g_C (growth of algorithms over growth of compute in the years of the fit); without this, progress
    would be counted twice.

    ln C_eff(e) = ln C_start + (1 + g_A / g_C) (ln C_law(e) - ln C_law(e_start))

    Under a ``theory`` of progress that depends on scale effective compute is C exp(k g(C)).
    """

    law: Law
    start_error: float
    start_compute: float
    stretch: float
    theory: Theory = field(default_factory=Theory)
    anchor: Anchor = field(init=False)
    terms: Terms = field(init=False)  # of the theory

    def __post_init__(self) -> None:
        of_law = float(self.law.ln_compute_for(np.asarray(self.start_error)))
        object.__setattr__(self, "anchor", Anchor(float(log(self.start_compute)), of_law, self.stretch))
        object.__setattr__(self, "terms", self.theory.terms)

    def error(self, ln_effective: Array) -> Array:
        """Error, shape as given, of runs with ln effective FLOP ``ln_effective`` (-inf: no run, nothing learnt)."""
        return self.law.error_at(np.asarray(by_law(ln_effective, *self.anchor)))

    def ln_compute_for(self, error: Array) -> Array:
        """ln of the effective FLOP that reach the error rates."""
        return self.anchor.ln_start + self.stretch * (self.law.ln_compute_for(error) - self.anchor.ln_law)

    def effective(self, ln_run: Array, knowledge: Array | float) -> Array:
        """ln of the effective FLOP of runs of ``ln_run`` with ``knowledge``."""
        terms = self.terms
        if terms.alike:
            return ln_run + knowledge
        return scale_dependent.effective(ln_run, knowledge, *terms[1:])

    def ln_run(self, ln_effective: Array, knowledge: Array | float) -> Array:
        """ln of the FLOP of runs that count for ``ln_effective`` with ``knowledge``."""
        terms = self.terms
        if terms.alike:
            return ln_effective - knowledge
        return scale_dependent.run_for(ln_effective, knowledge, *terms[1:])

    def gained(self, error: Array | float, knowledge: Array | float) -> Array | float:
        """What ``knowledge`` adds to ln effective FLOP of the runs that reach the error rates."""
        return knowledge if self.terms.alike else self.gain(error, knowledge) * knowledge

    def gain(self, error: Array | float, knowledge: Array | float) -> Array | float:
        """Part of knowledge that the runs which reach the error rates with it gain."""
        terms = self.terms
        if terms.alike:
            return 1.0
        return scale_dependent.gain(self.ln_run(self.ln_compute_for(np.asarray(error)), knowledge), *terms[1:])

    def elasticity(self, error: Array, knowledge: Array | float = 0.0) -> Array:
        """-d ln error / d ln compute at the error rates, for those with ``knowledge``."""
        terms, elasticity = self.terms, self.law.elasticity_at(error) / self.stretch
        if terms.alike:
            return elasticity
        ln_run = self.ln_run(self.ln_compute_for(error), knowledge)
        return elasticity * scale_dependent.returns(ln_run, knowledge, *terms[1:])
