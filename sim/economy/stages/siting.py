"""4 site: where mobile work goes, and what a FLOP costs where each works."""

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, Block, Rows, Solid, Table, named, rows_of
from sim.compiled import loop
from sim.economy.ledger import Acts, Costs, Plan
from sim.economy.moment import Moment, moment, pace, timed
from sim.economy.stages import abatement, grids, places
from sim.economy.state import Clock, World
from sim.mathematics import fill
from sim.mechanisms import carbon, market, planning, siting
from sim.mechanisms.grids import done
from sim.scenario import Scenario

# What permits are needed for stands behind, by market.
ACCOUNTED = rows_of(Costs, "power", "levy", "own", "taxed", "carbon", "kg_total")


def site(world: World, acts: Acts, plan: Plan) -> Callable[[Array], Costs]:
    """By the prices (markets,) of emission permits [USD/kgCO2e]: prices, energy and carbon of a FLOP at mid-step, after
    mobile work has moved for half a step, and what is done to emit less."""
    scenario, traits, here = world.scenario, world.fixed.traits, world.actors.site
    now, carbon_covered, levers, on = moment(scenario, world.clock), acts.levers.carbon_covered, acts.levers, world.on
    by_region, starts, dear = places.buys_by_region(world, acts), world.groups.starts, _cost_factor(world)
    how, promised, nothing = _place(scenario, world.clock), abatement.promised(world, now), world.fixed.nothing
    everywhere = grids.sent(world)
    differ = grids.limited(world) and places.priced_by_region(acts)
    free = not levers.markets and not levers.pulled & {"carbon_price", "clean_support"}
    first = now.clean_premium - abatement.supported(levers, now)

    def prices(tax: Array, due: Array) -> Array:
        """What a FLOP costs in full by region, (regions, n), at prices of carbon under policies (kinds, regions)."""
        price = np.empty(here.shape)
        per_kg = now.carbon_price + tax + due
        per_kwh = _unpriced(scenario, world.clock) if free else _per_kwh(scenario, now, first, per_kg)
        _priced(starts, traits.pue, per_kwh, how, promised, price, dear)
        return price

    def at(permits: Array) -> Costs:
        plans, moved = np.empty(here.shape), np.empty(here.shape)
        due = abatement.dues(carbon_covered, permits) if levers.markets else now.nothing
        if on.siting:
            price = usual = prices(acts.carbon_tax, due)
            if by_region:
                usual = prices(places.lowest_everywhere(acts.carbon_tax), places.lowest_everywhere(due))
            siting.preferred(price, usual, world.fixed.cloud, how.scale, moved)
        else:
            moved[:] = here
        _move(here, traits.home, traits.home_share, traits.pue, how, plans, moved)
        sent, powered = everywhere, inf
        if differ:
            charged = acts.carbon_tax + due
            above = charged - charged.min(axis=1, keepdims=True)
            sent, powered = grids.sent(world, above), grids.powered(world, above)
        kwh = done(plans, sent)
        found = _accounted(world, acts, dear, kwh, permits)
        choice = None
        if on.abatement or on.pledges:
            rest = found["own"] - found["power"] - found["carbon"]
            choice = abatement.choice(world, acts, plan, abatement.Needs(kwh, rest, promised), due)
        costs = Costs(
            **found,
            hardware_price=now.hardware_price,
            site=moved,
            planned=plans,
            kwh=kwh,
            intensity=now.intensity,
            kg_embodied=now.embodied,
            clean=nothing,
            support=nothing,
            removal=nothing,
            kg_avoided=nothing,
            kg_removed=nothing,
            kwh_clean=nothing,
            left=world.fixed.wholly,
            clean_share=world.actors.clean,
            permits=permits,
            choice=choice,
            sent=sent,
            powered=powered,
        )
        if by_region:
            costs = costs._replace(regional=places.regional(world, acts, plans, dear, costs))
            return placed(world, acts, costs, places.expected(world, costs))
        return abatement.chosen(starts, costs, due)

    return at


def placed(world: World, acts: Acts, costs: Costs, share: Array) -> Costs:
    """Costs of those who buy region by region and plan a ``share`` (regions, n) of their compute in each."""
    on = costs.regional
    assert on is not None
    kwh = done(on.kwh * share, costs.sent)
    costs = costs._replace(kwh=kwh, **_accounted(world, acts, on.dear, kwh, costs.permits))
    if costs.choice is not None:
        costs = costs._replace(choice=costs.choice._replace(rest=on.rest))
    return abatement.chosen(world.groups.starts, costs)


def _accounted(world: World, acts: Acts, dear: Array, kwh: Array, permits: Array) -> dict[str, Any]:
    """Columns of ``Costs`` where buyers do nothing to emit less, by name."""
    now, levers = moment(world.scenario, world.clock), acts.levers
    found = np.empty((len(ACCOUNTED) + permits.size, world.groups.size))
    levy = levers.compute_levy[0]  # zeros, as all rows, where none is pulled: sooner than their sum
    if "compute_levy" in levers.pulled:
        levy = levers.compute_levy.sum(axis=0)
    _account(world.groups.starts, dear, kwh, now.electricity, now.intensity, now.carbon_price, acts.carbon_tax,
             levers.carbon_covered, levy, now.hardware_price, found)  # fmt: skip
    return {**named(ACCOUNTED, found), "kg_covered": found[len(ACCOUNTED) :]}


def _per_kwh(scenario: Scenario, now: Moment, first: Array, per_kg: Array) -> Array:
    """What a kWh costs with its carbon [USD/kWh], at prices of carbon (kinds, regions) and of the ``first`` clean power
    (regions,): by region for all kinds, and for all once more where large buyers keep a promise of clean power."""
    on = scenario.mechanisms
    if not on.abatement and not on.pledges:
        return now.electricity + now.intensity * per_kg
    return abatement.per_kwh(now, first, per_kg, on.pledges)


@timed
def _unpriced(scenario: Scenario, clock: Clock) -> Array:
    """``_per_kwh`` where no policy prices carbon or supports clean power, kept for the scenario and step."""
    now = moment(scenario, clock)
    return _per_kwh(scenario, now, now.clean_premium, now.carbon_price + now.nothing)


class Place(NamedTuple):
    """What a FLOP takes, and how work moves."""

    hardware: float  # USD/FLOP for a large buyer
    flop_per_kwh: float
    scale: float  # see ``siting.preferred``
    half: float  # part of gaps in shares that is closed by mid-step
    whole: float  # and by the end of the step


@timed
def _place(scenario: Scenario, clock: Clock) -> Place:
    now = moment(scenario, clock)
    return Place(now.hardware_price, now.flop_per_kwh, scenario.siting.scale, *pace(scenario).siting)


def _cost_factor(world: World) -> Array:
    """Factor on hardware cost by volume bought, (n,)."""
    compute = world.scenario.compute
    if not world.on.volume_discount:
        return np.asarray(world.fixed.wholly[0])
    found = np.empty((1, world.groups.size))
    market.cost_factor(world.actors.volume, compute.volume_discount, compute.small_buyer_limit, found)
    return np.asarray(found[0])


@loop
def _priced(starts: Rows, pue: Array, per_kwh: Table, on: Place, promised: Array, price: Block, dear: Array) -> None:
    """What a FLOP costs in full by region into ``price`` (regions, n), where hardware is ``dear``."""
    for region in range(per_kwh.shape[1]):
        for kind in range(starts.size - 1):
            for i in range(starts[kind], starts[kind + 1]):
                row = kind + starts.size - 1 if promised[i] > 0.0 else kind
                energy = carbon.energy_per_flop(pue[i], on.flop_per_kwh)
                price[region, i] = on.hardware * dear[i] + energy * per_kwh[row, region]


@loop
def _move(here: Table, home: Rows, home_share: Array, pue: Array, on: Place, plans: Block, moved: Block) -> None:
    """Energy per FLOP by region at mid-step into ``plans``; shares of mobile work at its end into ``moved``, where
    those at rest stand."""
    for region in range(here.shape[0]):
        for i in range(home.size):
            rest, now = moved[region, i], here[region, i]
            middle = planning.approached(now, rest, on.half)
            share = siting.mixed(middle, home[i] == region, home_share[i])
            plans[region, i] = carbon.energy_per_flop(pue[i], on.flop_per_kwh) * share
            moved[region, i] = planning.approached(now, rest, on.whole)


@loop
def _account(
    starts: Rows, dear: Array, kwh: Table, electricity: Array, intensity: Array, carbon_price: Array, carbon_tax: Table,
    carbon_covered: Solid, levy: Array, hardware_price: float, found: Block,
) -> None:  # fmt: skip
    """Columns of ``Costs`` into ``found``, with what needs permits of each market behind, where hardware is ``dear``.
    Sums of products over regions, never products of averages."""
    for row in range(found.shape[0]):
        fill(found[row], 0.0)
    power, taxes, usual = found[ACCOUNTED.power], found[ACCOUNTED.taxed], found[ACCOUNTED.carbon]
    whole, covered = found[ACCOUNTED.kg_total], found[len(ACCOUNTED) :]
    for region in range(electricity.size):
        used, price, dirt, paid = kwh[region], electricity[region], intensity[region], carbon_price[region]
        for i in range(used.size):
            power[i] += used[i] * price
        for i in range(used.size):
            whole[i] += carbon.emissions(used[i], dirt)
        if paid > 0.0:
            for i in range(used.size):
                usual[i] += carbon.emissions(used[i], dirt) * paid
        for kind in range(starts.size - 1):
            tax = carbon_tax[kind, region]
            if tax > 0.0:
                for i in range(starts[kind], starts[kind + 1]):
                    taxes[i] += carbon.emissions(used[i], dirt) * tax
            for permit in range(carbon_covered.shape[0]):
                needed = carbon_covered[permit, kind, region]
                if needed > 0.0:
                    for i in range(starts[kind], starts[kind + 1]):
                        covered[permit, i] += carbon.emissions(used[i], dirt) * needed
    for kind in range(starts.size - 1):
        for i in range(starts[kind], starts[kind + 1]):
            paid = usual[i] + taxes[i]
            usual[i] = paid
            found[ACCOUNTED.levy, i] = levy[kind]
            found[ACCOUNTED.own, i] = hardware_price * dear[i] + power[i] + paid + levy[kind]
