"""Prices of compute and of permits that fit demand to what there is."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, Block
from sim.compiled import equation, loop
from sim.mathematics import fill, power, total
from sim.mechanisms.market import permits, places
from sim.mechanisms.market.records import (
    CHECKED,
    CLEARED,
    RATIONED,
    SLACK,
    Answer,
    Buyers,
    Caps,
    Clearing,
    Outside,
    Places,
    Price,
    Supply,
)
from sim.mechanisms.market.rules import RULES
from sim.records import record


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


def clear(buyers: Buyers, supply: Supply, outside: Outside, caps: Caps) -> Clearing:
    """Fit demand to capacity by a rule, emissions and licensed compute to their caps.

    A rent r, a price t of each kind of emission permits and a price f of compute permits, all from 0 up, with
    complementary slackness: below capacity only at no rent, below a cap only at no price of its permits. A buyer takes
    min(spend / (unit_cost + r + sum of carbon t + licensed f), most). For given t and f demand falls in r, and what a
    cap limits falls in its price at the r that clears: the prices solve an Eisenberg-Gale programme (Eisenberg, Gale
    1959), whose dual is convex. Each is found by Newton or secant steps inside a bracket, with bisection where they
    leave it; those of several kinds of emission permits, see ``permits.several``. When even the ceilings of rent or
    permit price do not suffice, all who take part are cut alike and keep the money that buys nothing.

    Buyers with ``places`` buy region by region, each with a part of their money.

    Raises ValueError for an unknown rule, for a cap of nothing and for a cap beside a rule without prices;
    ArithmeticError when what was found does not hold.
    """
    if supply.rule not in RULES:
        raise ValueError(f"no rule of allocation is called {supply.rule}: {', '.join(RULES)}")
    capped = bool(np.min(caps.carbon) < inf)
    if not (np.min(caps.carbon) > 0 and caps.compute > 0):
        raise ValueError("a cap must lie above 0")
    if not RULES[supply.rule].priced and (capped or caps.compute < inf):
        raise ValueError(f"a {supply.rule} has no prices, so permits cannot be traded beside it")

    if np.ndim(caps.carbon) and len(buyers.carbon) == 1:
        found = clear(buyers.under_one(), supply, outside, replace(caps, carbon=float(np.min(caps.carbon))))
        return replace(found, permit_price=np.array([found.permit_price]))
    if buyers.places is not None:
        return _by_place(buyers, buyers.places, supply, outside, caps)
    if not capped and caps.compute == inf:
        buyers = buyers.at(0.0)
        found = RULES[supply.rule].allocate(buyers, supply.capacity, outside, supply.ceiling, 0.0)
        _verify(buyers, found, supply, caps)
        return found

    def permitted(license: float) -> Clearing:
        """Rent and permit prices at a price of compute permits."""

        def at(permit: Price) -> tuple[Clearing, Array]:
            now, one = buyers.at(permit), np.ndim(permit) == 0
            paying = replace(now, unit_cost=now.unit_cost + now.licensed * license) if license else now
            if not one:
                paying = replace(paying, unit_cost=paying.unit_cost + permit @ now.carbon, carbon=nothing)
            price = float(permit) if one else 0.0
            return RULES[supply.rule].allocate(paying, supply.capacity, outside, supply.ceiling, price), now.carbon

        price: Price
        if isinstance(caps.carbon, float):
            found, price, state = permits.single(buyers, at, caps.carbon, caps.permit_ceiling)
        else:
            found, price, state = permits.several(buyers, at, caps.carbon, caps.permit_ceiling)
        return replace(found, permits=state, permit_price=price, license_price=license)

    licensed, nothing = np.broadcast_to(buyers.licensed, buyers.spend.shape), np.zeros(buyers.spend.size)
    found, _, licenses = permits.single(buyers, lambda price: (permitted(price), licensed), caps.compute, inf)
    found = replace(found, licenses=licenses)
    _verify(buyers.at(found.permit_price), found, supply, caps)
    return found


def _by_place(buyers: Buyers, at: Callable[[Any], Places], supply: Supply, outside: Outside, caps: Caps) -> Clearing:
    """Clear the markets for buyers who buy region by region."""
    known: Places | None = None
    money = np.empty(0)

    def orders(permit: Price) -> places.Cells:
        nonlocal known, money
        now = at(permit)
        if known is None or not np.array_equal(known.usual, now.usual):  # permits that all regions need move it
            usual = places.bundle(buyers, now)
            money = places.parts(now, usual, clear(usual, supply, outside, Caps(compute=caps.compute)))
        known = now
        return places.cells(buyers, now, money)

    free: Price = np.zeros(np.shape(caps.carbon)) if np.ndim(caps.carbon) else 0.0
    share, first = at(free).share, orders(free)
    licensed = np.tile(np.broadcast_to(buyers.licensed, buyers.spend.shape), len(share))
    reserved = (buyers.reserved * share).ravel()
    apart = Buyers(first.spend, first.unit_cost, first.most, first.carbon, reserved, licensed, orders)
    found = clear(apart, supply, outside, caps)
    orders(found.permit_price)
    return places.together(found, money, buyers.spend)


@record
class Purchases:
    """What buyers take for training and for serving customers, (n,), and the price of both together on average."""

    training: Array  # FLOP/yr
    serving: Array  # FLOP/yr
    paid_training: Array  # USD/yr
    paid_serving: Array  # USD/yr
    price: Array  # USD/FLOP
    clearing: Clearing
    where: Array | None = None  # (regions, n) shares of compute, where buyers have places


def sell(
    buyers: Buyers, supply: Supply, outside: Outside, caps: Caps, training: Array, licenses: Array | None
) -> Purchases:
    """Clear the markets (see ``clear``) for buyers who train with a share ``training`` (n,) of their money.

    ``licenses`` (2, n) says whether training, and serving, need compute permits; None where nobody does. Where they
    need them alike, both are bought together; where not, each actor buys twice, since a FLOP for training then costs
    more than one for serving.
    """
    if licenses is None or (licenses[0] == licenses[1]).all():
        alike = replace(buyers, licensed=licenses[0]) if licenses is not None else buyers
        found, parts = clear(alike, supply, outside, caps), np.empty((4, training.size))
        _split(training, found.compute, found.paid, parts)
        compute, serving, paid, paid_serving = parts
        return Purchases(compute, serving, paid, paid_serving, found.price, found, found.where)
    n, share = training.size, np.concatenate([training, 1.0 - training])
    most = places.limits(np.tile(buyers.most, 2), share)
    unit_cost, carbon = np.tile(buyers.unit_cost, 2), np.tile(buyers.carbon, 2)
    reserved = np.tile(buyers.reserved, 2) * share
    apart = Buyers(np.tile(buyers.spend, 2) * share, unit_cost, most, carbon, reserved, licenses.ravel(),
                   _twice(buyers.answer, share), _both(buyers.places, share))  # fmt: skip
    found = clear(apart, supply, outside, caps)
    bought, paid = found.compute[:n] + found.compute[n:], found.paid[:n] + found.paid[n:]
    mixed = training * found.price[:n] + (1.0 - training) * found.price[n:]
    price = np.divide(paid, bought, out=mixed, where=bought > 0)
    where = found.where
    if where is not None:
        weight = np.where(np.tile(bought, 2) > 0, found.compute, share)
        where = (where[:, :n] * weight[:n] + where[:, n:] * weight[n:]) / (weight[:n] + weight[n:])
    return Purchases(found.compute[:n], found.compute[n:], found.paid[:n], found.paid[n:], price, found, where)


def _both(at: Callable[[float], Places] | None, share: Array) -> Callable[[float], Places] | None:
    """The places of buyers who buy twice."""
    return None if at is None else lambda permit: places.twice(at(permit), share)


def _twice(answer: Callable[[float], NamedTuple] | None, share: Array) -> Callable[[float], NamedTuple] | None:
    """The answers of buyers who buy twice."""

    def both(permit: float) -> Answer:
        assert answer is not None
        unit_cost, carbon, most = answer(permit)
        return Answer(np.tile(unit_cost, 2), np.tile(carbon, 2), places.limits(np.tile(most, 2), share))

    return None if answer is None else both


@loop
def _split(training: Array, compute: Array, paid: Array, parts: Block) -> None:
    """Compute for training and for serving, and what is paid for each."""
    for i in range(training.size):
        bought, money = training[i] * compute[i], training[i] * paid[i]
        parts[0, i] = bought
        parts[1, i] = compute[i] - bought
        parts[2, i] = money
        parts[3, i] = paid[i] - money


def _verify(buyers: Buyers, found: Clearing, supply: Supply, caps: Caps) -> None:
    """What must hold of a clearing. Raises ArithmeticError with the numbers where it does not."""
    sold = total(found.compute) + found.outside
    limits = [(found.license_price, found.licenses, buyers.licensed, caps.compute)]
    if np.min(caps.carbon) < inf:
        each = (np.atleast_1d(found.permit_price), np.atleast_2d(buyers.carbon), np.atleast_1d(caps.carbon))
        limits += [(price, found.permits, per_flop, cap) for price, per_flop, cap in zip(*each, strict=True)]
    cut = RATIONED in (found.permits, found.licenses)
    holds = sold <= supply.capacity * (1 + CHECKED)
    holds = holds and (found.outcome == SLACK or cut or sold >= supply.capacity * (1 - CHECKED))
    used = [float((per_flop * found.compute).sum()) if cap < inf else 0.0 for _, _, per_flop, cap in limits]
    for amount, (price, state, _, cap) in zip(used, limits, strict=True):
        rests = price > 0 and state == CLEARED and not cut
        holds = holds and amount <= cap * (1 + CHECKED) and (not rests or amount >= cap * (1 - CHECKED))
    if not holds:
        permits_used = ", ".join(f"{amount:g} of {cap:g} permits at {price:g} ({state})"
                                 for amount, (price, state, _, cap) in zip(used, limits, strict=True))  # fmt: skip
        raise ArithmeticError(
            f"the market ({supply.rule}) did not clear: {sold:g} FLOP/yr of {supply.capacity:g} at a rent of "
            f"{found.rent:g} ({found.outcome}); of compute, then emissions {permits_used}"
        )
