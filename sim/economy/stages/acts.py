"""1 act: policies pull their levers, permits are given away, duties to publish fall due."""

from dataclasses import replace

import numpy as np

from sim.economy.ledger import Acts
from sim.economy.moment import moment
from sim.economy.stages import publishing, treasury
from sim.economy.state import World, openly
from sim.policies.levers import Target, combined
from sim.policies.view import Before, View


def act(world: World) -> Acts:
    """What the policies in force do in the step to come."""
    scenario, traits, memory = world.scenario, world.fixed.traits, world.memory
    view, before = View(world.clock.middle, float(scenario.time.start)), dict(memory.before)
    pulls = []
    for policy, target in zip(world.fixed.policies, world.fixed.targets, strict=True):
        began = policy.name, policy.origin  # the same for an entry that continues another
        if began not in before and policy.start <= view.time:
            before[began] = _before(world, target)
        pulls.append((policy.pull(replace(view, before=before.get(began, Before(0.0, 0.0)))), target))
    levers = combined(pulls, len(scenario.kinds), len(scenario.regions))
    kg_taxed = moment(scenario, world.clock).nothing
    if "carbon_price" in levers.pulled:
        kg_taxed = levers.carbon_price.sum(axis=0)
    budget, sharing, dutiful, duty_error = traits.own_budget, traits.openness, memory.dutiful, memory.duty_error
    if "carbon_budget" in levers.pulled:
        budget = np.minimum(budget, levers.carbon_budget[traits.kind_index])
    if "publishing" in levers.pulled:
        sharing, dutiful, duty_error = publishing.publish(world, levers)
    return Acts(
        levers=levers,
        kg_taxed=kg_taxed,
        budget=budget,
        rights=treasury.given_away(world, levers),
        sharing=sharing,
        dutiful=dutiful,
        duty_error=duty_error,
        open_error=openly(scenario, world.clock.time, memory.released, duty_error),
        before=before,
    )


def _before(world: World, target: Target) -> Before:
    """How things are just before a policy begins, of those it applies to."""
    covered = np.zeros((len(world.scenario.regions), len(world.scenario.kinds)))
    covered[np.ix_(target.regions, target.kinds)] = 1.0
    compute = world.actors.volume if len(target.scopes) > 1 else world.actors.trained
    return Before(
        float((world.actors.past_emissions * world.groups.per_actor(covered)).sum()),
        float((compute * world.groups.per_actor(covered.max(axis=0))).sum()),
    )
