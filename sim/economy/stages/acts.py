"""1 act: policies pull their levers, permits are given away, duties to publish fall due."""

from dataclasses import replace

import numpy as np

from sim.economy.ledger import Acts
from sim.economy.stages import publishing, treasury
from sim.economy.state import World, openly
from sim.policies.levers import Target, combined
from sim.policies.view import Before, View


def act(world: World) -> Acts:
    """What the policies in force do in the step to come."""
    scenario, traits = world.scenario, world.fixed.traits
    view, before = View(world.clock.middle, float(scenario.time.start)), dict(world.memory.before)
    kinds, regions = {kind.id: kind.sector for kind in scenario.kinds}, scenario.region_ids
    pulls = []
    for policy in world.fixed.policies:
        target = policy.target(kinds, regions)
        began = policy.name, policy.origin  # the same for an entry that continues another
        if began not in before and policy.start <= view.time:
            before[began] = _before(world, target)
        pulls.append((policy.pull(replace(view, before=before.get(began, Before(0.0, 0.0)))), target))
    levers = combined(pulls, len(kinds), len(regions))
    sharing, dutiful, duty_error = publishing.publish(world, levers)
    return Acts(
        levers=levers,
        kg_taxed=world.groups.by_region(levers.carbon_price.sum(axis=0)),
        budget=np.minimum(traits.own_budget, levers.carbon_budget[traits.kind_index]),
        rights=treasury.given_away(world, levers),
        sharing=sharing,
        dutiful=dutiful,
        duty_error=duty_error,
        open_error=openly(scenario, world.clock.time, world.memory.released, duty_error),
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
