"""4 site: where mobile work goes, and what a FLOP costs where each works."""

import numpy as np

from sim.arrays import Array, Through, through
from sim.economy import trends
from sim.economy.ledger import Acts, Costs
from sim.economy.state import World
from sim.mechanisms import carbon, market, planning, siting


def site(world: World, acts: Acts) -> Costs:
    """Prices, energy and carbon of a FLOP at mid-step, after mobile work has moved for half a step."""
    scenario, traits, clock = world.scenario, world.fixed.traits, world.clock
    price = trends.hardware_price(scenario, clock.middle)
    kwh = carbon.energy_per_flop(traits.pue, trends.flop_per_kwh(scenario, clock.middle))
    electricity = trends.electricity(scenario)[:, None]
    intensity = trends.intensity(scenario, clock.year)[:, None]
    existing = trends.carbon_price(scenario, clock.year)[:, None]
    hardware = price * _cost_factor(world)
    needs_permit = world.groups.by_region(acts.levers.carbon_covered)
    per_kg = existing + acts.kg_taxed + needs_permit * world.markets.permit_price
    sites = _moved(world, hardware + kwh * (electricity + intensity * per_kg))
    per_flop = carbon.by_region(kwh, siting.mixed(sites.middle, traits.home, traits.home_share))
    kg = carbon.emissions(per_flop, intensity)
    power, taxed = carbon.across(per_flop, electricity), carbon.across(kg, acts.kg_taxed)
    carbon_cost = carbon.across(kg, existing) + taxed
    levy = world.groups.per_actor(acts.levers.compute_levy.sum(axis=0))  # the same wherever the work is
    return Costs(
        hardware_price=price,
        site=sites,
        kwh=per_flop,
        kg=kg,
        kg_total=kg.sum(axis=0),
        kg_covered=carbon.across(kg, needs_permit),
        kg_embodied=trends.embodied_per_flop(scenario, clock.middle),
        power=power,
        taxed=taxed,
        carbon=carbon_cost,
        levy=levy,
        own=hardware + power + carbon_cost + levy,
    )


def _moved(world: World, price: Array) -> Through[Array]:
    """Shares of mobile work, (regions, n), that go where ``price`` [USD/FLOP] of the same shape is low."""
    s, here = world.scenario.siting, world.actors.site
    if not world.on.siting:
        return Through(here, here)
    best = siting.preferred(price, world.fixed.cloud, s.scale)
    return through(lambda years: planning.approached(here, best, s.speed, years), world.clock.dt)


def _cost_factor(world: World) -> Array:
    """Factor on hardware cost by volume bought, (n,)."""
    compute = world.scenario.compute
    if not world.on.volume_discount:
        return np.ones(world.groups.size)
    return market.cost_factor(world.actors.volume, compute.volume_discount, compute.small_buyer_limit)
