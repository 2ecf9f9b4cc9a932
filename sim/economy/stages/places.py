"""Part of 4 site and 6 clear: buying region by region, where policies price carbon in some regions above others."""

import numpy as np

from sim.arrays import Array, Block, Rows, Solid, Table
from sim.compiled import loop
from sim.economy.ledger import Acts, Costs, RegionalPurchases
from sim.economy.moment import moment
from sim.economy.stages import abatement
from sim.economy.state import World
from sim.mechanisms import carbon, grids, market

PRICES = {"carbon_price", "carbon_cap"}  # levers that price carbon


def buys_by_region(world: World, acts: Acts) -> bool:
    """Whether policies price carbon in some regions above others for a kind of actor, and each buys accordingly."""
    if not world.on.regional_purchases:
        return False
    if not market.RULES[world.scenario.market.allocation].priced:
        return False
    return priced_by_region(acts)


def priced_by_region(acts: Acts) -> bool:
    """Whether policies price carbon in some regions above others for a kind of actor."""
    if not acts.levers.pulled & PRICES:
        return False
    return any(bool(np.ptp(each, axis=-1).any()) for each in (acts.carbon_tax, acts.levers.carbon_covered))


def lowest_everywhere(by_region: Array) -> Array:
    """A price by kind and region as it would be if each kind paid its lowest everywhere, of the same shape."""
    return np.ascontiguousarray(np.broadcast_to(by_region.min(axis=1)[:, None], by_region.shape))


def regional(world: World, acts: Acts, kwh: Array, dear: Array, costs: Costs) -> RegionalPurchases:
    """What it takes to buy region by region, from planned kWh per FLOP by region (regions, n) and the factor ``dear``
    (n,) on hardware, and what is asked for there. What is planned in a region costs and emits what it does where it is
    done.

    As usual, policies price a kg everywhere as in the region where their taxes, and the permits that it needs there,
    are least."""
    whole = carbon.energy_per_flop(world.fixed.traits.pue, moment(world.scenario, world.clock).flop_per_kwh)
    rest = costs.hardware_price * dear + costs.levy
    on = RegionalPurchases(kwh / whole, np.asarray(whole), dear, rest, acts.carbon_tax, acts.levers.carbon_covered)
    due, where = abatement.dues(on.covered, costs.permits), grids.done(on.share, costs.sent)
    least = lowest_everywhere(due)
    if costs.choice is None:
        full, own, covered, kg = _plain(world, on, least)
        most = usual_most = abatement.allowed(acts, (where * kg).sum(axis=0))
    else:
        usual_own, _, usual_kg = _able(world, costs, on, lowest_everywhere(on.carbon_tax), least)
        own, covered, kg = _able(world, costs, on, on.carbon_tax, due)
        most, usual_most = (abatement.allowed(acts, (where * each).sum(axis=0)) for each in (kg, usual_kg))
        full = usual_own + usual_kg * world.groups.per_actor(least.T)
    full, own, covered = (grids.as_planned(each, costs.sent) for each in (full, own, covered))
    return on._replace(asked=market.Places(on.share, full, usual_most, own, covered, most))


def expected(world: World, costs: Costs) -> Array:
    """Shares of compute by region (regions, n), if the last rent were to hold, whatever the money."""
    assert costs.regional is not None
    rent, asked = world.markets.rent, costs.regional.asked
    assert asked is not None
    bought = asked.share * (asked.usual + rent)
    bought /= asked.unit_cost + (asked.carbon * costs.permits[:, np.newaxis, np.newaxis]).sum(axis=0) + rent
    return np.asarray(bought / bought.sum(axis=0))


def _able(
    world: World, costs: Costs, on: RegionalPurchases, carbon_tax: Array, due: Array
) -> tuple[Array, Array, Array]:
    """Were all compute in one region, for those who can emit less: its cost per FLOP before rent and permits,
    (regions, n), the carbon of it that needs permits, (markets, regions, n), and all its carbon, (regions, n), at
    prices of carbon by kind and region."""
    assert costs.choice is not None
    able = costs.choice._replace(carbon_tax=carbon_tax, rest=on.rest)
    return abatement.in_each(world.groups.starts, able, costs.intensity, on.kwh, due)


def _plain(world: World, on: RegionalPurchases, least: Array) -> tuple[Array, Array, Array, Array]:
    """``_able`` for those who cannot emit less, after what a FLOP costs in each region as usual, permits included."""
    now, shape = moment(world.scenario, world.clock), on.share.shape
    full, own, kg = (np.empty(shape) for _ in range(3))
    needed, usual = np.empty((len(on.covered) * shape[0], shape[1])), lowest_everywhere(on.carbon_tax)
    _in_each(world.groups.starts, on.kwh, on.rest, now.electricity, now.intensity, now.carbon_price, on.carbon_tax,
             usual, least, on.covered, full, own, kg, needed)  # fmt: skip
    return full, own, needed.reshape(len(on.covered), *shape), kg


@loop
def _in_each(
    starts: Rows, kwh: Array, rest: Array, electricity: Array, intensity: Array, carbon_price: Array, carbon_tax: Table,
    usual: Table, least: Table, covered: Solid, full: Block, own: Block, kg: Block, needed: Block,
) -> None:  # fmt: skip
    """Were all compute in one region: cost per FLOP as usual, permits included, cost before permits, carbon, and what
    of it needs permits of each market."""
    regions = intensity.size
    for region in range(regions):
        for kind in range(starts.size - 1):
            paid, owed = carbon_price[region] + carbon_tax[kind, region], least[kind, region]
            paid_usual = carbon_price[region] + usual[kind, region]
            for i in range(starts[kind], starts[kind + 1]):
                emitted = carbon.emissions(kwh[i], intensity[region])
                plain = rest[i] + kwh[i] * electricity[region]
                kg[region, i] = emitted
                own[region, i] = plain + emitted * paid
                full[region, i] = plain + emitted * paid_usual + emitted * owed
                for permit in range(covered.shape[0]):
                    needed[permit * regions + region, i] = emitted * covered[permit, kind, region]
