"""Prices of compute and of permits that fit demand to what there is."""

from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, Block, Table, unwritten
from sim.compiled import equation, loop
from sim.mathematics import fill, power, total
from sim.mechanisms.market import permits, places
from sim.mechanisms.market.records import (
    CHECKED,
    CLEARED,
    RATIONED,
    SLACK,
    Ask,
    Buyers,
    Caps,
    Clearing,
    NoRest,
    Outside,
    Request,
    Supply,
)  # fmt: skip
from sim.mechanisms.market.rules import RULES
from sim.records import altered, record

NONE = unwritten(np.zeros(1))  # prices of emission permits where there are none


@equation
def surcharge(volume: float, reference: float, discount: float, limit: float) -> float:
    """Small buyers pay more: the factor on hardware cost, clip((v_i / v_ref)^-discount, 1, limit).

    ``volume`` [FLOP/yr] is what a buyer bought over the last year, v_ref the ``reference`` buyer's.
    """
    return min(max(power(volume / reference, -discount), 1.0), limit)


@loop
def cost_factor(volume: Array, discount: float, limit: float, factor: Block) -> None:
    """The ``surcharge`` of buyers into ``factor`` (1, n); the reference is the volume-weighted mean of ``volume``."""
    weighted, whole = factor[0], total(volume)
    if not whole > 0.0:
        fill(weighted, 1.0)
        return
    for i in range(volume.size):
        weighted[i] = volume[i] * (volume[i] / whole)
    reference = total(weighted)
    for i in range(volume.size):
        weighted[i] = surcharge(volume[i], reference, discount, limit)


class Trade(NamedTuple):
    """What is traded at some prices of emission permits."""

    asked: Request
    per_flop: Array  # (markets, n) kgCO2e/FLOP bought that needs permits
    clearing: Clearing


def clear(ask: Ask, outside: Outside, caps: Caps, last: Array | None = None) -> Trade:
    """Fit demand to capacity by a rule, emissions and licensed compute to their caps.

    A rent r, a price t of each kind of emission permits and a price f of compute permits, all from 0 up, with
    complementary slackness: below capacity only at no rent, below a cap only at no price of its permits, or at their
    lowest one; above a cap only at their highest. A buyer takes
    min(spend / (unit_cost + r + sum of carbon t + licensed f), most). ``ask`` tells what buyers and supply are like at
    prices t; the search for these begins at the ``last`` ones. Where buyers are the same at all prices, or choose what
    is cheapest, demand falls in r for given t and f, and what a cap limits falls in its price at the r that clears:
    the prices solve an Eisenberg-Gale programme (Eisenberg, Gale 1959), whose dual is convex. Each is found by Newton
    or secant steps inside a bracket, with bisection where they leave it. When even the ceiling of the rent does not
    suffice, all who take part are cut alike and keep the money that buys nothing. Where a price of permits has
    no finer digits, those who need them are cut alike to the cap, by a part of at most NEARLY, which nobody buys.

    Buyers with ``places`` buy region by region, each with a part of their money.

    Raises ValueError for an unknown rule, for a cap of nothing and for a cap beside a rule without prices;
    NoRest when what was found does not hold.
    """
    least = min(caps.carbon.tolist()) if isinstance(caps.carbon, np.ndarray) else caps.carbon
    if not (least > 0 and caps.compute > 0):
        raise ValueError("a cap must lie above 0")
    if least == inf:
        free = _trade(ask(NONE), NONE, outside, caps)
        _verify(free, caps)
        return free
    limits = np.atleast_1d(caps.carbon)
    bounds = permits.PriceBounds(*(np.broadcast_to(bound, limits.shape) for bound in (caps.lowest, caps.highest)))

    def at(prices: Array) -> permits.Used:
        trade = _trade(ask(prices), prices, outside, caps)
        return permits.Used(_needed(trade), total(trade.asked.buyers.spend), trade)

    last = np.zeros(limits.size) if last is None else last
    trade: Trade
    prices, trade, state = permits.settled(at, limits, bounds, last)
    found = trade.clearing
    for per_flop, cap, more in zip(trade.per_flop, limits.tolist(), prices >= bounds.highest, strict=True):
        left = permits.cut(per_flop, found.compute, inf if more else cap)
        found = replace(found, compute=found.compute * left, paid=found.paid * left)
    price = prices if np.ndim(caps.carbon) else float(prices[0])
    unsold = total(trade.clearing.compute) - total(found.compute)
    trade = trade._replace(clearing=replace(found, permits=state, permit_price=price))
    _verify(trade, caps, (limits, bounds), unsold)
    return trade


def _trade(asked: Request, prices: Array, outside: Outside, caps: Caps) -> Trade:
    """Clear the markets for compute and compute permits at prices of emission permits."""
    buyers, supply, on, cap = asked.buyers, asked.supply, asked.buyers.places, caps.compute
    if supply.rule not in RULES:
        raise ValueError(f"no rule of allocation is called {supply.rule}: {', '.join(RULES)}")
    if not RULES[supply.rule].priced and (cap < inf or np.min(caps.carbon) < inf):
        raise ValueError(f"a {supply.rule} has no prices, so permits cannot be traded beside it")
    if on is None:
        per_flop = buyers.carbon if buyers.carbon.ndim == 2 else buyers.carbon[np.newaxis]
        return Trade(asked, per_flop, _licensed(_paying(buyers, per_flop, prices), supply, outside, cap))
    usual = places.bundle(buyers, on)
    money = places.parts(on, usual, _licensed(usual, supply, outside, cap))
    cells = places.cells(buyers, on, money)
    found = _licensed(_paying(cells, cells.carbon, prices), supply, outside, cap)
    found = places.together(found, money, buyers.spend)
    assert found.where is not None
    return Trade(asked, (on.carbon * found.where).sum(axis=1), found)


def _paying(buyers: Buyers, per_flop: Array, prices: Array) -> Buyers:
    """Buyers who pay for emission permits."""
    if not np.count_nonzero(prices):
        return buyers
    cost = np.empty((1, buyers.unit_cost.size))
    _with_permits(buyers.unit_cost, per_flop, prices, cost)
    return altered(buyers, unit_cost=cost[0])


@loop
def _with_permits(unit_cost: Array, per_flop: Table, prices: Array, cost: Block) -> None:
    """What a FLOP costs with permits [USD/FLOP], into ``cost`` (1, n)."""
    for i in range(unit_cost.size):
        cost[0, i] = unit_cost[i]
    for market in range(prices.size):
        for i in range(unit_cost.size):
            cost[0, i] += per_flop[market, i] * prices[market]


def _needed(trade: Trade) -> Array:
    """Emission permits used [kgCO2e/yr], (markets,)."""
    found = np.empty((1, len(trade.per_flop)))
    _sums(trade.per_flop, trade.clearing.compute, found)
    return np.asarray(found[0])


@loop
def _sums(per_flop: Table, compute: Array, found: Block) -> None:
    """Sums of products with ``compute`` by market, into ``found`` (1, markets)."""
    product = np.empty(compute.size)
    for market in range(per_flop.shape[0]):
        for i in range(compute.size):
            product[i] = per_flop[market, i] * compute[i]
        found[0, market] = total(product)


def _licensed(buyers: Buyers, supply: Supply, outside: Outside, cap: float) -> Clearing:
    """Clear the markets for compute and compute permits."""

    def at(license: float) -> permits.PricePoint:
        paying = replace(buyers, unit_cost=buyers.unit_cost + licensed * license) if license else buyers
        found = RULES[supply.rule].allocate(paying, supply.capacity, outside, supply.ceiling)
        used = float((licensed * found.compute).sum())
        return permits.PricePoint(license, permits.excess(used, cap), permits.Used(nobody, spend, found))

    if cap == inf:
        return RULES[supply.rule].allocate(buyers, supply.capacity, outside, supply.ceiling)
    licensed, nobody = np.broadcast_to(buyers.licensed, buyers.spend.shape), np.empty(0)
    spend = float(buyers.spend.sum())
    scale = float(buyers.unit_cost.mean() / licensed.mean()) if licensed.any() else 1.0
    point, state = permits.price_within(at, spend / cap, scale)  # what is used lies below spend / price
    found: Clearing = point.used.found
    left = permits.cut(licensed, found.compute, cap)
    return replace(
        found, compute=found.compute * left, paid=found.paid * left, license_price=point.price, licenses=state
    )


@record
class Purchases:
    """What buyers take for training and for serving customers, (n,), and the price of both together on average."""

    training: Array  # FLOP/yr
    serving: Array  # FLOP/yr
    paid_training: Array  # USD/yr
    paid_serving: Array  # USD/yr
    price: Array  # USD/FLOP
    training_price: Array  # USD/FLOP of what trains alone
    clearing: Clearing
    basis: Any  # what was asked follows from, for who asked
    where: Array | None = None  # (regions, n) shares of compute, where buyers have places


def sell(ask: Ask, outside: Outside, caps: Caps, licenses: Array | None, last: Array | None = None) -> Purchases:
    """Clear the markets (see ``clear``) for buyers who train with a share ``training`` of their money.

    ``licenses`` (2, n) says whether training, and serving, need compute permits; None where nobody does. Where they
    need them alike, both are bought together; where not, each actor buys twice, since a FLOP for training then costs
    more than one for serving.
    """
    if licenses is None or (licenses[0] == licenses[1]).all():
        asked, _, found = clear(ask if licenses is None else _alike(ask, licenses[0]), outside, caps, last)
        training, parts = asked.training, np.empty((4, found.compute.size))
        assert training is not None
        _split(training, found.compute, found.paid, parts)
        compute, serving, paid, paid_serving = parts
        price = found.price
        return Purchases(compute, serving, paid, paid_serving, price, price, found, asked.basis, found.where)
    asked, _, found = clear(_apart(ask, licenses), outside, caps, last)
    share, n = asked.training, licenses.shape[1]
    assert share is not None
    training = share[:n]
    bought, paid = found.compute[:n] + found.compute[n:], found.paid[:n] + found.paid[n:]
    mixed = training * found.price[:n] + (1.0 - training) * found.price[n:]
    price = np.divide(paid, bought, out=mixed, where=bought > 0)
    where = found.where
    if where is not None:
        weight = np.where(np.tile(bought, 2) > 0, found.compute, share)
        where = (where[:, :n] * weight[:n] + where[:, n:] * weight[n:]) / (weight[:n] + weight[n:])
    return Purchases(
        found.compute[:n], found.compute[n:], found.paid[:n], found.paid[n:], price, found.price[:n], found,
        asked.basis, where,
    )  # fmt: skip


def _alike(ask: Ask, licensed: Array) -> Ask:
    """What buyers ask who need compute permits for a share ``licensed`` (n,) of all compute."""

    def asked(permits: Array) -> Request:
        one = ask(permits)
        return one._replace(buyers=replace(one.buyers, licensed=licensed))

    return asked


def _apart(ask: Ask, licenses: Array) -> Ask:
    """What buyers ask who each buy twice, for training and for serving; ``training`` is then the shares of their
    limits, (2 n,)."""

    def asked(permits: Array) -> Request:
        one, on = ask(permits), None
        buyers, training = one.buyers, one.training
        assert training is not None
        share = np.concatenate([training, 1.0 - training])
        if buyers.places is not None:
            on = places.twice(buyers.places, share)
        twice = Buyers(np.tile(buyers.spend, 2) * share, np.tile(buyers.unit_cost, 2),
                       places.limits(np.tile(buyers.most, 2), share), np.tile(buyers.carbon, 2),
                       np.tile(buyers.reserved, 2) * share, licenses.ravel(), on)  # fmt: skip
        return one._replace(buyers=twice, training=share)

    return asked


@loop
def _split(training: Array, compute: Array, paid: Array, parts: Block) -> None:
    """Compute for training and for serving, and what is paid for each."""
    for i in range(training.size):
        bought, money = training[i] * compute[i], training[i] * paid[i]
        parts[0, i] = bought
        parts[1, i] = compute[i] - bought
        parts[2, i] = money
        parts[3, i] = paid[i] - money


def _verify(
    trade: Trade, caps: Caps, limited: tuple[Array, permits.PriceBounds] | None = None, unsold: float = 0.0
) -> None:
    """What must hold of a clearing where emissions are ``limited``, if they are: by caps (markets,), to which buyers
    are cut by ``unsold`` [FLOP/yr], within bounds of prices. Raises NoRest with the numbers where it does not."""
    buyers, supply, found = trade.asked.buyers, trade.asked.supply, trade.clearing
    sold = total(found.compute) + found.outside
    licenses = (found.license_price, 0.0, inf, found.licenses, buyers.licensed, caps.compute)
    each = [licenses] if caps.compute < inf else []
    if limited is not None:
        prices, (limits, bounds) = np.atleast_1d(found.permit_price), limited
        each += [(*at, found.permits, per_flop, cap)
                 for *at, per_flop, cap in zip(prices, *bounds, trade.per_flop, limits, strict=True)]  # fmt: skip
    cut = RATIONED in (found.permits, found.licenses)
    holds = sold <= supply.capacity * (1 + CHECKED)
    holds = holds and (cut or unsold <= sold * permits.NEARLY)
    holds = holds and (found.outcome == SLACK or cut or sold + unsold >= supply.capacity * (1 - CHECKED))
    used = [float((per_flop * found.compute).sum()) if cap < inf else 0.0 for *_, per_flop, cap in each]
    for amount, (price, lowest, highest, state, _, cap) in zip(used, each, strict=True):
        rests = price > lowest and state == CLEARED and not cut
        holds = holds and (amount <= cap * (1 + CHECKED) or price >= highest)
        holds = holds and (not rests or amount >= cap * (1 - CHECKED))
    if not holds:
        permits_used = ", ".join(f"{amount:g} of {cap:g} permits at {price:g} ({state})"
                                 for amount, (price, _, _, state, _, cap) in zip(used, each, strict=True))  # fmt: skip
        raise NoRest(
            f"the market ({supply.rule}) did not clear: {sold:g} FLOP/yr of {supply.capacity:g} at a rent of "
            f"{found.rent:g} ({found.outcome}); of compute, then emissions {permits_used or 'no permits'}"
        )
