"""5 order, 6 clear, 7 use: what is asked of the market for compute, what it gives, and what becomes of plans."""

import numpy as np

from sim.arrays import Array, Through, part, through
from sim.economy import trends
from sim.economy.ledger import Acts, Costs, Money, Order, Plan, Sale, Use
from sim.economy.stages import treasury
from sim.economy.state import World
from sim.mechanisms import capacity as supply
from sim.mechanisms import market, training
from sim.policies.levers import Levers
from sim.scenario.schema import path_at


def order(world: World, acts: Acts, money: Money, plan: Plan, costs: Costs) -> Order:
    """Money for compute, own, sponsors' and public, within carbon budgets and ceilings on runs."""
    levers, last, kind = acts.levers, world.markets, world.fixed.traits.kind_index
    with np.errstate(divide="ignore"):
        most = np.where(costs.kg_total > 0, acts.budget / costs.kg_total, np.inf)
    private = (1.0 - plan.research_share.middle) * (plan.spend - plan.given) + plan.got
    public = treasury.offered(world, levers, money, private + plan.serving, costs.own, most)
    wanted = private + public
    luck, share = _run_share(world)
    largest = _ceiling(world, levers)
    licenses = levers.compute_covered[:, kind]
    permit = costs.kg_covered * last.permit_price
    with np.errstate(over="ignore"):  # what a run at the ceiling needs, when compute grows as it does
        price = costs.own + last.rent + permit + licenses[0] * last.license_price
        enough = largest / share * world.actors.lead * price
    to_train = np.minimum(wanted, enough)
    total = to_train + plan.serving
    for_training = part(to_train, total)
    licensed = for_training * licenses[0] + (1.0 - for_training) * licenses[1]
    no_rent = costs.own + permit + licensed * last.license_price
    outside = trends.outside_demand(world.scenario, world.clock.middle)
    return Order(
        most=most,
        public=public,
        wanted=wanted,
        training=to_train,
        money=total,
        for_training=for_training,
        licenses=licenses,
        outside=outside,
        at_cost=float(np.minimum(total / no_rent, most).sum()) + outside,
        run_share=share,
        ceiling=largest,
        luck=luck,
    )


def _run_share(world: World) -> tuple[Array, Array]:
    """Draws of the year, renewed in its first step, and the share of a year's compute in the largest run, (n,)."""
    scenario, luck, year = world.scenario, world.actors.luck, world.clock.year
    if year > scenario.time.start and world.clock.begins_year:
        fresh = world.fixed.draws.normal("luck", year)
        luck = training.next_luck(luck, fresh, scenario.training.luck_persistence)
    spread = scenario.training.luck_spread * world.on.luck
    return luck, training.run_share(scenario.training.run_share, spread, luck)


def _ceiling(world: World, levers: Levers) -> Array:
    """The largest run allowed [FLOP], (n,): absolute, or over the largest of anyone up to a year ago."""
    before = world.memory.largest.at(world.clock.time - 1.0)
    with np.errstate(over="ignore"):
        pace = np.where(levers.run_ratio < np.inf, levers.run_ratio * before, np.inf)
    return np.asarray(np.minimum(levers.run_ceiling, pace)[world.fixed.traits.kind_index])


def clear(world: World, acts: Acts, costs: Costs, order: Order) -> Sale:
    """One market for compute and permits, and the energy and carbon of what is bought."""
    m, dt, levers = world.scenario.market, world.clock.dt, acts.levers
    capacity, banked = _capacity(world, order.at_cost), world.markets.banked
    reserved = world.fixed.traits.contract_share * world.actors.volume
    buyers = market.Buyers(order.money, costs.own, order.most, costs.kg_covered, reserved)
    price = costs.hardware_price
    outside = market.Outside(order.outside, price, m.outside_elasticity, m.outside_contracts * order.outside)
    saved = banked * -np.expm1(-levers.carbon_banking * dt) / dt
    caps = market.Caps(levers.carbon_cap + saved, levers.compute_cap)
    supplied = market.Supply(m.allocation, capacity.middle, m.rent_ceiling * price)
    sold = market.sell(buyers, supplied, outside, caps, order.for_training, order.licenses)
    clearing, bought = sold.clearing, sold.training + sold.serving
    if levers.carbon_banking:
        used = float((bought * costs.kg_covered).sum())
        banked = max(banked + (levers.carbon_cap - used) * dt, 0.0)
    licensed = sold.training * order.licenses[0] + sold.serving * order.licenses[1]
    return Sale(
        capacity=capacity,
        clearing=clearing,
        training=sold.training,
        serving=sold.serving,
        bought=bought,
        paid_training=sold.paid_training,
        paid_serving=sold.paid_serving,
        price=sold.price,
        emission_permits=bought * costs.kg_covered * clearing.permit_price,
        compute_permits=licensed * clearing.license_price,
        energy=bought * costs.kwh,
        emissions=bought * costs.kg,
        embodied=bought * costs.kg_embodied,
        banked=banked,
    )


def use(world: World, money: Money, plan: Plan, order: Order, sale: Sale) -> Use:
    """What finds no compute is not paid by sponsors or the treasury, and not sold; it goes to research or is kept."""
    scenario = world.scenario
    used = np.minimum(part(sale.paid_training, order.wanted, nothing=1.0), 1.0)
    served = np.minimum(part(sale.paid_serving, plan.serving, nothing=1.0), 1.0)
    sponsored = plan.got * used
    kept = (1.0 - scenario.research.unspent_share) * world.on.research_choice
    share = plan.research_share.middle
    own = plan.spend - plan.given
    return Use(
        served=served,
        sales=money.funds.demand * served,  # nobody sells what it cannot serve
        sponsored=sponsored,
        given=plan.given * part(sponsored.sum(), plan.got.sum()),
        public=order.public * used,
        research=own * (share + kept * (1.0 - share) * (1.0 - used)) + money.funds.public_research,
    )


def _capacity(world: World, at_cost: float) -> Through[float]:
    """Capacity [FLOP/yr], on record or by demand at no rent, ``at_cost`` [FLOP/yr]; what electricity can drive."""
    m, clock, start = world.scenario.market, world.clock, world.markets.capacity
    middle, end = (trends.most_capacity(world.scenario, when) for when in (clock.middle, clock.time + clock.dt))
    if clock.time < m.capacity.years[-1] or not world.on.capacity_response:
        paths = (path_at(m.capacity, m.capacity_growth, when) for when in (clock.middle, clock.time + clock.dt))
        wanted = Through(*paths)
    else:
        response = supply.Response(m.capacity_growth, m.response, m.utilisation, m.slowest, m.fastest)
        wanted = through(lambda years: start * float(np.exp(supply.growth(start, at_cost, response, years))), clock.dt)
    return Through(min(wanted.middle, middle), min(wanted.end, end))
