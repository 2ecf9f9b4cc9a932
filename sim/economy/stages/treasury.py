"""Public money: permits given away, compute that the treasury pays, and what policies bring in."""

from collections.abc import Mapping

import numpy as np

from sim.arrays import Array, Rows, added
from sim.economy.ledger import Acts, Costs, Money, Sale
from sim.economy.moment import pace
from sim.economy.state import World
from sim.mathematics import total
from sim.mechanisms import product
from sim.policies.levers import ALLOTMENTS, PAST_COMPUTE, PAST_EMISSIONS, USES, Covered, Levers, Right

OFFERS = {"public_compute", "public_budget", "voucher"}  # levers by which the treasury pays for compute
MOST = 0.9  # of AI compute that can be public, so that there is something to be a share of


def given_away(world: World, levers: Levers) -> Mapping[Right, Array]:
    """Parts in permits that are given away, (n,), fixed by the calendar year before the first of them."""
    if not levers.pulled & {"carbon_sold", "compute_sold"}:
        return world.treasury.rights
    given: dict[Right, bool] = {
        market: bool(uses[USES.index(PAST_EMISSIONS)] > 0)
        for market, uses in zip(levers.markets, levers.carbon_sold, strict=False)
    }
    given[PAST_COMPUTE] = bool(levers.compute_sold[USES.index(PAST_COMPUTE)] > 0)
    rights = dict(world.treasury.rights)
    for right, yes in given.items():
        if yes and right not in rights:
            past = _past_use(world, right, levers)
            rights[right] = past / max(past.sum(), 1e-300)
    return rights


def _past_use(world: World, right: Right, levers: Levers) -> Array:
    """What each emitted, or bought, in the calendar year before of what now needs permits, (n,)."""
    last, per_actor = world.memory.years.last, world.groups.per_actor
    if last is None:  # no scenario that gives permits away so early passes its checks
        raise ValueError("permits are given away by a year before, and there is none")
    if isinstance(right, str):
        training, serving = per_actor(levers.compute_covered)
        return np.asarray(training * last.training + serving * last.serving)
    covered = levers.carbon_covered[levers.markets.index(right)]
    return np.asarray((last.emissions * per_actor(covered.T)).sum(axis=0))


def allowances(world: World, rights: Mapping[Right, Array], paid_out: Array) -> Array:
    """Value of permits given away [USD/yr], (n,), by parts among those alive; nobody's when none of the first is."""
    found, held = world.fixed.nothing, world.treasury.held
    for right, parts in rights.items():
        living = parts * world.actors.alive
        if living.any():
            paid = paid_out[USES.index(PAST_COMPUTE)]
            if not isinstance(right, str):
                paid = paid_out[USES.index(PAST_EMISSIONS)] * _part(held, right)
            found = found + paid * (living / living.sum())
    return found


def _part(held: Mapping[Covered, float], market: Covered) -> float:
    """Part of a market for emission permits in what is held of the value of those that were given away."""
    whole = added(held.values())
    return held.get(market, 0.0) / whole if whole > 0.0 else 0.0


def held_after(world: World, acts: Acts, sale: Sale, paid_out: Array) -> Mapping[Covered, float]:
    """Value of emission permits given away that is not paid out at the end of the step [USD], by market."""
    held, use, dt = world.treasury.held, USES.index(PAST_EMISSIONS), world.clock.dt
    if not held and "carbon_sold" not in acts.levers.pulled:
        return held
    after = {market: amount - paid_out[use] * _part(held, market) * dt for market, amount in held.items()}
    for market, uses, value in zip(acts.levers.markets, acts.levers.carbon_sold, sale.permit_sales, strict=False):
        if uses[use] > 0:
            after[market] = after.get(market, 0.0) + uses[use] * value * dt
    return after


def paid_out(world: World) -> Array:
    """Revenue of policies that is paid out [USD/yr], (uses,), at a constant rate of what is there."""
    return world.treasury.earmarked * pace(world.scenario).recycling * world.fixed.payable


def cost(costs: Costs) -> Array:
    """What the treasury takes a FLOP to cost each [USD/FLOP], (n,): without rent, and without what policies charge,
    whether as a tax or as permits. Beside a cap that leaves little, it would pay any price otherwise."""
    return costs.own - costs.taxed - costs.levy


def offered(world: World, levers: Levers, money: Money, private: Array, cost: Array, most: Array) -> Array:
    """The treasury's money for training compute [USD/yr], (n,).

    ``private`` (n,) is what actors spend on compute by themselves, at ``cost`` [USD/FLOP] and at most ``most``
    [FLOP/yr]; their means decide who is in need. Public compute is a share of all that is wanted at no rent,
    itself included: with a share s of compute, s / (1 - s) of what the others want.
    """
    kind, alive = world.fixed.traits.kind_index, world.actors.alive
    given = levers.voucher[kind] * alive
    if levers.public_budget.any():
        given = given + _bought(world, levers, money, cost)
    shares = levers.public_compute.max(axis=1)
    whole_share = float(shares.sum())
    if not whole_share > 0:
        return np.asarray(given)
    wanted = float(np.minimum((private + given) / cost, most).sum())
    whole = wanted / (1.0 - min(whole_share, MOST)) * min(1.0, MOST / whole_share)
    public = np.zeros_like(private)
    for rule, share, by_kind in zip(ALLOTMENTS, shares, levers.public_compute, strict=True):
        served = np.flatnonzero(alive & (by_kind[kind] > 0))
        if share > 0 and served.size:
            weight = by_kind[kind[served]] * _weights(world, rule, served, money.means[served], levers.winners)
            public[served] += share * whole * weight / weight.sum()
    return np.asarray(given + public * cost)


def _bought(world: World, levers: Levers, money: Money, cost: Array) -> Array:
    """Budgets for public compute [USD/yr], (n,): compute by the rule of allotment, money as it costs each.

    Kinds for whom there is the same on average are served by the same programmes, and share them.
    """
    kind, found = world.fixed.traits.kind_index, np.zeros(world.groups.size)
    for rule, by_kind in zip(ALLOTMENTS, levers.public_budget, strict=True):
        for each in np.unique(by_kind[by_kind > 0]):
            served = np.flatnonzero(world.actors.alive & (by_kind[kind] == each))
            if served.size:
                weight = _weights(world, rule, served, money.means[served], levers.winners) * cost[served]
                found[served] += each * served.size * weight / weight.sum()
    return found


def unspent(levers: Levers, offered: Array, spent: Array) -> float:
    """Money [USD/yr] of programmes for compute that nobody took, or that found no compute."""
    return levers.unclaimed + max(total(offered) - total(spent), 0.0) if levers.pulled & OFFERS else 0.0


def _weights(world: World, rule: str, served: Rows, means: Array, winners: float) -> Array:
    """Parts of those served, before they are scaled to one."""
    if rule == "need":
        return np.where(means <= np.median(means), 1.0, 0.0)
    if rule == "merit":
        contest = world.scenario.finance.sponsor_contest
        return product.attraction(np.ones(served.size), world.actors.error[served], contest)
    if rule == "lottery":
        chance = world.fixed.draws.uniform("lottery", world.clock.year)[served]
        return np.where(chance <= np.sort(chance)[max(int(winners * served.size), 1) - 1], 1.0, 0.0)
    return np.ones(served.size)


def revenue(world: World, acts: Acts, sale: Sale) -> Array:
    """What policies bring in [USD/yr], (uses,)."""
    levers, nothing = acts.levers, np.zeros(len(USES))
    if not levers.pulled:
        return nothing
    taxes = levies = nothing
    if "carbon_price" in levers.pulled:
        by_kind = np.array([sale.emissions[:, rows].sum(axis=1) for _, rows in world.rows()])  # (kinds, regions)
        taxes = (levers.carbon_price * by_kind).sum(axis=(1, 2))
    if "compute_levy" in levers.pulled:
        levies = (levers.compute_levy * np.array([sale.bought[rows].sum() for _, rows in world.rows()])).sum(axis=1)
    if not levers.pulled & {"carbon_sold", "compute_sold"}:
        return taxes + levies
    permits = (levers.carbon_sold * sale.permit_sales[:, np.newaxis]).sum(axis=0)
    return np.asarray(taxes + levies + (permits + levers.compute_sold * sale.compute_permits.sum()))
