"""Public money: permits given away, compute that the treasury pays, and what policies bring in."""

from collections.abc import Iterator, Mapping
from math import floor

import numpy as np

from sim.arrays import Array, Rows, added, unwritten
from sim.economy.ledger import Costs, Ledger, Money, Sale, Use
from sim.economy.moment import pace
from sim.economy.state import World
from sim.mathematics import total
from sim.mechanisms import product
from sim.policies.levers import (
    COMPUTE_VOUCHERS,
    EQUAL_DIVIDEND,
    FOR_LABS,
    LOTTERY,
    MARKETS,
    PAST_COMPUTE,
    PAST_EMISSIONS,
    TREASURY,
    USES,
    Covered,
    Levers,
    Licensed,
    Right,
)

OFFERS = {"public_compute", "public_budget", "voucher"}  # levers by which the treasury pays for compute
PAYABLE = unwritten(np.array([use != TREASURY for use in USES], dtype=float))  # 1 where revenue goes to actors
TO_ALL, TO_LABS = USES.index(EQUAL_DIVIDEND), [USES.index(use) for use in FOR_LABS]
KEPT, IN_VOUCHERS = USES.index(TREASURY), USES.index(COMPUTE_VOUCHERS)
MOST = 0.9  # of the actors' compute that can be public, so that there is something to be a share of
AT_ONE = 1e-9  # what rounding may take from a number of winners: 29 % of a hundred are 29


def given_away(world: World, levers: Levers) -> Mapping[Right, Array]:
    """Parts in permits that are given away, (n,), fixed by the calendar year before the first of them."""
    new = [right for right in _given(levers) if right not in world.treasury.rights]
    if not new:
        return world.treasury.rights
    past = {right: _past_use(world, right, levers) for right in new}
    return {**world.treasury.rights, **{right: use / max(use.sum(), 1e-300) for right, use in past.items()}}


def _given(levers: Levers) -> dict[Right, float]:
    """What is given away of each kind of permits, as a part of their value; those of which nothing is are left out."""
    of: list[tuple[Right, float]] = []
    if "carbon_cap" in levers.pulled:
        of += zip(levers.markets, levers.carbon_sold[:, USES.index(PAST_EMISSIONS)].tolist(), strict=True)
    if levers.licensed:
        of.append((levers.licensed, float(levers.compute_sold[USES.index(PAST_COMPUTE)])))
    return {right: part for right, part in of if part > 0.0}


def _past_use(world: World, right: Right, levers: Levers) -> Array:
    """What each emitted, or bought, in the calendar year before of what now needs permits, (n,)."""
    last, per_actor = world.memory.years.last, world.groups.per_actor
    if last is None:  # no scenario that gives permits away so early passes its checks
        raise ValueError("permits are given away by a year before, and there is none")
    if isinstance(right, Licensed):
        training, serving = per_actor(levers.compute_covered)
        return np.asarray(training * last.training + serving * last.serving)
    covered = levers.carbon_covered[levers.markets.index(right)]
    return np.asarray((last.emissions * per_actor(covered.T)).sum(axis=0))


def given_back(world: World, rights: Mapping[Right, Array]) -> Mapping[Right, float]:
    """Value of permits given away that goes back to their holders [USD/yr], by permits. It stays where it is while
    none of them is there any more."""
    rate, alive = pace(world.scenario).recycling, world.actors.alive
    return {right: held * rate for right, held in world.treasury.held.items() if rights[right][alive].any()}


def allowances(world: World, rights: Mapping[Right, Array], back: Mapping[Right, float]) -> Array:
    """The value that ``given_back`` says by actor [USD/yr], (n,): by parts among those alive."""
    found = world.fixed.nothing
    for right, value in back.items():
        living = rights[right] * world.actors.alive
        found = found + value * (living / living.sum())
    return found


def held_after(world: World, ledger: Ledger) -> Mapping[Right, float]:
    """Value of permits given away that is not paid out at the end of the step [USD], by permits."""
    held, dt, sale, levers = world.treasury.held, world.clock.dt, ledger.sale, ledger.acts.levers
    given = _given(levers)
    if not held and not given:
        return held
    after = {right: amount - ledger.money.given_back.get(right, 0.0) * dt for right, amount in held.items()}
    sold = levers.by_market(sale.permit_sales)
    for right, part in given.items():
        value = float(sale.compute_permits.sum()) if isinstance(right, Licensed) else sold[right]
        after[right] = after.get(right, 0.0) + part * value * dt
    return after


def paid_out(world: World, back: Mapping[Right, float]) -> Array:
    """Revenue of policies that is paid out [USD/yr], (uses,), at a constant rate of what is there. It stays where it is
    while nobody is there to get it."""
    paid: Array = world.treasury.earmarked * pace(world.scenario).recycling * PAYABLE
    alive = world.actors.alive
    if paid.any():
        paid[TO_ALL] *= alive.any()
        paid[TO_LABS] *= alive[world.fixed.traits.academic].any()
    for use, kind in ((PAST_EMISSIONS, Covered), (PAST_COMPUTE, Licensed)):
        paid[USES.index(use)] = added(value for right, value in back.items() if isinstance(right, kind))
    return paid


def vouchers(world: World, paid_out: Array) -> Array:
    """What ``paid_out`` (uses,) has for vouchers [USD/yr], (n,): for training compute alone, the same for every
    academic lab alive."""
    money, labs = float(paid_out[IN_VOUCHERS]), world.fixed.traits.academic & world.actors.alive
    return labs * (money / labs.sum()) if money > 0.0 else world.fixed.nothing


def earmarked_after(world: World, money: Money, use: Use, revenue: Array) -> Array:
    """Revenue that is not paid out at the end of the step [USD], (uses,). Of vouchers, what finds no compute stays in
    the treasury for good: nothing is carried forward, as with programmes."""
    dt = world.clock.dt
    after: Array = world.treasury.earmarked + (revenue - money.paid_out) * dt
    after[KEPT] += max(float(money.paid_out[IN_VOUCHERS]) - total(use.vouchers), 0.0) * dt
    return after


def offers(levers: Levers, money: Money) -> bool:
    """Whether the treasury offers to pay for compute now: by programmes, or out of revenue."""
    return bool(levers.pulled & OFFERS) or money.paid_out[IN_VOUCHERS] > 0.0


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
    given = levers.voucher[kind] * alive + money.vouchers
    if levers.public_budget.any():
        given = given + _bought(world, levers, money, cost)
    public = np.zeros_like(private)
    programmes = list(_served(world, levers.public_compute))
    whole_share = added(share for _, share, _ in programmes)
    if not whole_share > 0:
        return np.asarray(given)
    wanted = float(np.minimum((private + given) / cost, most).sum())
    whole = wanted / (1.0 - min(whole_share, MOST)) * min(1.0, MOST / whole_share)
    for entry, share, served in programmes:
        weight = _weights(world, levers, entry, served, money.means[served])
        public[served] += share * whole * weight / weight.sum()
    return np.asarray(given + public * cost)


def _served(world: World, amounts: Array) -> Iterator[tuple[int, float, Rows]]:
    """Programmes with somebody there to serve: the entry, the amount for each kind that it serves, and who is served.

    ``amounts`` (entries, kinds) are of a programme the same for all kinds that it serves.
    """
    kind, alive = world.fixed.traits.kind_index, world.actors.alive
    for entry, by_kind in enumerate(amounts):
        served = np.flatnonzero(alive & (by_kind[kind] > 0.0))
        if served.size:
            yield entry, float(by_kind.max()), served


def _bought(world: World, levers: Levers, money: Money, cost: Array) -> Array:
    """Budgets for public compute [USD/yr], (n,): compute by the rule of allotment, money as it costs each."""
    found = np.zeros(world.groups.size)
    for entry, each, served in _served(world, levers.public_budget):
        weight = _weights(world, levers, entry, served, money.means[served]) * cost[served]
        found[served] += each * served.size * weight / weight.sum()
    return found


def unspent(levers: Levers, offered: Array, spent: Array) -> float:
    """Money [USD/yr] of programmes and vouchers for compute that nobody took, or that found no compute."""
    return levers.unclaimed + max(total(offered) - total(spent), 0.0)


def _weights(world: World, levers: Levers, entry: int, served: Rows, means: Array) -> Array:
    """Parts of those served by a programme, before they are scaled to one."""
    rule = levers.entries[entry].allotment
    if rule == "need":
        return np.where(means <= np.median(means), 1.0, 0.0)
    if rule == "merit":
        contest = world.scenario.finance.sponsor_contest
        return product.attraction(np.ones(served.size), world.actors.error[served], contest)
    if rule == LOTTERY:
        chance = world.fixed.draws.uniform(levers.entries[entry].lottery, world.clock.year)[served]
        won = max(floor(levers.winners[entry] * served.size + AT_ONE), 1)
        return np.where(chance <= np.sort(chance)[won - 1], 1.0, 0.0)
    return np.ones(served.size)


def revenue(world: World, levers: Levers, sale: Sale, use: Use) -> Array:
    """What policies bring in [USD/yr], (uses,). What of it vouchers pay is the treasury's: as money for vouchers again
    it would go round for ever, and more of it each year, where a cap leaves little else to buy than permits."""
    found = _raised(world, levers, sale)
    if found[IN_VOUCHERS] > 0.0 and use.vouchers.any():
        again = min(_by_vouchers(world, levers, sale, use), float(found[IN_VOUCHERS]))
        found[IN_VOUCHERS] -= again
        found[KEPT] += again
    return found


def _by_vouchers(world: World, levers: Levers, sale: Sale, use: Use) -> float:
    """Of revenue that is meant for vouchers, what vouchers pay [USD/yr]: as large a part as they are of what an actor
    pays for compute."""
    kind, paid = world.fixed.traits.kind_index, sale.paid_training + sale.paid_serving
    due = (levers.carbon_price[IN_VOUCHERS][kind].T * sale.emissions).sum(axis=0)
    due += levers.compute_levy[IN_VOUCHERS][kind] * sale.bought
    due += levers.compute_sold[IN_VOUCHERS] * sale.compute_permits
    if levers.markets:
        parts = levers.carbon_sold[:, IN_VOUCHERS] * sale.permit_prices
        due += sale.bought * (sale.costs.kg_covered * parts[:, np.newaxis]).sum(axis=0)
    return total(due * np.divide(use.vouchers, paid, out=np.zeros(paid.size), where=paid > 0.0))


def _raised(world: World, levers: Levers, sale: Sale) -> Array:
    """What policies bring in [USD/yr], by the use (uses,) that it is meant for."""
    nothing = np.zeros(len(USES))
    if not levers.pulled:
        return nothing
    taxes = levies = nothing
    if "carbon_price" in levers.pulled:
        by_kind = np.array([sale.emissions[:, rows].sum(axis=1) for _, rows in world.rows()])  # (kinds, regions)
        taxes = (levers.carbon_price * by_kind).sum(axis=(1, 2))
    if "compute_levy" in levers.pulled:
        levies = (levers.compute_levy * np.array([sale.bought[rows].sum() for _, rows in world.rows()])).sum(axis=1)
    if not levers.pulled & MARKETS:
        return taxes + levies
    permits = (levers.carbon_sold * sale.permit_sales[:, np.newaxis]).sum(axis=0)
    return np.asarray(taxes + levies + (permits + levers.compute_sold * sale.compute_permits.sum()))
