"""2 earn: the money there is, and what actors want to spend on training and research."""

from math import inf
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from sim.actors import Economy, Funds, Kind
from sim.actors.base import amounts, no_amount
from sim.arrays import Array, Block, Mask, Rows, named, rows_of, unwritten
from sim.compiled import loop
from sim.economy.contest import Contest, sell
from sim.economy.ledger import Acts, Money
from sim.economy.moment import moment, pace, settled
from sim.economy.stages import treasury
from sim.economy.stages.products import Demand, demand, demanded
from sim.economy.state import World
from sim.errors import InputError
from sim.mechanisms import expectations, funding, planning, product
from sim.owncode import own_answer
from sim.policies.levers import ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH, EQUAL_DIVIDEND, USES
from sim.scenario import Scenario

EARNED = rows_of(
    Funds, "income", "demand", "sales", "margin", "venture", "promised", "dividend", "academic", "public_research",
    "offered", "contest",
)  # fmt: skip
RULES = "means", "wants"  # what kinds say, in the order of rows
TO_ALL, TO_LABS, TO_RESEARCH = map(USES.index, (EQUAL_DIVIDEND, ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH))


def earn(world: World, acts: Acts) -> Money:
    """Means arrive, and every kind's rules say what it wants and can spend."""
    scenario, back = world.scenario, treasury.given_back(world, acts.rights)
    paid_out = treasury.paid_out(world, back)
    sold, offered, funds = _funds(world, acts, paid_out, treasury.allowances(world, acts.rights, back))
    rules = _by_rules(world, funds, Economy(sold / scenario.product.size, world.clock.dt))
    filled = world.fixed.nothing
    if world.on.expectations:
        found = np.empty((2, world.groups.size))
        _raised(funds.venture, funds.offered, rules, found)
        venture, filled = found
        funds = funds._replace(venture=venture)
    means, wants = rules
    return Money(sold, paid_out, back, treasury.vouchers(world, paid_out), offered, funds, means, wants, filled)


def _by_rules(world: World, funds: Funds, economy: Economy) -> Array:
    """What every kind's rules say of its rows: means and wants, (2, n) USD/yr; nothing for the dead. Raises InputError
    for what is no amount of money."""
    found = np.empty((2, world.groups.size))
    means, wants = found
    for kind, rows in world.fixed.rows:
        own = Funds._make(map(itemgetter(rows), funds))
        means[rows] = _one_each(world, kind, RULES[0], own_answer(kind.means, own, economy))
        wants[rows] = _one_each(world, kind, RULES[1], own_answer(kind.wants, own, economy))
    if not _of_living(world.actors.alive, found):
        raise _no_money(world, found)
    return found


def _one_each(world: World, kind: Kind, rule: str, said: Array) -> Array:
    """What a kind's rule says, where that is one number for each actor: anything else would be spread over them. Raises
    InputError."""
    if np.shape(said) != (kind.count,):
        raise no_amount(kind, rule, f"shape {np.shape(said)}, in {world.clock.time:g}", world.scenario.file)
    return said


def _no_money(world: World, found: Block) -> InputError:
    """The error for the first of what kinds' rules say that is no amount of money."""
    row, i = np.argwhere(~amounts(found))[0]
    kind = next(kind for kind, rows in world.fixed.rows if rows.start <= i < rows.stop)
    return no_amount(kind, RULES[row], f"{found[row, i]:g} USD/yr, in {world.clock.time:g}", world.scenario.file)


@loop
def _of_living(alive: Mask, found: Block) -> bool:
    """Take from the dead what stands in ``found``; whether all that is left are amounts of money."""
    good = True
    for row in range(found.shape[0]):
        for i in range(alive.size):
            found[row, i] *= alive[i]
            good = good and 0.0 <= found[row, i] < inf
    return good


class Earning(NamedTuple):
    """What governs incomes, alike for all."""

    venture: float  # share of the market that investors set aside
    steadily: float  # share of it that comes in all the time
    accuracy: float  # power of accuracy in the contest for it
    margin: float  # of sales
    weight: float  # of future sales
    adapts: float  # part of the gap between the market's growth and what is expected that closes by mid-step
    years: float  # until then
    most: float  # 1/yr of growth that anyone expects
    horizon: float  # yr over which such a market is looked at; 0 where nobody looks ahead
    financed: float  # part of the margin expected above today's that investors pay in advance


@settled
def _earning(scenario: Scenario) -> Earning:
    p, finance, ahead, on = scenario.product, scenario.finance, scenario.expectations, scenario.mechanisms
    return Earning(
        finance.venture_share, float(not on.funding_rounds), finance.venture_contest, p.margin, p.weight,
        pace(scenario).expectations.middle, 0.5 / scenario.time.steps_per_year, ahead.most,
        ahead.horizon * on.expectations, ahead.financed,
    )  # fmt: skip


def _funds(world: World, acts: Acts, paid_out: Array, allowances: Array) -> tuple[float, float, Funds]:
    """The market at mid-step and venture capital offered [USD/yr], and the money each actor has and earns, by columns
    of (n,)."""
    fixed, actors = world.fixed, world.actors
    scenario, traits, found = fixed.scenario, fixed.traits, np.empty((len(EARNED), fixed.groups.size))
    sold, venture_offered = _earned(
        fixed.groups.starts, moment(scenario, world.clock).income_growth, traits.start_income, actors.ln_error,
        actors.ln_reach, actors.served, world.rewarded, actors.alive, traits.raises, traits.academic, allowances,
        paid_out, Contest.of(scenario, acts.open_error), world.markets.products, world.markets.expected_growth,
        demand(scenario), _earning(scenario), found,
    )  # fmt: skip
    unwritten(found)  # no kind's rule writes into the books
    unwritten(allowances)
    funds = Funds(**named(EARNED, found), start_plan=traits.start_plan, cash=actors.cash, allowances=allowances)
    return sold, venture_offered, funds


@loop
def _earned(
    starts: Rows, income_growth: Array, start_income: Array, ln_error: Array, ln_reach: Array, served: Array,
    rewarded: Array, alive: Mask, raises: Mask, academic: Mask, allowances: Array, paid_out: Array, contest: Contest,
    products: float, expected_growth: float, market: Demand, on: Earning, found: Block,
) -> tuple[float, float]:  # fmt: skip
    """Columns of ``Funds`` into ``found``; the market at mid-step, and what investors offer [USD/yr]."""
    sold_by, promised = np.empty((3, alive.size)), found[EARNED.promised]
    sold = demanded(sell(alive, ln_error, ln_reach, contest, sold_by), products, market.half, market)
    ln_loss, share, work = sold_by[0], sold_by[1], sold_by[2]
    for i in range(alive.size):
        work[i] = ln_reach[i] if raises[i] and alive[i] else -inf
    in_money = found[EARNED.promised : EARNED.promised + 1]
    product.shares(work, ln_loss, on.accuracy, -inf, in_money)
    living, labs = 0, 0
    for i in range(alive.size):
        living += alive[i]
        labs += academic[i] and alive[i]
    each = paid_out[TO_ALL] / max(living, 1)
    lab, research = paid_out[TO_LABS] / max(labs, 1), paid_out[TO_RESEARCH] / max(labs, 1)
    for kind in range(income_growth.size):
        grown = income_growth[kind]
        for i in range(starts[kind], starts[kind + 1]):
            found[EARNED.income, i] = start_income[i] * grown
    ahead = expectations.ahead(
        expectations.expected(expected_growth, products, sold, on.years, on.adapts, on.most), on.horizon
    )
    venture = on.venture * sold * ahead
    for i in range(alive.size):
        demand = share[i] * sold
        sales = demand * served[i]
        found[EARNED.demand, i] = demand
        found[EARNED.sales, i] = sales
        found[EARNED.margin, i] = on.margin * sales
        promised[i] = venture * promised[i]
        found[EARNED.venture, i] = promised[i] * on.steadily
    for i in range(alive.size):
        found[EARNED.dividend, i] = (each if alive[i] else 0.0) + allowances[i]
        found[EARNED.academic, i] = lab if academic[i] and alive[i] else 0.0
        found[EARNED.public_research, i] = research if academic[i] and alive[i] else 0.0
    for i in range(alive.size):
        found[EARNED.contest, i] = served[i] * planning.contest_value(
            share[i], rewarded[i], sold * ahead, on.margin, contest.steepness, on.weight
        )
    for i in range(alive.size):
        more = 0.0 if raises[i] else funding.offered(found[EARNED.margin, i], ahead, on.financed)
        found[EARNED.offered, i] = more
    return sold, venture


@loop
def _raised(venture: Array, offered: Array, rules: Block, found: Block) -> None:
    """Investors' money with what makes up for means that fall short, into row 0; added to means, row 0 of ``rules``
    (means, wants). Row 1 is 1 for whom it is all that was wanted, by less than was offered."""
    for i in range(venture.size):
        more = funding.raised(rules[1, i], rules[0, i], offered[i])
        found[0, i] = venture[i] + more
        found[1, i] = 1.0 if more > 0.0 and more < offered[i] else 0.0
        rules[0, i] += more
