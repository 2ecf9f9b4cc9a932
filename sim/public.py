"""Compute that the treasury pays: vouchers, and a share of all AI compute divided by a rule."""

import numpy as np
from numpy.typing import NDArray

from sim.levers import ALLOTMENTS, Levers
from sim.mechanisms import product
from sim.state import World

Array = NDArray[np.float64]
MOST = 0.9  # of AI compute that can be public, so that there is something to be a share of


def granted(world: World, levers: Levers, means: Array, money: Array, cost: Array, most: Array) -> Array:
    """The treasury's money for training compute [USD/yr], (n,).

    ``means`` (n,) [USD/yr] decide who is in need; ``money`` (n,) is what actors spend on compute by themselves, at
    ``cost`` [USD/FLOP] and at most ``most`` [FLOP/yr]. Public compute is a share of all that is wanted at no rent,
    itself included: with a share s of compute, s / (1 - s) of what the others want.
    """
    vouchers = levers.voucher[world.kind_index] * world.alive
    shares = levers.public_compute.max(axis=1)
    total = float(shares.sum())
    if not total > 0:
        return vouchers
    private = float(np.minimum((money + vouchers) / cost, most).sum())
    whole = private / (1.0 - min(total, MOST)) * min(1.0, MOST / total)
    public = np.zeros_like(money)
    for rule, share, by_kind in zip(ALLOTMENTS, shares, levers.public_compute, strict=True):
        served = np.flatnonzero(world.alive & (by_kind[world.kind_index] > 0))
        if share > 0 and served.size:
            weight = by_kind[world.kind_index[served]] * _weights(world, rule, served, means[served], levers.winners)
            public[served] += share * whole * weight / weight.sum()
    return vouchers + public * cost


def _weights(world: World, rule: str, served: NDArray[np.intp], means: Array, winners: float) -> Array:
    """Parts of those served, before they are scaled to one."""
    if rule == "need":
        return np.where(means <= np.median(means), 1.0, 0.0)
    if rule == "merit":
        return product.attraction(np.ones(served.size), world.error[served], world.scenario.finance.sponsor_contest)
    if rule == "lottery":
        chance = world.draw_uniform("lottery", world.year)[served]
        return np.where(chance <= np.sort(chance)[max(int(winners * served.size), 1) - 1], 1.0, 0.0)
    return np.ones(served.size)
