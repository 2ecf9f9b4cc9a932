"""The step on one page: ``advance`` takes a world from one moment to the next.

Flows are per year inside the equations; the step length enters only where state is updated. Trends are
evaluated at mid-step.
"""

import numpy as np
from numpy.typing import NDArray

from sim import accounts, exits
from sim import public as public_money
from sim.levers import Levers
from sim.mechanisms import capacity as supply
from sim.mechanisms import carbon, knowledge, market, planning, product, siting, training
from sim.period import Period, Step, Yardsticks, period
from sim.scenario.schema import grown, path_at
from sim.state import World

__all__ = ["World", "advance", "observe"]

Array = NDArray[np.float64]
CLOSE = 1e-9  # what a cleared market may take from an actor at its limit, as a share


def advance(world: World) -> Step:
    """One step: policies act, means arrive, actors plan and site, compute clears, work emits, knowledge
    spreads, models train, products sell, startups live and die."""
    scenario, on, dt, time, middle = world.scenario, world.scenario.mechanisms, world.dt, world.time, world.middle

    # 1 policies act
    levers = world.levers()
    kg_taxed = world.per_actor(levers.carbon_price.sum(axis=0).T)  # (regions, n) USD/kg
    budget = np.minimum(world.own_budget, levers.carbon_budget[world.kind_index])
    world.give_rights(levers)
    world.publish(levers)

    # 2 means arrive
    years = middle - scenario.time.start
    growth = world.per_actor([grown(1.0, kind.income_growth(), years) for kind in scenario.kinds])
    paid_out = world.earmarked * (-np.expm1(-scenario.finance.recycling * dt) / dt) * world.payable
    sold = product.adopted(world.market, world.market_rest(), scenario.product.adoption, dt / 2)  # at mid-step
    funds = world.funds(world.start_income * growth, sold, paid_out)
    means, wants = world.by_kind("means", funds, sold), world.by_kind("wants", funds, sold)

    # 3 plan: how much to spend, and how much of it on research
    desired = np.minimum(wants, means)
    plan = planning.ramped(world.plan, desired, world.ramp, dt / 2)  # at mid-step
    world.plan = planning.ramped(world.plan, desired, world.ramp, dt)
    spend = np.minimum(plan, means)
    target = _research_target(world) if on.research_choice else world.research_share
    research_share = planning.approached(world.research_share, target, scenario.research.adjustment, dt / 2)
    world.research_share = planning.approached(world.research_share, target, scenario.research.adjustment, dt)
    given, got = _sponsored(world, spend)
    own = spend - given
    serve_money = scenario.product.inference_share * funds.demand * on.inference

    # 4 site: what a FLOP costs, and where mobile work goes
    price, per_kwh = world.hardware_price(middle), world.flop_per_kwh(middle)
    kwh = carbon.energy_per_flop(world.pue, per_kwh)
    electricity = world.electricity[:, None]
    intensity, existing = world.intensity(world.year)[:, None], world.carbon_price(world.year)[:, None]
    hardware = price * _cost_factor(world)
    needs_permit = world.per_actor(levers.carbon_covered.T)  # (regions, n)
    if on.siting:
        per_kg = existing + kg_taxed + needs_permit * world.permit_price  # permits at their last price
        by_place = hardware + kwh * (electricity + intensity * per_kg)
        best = siting.preferred(by_place, world.cloud, scenario.siting.scale)
        site = siting.moved(world.site, best, scenario.siting.speed, dt / 2)
        world.site = siting.moved(world.site, best, scenario.siting.speed, dt)
    else:
        site = world.site
    kwh_flop = carbon.by_region(kwh, siting.mixed(site, world.home, world.home_share))
    kg_flop = carbon.emissions(kwh_flop, intensity)
    power, taxed = carbon.across(kwh_flop, electricity), carbon.across(kg_flop, kg_taxed)
    carbon_cost = carbon.across(kg_flop, existing) + taxed
    own_cost = hardware + power + carbon_cost

    # 5 compute clears
    kg_total, m = kg_flop.sum(axis=0), scenario.market
    with np.errstate(divide="ignore"):
        most = np.where(kg_total > 0, budget / kg_total, np.inf)
    private = (1.0 - research_share) * own + got
    public = public_money.granted(world, levers, means, private + serve_money, own_cost, most)
    fraction = _run_share(world)
    ceiling = _ceiling(world, levers)
    wanted = private + public
    covered, licenses = carbon.across(kg_flop, needs_permit), levers.compute_covered[:, world.kind_index]
    permit = covered * world.permit_price  # at the last prices
    with np.errstate(over="ignore"):  # what a run at the ceiling needs, when compute grows as it does
        enough = ceiling / fraction * world.lead * (own_cost + world.rent + permit + licenses[0] * world.license_price)
    train_money = np.minimum(wanted, enough)
    money = train_money + serve_money
    outside_demand = grown(m.outside_demand, m.outside_growth, years)
    for_training = _part(train_money, money)
    licensed = for_training * licenses[0] + (1.0 - for_training) * licenses[1]
    no_rent = own_cost + permit + licensed * world.license_price
    at_cost = float(np.minimum(money / no_rent, most).sum()) + outside_demand
    capacity = _capacity(world, at_cost)
    reserved = world.contract_share * world.volume
    buyers = market.Buyers(money, own_cost, most, covered, reserved)
    outside = market.Outside(outside_demand, price, m.outside_elasticity, m.outside_contracts * outside_demand)
    saved = world.banked * -np.expm1(-levers.carbon_banking * dt) / dt
    caps = {"carbon_cap": levers.carbon_cap + saved, "compute_cap": levers.compute_cap}
    terms = capacity, outside, m.rent_ceiling * price
    sold_to = market.sell(m.allocation, buyers, for_training, licenses, *terms, **caps)
    clearing, compute, inference = sold_to.clearing, sold_to.training, sold_to.serving
    paid, paid_inference = sold_to.paid_training, sold_to.paid_serving
    bought, all_paid, world.rent = compute + inference, paid + paid_inference, clearing.rent
    world.permit_price, world.license_price = clearing.permit_price, clearing.license_price
    used = np.minimum(np.divide(paid, wanted, out=np.ones_like(wanted), where=wanted > 0), 1.0)
    served = np.minimum(np.divide(paid_inference, serve_money, out=np.ones_like(money), where=serve_money > 0), 1.0)
    sales = funds.demand * served  # nobody sells what it cannot serve
    world.served = planning.approached(world.served, served, 1.0 / scenario.training.window, dt)
    sponsored = got * used  # what finds no compute is not paid
    given = given * _part(sponsored.sum(), got.sum())
    public = public * used
    kept = (1.0 - scenario.research.unspent_share) * on.research_choice
    research = own * (research_share + kept * (1.0 - research_share) * (1.0 - used)) + funds.public_research
    world.dearness = sold_to.price / (price + power)

    # 6 energy and carbon
    energy, emissions = bought * kwh_flop, bought * kg_flop
    embodied_flop = _embodied_per_flop(world, per_kwh) * on.embodied_carbon
    embodied = bought * embodied_flop

    # 7 learn
    world.knowledge, world.public_knowledge = _learn(world, research)
    known = world.knowledge.copy()
    world.research = research.copy()

    # 8 train
    world.trained = planning.approached(world.trained, compute, 1.0 / scenario.training.window, dt)
    world.volume = planning.approached(world.volume, bought, 1.0 / scenario.training.window, dt)
    world.lead = np.maximum(np.divide(compute, world.trained, out=np.ones_like(compute), where=world.trained > 0), 1.0)
    run = fraction * np.minimum(world.trained, compute)  # of a year of what is bought now, and was over the last year
    run = np.minimum(run, ceiling)
    world.past_emissions = planning.approached(world.past_emissions, emissions, 1.0 / scenario.training.window, dt)
    world.error = training.best_error(world.error, run, known, world.law)

    # 9 sell, tax, recycle; 10 live and die: every dollar has a payer and a payee
    by_kind = np.array([emissions[:, rows].sum(axis=1) for _, rows in world.rows()])  # (kinds, regions)
    emission_permits, compute_permits = (
        bought * covered * clearing.permit_price,
        (compute * licenses[0] + inference * licenses[1]) * clearing.license_price,
    )
    permits = emission_permits + compute_permits
    revenue = (levers.carbon_price * by_kind).sum(axis=(1, 2))
    revenue += levers.carbon_sold * emission_permits.sum() + levers.compute_sold * compute_permits.sum()
    if levers.carbon_banking:
        world.banked = max(world.banked + (levers.carbon_cap - float((bought * covered).sum())) * dt, 0.0)
    books = accounts.Books(world.rows())
    accounts.settle(
        books, funds, sales=sales, margin=scenario.product.margin,
        hardware=all_paid - bought * (power + carbon_cost) - permits, power=bought * power,
        carbon=bought * carbon_cost, serving=paid_inference, research=research, given=given, got=sponsored,
        permits=permits, public=public,
    )  # fmt: skip
    toll = exits.live_and_die(world, books, funds, wants)
    world.earmarked = world.earmarked + (revenue - paid_out) * dt
    for party, amount in books.net().items():
        world.balances[party] = world.balances.get(party, 0.0) + amount * dt
    if on.brand_habit:
        world.reach = _habit(world)
    given_away = max(sold - float(funds.demand.sum()), 0.0)  # by released models
    market_value = float(sales.sum()) + given_away
    world.market = product.adopted(world.market, world.market_rest(), scenario.product.adoption, dt)

    # 11 remember
    social_cost = scenario.yardsticks.social_cost.at(world.year)
    world.emitted += float(emissions.sum() + embodied.sum()) * dt
    world.steps_done += 1
    world.remember()
    world.largest.add(world.time, float(run.max()))
    by_carbon = bought >= most * (1 - CLOSE)
    by_ceiling = ~by_carbon & (train_money < wanted)
    by_means = ~by_carbon & ~by_ceiling & (means <= wants) & (spend >= means)
    by_ramp = ~by_carbon & ~by_ceiling & ~by_means & (plan < desired)
    return Step(
        time=time, dt=dt, alive=world.alive.copy(), compute=compute, inference=inference, run=run, paid=paid,
        paid_inference=paid_inference, research=research, sponsored=sponsored, public=public,
        means=means + sponsored + public, bound_by_ceiling=by_ceiling,
        bound_by_means=by_means, bound_by_carbon=by_carbon & (bought > 0), bound_by_ramp=by_ramp,
        unit_cost=sold_to.price, energy=energy, emissions=emissions, embodied=embodied,
        carbon_taxed=bought * taxed + emission_permits, licensed=compute_permits, sales=sales,
        carbon_per_flop=kg_total, embodied_per_flop=embodied_flop,
        error=world.error.copy(), access=world.access, knowledge=known,
        public_knowledge=world.public_knowledge, market=market_value,
        frontier_knowledge=world.frontier_knowledge,
        rent=clearing.rent, permit_price=clearing.permit_price, license_price=clearing.license_price,
        outcome=clearing.outcome, capacity=capacity,
        outside=clearing.outside, damage=social_cost,
        failed=toll.failed, acquired=toll.acquired, founded=toll.founded, flows=books.flows,
        received=books.received, spent=books.spent, cash_change=toll.cash_change, revenue_by_use=revenue,
    )  # fmt: skip


def observe(world: World, steps: list[Step]) -> Period:
    """The window that the world's last steps cover, for measures."""
    y = world.scenario.yardsticks
    return period(steps, world.groups, world.law, world.past, world.emitted, Yardsticks(y.car, y.wage, y.near))


def _research_target(world: World) -> Array:
    """Best share of research in each actor's spending, from the growth of knowledge at its last research."""
    k, returns = world.scenario.knowledge, world.scenario.knowledge.returns
    if world.scenario.mechanisms.private_knowledge:
        effort = _part((1.0 - world.sharing) * world.research, world.initial_own_research)
        growth = knowledge.progress(k.own_rate, effort, returns) * np.exp(
            -k.fishing_out * np.maximum(world.knowledge, world.public_knowledge)
        )
    else:
        effort = _part((world.sharing * world.research).sum(), world.initial_research)
        growth = knowledge.progress(k.public_rate, effort, returns) * np.exp(-k.fishing_out * world.public_knowledge)
    return world.best_research_share(np.broadcast_to(growth, world.plan.shape))


def _learn(world: World, research: Array) -> tuple[Array, float]:
    """Own (n,) and public knowledge after a step of ``research`` [USD/yr] and of learning from others at mid-step."""
    k, on, dt = world.scenario.knowledge, world.scenario.mechanisms, world.dt
    own, public = world.knowledge, world.public_knowledge
    published = float((world.sharing * research).sum())
    open_growth = float(knowledge.progress(k.public_rate, _part(published, world.initial_research), k.returns))
    published_now = float(knowledge.created(open_growth, public, k.fishing_out, dt))
    if not on.private_knowledge:
        return np.full(own.size, public + published_now), public + published_now
    secret = _part((1.0 - world.sharing) * research, world.initial_own_research)
    growth = knowledge.progress(k.own_rate, secret, k.returns)
    made = knowledge.created(growth, np.maximum(own, public), k.fishing_out, dt)
    half, half_public = own + made / 2, public + published_now / 2
    learnt = knowledge.caught_up(half, half_public, k.absorption, dt)
    if on.knowledge_network:
        taught = knowledge.caught_up(half, half_public, k.absorption, dt / 2)
        linked = world.network.best(np.where(world.alive, taught, -np.inf))
        learnt = knowledge.caught_up(learnt, linked, world.scenario.network.rate, dt)
    return learnt + made / 2 + knowledge.leaked(half, half_public, k.leak, dt), public + published_now


def _part(amount: Array | float, whole: Array | float) -> Array:
    """Amount over whole; nothing where the whole is nothing."""
    shape = np.broadcast_shapes(np.shape(amount), np.shape(whole))
    return np.asarray(np.divide(amount, whole, out=np.zeros(shape), where=np.asarray(whole) > 0))


def _sponsored(world: World, spend: Array) -> tuple[Array, Array]:
    """Compute that corporations pay for labs [USD/yr], (n,) by who pays it and by who gets it."""
    finance, labs = world.scenario.finance, np.flatnonzero(world.academic)
    given, got = np.zeros_like(spend), np.zeros_like(spend)
    if world.scenario.mechanisms.sponsored_compute and labs.size:
        given = finance.sponsored_share * spend * world.sponsors
        got[labs] = given.sum() * product.attraction(np.ones(labs.size), world.error[labs], finance.sponsor_contest)
    return given, got


def _run_share(world: World) -> Array:
    """Share of a year's compute in the largest run, (n,), with the luck of the year, renewed in its first step."""
    scenario = world.scenario
    if world.year > scenario.time.start and world.steps_done % scenario.time.steps_per_year == 0:
        fresh = world.draw_normal("luck", world.year)
        world.luck = training.next_luck(world.luck, fresh, scenario.training.luck_persistence)
    spread = scenario.training.luck_spread * scenario.mechanisms.luck
    return training.run_share(scenario.training.run_share, spread, world.luck)


def _ceiling(world: World, levers: Levers) -> Array:
    """The largest run allowed [FLOP], (n,): absolute, or over the largest of anyone up to a year ago."""
    before = world.largest.at(world.time - 1.0)
    with np.errstate(over="ignore"):
        pace = np.where(levers.run_ratio < np.inf, levers.run_ratio * before, np.inf)
    return np.minimum(levers.run_ceiling, pace)[world.kind_index]


def _cost_factor(world: World) -> Array:
    """Factor on hardware cost by volume bought, (n,)."""
    compute = world.scenario.compute
    if not world.scenario.mechanisms.volume_discount:
        return np.ones(world.groups.size)
    return market.cost_factor(world.volume, compute.volume_discount, compute.small_buyer_limit)


def _capacity(world: World, at_cost: float) -> float:
    """Capacity [FLOP/yr] at mid-step, given demand at no rent; the world's own moves on to the end of the step."""
    m, dt = world.scenario.market, world.dt
    if world.time < m.capacity.years[-1] or not world.scenario.mechanisms.capacity_response:
        world.capacity = path_at(m.capacity, m.capacity_growth, world.time + dt)
        return path_at(m.capacity, m.capacity_growth, world.middle)

    def grows(years: float) -> float:
        bounds = m.slowest, m.fastest
        return supply.growth(start, at_cost, m.capacity_growth, m.response, m.utilisation, *bounds, years)

    start = world.capacity
    world.capacity = start * float(np.exp(grows(dt)))
    return start * float(np.exp(grows(dt / 2)))


def _embodied_per_flop(world: World, per_kwh: float) -> float:
    """Carbon of making hardware, per FLOP done on it [kgCO2e/FLOP]."""
    h = world.scenario.hardware
    device_hours = carbon.HOURS_PER_YEAR / (h.device_power * per_kwh)  # power in kWh/yr
    return carbon.embodied(device_hours, h.device_carbon, h.server_carbon, h.devices_per_server, h.life, h.use)


def _habit(world: World) -> Array:
    """Reach after a step in which customers come back to those who sold."""
    reach, share = world.reach.copy(), world.share
    sellers = np.flatnonzero(share > 0)
    if sellers.size:
        reach[sellers] = product.habit(reach[sellers], share[sellers], world.scenario.product.habit, world.dt)
    return reach
