"""Part of 4 site and 6 clear: buying region by region, where policies price carbon in some regions above others."""

import numpy as np

from sim.arrays import Array
from sim.economy.ledger import Acts, Apart, Costs
from sim.economy.moment import moment
from sim.economy.stages import abatement
from sim.economy.state import World
from sim.mechanisms import carbon, market


def told_apart(world: World, acts: Acts) -> bool:
    """Whether policies price carbon in some regions above others for a kind of actor, and each buys accordingly."""
    levers, rule = acts.levers, market.RULES[world.scenario.market.allocation]
    if not world.on.regional_purchases or not rule.priced or not levers.pulled & {"carbon_price", "carbon_covered"}:
        return False
    return any(bool(np.ptp(each, axis=-1).any()) for each in (acts.kg_taxed, levers.carbon_covered))


def usual(by_region: Array) -> Array:
    """What is the same in all regions of something by kind and region, of the same shape: its lowest."""
    return np.ascontiguousarray(np.broadcast_to(by_region.min(axis=1)[:, None], by_region.shape))


def apart(world: World, acts: Acts, kwh: Array, rest: Array, costs: Costs) -> Apart:
    """What it takes to buy region by region, from kWh per FLOP by region (regions, n), and what is asked for there.

    As usual, policies price a kg everywhere as in the region where their taxes, and the permits that it needs there,
    are least."""
    whole = carbon.energy_per_flop(world.fixed.traits.pue, moment(world.scenario, world.clock).flop_per_kwh)
    on = Apart(kwh / whole, np.asarray(whole), rest, acts.kg_taxed, acts.levers.carbon_covered)
    due = abatement.dues(on.covered, costs.permits)
    least = usual(due)
    own, _, kg = _in_each(world, costs, on, usual(on.taxed), least)
    own_here, covered, kg_here = _in_each(world, costs, on, on.taxed, due)
    usual_most, most = (abatement.allowed(acts.budget, (on.share * each).sum(axis=0)) for each in (kg, kg_here))
    full = own + kg * world.groups.per_actor(least.T)
    return on._replace(asked=market.Places(on.share, full, usual_most, own_here, covered, most))


def expected(world: World, costs: Costs) -> Array:
    """Shares of compute by region (regions, n), if the last rent were to hold, whatever the money."""
    assert costs.apart is not None
    rent, asked = world.markets.rent, costs.apart.asked
    assert asked is not None
    bought = asked.share * (asked.usual + rent)
    bought /= asked.unit_cost + (asked.carbon * costs.permits[:, np.newaxis, np.newaxis]).sum(axis=0) + rent
    return np.asarray(bought / bought.sum(axis=0))


def _in_each(world: World, costs: Costs, on: Apart, taxed: Array, due: Array) -> tuple[Array, Array, Array]:
    """Were all compute in one region: its cost per FLOP before rent and permits, (regions, n), the carbon of it that
    needs permits, (markets, regions, n), and all its carbon, (regions, n), at prices of carbon by kind and region."""
    now, groups = moment(world.scenario, world.clock), world.groups
    if costs.choice is not None:
        return abatement.in_each(groups.starts, costs.choice._replace(taxed=taxed, rest=on.rest), costs.intensity,
                                 on.kwh, due)  # fmt: skip
    kg = on.kwh * costs.intensity[:, None]
    paid = now.carbon_price[:, None] + groups.per_actor(taxed.T)
    covered = np.array([kg * groups.per_actor(each.T) for each in on.covered])
    return on.rest + on.kwh * now.electricity[:, None] + kg * paid, covered, kg
