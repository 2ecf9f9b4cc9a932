"""Part of 4 site and 6 clear: what full grids send on, and how much power they have connected after a step."""

from math import inf

import numpy as np

from sim.arrays import Array, Block, Table, Through
from sim.compiled import loop
from sim.economy.ledger import Costs
from sim.economy.moment import moment
from sim.economy.state import World
from sim.mathematics import exp
from sim.mechanisms import grids, market


def sent(world: World, above: Array | None = None) -> grids.Sent | None:
    """What full grids send on in a step: by what was planned in each region a step before, as it goes on growing, and
    the power that is connected by the middle of this one. Where policies charge more for carbon in some regions, by
    ``above`` (kinds, regions) [USD/kgCO2e] beyond what they charge where it is least, these take the less of it, by the
    rule by which mobile work goes by prices. None where no region is full."""
    there = world.markets.connected
    if there is None or not limited(world):
        return None
    return grids.rationed(there.plans, _most(world, there), None if above is None else _welcome(world, above))


def powered(world: World, above: Array) -> float:
    """Capacity [FLOP/yr] in the middle of a step for which power is connected where it is used: of the room that a
    region has beyond its plans the part that is not welcome there stays idle. ``above`` as for ``sent``."""
    there = world.markets.connected
    if there is None or not limited(world):
        return inf
    most = _most(world, there)
    idle = np.maximum(most - there.plans, 0.0) * (1.0 - _welcome(world, above))
    return float((most - idle).sum()) * moment(world.scenario, world.clock).flop_per_kwh


def _most(world: World, there: grids.Connected) -> Array:
    """Power for hardware that is connected by the middle of a step [kWh/yr], (regions,)."""
    now = moment(world.scenario, world.clock)
    return np.asarray(there.parts * (world.markets.capacity / now.begun) + now.connects_in * (world.clock.dt / 2))


def _welcome(world: World, above: Array) -> Array:
    """Part of a region's room that is offered, (regions,)."""
    now = moment(world.scenario, world.clock)
    dearer = above.max(axis=0) * now.intensity / (now.flop_per_kwh * now.hardware_price)  # relative to hardware
    return np.asarray(exp(-dearer / world.scenario.siting.scale))


def after(
    world: World, costs: Costs, sold: market.Purchases, capacity: Through[float]
) -> tuple[grids.Connected | None, float]:
    """Power by region at the end of a step, and compute [FLOP/yr] that is planned where grids are full and done
    elsewhere. What is connected begins as what is drawn in the first step that is not on record."""
    there, now = world.markets.connected, moment(world.scenario, world.clock)
    if not limited(world):
        return there, 0.0
    planned = _planned(world, costs, sold)
    power = Through(capacity.middle / now.flop_per_kwh, capacity.end / now.ended)
    if there is None:
        parts = planned if planned.any() else world.fixed.cloud
    else:
        before = there.parts * (world.markets.capacity / now.begun)
        parts = grids.connect(before, planned, now.connects_in * world.clock.dt, power.end)
    sent_on = 0.0 if costs.sent is None else float((planned * (1.0 - costs.sent.stays)).sum()) * now.flop_per_kwh
    return grids.Connected(parts / parts.sum(), planned * (power.end / power.middle) ** 2), sent_on


def limited(world: World) -> bool:
    """Whether grids limit anything: capacity is no longer on record, and each region has a limit."""
    now = moment(world.scenario, world.clock)
    return world.on.grid_limits and not now.on_record and now.limits


def _planned(world: World, costs: Costs, sold: market.Purchases) -> Array:
    """Power for hardware that all who buy would draw where they plan to compute [kWh/yr], (regions,); everyone not
    modelled computes by the shares of mobile work at equal prices."""
    now, plans, found = moment(world.scenario, world.clock), costs.planned, np.empty((1, len(world.fixed.cloud)))
    if costs.regional is not None and sold.where is not None:
        plans = costs.regional.kwh * sold.where
    _drawn(sold.training, sold.serving, plans, world.fixed.traits.pue, found)
    return np.asarray(found[0] + world.fixed.cloud * (sold.clearing.outside / now.flop_per_kwh))


@loop
def _drawn(training: Array, serving: Array, kwh: Table, pue: Array, found: Block) -> None:
    """Power for hardware by region into ``found``, (1, regions), of energy at the meter per FLOP."""
    for region in range(kwh.shape[0]):
        drawn = 0.0
        for i in range(pue.size):
            drawn += (training[i] + serving[i]) * kwh[region, i] / pue[i]
        found[0, region] = drawn
