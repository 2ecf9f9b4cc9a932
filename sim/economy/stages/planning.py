"""3 plan: how much to spend, how much of it on research, and on compute of others."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask, Rows, Table, Through, named, rows_of
from sim.compiled import equation, inner, loop
from sim.economy.ledger import Acts, Money, Plan
from sim.economy.moment import pace, settled
from sim.economy.state import World
from sim.mathematics import fill, power, total
from sim.mechanisms import knowledge, planning, product, research
from sim.scenario import Scenario

PLANNED = rows_of(Plan, "desired", "spend", "given", "got", "serving", "private")
PLAN, SHARE = range(2)  # what goes on through the step: plans, and shares of research


def plan(world: World, acts: Acts, money: Money) -> Plan:
    """Desired spending within means, reached at a bounded ramp; the share of research; what sponsors give."""
    fixed, actors = world.fixed, world.actors
    spending, own = actors.research, actors.knowledge
    traits, found = fixed.traits, np.empty((len(PLANNED), actors.plan.size))
    middle, end = (np.empty((2, actors.plan.size)) for _ in range(2))
    _plan(
        fixed.groups.starts, _ramps(fixed.scenario), actors.plan, money.wants, money.means, money.funds.demand,
        acts.sharing, spending, own, world.against_ideas, actors.dearness, actors.research_share,
        traits.sponsors, traits.academic, actors.alive, traits.ln_standing, world.ln_loss, fixed.initial_own_research,
        fixed.initial_research, world.memory.public_knowledge, money.sold, _choice(fixed.scenario), found, middle, end,
    )  # fmt: skip
    plans, shares = map(Through, middle, end)
    return Plan(**named(PLANNED, found), plan=plans, research_share=shares)


class Spending(NamedTuple):
    """What decides on spending, alike for all."""

    serving: float  # money to serve customers, over their demand, once products are adopted
    first: float  # and at the start
    size: float  # USD/yr of the market at the start
    adopted: float  # powers by which the gap between the two falls per power of the market's growth
    chosen: bool  # whether research is chosen, or its share stays
    own: bool  # whether knowledge is one's own
    own_rate: float  # growth of own knowledge by research as at the start [1/yr]
    public_rate: float  # the same of public knowledge
    returns: float
    fishing_out: float
    payoff: float
    substitution: float
    half: float  # part of the gap to the best share of research that closes by mid-step
    whole: float  # and by the end of the step
    sponsored: float  # part of spending that sponsors give
    contest: float  # power of accuracy in what labs get of it


@settled
def _choice(scenario: Scenario) -> Spending:
    k, r, finance, on = scenario.knowledge, scenario.research, scenario.finance, scenario.mechanisms
    p = scenario.product
    first = p.serving_start if on.serving_grows else p.inference_share
    return Spending(
        p.inference_share * on.inference, first * on.inference, p.size, p.serving_growth,
        on.research_choice, on.private_knowledge, k.own_rate, k.public_rate, k.returns, k.fishing_out,
        research.payoff(r.response, r.horizon, k.returns), r.substitution,
        *pace(scenario).research, finance.sponsored_share if on.sponsored_compute else 0.0, finance.sponsor_contest,
    )  # fmt: skip


@settled
def _ramps(scenario: Scenario) -> Array:
    """The factor by which plans of each kind can grow in half a step and in a whole one, (kinds, 2)."""
    dt = 1.0 / scenario.time.steps_per_year
    return np.array([[power(kind.ramp, dt / 2), power(kind.ramp, dt)] for kind in scenario.kinds])


@loop
def _plan(
    starts: Rows, ramps: Table, plan: Array, wants: Array, means: Array, demand: Array, sharing: Array, spending: Array,
    own: Array, against_ideas: Array, dearness: Array, research_share: Array, sponsors: Mask, academic: Mask,
    alive: Mask, ln_standing: Array, ln_loss: Array, initial_own_research: float, initial_research: float,
    public_knowledge: float, sold: float, on: Spending, found: Block, middle: Block, end: Block,
) -> None:  # fmt: skip
    """Columns of ``Plan`` into ``found``; plans and shares of research in the middle and at the end of the step, with
    which the world goes on. Research was kept secret for ``initial_own_research`` USD/yr at the start, on
    average, and published for ``initial_research``, by all."""
    work = np.empty((1, research_share.size))
    serving = product.serving_share(on.serving, on.first, sold, on.size, on.adopted)
    _spending(starts, ramps, plan, wants, means, demand, serving, found, middle, end)
    if on.chosen:
        best = work[0]
        _target(sharing, spending, own, against_ideas, dearness, initial_own_research, initial_research,
                public_knowledge, on, best)  # fmt: skip
        for i in range(research_share.size):
            middle[SHARE, i] = planning.approached(research_share[i], best[i], on.half)
            end[SHARE, i] = planning.approached(research_share[i], best[i], on.whole)
    else:
        for i in range(research_share.size):
            middle[SHARE, i] = end[SHARE, i] = research_share[i]
    _sponsored(sponsors, academic, alive, ln_standing, ln_loss, on.sponsored, on.contest, work[0], found)
    for i in range(research_share.size):
        kept = found[PLANNED.spend, i] - found[PLANNED.given, i]
        found[PLANNED.private, i] = (1.0 - middle[SHARE, i]) * kept + found[PLANNED.got, i]


@inner
def _spending(
    starts: Rows, ramps: Table, plan: Array, wants: Array, means: Array, demand: Array, serving: float, found: Block,
    middle: Block, end: Block,
) -> None:  # fmt: skip
    """Desired spending, spending, and money to serve customers into ``found``; plans into ``middle`` and ``end``."""
    for kind in range(starts.size - 1):
        half, whole = ramps[kind, 0], ramps[kind, 1]
        for i in range(starts[kind], starts[kind + 1]):
            found[PLANNED.desired, i] = min(wants[i], means[i])
        for i in range(starts[kind], starts[kind + 1]):
            middle[PLAN, i] = planning.ramped(plan[i], found[PLANNED.desired, i], half)
            end[PLAN, i] = planning.ramped(plan[i], found[PLANNED.desired, i], whole)
    for i in range(plan.size):
        found[PLANNED.spend, i] = min(middle[PLAN, i], means[i])
        found[PLANNED.serving, i] = serving * demand[i]


@equation
def _effort(sharing: float, spending: float, first: float) -> float:
    """Research kept secret over that of an average actor at the start; nothing where there was none."""
    return (1.0 - sharing) * spending / first if first > 0.0 else 0.0


@inner
def _target(
    sharing: Array, spending: Array, own: Array, against_ideas: Array, dearness: Array, initial_own_research: float,
    initial_research: float, public_knowledge: float, on: Spending, best: Array,
) -> None:  # fmt: skip
    """Best share of research in each actor's spending into ``best``, from the growth of knowledge at its last
    research."""
    growth, rate = np.empty(own.size), on.own_rate if on.own else on.public_rate
    if on.own:
        for i in range(own.size):
            growth[i] = _effort(sharing[i], spending[i], initial_own_research)
    else:
        for i in range(own.size):
            growth[i] = sharing[i] * spending[i]
        fill(growth, total(growth) / initial_research if initial_research > 0.0 else 0.0)
    for i in range(own.size):
        growth[i] = knowledge.progress(rate, growth[i], on.returns)
    for i in range(own.size):
        at = max(own[i], public_knowledge) if on.own else public_knowledge
        growth[i] = knowledge.hindered(growth[i], at, on.fishing_out)
    for i in range(own.size):
        best[i] = research.best_share(growth[i], against_ideas[i], dearness[i], on.payoff, on.substitution)


def best_research_share(scenario: Scenario, elasticity: Array, dearness: Array, growth: Array | float) -> Array:
    """Best share of research in spending on AI, (n,), when research makes knowledge grow at ``growth`` [1/yr]."""
    r = scenario.research
    payoff = research.payoff(r.response, r.horizon, scenario.knowledge.returns)
    return np.asarray(research.best_share(growth, elasticity, dearness, payoff, r.substitution))


@inner
def _sponsored(
    sponsors: Mask, academic: Mask, alive: Mask, ln_standing: Array, ln_loss: Array, sponsored: float, contest: float,
    work: Array, found: Block,
) -> None:  # fmt: skip
    """Compute [USD/yr] that sponsors pay, and what labs get, those of standing with low losses more, into ``found``;
    ``work`` is room for it."""
    labs = 0
    for i in range(academic.size):
        found[PLANNED.given, i] = found[PLANNED.got, i] = 0.0
        labs += academic[i] and alive[i]
    if sponsored <= 0.0 or not labs:
        return
    for i in range(academic.size):
        found[PLANNED.given, i] = sponsored * found[PLANNED.spend, i] if sponsors[i] else 0.0
        work[i] = ln_standing[i] if academic[i] and alive[i] else -inf
    product.shares(work, ln_loss, contest, -inf, found[PLANNED.got : PLANNED.got + 1])
    given = total(found[PLANNED.given])
    for i in range(academic.size):
        found[PLANNED.got, i] = given * found[PLANNED.got, i]
