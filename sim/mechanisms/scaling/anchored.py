"""A published law carried into a world where algorithms improve."""

from dataclasses import dataclass, field

import numpy as np

from sim.arrays import Array
from sim.mathematics import log
from sim.mechanisms.scaling.base import Law


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
        object.__setattr__(self, "_ln_start", float(log(self.start_compute)))
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
