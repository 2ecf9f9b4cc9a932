"""4 site: where mobile work goes, and what a FLOP costs where each works."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Rows, Table
from sim.compiled import loop
from sim.economy import trends
from sim.economy.ledger import Acts, Costs
from sim.economy.recent import halves
from sim.economy.state import World
from sim.mechanisms import carbon, market, planning, siting


def site(world: World, acts: Acts) -> Costs:
    """Prices, energy and carbon of a FLOP at mid-step, after mobile work has moved for half a step."""
    scenario, traits, clock, n = world.scenario, world.fixed.traits, world.clock, world.groups.size
    price, here = trends.hardware_price(scenario, clock.middle), world.actors.site
    regions, covered = _regions(world, clock.year), acts.levers.carbon_covered
    per_kg = regions.carbon_price + acts.kg_taxed + covered * world.markets.permit_price
    per_kwh = regions.electricity + regions.intensity * per_kg  # (kinds, regions) USD/kWh
    levy = acts.levers.compute_levy.sum(axis=0)  # the same wherever the work is
    kwh, moved, found = np.empty(here.shape), np.empty(here.shape), np.empty((7, n))
    how = Place(
        price, trends.flop_per_kwh(scenario, clock.middle), scenario.siting.scale, *halves(scenario.siting.speed, clock.dt)
    )
    starts = world.groups.starts
    _cost_factor(world, found)
    if world.on.siting:
        _preferred(starts, traits.pue, per_kwh, world.fixed.cloud, how, kwh, moved, found)
    else:
        moved[:] = here
    _move(here, traits.home, traits.home_share, traits.pue, how, kwh, moved)
    _account(starts, kwh, regions.electricity, regions.intensity, regions.carbon_price, acts.kg_taxed, covered, levy,
             price, found)  # fmt: skip
    own, power, taxed, carbon_cost, levied, kg_total, kg_covered = found
    return Costs(
        hardware_price=price,
        site=moved,
        kwh=kwh,
        intensity=regions.intensity,
        kg_total=kg_total,
        kg_covered=kg_covered,
        kg_embodied=trends.embodied_per_flop(scenario, clock.middle),
        power=power,
        taxed=taxed,
        carbon=carbon_cost,
        levy=levied,
        own=own,
    )


class Place(NamedTuple):
    """What a FLOP takes, and how work moves."""

    hardware: float  # USD/FLOP for a large buyer
    flop_per_kwh: float
    scale: float  # see ``siting.preferred``
    half: float  # part of gaps in shares that is closed by mid-step
    whole: float  # and by the end of the step


class Regions(NamedTuple):
    """Regions in a calendar year, (regions,)."""

    electricity: Array  # USD/kWh
    intensity: Array  # kgCO2e/kWh
    carbon_price: Array  # USD/kgCO2e without any policy


def _regions(world: World, year: int) -> Regions:
    known = world.fixed.yearly
    if year not in known:
        scenario = world.scenario
        known[year] = Regions(
            trends.electricity(scenario), trends.intensity(scenario, year), trends.carbon_price(scenario, year)
        )
    found: Regions = known[year]
    return found


def _cost_factor(world: World, found: Array) -> None:
    """Factor on hardware cost by volume bought, into the first row of ``found``."""
    compute = world.scenario.compute
    if world.on.volume_discount:
        market.cost_factor(world.actors.volume, compute.volume_discount, compute.small_buyer_limit, found)
    else:
        found[0] = 1.0


@loop
def _preferred(
    starts: Rows, pue: Array, per_kwh: Table, cloud: Array, on: Place, price: Block, share: Block, found: Block
) -> None:
    """Shares of mobile work at rest into ``share`` (regions, n), by what a FLOP costs in full, into ``price``."""
    for region in range(cloud.size):
        for kind in range(starts.size - 1):
            dear = per_kwh[kind, region]
            for i in range(starts[kind], starts[kind + 1]):
                price[region, i] = on.hardware * found[0, i] + carbon.energy_per_flop(pue[i], on.flop_per_kwh) * dear
    siting.preferred(price, cloud, on.scale, share)


@loop
def _move(here: Table, home: Rows, home_share: Array, pue: Array, on: Place, kwh: Block, site: Block) -> None:
    """Energy per FLOP by region at mid-step into ``kwh``; shares of mobile work at its end into ``site``, where those
    at rest stand."""
    for region in range(here.shape[0]):
        for i in range(home.size):
            rest, now = site[region, i], here[region, i]
            middle = planning.approached(now, rest, on.half)
            share = siting.mixed(middle, home[i] == region, home_share[i])
            kwh[region, i] = carbon.energy_per_flop(pue[i], on.flop_per_kwh) * share
            site[region, i] = planning.approached(now, rest, on.whole)


@loop
def _account(
    starts: Rows, kwh: Table, electricity: Array, intensity: Array, carbon_price: Array, taxed: Table, covered: Table,
    levy: Array, hardware: float, found: Block,
) -> None:  # fmt: skip
    """Cost of a FLOP into ``found``, in the order of ``site``, the first of which holds the factor on hardware. Sums of
    products over regions, never products of averages."""
    found[1:] = 0.0
    for region in range(electricity.size):
        price, dirt, usual = electricity[region], intensity[region], carbon_price[region]
        for kind in range(starts.size - 1):
            tax, permits = taxed[kind, region], covered[kind, region]
            for i in range(starts[kind], starts[kind + 1]):
                kg = carbon.emissions(kwh[region, i], dirt)
                found[1, i] += kwh[region, i] * price
                found[2, i] += kg * tax
                found[3, i] += kg * usual
                found[5, i] += kg
                found[6, i] += kg * permits
    for kind in range(starts.size - 1):
        for i in range(starts[kind], starts[kind + 1]):
            found[3, i] += found[2, i]
            found[4, i] = levy[kind]
            found[0, i] = hardware * found[0, i] + found[1, i] + found[3, i] + levy[kind]
