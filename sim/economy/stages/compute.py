"""5 order, 6 clear, 7 use: what is asked of the market for compute, what it gives, and what becomes of plans."""

from collections.abc import Callable, Mapping
from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Rows, Table, Through, named, rows_of, through
from sim.compiled import loop
from sim.economy.ledger import Acts, Costs, Money, Order, Plan, Sale, Use
from sim.economy.moment import moment, pace, settled
from sim.economy.stages import abatement, grids, siting, treasury
from sim.economy.state import World
from sim.errors import NoPrices
from sim.mathematics import exp, expm1, fill, total
from sim.mechanisms import capacity as supply
from sim.mechanisms import carbon, market, planning, training
from sim.policies.levers import Covered, Levers
from sim.scenario import Scenario

ORDERED = rows_of(Order, "most", "wanted", "training", "money", "for_training", "run_share")
SOLD, USED = rows_of(Sale, "bought", "compute_permits", "embodied"), rows_of(Use)


def order(world: World, acts: Acts, money: Money, plan: Plan) -> Callable[[Costs], Order]:
    """By what a FLOP costs: money for compute, own, sponsors' and public, within carbon budgets and limits of runs."""
    levers, last, luck, ceiling = acts.levers, world.markets, _luck(world), _ceiling(world, acts.levers)
    outside, spread = moment(world.scenario, world.clock).outside, world.scenario.training.luck_spread
    reserved = abatement.reserved(world)
    prices = Prices(last.rent, last.license_price, pace(world.scenario).logit, spread * world.on.luck)

    def at(costs: Costs) -> Order:
        found, public = np.empty((len(ORDERED), world.groups.size)), world.fixed.nothing
        if treasury.offers(levers, money):
            most = abatement.allowed(acts, costs.kg_total)
            public = treasury.offered(world, levers, money, plan.private + plan.serving, treasury.cost(costs), most)
        at_cost = _wanted(
            world.groups.starts, acts.budget, costs.kg_total, plan.private, plan.serving, public, costs.own,
            costs.kg_covered, costs.permits, luck, world.actors.lead, ceiling, levers.compute_covered,
            reserved, prices, found,
        )  # fmt: skip
        return Order(
            **named(ORDERED, found),
            public=public,
            licenses=levers.compute_covered,
            outside=outside,
            at_cost=at_cost + outside,
            ceiling=ceiling,
            luck=luck,
        )

    return at


class Prices(NamedTuple):
    """The last step's, and what makes runs large."""

    rent: float  # USD/FLOP
    license: float  # USD/FLOP
    logit: float  # of the typical share of a run
    luck_spread: float


@loop
def _wanted(
    starts: Rows, budget: Array, kg_total: Array, private: Array, serving: Array, public: Array, own: Array,
    kg_covered: Table, permits: Array, luck: Array, lead: Array, ceiling: Array, compute_covered: Table,
    reserved: Array, last: Prices, found: Block,
) -> float:  # fmt: skip
    """Columns of ``Order`` into ``found``; compute that all want at no rent."""
    due, at_cost = np.empty(luck.size), np.empty(luck.size)
    fill(due, 0.0)
    for permit in range(permits.size):
        for i in range(luck.size):
            due[i] += kg_covered[permit, i] * permits[permit]
    for i in range(luck.size):
        found[ORDERED.most, i] = budget[i] / kg_total[i] if kg_total[i] > 0.0 else inf
    for i in range(luck.size):
        found[ORDERED.run_share, i] = training.run_share(last.logit, last.luck_spread, luck[i])
    for kind in range(starts.size - 1):
        largest, to_train, to_serve = ceiling[kind], compute_covered[0, kind], compute_covered[1, kind]
        for i in range(starts[kind], starts[kind + 1]):
            permit, wanted = due[i], private[i] + public[i]
            price = own[i] + last.rent + permit + to_train * last.license
            compute = largest / found[ORDERED.run_share, i] * lead[i]  # for a run at the ceiling, if growth goes on
            enough = planning.enough(compute, price, last.rent, reserved[i], serving[i])
            training_money = min(wanted, enough)
            whole = training_money + serving[i]
            part = training_money / whole if whole > 0.0 else 0.0
            licensed = part * to_train + (1.0 - part) * to_serve
            found[ORDERED.wanted, i] = wanted
            found[ORDERED.training, i] = training_money
            found[ORDERED.money, i] = whole
            found[ORDERED.for_training, i] = part
            at_cost[i] = min(whole / (own[i] + permit + licensed * last.license), found[ORDERED.most, i])
    return total(at_cost)


def _luck(world: World) -> Array:
    """Draws of the year, renewed in its first step, (n,)."""
    scenario, luck, year = world.scenario, world.actors.luck, world.clock.year
    if year > scenario.time.start and world.clock.begins_year:
        fresh = world.fixed.draws.normal("luck", year)
        luck = training.next_luck(luck, fresh, scenario.training.luck_persistence)
    return luck


def _ceiling(world: World, levers: Levers) -> Array:
    """The largest run allowed [FLOP], (kinds,): absolute, or over the largest of anyone up to a year ago.

    The step of a year ago is the one that ended a year before this one ends: what follows the ratio does so each year.
    """
    if "run_ratio" not in levers.pulled:
        return levers.run_ceiling
    before = world.memory.largest.at(world.clock.middle + world.clock.dt - 1.0)  # half a step later: beside the edge
    if not 0.0 < before < inf:  # nobody has run anything, so there is nothing to be a ratio of
        return levers.run_ceiling
    with np.errstate(over="ignore"):
        pace = levers.run_ratio * before
    return np.minimum(levers.run_ceiling, pace)


def clear(
    world: World, acts: Acts, costs_at: Callable[[Array], Costs], order_at: Callable[[Costs], Order]
) -> tuple[Order, Sale]:
    """One market for compute and permits, and the energy and carbon of what is bought. Work moves, power is cleaned and
    money is laid out for the prices of emission permits (markets,) [USD/kgCO2e] at which the market clears. Raises
    NoPrices where caps leave so little that no prices have the digits for it."""
    m, levers, starts = world.scenario.market, acts.levers, world.groups.starts
    now = moment(world.scenario, world.clock)
    reserved, ceiling = abatement.reserved(world), m.rent_ceiling * now.hardware_price

    def ask(permits: Array) -> market.Request:
        costs = costs_at(permits)
        order = order_at(costs)
        capacity, held = _capacity(world, order.at_cost)
        usable, held = min(capacity.middle, costs.powered), held or costs.powered < capacity.middle
        own, covered, most, there = costs.own, costs.kg_covered, order.most, costs.regional and costs.regional.asked
        if costs.told is not None and there is None:
            own, kg_total, covered = costs.told
            most = abatement.allowed(acts, kg_total)
        buyers = market.Buyers(order.money, own, most, covered, reserved, places=there)
        on_offer = market.Supply(m.allocation, usable, ceiling)
        return market.Request(
            buyers, on_offer, order.for_training, Basis(costs, order, capacity, held or usable < capacity.middle)
        )

    outside = market.Outside(now.outside, now.hardware_price, m.outside_elasticity, m.outside_contracts * now.outside)
    issued = _issued(world, levers) if levers.markets else inf
    caps = market.Caps(issued, levers.compute_cap, levers.carbon_floor, levers.carbon_ceiling)
    licenses = world.groups.per_actor(levers.compute_covered) if "compute_cap" in levers.pulled else None
    try:
        sold = market.sell(ask, outside, caps, licenses, acts.permits)
    except market.NoRest as error:
        raise _too_tight(world, error) from error
    (costs, order, capacity, held), clearing = sold.basis, sold.clearing
    if sold.where is not None:
        costs = siting.placed(world, acts, costs, sold.where)
    permits, shape = costs.permits, costs.kwh.shape
    connected, sent_on = grids.after(world, costs, sold, capacity)
    found, energy, emissions = np.empty((len(SOLD), world.groups.size)), np.empty(shape), np.empty(shape)
    _emit(starts, sold.training, sold.serving, order.licenses, clearing.license_price, costs.kg_embodied, costs.kwh,
          costs.intensity, costs.left, found, energy, emissions)  # fmt: skip
    owed, by_market = _owed(world, levers, found[SOLD.bought], costs)
    sale = Sale(
        **named(SOLD, found),
        capacity=capacity,
        by_power=held and clearing.outcome != market.SLACK,
        clearing=clearing,
        training=sold.training,
        serving=sold.serving,
        paid_training=sold.paid_training,
        paid_serving=sold.paid_serving,
        price=sold.price,
        training_price=sold.training_price,
        emission_permits=owed,
        permits_used=by_market[0],
        permit_sales=by_market[1],
        permit_prices=permits,
        energy=energy,
        emissions=emissions,
        banked=_banked(world, levers, by_market[0]),
        costs=costs,
        most=abatement.allowed(acts, costs.kg_total) if costs.choice or costs.regional else order.most,
        connected=connected,
        sent_on=sent_on,
    )
    return order, sale


def _too_tight(world: World, error: market.NoRest) -> NoPrices:
    return NoPrices(
        f"{world.scenario.name}: no prices of permits meet its caps in {world.clock.year}",
        found=str(error),
        allowed="caps that prices can meet to a billionth",
        fix="caps that leave more of what would be emitted or bought without them, or one cap in place of several",
    )


class Basis(NamedTuple):
    """What an order to the market is made from."""

    costs: Costs
    order: Order
    capacity: Through[float]
    held: bool  # by power


def _owed(world: World, levers: Levers, bought: Array, costs: Costs) -> tuple[Array, tuple[Array, Array]]:
    """What each pays for emission permits [USD/yr], (n,); by market those used [kgCO2e/yr] and paid [USD/yr]."""
    if not levers.markets:
        return world.fixed.nothing, (market.NONE, market.NONE)
    used = bought * costs.kg_covered
    paid = used * costs.permits[:, np.newaxis]
    return paid.sum(axis=0), (used.sum(axis=1), paid.sum(axis=1))


def _issued(world: World, levers: Levers) -> Array:
    """Emission permits that can be used [kgCO2e/yr], (markets,): those issued, and saved ones that come back."""
    dt, saved = world.clock.dt, [world.markets.banked.get(market, 0.0) for market in levers.markets]
    back = [kept * -expm1(-rate * dt) / dt for kept, rate in zip(saved, levers.carbon_banking.tolist(), strict=True)]
    return np.asarray(levers.carbon_cap + np.array(back))


def _banked(world: World, levers: Levers, used: Array) -> Mapping[Covered, float]:
    """Emission permits saved at the end of the step [kgCO2e], by market; ``used`` (markets,) [kgCO2e/yr]."""
    if not np.count_nonzero(levers.carbon_banking):
        return world.markets.banked
    banked, dt = dict(world.markets.banked), world.clock.dt
    for place, rate, cap, use in zip(levers.markets, levers.carbon_banking, levers.carbon_cap, used, strict=True):
        if rate:
            banked[place] = max(banked.get(place, 0.0) + float(cap - use) * dt, 0.0)
    return banked


@loop
def _emit(
    starts: Rows, training: Array, serving: Array, licenses: Table, license_price: float, kg_embodied: float,
    kwh: Table, intensity: Array, left: Table, found: Block, energy: Block, emissions: Block,
) -> None:  # fmt: skip
    """Columns of ``Sale`` into ``found``; energy and emissions by region."""
    for kind in range(starts.size - 1):
        to_train, to_serve = licenses[0, kind] * license_price, licenses[1, kind] * license_price
        for i in range(starts[kind], starts[kind + 1]):
            bought = training[i] + serving[i]
            found[SOLD.bought, i] = bought
            found[SOLD.compute_permits, i] = training[i] * to_train + serving[i] * to_serve
            found[SOLD.embodied, i] = bought * kg_embodied
    for region in range(intensity.size):
        dirt = intensity[region]
        for i in range(training.size):
            used = found[SOLD.bought, i] * kwh[region, i]
            energy[region, i] = used
            emissions[region, i] = carbon.emissions(used, dirt) * left[region, i]


def use(world: World, money: Money, plan: Plan, order: Order, sale: Sale) -> Use:
    """What finds no compute is not paid by sponsors or the treasury, and not sold; it goes to research or is kept."""
    found = np.empty((len(USED), world.groups.size))
    kept = (1.0 - world.scenario.research.unspent_share) * world.on.research_choice
    closed = pace(world.scenario).window
    _found(world.actors.served, sale.paid_training, order.wanted, sale.paid_serving, plan.serving, plan.got, plan.given,
           order.public, money.vouchers, money.funds.demand, plan.spend, plan.research_share.middle,
           money.funds.public_research, kept, closed, found)  # fmt: skip
    return Use(**named(USED, found))


@loop
def _found(
    served: Array, paid_training: Array, wanted: Array, paid_serving: Array, serving: Array, got: Array, given: Array,
    public: Array, vouchers: Array, demand: Array, spend: Array, research_share: Array, public_research: Array,
    kept: float, closed: float, found: Block,
) -> None:  # fmt: skip
    """Columns of ``Use`` into ``found``."""
    used = np.empty(wanted.size)
    for i in range(wanted.size):
        used[i] = min(paid_training[i] / wanted[i], 1.0) if wanted[i] > 0.0 else 1.0
        now = min(paid_serving[i] / serving[i], 1.0) if serving[i] > 0.0 else 1.0
        found[USED.served, i] = now
        found[USED.recently, i] = planning.approached(served[i], now, closed)
        found[USED.sales, i] = demand[i] * now  # nobody sells what it cannot serve
    for i in range(wanted.size):
        found[USED.sponsored, i] = got[i] * used[i]
        found[USED.public, i] = public[i] * used[i]
        found[USED.vouchers, i] = vouchers[i] * used[i]
    meant = total(got)
    part = total(found[USED.sponsored]) / meant if meant > 0.0 else 0.0
    for i in range(wanted.size):
        own, share = spend[i] - given[i], research_share[i]
        found[USED.given, i] = given[i] * part
        found[USED.research, i] = own * (share + kept * (1.0 - share) * (1.0 - used[i])) + public_research[i]


@settled
def _response(scenario: Scenario) -> supply.Response:
    m = scenario.market
    return supply.Response(m.capacity_growth, m.response, m.utilisation, m.slowest, m.fastest)


def _capacity(world: World, at_cost: float) -> tuple[Through[float], bool]:
    """Capacity [FLOP/yr], on record or by demand at no rent, ``at_cost`` [FLOP/yr], as far as there is power for it;
    whether power holds it down. Grids limit nothing that is on record."""
    clock, start, now = world.clock, world.markets.capacity, moment(world.scenario, world.clock)
    middle, end = now.most_capacity
    if now.on_record or not world.on.capacity_response:
        wanted = now.recorded
    else:
        suppliers = _response(world.scenario)
        wanted = through(lambda years: start * float(exp(supply.growth(start, at_cost, suppliers, years))), clock.dt)
    if world.on.grid_limits and not now.on_record:
        reach = [supply.connected(start, now.begun, after, more) for after, more in zip(*now.connects, strict=True)]
        middle, end = min(middle, reach[0]), min(end, reach[1])
    return Through(min(wanted.middle, middle), min(wanted.end, end)), middle < wanted.middle
