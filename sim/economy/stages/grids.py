"""Part of 6 clear: how much power grids have connected by region, and what is drawn there."""

from math import inf

import numpy as np

from sim.arrays import Array, Block, Table
from sim.compiled import loop
from sim.economy.ledger import Costs
from sim.economy.moment import moment
from sim.economy.state import World
from sim.mechanisms import grids, market


def limits(world: World) -> Array | None:
    """Most power for hardware by region at mid-step [kWh/yr], (regions,): what was connected, and what the grid
    connects meanwhile; infinite in the first step that is not on record. None where nothing is limited, not even the
    sum: what capacity draws is on record, or a region has no limit."""
    parts, now = world.markets.connected, moment(world.scenario, world.clock)
    if now.on_record or not world.on.grid_limits or not np.isfinite(now.connects_in).all():
        return None
    if parts is None:
        return np.full(now.connects_in.size, inf)
    return np.asarray(parts * (world.markets.capacity / now.begun) + now.connects_in * (world.clock.dt / 2))


def drawn(world: World, costs: Costs, sold: market.Purchases) -> Array:
    """Power for hardware that all who buy would draw where they plan to compute [kWh/yr], (regions,); everyone not
    modelled computes by the shares of mobile work at equal prices."""
    now, plans, found = moment(world.scenario, world.clock), costs.planned, np.empty((1, len(world.fixed.cloud)))
    if costs.apart is not None and sold.where is not None:
        plans = costs.apart.kwh * sold.where
    _drawn(sold.training, sold.serving, plans, world.fixed.traits.pue, found)
    return np.asarray(found[0] + world.fixed.cloud * (sold.clearing.outside / now.flop_per_kwh))


def after(world: World, planned: Array, capacity: float) -> Array:
    """Parts of the power that is connected in each region, (regions,), at the end of a step in which ``planned``
    (regions,) [kWh/yr] was planned by region, and ``capacity`` [FLOP/yr] is there at its end. They begin as the parts
    of what is drawn in the first step that is not on record."""
    now, parts = moment(world.scenario, world.clock), world.markets.connected
    if parts is None:
        power = planned if planned.any() else world.fixed.cloud
    else:
        before = parts * (world.markets.capacity / now.begun)
        power = grids.connected(before, planned, now.connects_in * world.clock.dt, capacity / now.ended)
    return np.asarray(power / power.sum())


def sent_on(world: World, planned: Array, sent: grids.Sent | None) -> float:
    """Compute [FLOP/yr] that is planned where grids are full and done elsewhere, of ``planned`` (regions,) [kWh/yr]."""
    if sent is None:
        return 0.0
    return float((planned * (1.0 - sent.stays)).sum()) * moment(world.scenario, world.clock).flop_per_kwh


@loop
def _drawn(training: Array, serving: Array, kwh: Table, pue: Array, found: Block) -> None:
    """Power for hardware by region into ``found``, (1, regions), of energy at the meter per FLOP."""
    for region in range(kwh.shape[0]):
        drawn = 0.0
        for i in range(pue.size):
            drawn += (training[i] + serving[i]) * kwh[region, i] / pue[i]
        found[0, region] = drawn
