"""2 earn: the money there is, and what actors want to spend on training and research."""

import numpy as np

from sim.actors import Economy, Funds
from sim.arrays import Array
from sim.economy.ledger import Acts, Money
from sim.economy.stages import products, treasury
from sim.economy.state import Sellers, World
from sim.mechanisms import planning, product
from sim.policies.levers import ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH, EQUAL_DIVIDEND, USES
from sim.scenario.schema import grown


def earn(world: World, acts: Acts) -> Money:
    """Means arrive, and every kind's rules say what it wants and can spend."""
    scenario, dt = world.scenario, world.clock.dt
    sellers = Sellers.of(world.fixed, world.actors, acts.open_error)
    rest = products.at_rest(world.fixed, sellers, world.markets.products)
    sold = product.adopted(world.markets.products, rest, scenario.product.adoption, dt / 2)  # at mid-step
    paid_out = treasury.paid_out(world)
    funds = _funds(world, acts, sellers, sold, paid_out)
    economy = Economy(sold / scenario.product.size, dt)
    means, wants = (_by_kind(world, rule, funds, economy) for rule in ("means", "wants"))
    return Money(sold=sold, paid_out=paid_out, funds=funds, means=means, wants=wants)


def _by_kind(world: World, rule: str, funds: Funds, economy: Economy) -> Array:
    """A rule of every kind (``wants`` or ``means``) applied to its rows: (n,) USD/yr; nothing for the dead."""
    parts = [getattr(kind, rule)(Funds(*[column[rows] for column in funds]), economy) for kind, rows in world.rows()]
    return np.where(world.actors.alive, np.concatenate(parts), 0.0)


def _funds(world: World, acts: Acts, sellers: Sellers, sold: float, paid_out: Array) -> Funds:
    """Money each actor has and earns now, by columns of (n,), when ``sold`` [USD/yr] of AI products is sold."""
    scenario, traits, actors, p = world.scenario, world.fixed.traits, world.actors, world.scenario.product
    years = world.clock.middle - scenario.time.start
    growth = world.groups.per_actor([grown(1.0, kind.income_growth(), years) for kind in scenario.kinds])
    promised = _venture(world, sellers, sold)
    sales = sellers.share * sold * actors.served
    allowances = treasury.allowances(world, acts.rights, paid_out)
    per_lab = traits.academic / max(traits.academic.sum(), 1)
    living = actors.alive / max(actors.alive.sum(), 1)
    elasticity = world.fixed.law.elasticity(actors.error)
    contest = planning.contest_value(sellers.share, elasticity, sold, p.margin, p.contest, p.weight)
    return Funds(
        start_plan=traits.start_plan,
        income=traits.start_income * growth,
        cash=actors.cash,
        demand=sellers.share * sold,
        sales=sales,
        margin=p.margin * sales,
        venture=promised * (not world.on.funding_rounds),
        promised=promised,
        dividend=paid_out[USES.index(EQUAL_DIVIDEND)] * living + allowances,
        allowances=allowances,
        academic=paid_out[USES.index(ACADEMIC_COMPUTE)] * per_lab,
        public_research=paid_out[USES.index(EFFICIENCY_RESEARCH)] * per_lab,
        contest=actors.served * contest,
    )


def _venture(world: World, sellers: Sellers, sold: float) -> Array:
    """Investors' money [USD/yr], (n,), for actors that raise it, by accuracy and reach."""
    finance, actors, money = world.scenario.finance, world.actors, np.zeros(world.groups.size)
    rows = np.flatnonzero(world.fixed.traits.raises & actors.alive & (actors.reach > 0))
    if rows.size:
        favour = product.attraction(actors.reach[rows], sellers.access[rows], finance.venture_contest)
        money[rows] = finance.venture_share * sold * favour
    return money
