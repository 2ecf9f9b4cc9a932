"""12 close: the next world, and the record of the step, from all that its stages did."""

from dataclasses import replace
from math import inf

import numpy as np

from sim.arrays import Array, Block, Marks, Mask, Table
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.moment import moment
from sim.economy.observe import Step
from sim.economy.parties import Flows
from sim.economy.stages import products, treasury
from sim.economy.stages.startups import Lives
from sim.economy.state import Actors, Markets, Memory, Treasury, World
from sim.mathematics import highest, total

AT_LIMIT = 1e-9  # what a cleared market may take from an actor at its limit, as a share


def close(world: World, ledger: Ledger, lives: Lives) -> tuple[World, Step]:
    """The world after the step, and what happened in it."""
    clock, clearing = world.clock, ledger.sale.clearing
    clock = replace(clock, steps_done=clock.steps_done + 1)
    revenue = treasury.revenue(world, ledger.acts, ledger.sale)
    actors, sold = products.after(world.fixed, lives.actors, ledger.acts.open_error, world.markets.products)
    memory = _memory(world, ledger, actors, clock.time)
    after = World(
        fixed=world.fixed,
        clock=clock,
        actors=actors,
        markets=Markets(
            capacity=ledger.sale.capacity.end,
            products=sold,
            rent=clearing.rent,
            permit_price=clearing.permit_price,
            license_price=clearing.license_price,
            banked=ledger.sale.banked,
        ),
        treasury=_treasury(world, ledger, lives, revenue),
        memory=memory,
    )
    return after, _record(world, ledger, lives, revenue, after)


def _treasury(world: World, ledger: Ledger, lives: Lives, revenue: Array) -> Treasury:
    """Revenue that is not paid out, and all that was paid since the start."""
    dt = world.clock.dt
    earmarked = world.treasury.earmarked + (revenue - ledger.money.paid_out) * dt
    flows = Flows.over([(world.treasury.flows, 1.0), (lives.books.flows, dt)])
    return Treasury(earmarked=earmarked, rights=lives.rights, flows=flows)


def _memory(world: World, ledger: Ledger, actors: Actors, time: float) -> Memory:
    """The frontier, the best model of those that release theirs, the largest run and the carbon, up to ``time``."""
    memory, sale, acts = world.memory, ledger.sale, ledger.acts
    best, given, largest, emitted = _most(
        actors.error, world.fixed.traits.releases, actors.alive, ledger.runs.run, sale.emissions, sale.embodied
    )
    lowest = float(actors.error[best])
    leads = lowest < memory.frontier.errors[-1]
    return Memory(
        frontier=memory.frontier.add(time, lowest),
        frontier_knowledge=float(actors.knowledge[best]) if leads else memory.frontier_knowledge,
        released=memory.released.add(time, given),
        dutiful=acts.dutiful,
        duty_error=acts.duty_error,
        largest=memory.largest.add(time, largest),
        before=acts.before,
        public_knowledge=ledger.ideas.public,
        emitted=memory.emitted + emitted * world.clock.dt,
    )


@loop
def _most(
    error: Array, releases: Mask, alive: Mask, run: Array, emissions: Table, embodied: Array
) -> tuple[int, float, float, float]:
    """The first row with the lowest error, the lowest error of those alive who release, the largest run, all carbon."""
    best, given = 0, inf
    for i in range(error.size):
        if error[i] < error[best]:
            best = i
        if releases[i] and alive[i]:
            given = min(given, error[i])
    carbon = total(embodied)
    for region in range(emissions.shape[0]):
        carbon += total(emissions[region])
    return best, given, highest(run), carbon


@loop
def _bounds(
    most: Array, bought: Array, training: Array, wanted: Array, means: Array, wants: Array, spend: Array, plan: Array,
    desired: Array, bound: Marks,
) -> None:  # fmt: skip
    """What held back each actor's spending: carbon, else a ceiling, else its means, else the ramp of its plan."""
    for i in range(most.size):
        carbon = bought[i] >= most[i] * (1.0 - AT_LIMIT)
        ceiling = not carbon and training[i] < wanted[i]
        poor = not carbon and not ceiling and means[i] <= wants[i] and spend[i] >= means[i]
        bound[0, i] = carbon and bought[i] > 0.0
        bound[1, i] = ceiling
        bound[2, i] = poor
        bound[3, i] = not carbon and not ceiling and not poor and plan[i] < desired[i]


@loop
def _had(
    means: Array, sponsored: Array, public: Array, bought: Array, taxed: Array, permits: Array, error: Array,
    open_error: float, found: Block,
) -> None:  # fmt: skip
    """Means with what others pay, what is paid for carbon under policies, and the best error at hand into ``found``."""
    for i in range(means.size):
        found[0, i] = means[i] + sponsored[i] + public[i]
        found[1, i] = bought[i] * taxed[i] + permits[i]
        found[2, i] = min(error[i], open_error)


def _record(world: World, ledger: Ledger, lives: Lives, revenue: Array, after: World) -> Step:
    """What happened in the step; the state in it is that of its end, ``after``."""
    money, costs, sale, use, n = ledger.money, ledger.costs, ledger.sale, ledger.use, world.groups.size
    plan, order, bound, found = ledger.plan, ledger.order, np.empty((4, n), dtype=bool), np.empty((3, n))
    _bounds(order.most, sale.bought, order.training, order.wanted, money.means, money.wants, plan.spend,
            plan.plan.middle, plan.desired, bound)  # fmt: skip
    _had(money.means, use.sponsored, use.public, sale.bought, costs.taxed, sale.emission_permits, after.actors.error,
         after.open_error, found)  # fmt: skip
    by_carbon, by_ceiling, by_means, by_ramp = bound
    means, carbon_taxed, access = found
    given_away = max(money.sold - total(money.funds.demand), 0.0)  # by released models
    return Step(
        time=world.clock.time, dt=world.clock.dt, alive=after.actors.alive, compute=sale.training,
        inference=sale.serving, run=ledger.runs.run, paid=sale.paid_training, paid_inference=sale.paid_serving,
        research=use.research, sponsored=use.sponsored, public=use.public, means=means, bound_by_means=by_means,
        bound_by_carbon=by_carbon, bound_by_ramp=by_ramp, bound_by_ceiling=by_ceiling, unit_cost=sale.price,
        energy=sale.energy, emissions=sale.emissions, embodied=sale.embodied, carbon_taxed=carbon_taxed,
        licensed=sale.compute_permits, sales=use.sales, carbon_per_flop=costs.kg_total,
        embodied_per_flop=costs.kg_embodied, error=after.actors.error, access=access, knowledge=ledger.ideas.knowledge,
        public_knowledge=after.memory.public_knowledge, frontier_knowledge=after.memory.frontier_knowledge,
        market=total(use.sales) + given_away, rent=sale.clearing.rent, permit_price=sale.clearing.permit_price,
        license_price=sale.clearing.license_price, outcome=sale.clearing.outcome, capacity=sale.capacity.middle,
        outside=sale.clearing.outside, damage=moment(world.scenario, world.clock).social_cost,
        failed=lives.failed, acquired=lives.acquired, founded=lives.founded, flows=lives.books.flows,
        received=lives.books.received, spent=lives.books.spent, cash_change=lives.cash_change, revenue_by_use=revenue,
    )  # fmt: skip
