"""Part of 4 site and 6 clear: buying region by region, where policies price carbon in some regions above others."""

from collections.abc import Callable

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
    return any(bool(np.ptp(each, axis=1).any()) for each in (acts.kg_taxed, levers.carbon_covered))


def usual(by_region: Array) -> Array:
    """What is the same in all regions of something by kind and region, of the same shape: its lowest."""
    return np.ascontiguousarray(np.broadcast_to(by_region.min(axis=1)[:, None], by_region.shape))


def apart(world: World, acts: Acts, kwh: Array, rest: Array) -> Apart:
    """What it takes to buy region by region, from kWh per FLOP by region (regions, n)."""
    whole = carbon.energy_per_flop(world.fixed.traits.pue, moment(world.scenario, world.clock).flop_per_kwh)
    taxed, covered = acts.kg_taxed, acts.levers.carbon_covered
    return Apart(kwh / whole, np.asarray(whole), rest, taxed, covered, usual(taxed), usual(covered))


def asked(world: World, budget: Array, costs: Costs) -> Callable[[float], market.Places]:
    """What buyers ask of the market in each region where emission permits have a price [USD/kgCO2e]."""
    on = costs.apart
    assert on is not None
    moves = bool(on.covered_usual.any())
    still = _in_each(world, costs, on.taxed_usual, on.covered_usual, 0.0)

    def at(permit: float) -> market.Places:
        own, covered, kg = _in_each(world, costs, on.taxed_usual, on.covered_usual, permit) if moves else still
        own_here, covered_here, kg_here = _in_each(world, costs, on.taxed, on.covered, permit)
        usual_most, most = (abatement.allowed(budget, (on.share * each).sum(axis=0)) for each in (kg, kg_here))
        return market.Places(on.share, own + covered * permit, usual_most, own_here, covered_here, most)

    return at


def expected(world: World, budget: Array, costs: Costs) -> Array:
    """Shares of compute by region (regions, n) if the last prices were to hold, whatever the money."""
    last = world.markets
    places = asked(world, budget, costs)(last.permit_price)
    bought = places.share * (places.usual + last.rent)
    bought /= places.unit_cost + places.carbon * last.permit_price + last.rent
    return np.asarray(bought / bought.sum(axis=0))


def _in_each(world: World, costs: Costs, taxed: Array, covered: Array, permit: float) -> tuple[Array, Array, Array]:
    """Were all compute in one region: its cost per FLOP before rent and permits, the carbon of it that needs permits,
    and all its carbon, (regions, n), at prices of carbon by kind and region."""
    on, now, groups = costs.apart, moment(world.scenario, world.clock), world.groups
    assert on is not None
    if costs.choice is not None:
        return abatement.in_each(groups.starts, costs.choice._replace(taxed=taxed, covered=covered, rest=on.rest),
                                 costs.intensity, on.kwh, permit)  # fmt: skip
    kg = on.kwh * costs.intensity[:, None]
    paid = now.carbon_price[:, None] + groups.per_actor(taxed.T)
    return on.rest + on.kwh * now.electricity[:, None] + kg * paid, kg * groups.per_actor(covered.T), kg
