"""1 act: policies pull their levers, permits are given away, duties to publish fall due."""

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
    rows = [rows for i, (_, rows) in enumerate(world.rows()) if i in target.kinds] if policy.amounts else []
    return View(
        world.clock.middle,
        float(world.scenario.time.start),
        _before(world, policy, target),
        world.clock.steps_per_year,
        int(added(np.count_nonzero(world.actors.alive[of_kind]) for of_kind in rows)),
    )


def _before(world: World, policy: Policy, target: PullTarget) -> Before:
    """What those a policy applies to emitted and bought in the calendar year before it began."""
    if not policy.goes_by_the_year_before or policy.origin == -inf:
        return Before(0.0, 0.0)
    of = world.memory.years.whole.get(policy.year_before(policy.origin, world.clock.steps_per_year))
    if of is None:
        return Before(0.0, 0.0)
    kinds = list(target.kinds)
    compute = added(getattr(of, scope)[kinds].sum() for scope in target.scopes)
    return Before(float(of.emissions[np.ix_(target.regions, target.kinds)].sum()), float(compute))
