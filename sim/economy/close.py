"""12 close: the next world, and the record of the step, from all that its stages did."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Marks, Mask, Table, named, rows_of
from sim.compiled import inner, loop
from sim.economy import sealed
from sim.economy.ledger import Ledger, Sale
from sim.economy.moment import moment
from sim.economy.observe import Step
from sim.economy.reports import Reports
from sim.economy.stages import products, reporting, treasury
from sim.economy.stages.startups import Lives
from sim.economy.state import Actors, Clock, Fixed, Markets, Memory, Treasury, World
from sim.economy.sums import Bounds
from sim.economy.years import Years
from sim.mathematics import highest, total

AT_LIMIT = 1e-9  # what a cleared market may take from an actor at its limit, as a share


def close(world: World, ledger: Ledger, lives: Lives) -> tuple[World, Step]:
    """The world after the step, and what happened in it."""
    fixed, clock, clearing = world.fixed, world.clock, ledger.sale.clearing
    clock = Clock(clock.start, clock.steps_per_year, clock.steps_done + 1)
    revenue = treasury.revenue(world, ledger.acts.levers, ledger.sale, ledger.use)
    actors, sold = products.after(fixed, lives.actors, ledger.acts.open_error, world.markets.products)
    notes, told = _notes(fixed, ledger, actors), reporting.report(world, ledger, lives)
    after = World(
        fixed=fixed,
        clock=clock,
        actors=actors,
        markets=Markets(
            capacity=ledger.sale.capacity.end,
            products=sold,
            expected_growth=products.expected_after(world, sold),
            rent=clearing.rent,
            permit_prices=ledger.acts.levers.by_market(ledger.sale.permit_prices),
            license_price=clearing.license_price,
            banked=ledger.sale.banked,
            connected=ledger.sale.connected,
        ),
        treasury=_treasury(world, ledger, lives, revenue),
        memory=_memory(world, ledger, lives, notes, told.reports, clock.time),
    )
    return sealed.gone_on(after), _record(world, ledger, lives, revenue, (notes, told.counts), after)


def _treasury(world: World, ledger: Ledger, lives: Lives, revenue: Array) -> Treasury:
    """Revenue that is not paid out, and all that was paid since the start."""
    return Treasury(
        earmarked=treasury.earmarked_after(world, ledger.money, ledger.use, revenue),
        held=treasury.held_after(world, ledger),
        rights=lives.rights,
        flows=world.treasury.flows.plus(lives.books.flows, world.clock.dt),
    )


class NotedColumns(NamedTuple):
    """What is noted of each actor, (n,), as ``Step`` has it."""

    means: Array
    carbon_taxed: Array
    clean: Array
    avoided: Array
    removed: Array
    abatement: Array


NOTED, BOUND = rows_of(NotedColumns), rows_of(Bounds)


class StepNotes(NamedTuple):
    """What is noted of a step beside the records of its stages."""

    best: int  # the first row with the lowest error
    given: float  # the lowest error of those alive who release their models
    largest: float  # FLOP: the largest run
    emitted: float  # kgCO2e/yr of all, operational and embodied
    sold: float  # USD/yr of AI products
    demanded: float  # USD/yr of AI products, of all actors
    bounds: Bounds
    columns: NotedColumns


def _notes(fixed: Fixed, ledger: Ledger, actors: Actors) -> StepNotes:
    plan, order, money, sale, use, costs, n = (
        ledger.plan, ledger.order, ledger.money, ledger.sale, ledger.use, ledger.costs, actors.error.size
    )  # fmt: skip
    bound, found = np.empty((len(BOUND), n), dtype=bool), np.empty((len(NOTED), n))
    numbers = _noted(
        actors.error, fixed.traits.releases, actors.alive, ledger.runs.run, sale.emissions, sale.embodied, money.means,
        use.sponsored, use.public, sale.bought, costs.taxed, sale.emission_permits, use.sales, money.funds.demand,
        costs.kwh_clean, costs.kg_avoided, costs.kg_removed, costs.clean, costs.removal, sale.most, order.training,
        order.wanted, money.wants, money.filled, plan.spend, plan.plan.middle, plan.desired, found, bound,
    )  # fmt: skip
    return StepNotes(*numbers, Bounds(**named(BOUND, bound)), NotedColumns(**named(NOTED, found)))


def _memory(
    world: World, ledger: Ledger, lives: Lives, notes: StepNotes, reports: Reports, time: float
) -> Memory:  # fmt: skip
    """The frontier, the best model of those that release theirs, the largest run and the carbon, up to ``time``."""
    memory, acts, actors = world.memory, ledger.acts, lives.actors
    lowest = float(actors.error[notes.best])
    leads = lowest < memory.frontier.errors[-1]
    return Memory(
        frontier=memory.frontier.add(time, lowest),
        frontier_knowledge=float(actors.knowledge[notes.best]) if leads else memory.frontier_knowledge,
        released=memory.released.add(time, notes.given),
        dutiful=acts.dutiful,
        duty_error=acts.duty_error,
        largest=memory.largest.add(time, notes.largest),
        years=_years(world, ledger, lives),
        reports=reports,
        public_knowledge=ledger.ideas.public,
        emitted=memory.emitted + notes.emitted * world.clock.dt,
    )


def _years(world: World, ledger: Ledger, lives: Lives) -> Years:
    """Emissions and compute by calendar year, this step included."""
    clock, sale = world.clock, ledger.sale
    years = world.memory.years.after(sale.emissions, sale.training, sale.serving, clock.dt)
    return years.closed(clock.year, world.groups.starts, lives.new) if clock.ends_year else years


@loop
def _noted(
    error: Array, releases: Mask, alive: Mask, run: Array, emissions: Table, embodied: Array, means: Array,
    sponsored: Array, public: Array, bought: Array, taxed: Array, emission_permits: Array, sales: Array, demand: Array,
    kwh_clean: Array, kg_avoided: Array, kg_removed: Array, clean: Array, removal: Array, most: Array, training: Array,
    wanted: Array, wants: Array, filled: Array, spend: Array, plan: Array, desired: Array, found: Block, bound: Marks,
) -> tuple[int, float, float, float, float, float]:  # fmt: skip
    """The numbers of ``StepNotes``; what held back each into ``bound``, other columns into ``found``."""
    _bounds(most, bought, training, wanted, means, wants, filled, spend, plan, desired, bound)
    best, given = 0, inf
    for i in range(error.size):
        best = i if error[i] < error[best] else best
        given = min(given, error[i]) if releases[i] and alive[i] else given
    carbon = total(embodied)
    for region in range(emissions.shape[0]):
        carbon += total(emissions[region])
    for i in range(means.size):
        found[NOTED.means, i] = means[i] + sponsored[i] + public[i]
        found[NOTED.carbon_taxed, i] = bought[i] * taxed[i] + emission_permits[i]
    for i in range(means.size):
        found[NOTED.clean, i] = bought[i] * kwh_clean[i]
        found[NOTED.avoided, i] = bought[i] * kg_avoided[i]
        found[NOTED.removed, i] = bought[i] * kg_removed[i]
        found[NOTED.abatement, i] = bought[i] * (clean[i] + removal[i])
    return best, given, highest(run), carbon, total(sales), total(demand)


@inner
def _bounds(
    most: Array, bought: Array, training: Array, wanted: Array, means: Array, wants: Array, filled: Array, spend: Array,
    plan: Array, desired: Array, bound: Marks,
) -> None:  # fmt: skip
    """What held back each actor's spending: carbon, else a ceiling, else its means, else the ramp of its plan."""
    for i in range(most.size):
        carbon = bought[i] >= most[i] * (1.0 - AT_LIMIT)
        ceiling = not carbon and training[i] < wanted[i]
        short = means[i] <= wants[i] and filled[i] == 0.0
        poor = not carbon and not ceiling and short and spend[i] >= means[i]
        bound[BOUND.bound_by_carbon, i] = carbon and bought[i] > 0.0
        bound[BOUND.bound_by_ceiling, i] = ceiling
        bound[BOUND.bound_by_means, i] = poor
        bound[BOUND.bound_by_ramp, i] = not carbon and not ceiling and not poor and plan[i] < desired[i]


def _permit_prices(sale: Sale) -> tuple[float, float, float]:
    """The price of emission permits [USD/kgCO2e]: where there are several markets, its mean by emissions covered, and
    the highest and the lowest of them."""
    prices = sale.permit_prices.tolist()
    if len(prices) == 1:
        return prices[0], prices[0], prices[0]
    used = total(sale.permits_used)
    return total(sale.permit_sales) / used if used > 0.0 else 0.0, max(prices), min(prices)


def _at_bounds(ledger: Ledger) -> tuple[float, float]:
    """Whether permits of any cap cost the highest price that it allows, and the lowest above nothing: 1 or 0."""
    prices, levers = ledger.sale.permit_prices, ledger.acts.levers
    dearest = (levers.carbon_ceiling < inf) & (prices >= levers.carbon_ceiling * (1.0 - AT_LIMIT))
    cheapest = (levers.carbon_floor > 0.0) & (prices <= levers.carbon_floor * (1.0 + AT_LIMIT))
    return float(dearest.any()), float(cheapest.any())


def _record(
    world: World, ledger: Ledger, lives: Lives, revenue: Array, noted: tuple[StepNotes, Array], after: World
) -> Step:
    """What happened in the step; the state in it is that of its end, ``after``. Beside the notes stand the runs that
    became known, (n,)."""
    notes, counts = noted
    money, costs, sale, use, clock = ledger.money, ledger.costs, ledger.sale, ledger.use, world.clock
    clearing, actors, books = sale.clearing, after.actors, lives.books
    given_away = max(money.sold - notes.demanded, 0.0)  # by released models
    mean_price, highest_price, lowest_price = _permit_prices(sale)
    at_highest, at_lowest = _at_bounds(ledger)
    return Step(
        time=clock.time, dt=clock.dt, alive=actors.alive, compute=sale.training,
        inference=sale.serving, run=ledger.runs.run, paid=sale.paid_training, paid_inference=sale.paid_serving,
        research=use.research, sponsored=use.sponsored, public=use.public, **notes.columns._asdict(),
        **notes.bounds._asdict(), bound_by_power=sale.by_power, unit_cost=sale.training_price, energy=sale.energy,
        emissions=sale.emissions, embodied=sale.embodied, licensed=sale.compute_permits, sales=use.sales,
        carbon_per_flop=costs.kg_total, embodied_per_flop=costs.kg_embodied, error=actors.error, access=after.access,
        knowledge=ledger.ideas.knowledge, public_knowledge=after.memory.public_knowledge,
        frontier_knowledge=after.memory.frontier_knowledge, market=notes.sold + given_away,
        rent=clearing.rent, rented=clearing.rented, permit_price=mean_price, permit_price_highest=highest_price,
        permit_price_lowest=lowest_price, at_highest_price=at_highest, at_lowest_price=at_lowest,
        license_price=clearing.license_price, outcome=clearing.outcome, capacity=sale.capacity.middle,
        outside=clearing.outside, damage=moment(world.scenario, clock).social_cost,
        failed=lives.failed, acquired=lives.acquired, founded=lives.new.size, flows=books.flows,
        received=books.received, spent=books.spent, cash_change=lives.cash_change, revenue_by_use=revenue,
        unspent=treasury.unspent(ledger.acts.levers, ledger.order.public, use.public), reports=counts,
        known_run=after.memory.reports.largest, sent_on=sale.sent_on,
    )  # fmt: skip
