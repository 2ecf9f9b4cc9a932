"""3 plan: how much to spend, how much of it on research, and on compute of others."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask, Rows, Through
from sim.compiled import equation, loop
from sim.economy.ledger import Acts, Money, Plan
from sim.economy.moment import pace
from sim.economy.state import World
from sim.mathematics import log, power, total
from sim.mechanisms import knowledge, planning, product, research
from sim.scenario import Scenario


def plan(world: World, acts: Acts, money: Money) -> Plan:
    """Desired spending within means, reached at a bounded ramp; the share of research; what sponsors give."""
    fixed, actors = world.fixed, world.actors
    scenario, traits, found = fixed.scenario, fixed.traits, np.empty((11, actors.plan.size))
    k, r, finance, on = scenario.knowledge, scenario.research, scenario.finance, scenario.mechanisms
    sponsoring = finance.sponsored_share if on.sponsored_compute and traits.academic.any() else 0.0
    rates = pace(scenario).research
    _spending(fixed.groups.starts, traits.ramp, actors.plan, money.wants, money.means, money.funds.demand,
              serving_share(scenario, money.sold), world.clock.dt, found)  # fmt: skip
    if on.research_choice:
        choice = Choice(
            on.private_knowledge, k.own_rate, fixed.initial_own_research, k.public_rate, fixed.initial_research,
            k.returns, k.fishing_out, world.memory.public_knowledge, research.payoff(r.response, r.horizon, k.returns),
            r.substitution,
        )  # fmt: skip
        _target(acts.sharing, actors.research, actors.knowledge, world.elasticity, actors.dearness, choice, found)
    else:
        found[7] = actors.research_share
    _share(actors.research_share, traits.sponsors, traits.academic, traits.standing, actors.ln_error, rates.half,
           rates.whole, sponsoring, finance.sponsor_contest, found)  # fmt: skip
    desired, middle, end, spend, serving, share, later, _, _, given, got = found
    return Plan(
        desired=desired, plan=Through(middle, end), spend=spend, research_share=Through(share, later), given=given,
        got=got, serving=serving,
    )  # fmt: skip


def serving_share(scenario: Scenario, sold: float) -> float:
    """Share of sales spent on compute to serve customers, at a size of the market [USD/yr]."""
    p, on = scenario.product, scenario.mechanisms
    if not on.serving_grows:
        return p.inference_share * on.inference
    share = product.serving_share(p.inference_share, p.serving_start, sold, p.size, p.serving_growth)
    return share * on.inference


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

    own: bool  # whether knowledge is one's own
    own_rate: float  # growth of own knowledge by research as at the start [1/yr]
    own_first: float  # USD/yr of research kept secret at the start, on average
    public_rate: float  # the same of public knowledge
    public_first: float  # USD/yr of research published at the start, by all
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
def _target(
    sharing: Array, spending: Array, own: Array, elasticity: Array, dearness: Array, on: Choice, found: Block
) -> None:
    """Best share of research in each actor's spending into row 7, from the growth of knowledge at its last research;
    row 8 is room for work."""
    growth = found[8]
    if on.own:
        for i in range(own.size):
            growth[i] = knowledge.progress(on.own_rate, _effort(sharing[i], spending[i], on.own_first), on.returns)
        for i in range(own.size):
            growth[i] = knowledge.hindered(growth[i], max(own[i], on.public), on.fishing_out)
    else:
        for i in range(own.size):
            growth[i] = sharing[i] * spending[i]
        effort = total(growth) / on.public_first if on.public_first > 0.0 else 0.0
        made = knowledge.progress(on.public_rate, effort, on.returns)
        growth[:] = knowledge.hindered(made, on.public, on.fishing_out)
    for i in range(own.size):
        found[7, i] = research.best_share(growth[i], elasticity[i], dearness[i], on.payoff, on.substitution)


def best_research_share(scenario: Scenario, elasticity: Array, dearness: Array, growth: Array | float) -> Array:
    """Best share of research in spending on AI, (n,), when research makes knowledge grow at ``growth`` [1/yr]."""
    r = scenario.research
    payoff = research.payoff(r.response, r.horizon, scenario.knowledge.returns)
    return np.asarray(research.best_share(growth, elasticity, dearness, payoff, r.substitution))


@loop
def _share(
    share: Array, sponsors: Mask, academic: Mask, standing: Array, ln_error: Array, half: float, whole: float,
    part: float, contest: float, found: Block,
) -> None:  # fmt: skip
    """Shares of research at mid-step and at its end into rows 5 and 6, on their way to row 7; compute [USD/yr] that
    sponsors pay into row 9, and what labs get, those with low errors and of standing more, into row 10."""
    for i in range(share.size):
        found[5, i] = planning.approached(share[i], found[7, i], half)
        found[6, i] = planning.approached(share[i], found[7, i], whole)
    if part <= 0.0:
        found[9:] = 0.0
        return
    for i in range(share.size):
        found[9, i] = part * found[3, i] if sponsors[i] else 0.0
        found[7, i] = log(standing[i]) if academic[i] else -inf
    product.shares(found[7], ln_error, contest, -inf, found[10:11])
    given = total(found[9])
    for i in range(share.size):
        found[10, i] = given * found[10, i]
