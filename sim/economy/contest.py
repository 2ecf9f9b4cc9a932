"""The contest for customers: who sells how much of AI products, beside the best released model."""

from math import inf, nan
from typing import NamedTuple

from sim.arrays import Array, Block, Mask
from sim.compiled import loop
from sim.mathematics import highest, log, total
from sim.mechanisms import product
from sim.mechanisms.theories.meek import ln_counted
from sim.scenario import Scenario


class Contest(NamedTuple):
    """What decides who sells how much."""

    open_error: float  # of the best released model; infinite while there is none
    open_reach: float  # its weight among sellers
    steepness: float  # power of accuracy
    remaining: float  # loss beside the error that all have

    @classmethod
    def of(cls, scenario: Scenario, open_error: float) -> "Contest":
        """That of a scenario, where the best released model has ``open_error``."""
        return cls(open_error, scenario.release.reach, scenario.product.contest, scenario.remaining_loss)


@loop
def sell(alive: Mask, ln_error: Array, ln_reach: Array, on: Contest, found: Block) -> float:
    """ln of the loss by which customers judge what is at everyone's hand, and everyone's share of the market, into rows
    0 and 1 of ``found``; row 2 is room for work. The mean by share of ln of the error of what is used; NaN where nobody
    sells and nothing is released.
    """
    ln_loss, share, work, ln_open = found[0], found[1], found[2], log(on.open_error)
    ln_rival = ln_counted(ln_open, on.remaining)
    rival = product.appeal(log(on.open_reach), ln_rival, on.steepness) if on.open_error < inf else -inf
    for i in range(alive.size):
        ln_loss[i] = ln_counted(min(ln_error[i], ln_open), on.remaining)
        work[i] = ln_reach[i] if alive[i] else -inf
    product.shares(work, ln_loss, on.steepness, rival, found[1:2])
    for i in range(alive.size):
        work[i] = share[i] * min(ln_error[i], ln_open)
    used = total(work)
    if on.open_error < inf:
        return used + (1.0 - total(share)) * ln_open
    return used if highest(share) > 0.0 else nan
