"""Better algorithms help large runs more.

Source: Gundlach, Fogelson, Lynch, Trisovic, Rosenfeld, Sandhu, Thompson 2025, "On the Origin of Algorithmic Progress in
AI", arXiv 2511.21622: most of the measured gain comes from algorithms whose losses fall by another power of compute, so
that the gain itself is a power of compute; at small scale it was under ten to a hundred times where 22,000 were
measured.
"""

from dataclasses import dataclass

from sim.compiled import equation
from sim.mathematics import log
from sim.mechanisms.theories.base import Terms, Theory
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class ScaleDependent(Theory):
    """A run of C FLOP with knowledge k counts for C exp(k g(C)) FLOP: see ``gain``. full_run lies above small_run."""

    name = "scale_dependent"
    says = "better algorithms help large runs more"
    order = 3
    small_gain: float = quantity("1", "part of ln of progress that a run of small_run gains", low=0, high=1)
    small_run: float = quantity("FLOP", "run up to which better algorithms help no more than that", low=1, high=1e30)
    full_run: float = quantity("FLOP", "run that gains all of measured progress", low=1, high=1e35)

    @property
    def terms(self) -> Terms:
        return Terms(small_gain=self.small_gain, ln_small=log(self.small_run), ln_full=log(self.full_run))


@equation
def slope(small_gain: float, ln_small: float, ln_full: float) -> float:
    """Rise of ``gain`` per unit of ln C beyond a small run: (1 - g_0) / ln(C_full / C_small)."""
    return (1.0 - small_gain) / (ln_full - ln_small)


@equation
def gain(ln_run: float, small_gain: float, ln_small: float, ln_full: float) -> float:
    """Part g(C) of ln of progress that a run of C FLOP gains.

    g_0 up to C_small, then g_0 + (1 - g_0) ln(C / C_small) / ln(C_full / C_small): 1 at C_full, more beyond. A gain
    C^(k s), as it follows from two power laws of different exponents, is linear in ln C.
    """
    return small_gain + slope(small_gain, ln_small, ln_full) * max(ln_run - ln_small, 0.0)


@equation
def effective(ln_run: float, knowledge: float, small_gain: float, ln_small: float, ln_full: float) -> float:
    """ln of the effective FLOP of a run: ln C + k g(C)."""
    return ln_run + knowledge * gain(ln_run, small_gain, ln_small, ln_full)


@equation
def returns(ln_run: float, knowledge: float, small_gain: float, ln_small: float, ln_full: float) -> float:
    """d ln(effective FLOP) / d ln C: 1 + k g'(C), since a larger run also gains more from what is known."""
    beyond = slope(small_gain, ln_small, ln_full) if ln_run > ln_small else 0.0
    return 1.0 + knowledge * beyond


@equation
def run_for(ln_effective: float, knowledge: float, small_gain: float, ln_small: float, ln_full: float) -> float:
    """ln of the FLOP of the run that counts for ``ln_effective``: the inverse of ``effective``."""
    ln_run = ln_effective - knowledge * small_gain
    if ln_run <= ln_small:
        return ln_run
    beyond = knowledge * slope(small_gain, ln_small, ln_full)
    return ln_small + (ln_run - ln_small) / (1.0 + beyond)
