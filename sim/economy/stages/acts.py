"""1 act: policies pull their levers, permits are given away, duties to publish fall due."""

from functools import partial
from math import inf

import numpy as np

from sim.arrays import added
from sim.economy.ledger import Acts
from sim.economy.moment import moment
from sim.economy.stages import publishing, reporting, treasury
from sim.economy.state import World, openly
from sim.mechanisms import market
from sim.policies import Policy
from sim.policies.levers import PullTarget, combined
from sim.policies.view import Before, View
from sim.scenario.policy_checks import no_year_before


def act(world: World) -> Acts:
    """What the policies in force do in the step to come."""
    scenario, traits, memory, last = world.scenario, world.fixed.traits, world.memory, world.markets.permit_prices
    pulls = []
    for policy, target in zip(world.fixed.policies, world.fixed.targets, strict=True):
        view = _view(world, policy, target)
        pulls.append((policy.pull(view), policy.target_at(target, view)))
    levers = combined(pulls, len(scenario.kinds), len(scenario.regions))
    carbon_tax = moment(scenario, world.clock).nothing
    if "carbon_price" in levers.pulled:
        carbon_tax = levers.carbon_price.sum(axis=0)
    budget, sharing, dutiful, duty_error = traits.own_budget, traits.openness, memory.dutiful, memory.duty_error
    if "carbon_budget" in levers.pulled:
        budget = np.minimum(budget, levers.carbon_budget[traits.kind_index])
    if "publishing" in levers.pulled:
        sharing, dutiful, duty_error = publishing.publish(world, levers)
    if memory.reports.recent:
        sharing = np.maximum(sharing, reporting.disclosed(world))
    return Acts(
        levers=levers,
        carbon_tax=carbon_tax,
        budget=budget,
        limited=world.fixed.limited or "carbon_budget" in levers.pulled,
        rights=treasury.given_away(world, levers),
        permits=np.array([last.get(each, 0.0) for each in levers.markets]) if levers.markets else market.NONE,
        sharing=sharing,
        dutiful=dutiful,
        duty_error=duty_error,
        open_error=(
            world.open_error
            if duty_error == memory.duty_error
            else openly(scenario, world.clock.time, memory.released, duty_error)
        ),
    )


def _view(world: World, policy: Policy, target: PullTarget) -> View:
    """What a policy may know."""
    rows, alive, scenario, clock = world.rows(), world.actors.alive, world.scenario, world.clock
    served = int(added(np.count_nonzero(alive[rows[kind][1]]) for kind in target.kinds))
    start, look_back = float(scenario.time.start), partial(_before, world, policy, target)
    price = moment(scenario, clock).hardware_price
    return View(clock.middle, start, look_back, clock.steps_per_year, served, price)


def _before(world: World, policy: Policy, target: PullTarget) -> Before:
    """What those a policy applies to emitted and bought in the calendar year before it began. Raises InputError where
    that is not simulated."""
    began, years = policy.origin, world.memory.years.whole
    of = None if began == -inf else years.get(policy.year_before(began, world.clock.steps_per_year))
    if of is None:
        raise no_year_before(world.scenario, policy, "start", began, f"{policy.id} goes by the use", "leave it out")
    kinds = list(target.kinds)
    compute = added(getattr(of, scope)[kinds].sum() for scope in target.scopes)
    return Before(float(of.emissions[np.ix_(target.regions, target.kinds)].sum()), float(compute))
