"""2 earn: the money there is, and what actors want to spend on training and research."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.actors import Economy, Funds
from sim.arrays import Array, Block, Mask, Rows
from sim.compiled import loop
from sim.economy.ledger import Acts, Money
from sim.economy.moment import moment, pace
from sim.economy.stages import products, treasury
from sim.economy.state import Sellers, World
from sim.mechanisms import planning, product
from sim.policies.levers import ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH, EQUAL_DIVIDEND, USES


def earn(world: World, acts: Acts) -> Money:
    """Means arrive, and every kind's rules say what it wants and can spend."""
    scenario, dt = world.scenario, world.clock.dt
    sellers = Sellers.of(world.fixed, world.actors, acts.open_error)
    rest = products.at_rest(world.fixed, sellers, world.markets.products)
    half = pace(scenario).adoption.half
    sold = planning.approached(world.markets.products, rest, half)  # at mid-step
    paid_out = treasury.paid_out(world)
    funds = _funds(world, acts, sellers, sold, paid_out)
    means, wants = _by_rules(world, funds, Economy(sold / scenario.product.size, dt))
    return Money(sold=sold, paid_out=paid_out, funds=funds, means=means, wants=wants)


def _by_rules(world: World, funds: Funds, economy: Economy) -> Array:
    """What every kind's rules say of its rows: means and wants, (2, n) USD/yr; nothing for the dead."""
    found = np.empty((2, world.groups.size))
    for kind, rows in world.rows():
        own = Funds(*[column[rows] for column in funds])
        found[0, rows], found[1, rows] = kind.means(own, economy), kind.wants(own, economy)
    return found * world.actors.alive


class Sums(NamedTuple):
    """What there is for all."""

    sold: float  # USD/yr of AI products
    venture: float  # USD/yr that investors set aside
    steadily: float  # share of it that comes in all the time
    dividend: float  # USD/yr for all together
    academic: float  # USD/yr for all labs together: for compute
    research: float  # and for research
    margin: float  # of sales
    contest: float
    weight: float  # of future sales


def _funds(world: World, acts: Acts, sellers: Sellers, sold: float, paid_out: Array) -> Funds:
    """Money each actor has and earns now, by columns of (n,), when ``sold`` [USD/yr] of AI products is sold."""
    scenario, traits, actors = world.scenario, world.fixed.traits, world.actors
    p, finance, growth = scenario.product, scenario.finance, moment(scenario, world.clock).income_growth
    allowances, found = treasury.allowances(world, acts.rights, paid_out), np.empty((11, world.groups.size))
    money = Sums(
        sold, finance.venture_share * sold, float(not world.on.funding_rounds),
        paid_out[USES.index(EQUAL_DIVIDEND)], paid_out[USES.index(ACADEMIC_COMPUTE)],
        paid_out[USES.index(EFFICIENCY_RESEARCH)],
        p.margin, p.contest, p.weight,
    )  # fmt: skip
    _favour(traits.raises, actors.alive, actors.ln_reach, sellers.ln_access, finance.venture_contest, found)
    _earned(world.groups.starts, growth, traits.start_income, sellers.share, actors.served, world.elasticity,
            actors.alive, traits.academic, allowances, money, found)  # fmt: skip
    income, demand, sales, margin, venture, promised, dividend, academic, research, contest = found[:10]
    return Funds(
        start_plan=traits.start_plan, income=income, cash=actors.cash, demand=demand, sales=sales, margin=margin,
        venture=venture, promised=promised, dividend=dividend, allowances=allowances, academic=academic,
        public_research=research, contest=contest,
    )  # fmt: skip


@loop
def _favour(raises: Mask, alive: Mask, ln_reach: Array, ln_access: Array, contest: float, found: Block) -> None:
    """Shares in investors' money of those who raise it, by accuracy and reach, into the sixth row of ``found``."""
    for i in range(alive.size):
        found[10, i] = ln_reach[i] if raises[i] and alive[i] else -inf
    product.shares(found[10], ln_access, contest, -inf, found[5:6])


@loop
def _earned(
    starts: Rows, growth: Array, first: Array, share: Array, served: Array, elasticity: Array, alive: Mask,
    academic: Mask, allowances: Array, money: Sums, found: Block,
) -> None:  # fmt: skip
    """Columns of ``Funds`` into ``found``, in the order of ``_funds``; the sixth holds shares in investors' money."""
    living, labs = 0, 0
    for i in range(alive.size):
        living += alive[i]
        labs += academic[i]
    each, lab, research = money.dividend / max(living, 1), money.academic / max(labs, 1), money.research / max(labs, 1)
    for kind in range(growth.size):
        grown = growth[kind]
        for i in range(starts[kind], starts[kind + 1]):
            found[0, i] = first[i] * grown
    for i in range(alive.size):
        demand = share[i] * money.sold
        sales = demand * served[i]
        promised = money.venture * found[5, i]
        found[1, i] = demand
        found[2, i] = sales
        found[3, i] = money.margin * sales
        found[4, i] = promised * money.steadily
        found[5, i] = promised
    for i in range(alive.size):
        found[6, i] = (each if alive[i] else 0.0) + allowances[i]
        found[7, i] = lab if academic[i] else 0.0
        found[8, i] = research if academic[i] else 0.0
    for i in range(alive.size):
        found[9, i] = served[i] * planning.contest_value(
            share[i], elasticity[i], money.sold, money.margin, money.contest, money.weight
        )
