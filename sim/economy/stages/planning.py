"""3 plan: how much to spend, how much of it on research, and on compute of others."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask, Rows, Through, part
from sim.compiled import equation, loop
from sim.economy.ledger import Acts, Money, Plan
from sim.economy.moment import pace
from sim.economy.state import World
from sim.mathematics import power, total
from sim.mechanisms import knowledge, planning, product, research
from sim.scenario import Scenario


def plan(world: World, acts: Acts, money: Money) -> Plan:
    """Desired spending within means, reached at a bounded ramp; the share of research; what sponsors give."""
    scenario, actors, dt = world.scenario, world.actors, world.clock.dt
    found, target = np.empty((11, world.groups.size)), actors.research_share
    serving = scenario.product.inference_share * world.on.inference
    _spending(world.groups.starts, world.fixed.traits.ramp, actors.plan, money.wants, money.means, money.funds.demand,
              serving, dt, found)  # fmt: skip
    if world.on.research_choice:
        target = _research_target(world, acts, found)
    _approach(actors.research_share, target, *pace(scenario).research, found)
    given, got = _sponsored(world, found)
    return Plan(
        desired=found[0],
        plan=Through(found[1], found[2]),
        spend=found[3],
        research_share=Through(found[5], found[6]),
        given=given,
        got=got,
        serving=found[4],
    )


@loop
def _spending(
    starts: Rows, ramp: Array, plan: Array, wants: Array, means: Array, demand: Array, serving: float, dt: float,
    found: Block,
) -> None:  # fmt: skip
    """Desired spending, plans at mid-step and at its end, spending, and money to serve customers into rows 0 to 4."""
    for kind in range(starts.size - 1):
        half, whole = power(ramp[starts[kind]], dt / 2), power(ramp[starts[kind]], dt)
        for i in range(starts[kind], starts[kind + 1]):
            desired = min(wants[i], means[i])
            middle = planning.ramped(plan[i], desired, half)
            found[0, i] = desired
            found[1, i] = middle
            found[2, i] = planning.ramped(plan[i], desired, whole)
            found[3, i] = min(middle, means[i])
    for i in range(plan.size):
        found[4, i] = serving * demand[i]


class Choice(NamedTuple):
    """What decides on research, alike for all."""

    rate: float  # growth of own knowledge by research as at the start [1/yr]
    first: float  # USD/yr of research kept secret at the start, on average
    returns: float
    fishing_out: float
    public: float  # knowledge
    payoff: float
    substitution: float


@equation
def _effort(sharing: float, spending: float, first: float) -> float:
    """Research kept secret over that of an average actor at the start; nothing where there was none."""
    return (1.0 - sharing) * spending / first if first > 0.0 else 0.0


@loop
def _own_target(
    sharing: Array, spending: Array, own: Array, elasticity: Array, dearness: Array, on: Choice, found: Block
) -> None:
    """Best share of research for those whose knowledge is their own into row 7; growth of knowledge into row 8."""
    for i in range(own.size):
        found[8, i] = knowledge.progress(on.rate, _effort(sharing[i], spending[i], on.first), on.returns)
    for i in range(own.size):
        found[8, i] = knowledge.hindered(found[8, i], max(own[i], on.public), on.fishing_out)
    for i in range(own.size):
        found[7, i] = research.best_share(found[8, i], elasticity[i], dearness[i], on.payoff, on.substitution)


def _research_target(world: World, acts: Acts, found: Array) -> Array:
    """Best share of research in each actor's spending, from the growth of knowledge at its last research."""
    k, r, fixed, actors = world.scenario.knowledge, world.scenario.research, world.fixed, world.actors
    public, payoff = world.memory.public_knowledge, research.payoff(r.response, r.horizon, k.returns)
    if world.on.private_knowledge:
        on = Choice(
            k.own_rate, fixed.initial_own_research, k.returns, k.fishing_out, public, payoff, r.substitution
        )  # fmt: skip
        _own_target(acts.sharing, actors.research, actors.knowledge, world.elasticity, actors.dearness, on, found)
        return np.asarray(found[7])
    effort = part(total(acts.sharing * actors.research), fixed.initial_research)
    growth = knowledge.hindered(knowledge.progress(k.public_rate, float(effort), k.returns), public, k.fishing_out)
    return best_research_share(world.scenario, world.elasticity, actors.dearness, growth)


def best_research_share(scenario: Scenario, elasticity: Array, dearness: Array, growth: Array | float) -> Array:
    """Best share of research in spending on AI, (n,), when research makes knowledge grow at ``growth`` [1/yr]."""
    r = scenario.research
    payoff = research.payoff(r.response, r.horizon, scenario.knowledge.returns)
    return np.asarray(research.best_share(growth, elasticity, dearness, payoff, r.substitution))


@loop
def _approach(share: Array, target: Array, half: float, whole: float, found: Block) -> None:
    """Shares of research at mid-step and at its end into rows 5 and 6."""
    for i in range(share.size):
        found[5, i] = planning.approached(share[i], target[i], half)
        found[6, i] = planning.approached(share[i], target[i], whole)


def _sponsored(world: World, found: Array) -> tuple[Array, Array]:
    """Compute that corporations pay for labs [USD/yr], (n,) by who pays it and by who gets it."""
    finance, traits, nothing = world.scenario.finance, world.fixed.traits, np.zeros(world.groups.size)
    if not world.on.sponsored_compute or not world.groups.of("academia").size:
        return nothing, nothing
    _give(traits.sponsors, traits.academic, found[3], world.actors.ln_error, finance.sponsored_share,
          finance.sponsor_contest, found)  # fmt: skip
    return found[9], found[10]


@loop
def _give(
    sponsors: Mask, academic: Mask, spend: Array, ln_error: Array, part: float, contest: float, found: Block
) -> None:
    """What sponsors give into row 9, and what labs get, those with low errors more, into row 10."""
    for i in range(spend.size):
        found[9, i] = part * spend[i] if sponsors[i] else 0.0
        found[7, i] = 0.0 if academic[i] else -inf
    product.shares(found[7], ln_error, contest, -inf, found[10:11])
    whole = total(found[9])
    for i in range(spend.size):
        found[10, i] = whole * found[10, i]
