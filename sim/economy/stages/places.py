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
    return any(bool(np.ptp(each, axis=-1).any()) for each in (acts.kg_taxed, levers.carbon_covered))


def usual(by_region: Array) -> Array:
    """What is the same in all regions of something by kind and region, of the same shape: its lowest."""
    return np.ascontiguousarray(np.broadcast_to(by_region.min(axis=1)[:, None], by_region.shape))


def apart(world: World, acts: Acts, kwh: Array, rest: Array) -> Apart:
    """What it takes to buy region by region, from kWh per FLOP by region (regions, n)."""
    whole = carbon.energy_per_flop(world.fixed.traits.pue, moment(world.scenario, world.clock).flop_per_kwh)
    return Apart(kwh / whole, np.asarray(whole), rest, acts.kg_taxed, acts.levers.carbon_covered)


def asked(world: World, budget: Array, costs: Costs) -> Callable[[Array], market.Places]:
    """What buyers ask of the market in each region where emission permits have prices (markets,) [USD/kgCO2e].

    As usual, policies price a kg everywhere as in the region where their taxes, and the permits that it needs there,
    are least."""
    on = costs.apart
    assert on is not None
    taxed, nothing = usual(on.taxed), np.zeros(on.taxed.shape)
    moves = bool(on.covered.max(axis=0).min(axis=1).any())  # whether permits are needed in all regions
    still = _in_each(world, costs, taxed, nothing)

    def at(permits: Array) -> market.Places:
        due = abatement.dues(on.covered, permits)
        least = usual(due) if moves else nothing
        own, _, kg = _in_each(world, costs, taxed, least) if moves else still
        own_here, covered, kg_here = _in_each(world, costs, on.taxed, due)
        usual_most, most = (abatement.allowed(budget, (on.share * each).sum(axis=0)) for each in (kg, kg_here))
        full = own + kg * world.groups.per_actor(least.T)
        return market.Places(on.share, full, usual_most, own_here, covered, most)

    return at


def expected(world: World, budget: Array, costs: Costs, permits: Array) -> Array:
    """Shares of compute by region (regions, n) at prices (markets,) of permits [USD/kgCO2e], if the last rent were to
    hold, whatever the money."""
    rent, places = world.markets.rent, asked(world, budget, costs)(permits)
    bought = places.share * (places.usual + rent)
    bought /= places.unit_cost + (places.carbon * permits[:, np.newaxis, np.newaxis]).sum(axis=0) + rent
    return np.asarray(bought / bought.sum(axis=0))


def _in_each(world: World, costs: Costs, taxed: Array, due: Array) -> tuple[Array, Array, Array]:
    """Were all compute in one region: its cost per FLOP before rent and permits, (regions, n), the carbon of it that
    needs permits, (markets, regions, n), and all its carbon, (regions, n), at prices of carbon by kind and region."""
    on, now, groups = costs.apart, moment(world.scenario, world.clock), world.groups
    assert on is not None
    if costs.choice is not None:
        return abatement.in_each(groups.starts, costs.choice._replace(taxed=taxed, rest=on.rest), costs.intensity,
                                 on.kwh, due)  # fmt: skip
    kg = on.kwh * costs.intensity[:, None]
    paid = now.carbon_price[:, None] + groups.per_actor(taxed.T)
    covered = np.array([kg * groups.per_actor(each.T) for each in on.covered])
    return on.rest + on.kwh * now.electricity[:, None] + kg * paid, covered, kg
