"""Siting: the mobile part of work moves to where compute is cheaper."""

import numpy as np

from sim.arrays import Array, Block, Table
from sim.compiled import equation, loop
from sim.mathematics import exp


@equation
def pull(price: float, least: float, steepness: float) -> float:
    """How much of what it has at the ``least`` price a region keeps: exp(-(price - least) * steepness)."""
    return exp((least - price) * steepness)


@loop
def preferred(price: Table, usual: Table, weight: Array, scale: float, share: Block) -> None:
    """Shares of mobile work by region at rest, into ``share`` (regions, n): a logit on price relative to its mean.

    ``price`` (regions, n) of a FLOP in full [USD/FLOP], ``usual`` the prices of which the mean is taken, ``weight``
    (regions,) attraction at equal prices, summing to one, ``scale`` the difference in relative price that makes a
    region e times less used. Source: McFadden 1974.
    """
    regions, n = price.shape
    mean, least, whole = np.zeros(n), price[0].copy(), np.zeros(n)
    for region in range(regions):
        for i in range(n):
            mean[i] += usual[region, i] * weight[region]
            least[i] = min(least[i], price[region, i])
    steepness = mean
    for i in range(n):
        steepness[i] = 1.0 / (mean[i] * scale)
    for region in range(regions):
        for i in range(n):
            raw = weight[region] * pull(price[region, i], least[i], steepness[i])
            share[region, i] = raw
            whole[i] += raw
    for i in range(n):
        whole[i] = 1.0 / whole[i]
    for region in range(regions):
        for i in range(n):
            share[region, i] *= whole[i]


@equation
def mixed(site: float, at_home: bool, home_share: float) -> float:
    """Share of all work in a region: a part ``home_share`` of it is at home, the rest where ``site`` says."""
    return (1.0 - home_share) * site + (home_share if at_home else 0.0)
