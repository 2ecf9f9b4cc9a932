"""3 plan: how much to spend, how much of it on research, and on compute of others."""

import numpy as np

from sim.arrays import Array, part, through
from sim.economy.ledger import Acts, Money, Plan
from sim.economy.state import World
from sim.mechanisms import knowledge, planning, product, research
from sim.scenario import Scenario


def plan(world: World, acts: Acts, money: Money) -> Plan:
    """Desired spending within means, reached at a bounded ramp; the share of research; what sponsors give."""
    scenario, actors, dt = world.scenario, world.actors, world.clock.dt
    desired = np.minimum(money.wants, money.means)
    planned = through(lambda years: planning.ramped(actors.plan, desired, world.fixed.traits.ramp, years), dt)
    spend = np.minimum(planned.middle, money.means)
    target = _research_target(world, acts) if world.on.research_choice else actors.research_share
    speed = scenario.research.adjustment
    share = through(lambda years: planning.approached(actors.research_share, target, speed, years), dt)
    given, got = _sponsored(world, spend)
    serving = scenario.product.inference_share * money.funds.demand * world.on.inference
    return Plan(desired=desired, plan=planned, spend=spend, research_share=share, given=given, got=got, serving=serving)


def best_research_share(scenario: Scenario, elasticity: Array, dearness: Array, growth: Array) -> Array:
    """Best share of research in spending on AI, (n,), when research makes knowledge grow at ``growth`` [1/yr]."""
    r = scenario.research
    worth = research.Worth(r.response, r.horizon, scenario.knowledge.returns, r.substitution)
    return research.best_share(growth, elasticity, dearness, worth)


def _research_target(world: World, acts: Acts) -> Array:
    """Best share of research in each actor's spending, from the growth of knowledge at its last research."""
    k, actors, public = world.scenario.knowledge, world.actors, world.memory.public_knowledge
    if world.on.private_knowledge:
        effort = part((1.0 - acts.sharing) * actors.research, world.fixed.initial_own_research)
        growth = knowledge.progress(k.own_rate, effort, k.returns) * np.exp(
            -k.fishing_out * np.maximum(actors.knowledge, public)
        )
    else:
        effort = part((acts.sharing * actors.research).sum(), world.fixed.initial_research)
        growth = knowledge.progress(k.public_rate, effort, k.returns) * np.exp(-k.fishing_out * public)
    elasticity = world.fixed.law.elasticity(actors.error)
    return best_research_share(world.scenario, elasticity, actors.dearness, np.broadcast_to(growth, actors.plan.shape))


def _sponsored(world: World, spend: Array) -> tuple[Array, Array]:
    """Compute that corporations pay for labs [USD/yr], (n,) by who pays it and by who gets it."""
    finance, labs = world.scenario.finance, np.flatnonzero(world.fixed.traits.academic)
    given, got = np.zeros_like(spend), np.zeros_like(spend)
    if world.on.sponsored_compute and labs.size:
        given = finance.sponsored_share * spend * world.fixed.traits.sponsors
        appeal = product.attraction(np.ones(labs.size), world.actors.error[labs], finance.sponsor_contest)
        got[labs] = given.sum() * appeal
    return given, got
