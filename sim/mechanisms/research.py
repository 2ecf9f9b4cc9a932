"""Efficiency research as a choice between compute and ideas."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array


class Worth(NamedTuple):
    """What research is worth to an actor."""

    response: float  # how ln error responds to knowledge
    horizon: float  # over which ideas pay [yr]
    returns: float  # power of effort in progress
    substitution: float  # elasticity between compute and ideas


def best_share(growth: Array, elasticity: Array, dearness: Array, worth: Worth) -> Array:
    """Share of spending on AI that is best spent on research, (n,).

    The last dollar of compute lowers ln error by elasticity / training, the last dollar of research by
    response * horizon * returns * growth / research. Equal gains give

        research / training = response * horizon * returns * growth / elasticity * dearness^(sigma - 1)

    ``growth`` of knowledge by research [1/yr], ``elasticity`` -d ln error / d ln compute, ``dearness`` price of
    compute over what it costs to make. The power of dearness is that of a constant elasticity of substitution sigma:
    none at one.
    """
    ideas = worth.response * worth.horizon * worth.returns * growth * dearness ** (worth.substitution - 1.0)
    whole = ideas + elasticity
    return np.divide(ideas, whole, out=np.zeros_like(whole), where=whole > 0)
