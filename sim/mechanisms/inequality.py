"""Unequal means within a kind: some actors have more of everything, and go on having it."""

from math import log

import numpy as np

from sim.arrays import Array
from sim.mathematics import exp, total

LN_10 = log(10.0)


def standing(draw: Array, decades: Array) -> Array:
    """What sets actors of a kind apart, (n,): lognormal with a median of 1, from standard normal draws (n,).

    ``decades`` (n,) is the sd of its log10. Sizes of firms and of research groups are about lognormal, with a heavy
    upper tail (Gibrat 1931).
    """
    return np.asarray(exp(LN_10 * decades * draw))


def shared_out(amounts: Array, standing: Array) -> Array:
    """Amounts of a kind's actors, (count,), in proportion to their standing too; what all have together stays."""
    unequal = amounts * standing
    whole = float(total(unequal))
    return unequal * (float(total(amounts)) / whole) if whole > 0.0 else amounts
