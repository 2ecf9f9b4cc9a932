"""2 earn: the money there is, and what actors want to spend on training and research."""

from math import inf
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from sim.actors import Economy, Funds
from sim.arrays import Array, Block, Mask, Rows
from sim.compiled import loop
from sim.economy.ledger import Acts, Money
from sim.economy.moment import moment, pace
from sim.economy.stages import treasury
from sim.economy.stages.products import Demand, Outlook, demanded
from sim.economy.state import Contest, World, sell
from sim.mechanisms import expectations, funding, planning, product
from sim.policies.levers import ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH, EQUAL_DIVIDEND, USES


def earn(world: World, acts: Acts) -> Money:
    """Means arrive, and every kind's rules say what it wants and can spend."""
    scenario, dt = world.scenario, world.clock.dt
    paid_out = treasury.paid_out(world)
    sold, funds = _funds(world, acts, paid_out)
    found = _by_rules(world, funds, Economy(sold / scenario.product.size, dt))
    if world.on.expectations:
        venture = np.empty((1, world.groups.size))
        _raised(funds.venture, funds.offered, found, venture)
        funds = funds._replace(venture=venture[0])
    means, wants = found
    return Money(sold=sold, paid_out=paid_out, funds=funds, means=means, wants=wants)


def _by_rules(world: World, funds: Funds, economy: Economy) -> Array:
    """What every kind's rules say of its rows: means and wants, (2, n) USD/yr; nothing for the dead."""
    found = np.empty((2, world.groups.size))
    means, wants = found
    for kind, rows in world.rows():
        own = Funds._make(map(itemgetter(rows), funds))
        means[rows], wants[rows] = kind.means(own, economy), kind.wants(own, economy)
    return np.multiply(found, world.actors.alive, out=found)


class Sums(NamedTuple):
    """What there is for all."""

    venture: float  # share of the market that investors set aside
    steadily: float  # share of it that comes in all the time
    accuracy: float  # power of accuracy in the contest for it
    dividend: float  # USD/yr for all together
    academic: float  # USD/yr for all labs together: for compute
    research: float  # and for research
    margin: float  # of sales
    weight: float  # of future sales
    horizon: float  # yr over which a market that is expected to grow is looked at; 0 where nobody looks ahead
    financed: float  # part of the margin that is expected above today's


def _funds(world: World, acts: Acts, paid_out: Array) -> tuple[float, Funds]:
    """The market at mid-step [USD/yr], and the money each actor has and earns, by columns of (n,)."""
    scenario, traits, actors, ahead = world.scenario, world.fixed.traits, world.actors, world.scenario.expectations
    p, finance, growth = scenario.product, scenario.finance, moment(scenario, world.clock).income_growth
    allowances, found = treasury.allowances(world, acts.rights, paid_out), np.empty((12, world.groups.size))
    money = Sums(
        finance.venture_share, float(not world.on.funding_rounds), finance.venture_contest,
        paid_out[USES.index(EQUAL_DIVIDEND)], paid_out[USES.index(ACADEMIC_COMPUTE)],
        paid_out[USES.index(EFFICIENCY_RESEARCH)], p.margin, p.weight, ahead.horizon * world.on.expectations,
        ahead.financed,
    )  # fmt: skip
    market = Demand.of(scenario, world.markets.products, pace(scenario).adoption.half)
    sold = _earned(
        world.groups.starts, growth, traits.start_income, actors.ln_error, actors.ln_reach, actors.served,
        world.elasticity, actors.alive, traits.raises, traits.academic, allowances,
        Contest.of(scenario, acts.open_error), market, Outlook.of(world), money, found,
    )  # fmt: skip
    income, demand, sales, margin, venture, promised, dividend, academic, research, contest, _, offered = found
    return sold, Funds(
        start_plan=traits.start_plan, income=income, cash=actors.cash, demand=demand, sales=sales, margin=margin,
        venture=venture, promised=promised, dividend=dividend, allowances=allowances, academic=academic,
        public_research=research, offered=offered, contest=contest,
    )  # fmt: skip


@loop
def _earned(
    starts: Rows, growth: Array, first: Array, ln_error: Array, ln_reach: Array, served: Array, elasticity: Array,
    alive: Mask, raises: Mask, academic: Mask, allowances: Array, contest: Contest, market: Demand,
    outlook: Outlook, money: Sums, found: Block,
) -> float:  # fmt: skip
    """Columns of ``Funds`` into ``found``, in the order of ``_funds``; the market at mid-step [USD/yr]."""
    sold = demanded(sell(alive, ln_error, ln_reach, contest, found[9:]), market)
    ln_access, share, work, promised = found[9], found[10], found[11], found[5]
    for i in range(alive.size):
        work[i] = ln_reach[i] if raises[i] and alive[i] else -inf
    product.shares(work, ln_access, money.accuracy, -inf, found[5:6])  # in investors' money
    living, labs = 0, 0
    for i in range(alive.size):
        living += alive[i]
        labs += academic[i]
    each, lab, research = money.dividend / max(living, 1), money.academic / max(labs, 1), money.research / max(labs, 1)
    for kind in range(growth.size):
        grown = growth[kind]
        for i in range(starts[kind], starts[kind + 1]):
            found[0, i] = first[i] * grown
    grows = expectations.expected(outlook.growth, market.now, sold, outlook.years, outlook.closed, outlook.most)
    ahead = expectations.ahead(grows, money.horizon)
    venture = money.venture * sold * ahead
    for i in range(alive.size):
        demand = share[i] * sold
        sales = demand * served[i]
        found[1, i] = demand
        found[2, i] = sales
        found[3, i] = money.margin * sales
        promised[i] = venture * promised[i]
        found[4, i] = promised[i] * money.steadily
    for i in range(alive.size):
        found[6, i] = (each if alive[i] else 0.0) + allowances[i]
        found[7, i] = lab if academic[i] else 0.0
        found[8, i] = research if academic[i] else 0.0
    for i in range(alive.size):
        found[9, i] = served[i] * planning.contest_value(
            share[i], elasticity[i], sold * ahead, money.margin, contest.steepness, money.weight
        )
    for i in range(alive.size):
        work[i] = 0.0 if raises[i] else funding.offered(found[3, i], ahead, money.financed)
    return sold


@loop
def _raised(venture: Array, offered: Array, rules: Block, found: Block) -> None:
    """Investors' money with what makes up for means that fall short, into row 0; added to means, row 0 of ``rules``
    (means, wants)."""
    for i in range(venture.size):
        more = funding.raised(rules[1, i], rules[0, i], offered[i])
        found[0, i] = venture[i] + more
        rules[0, i] += more
