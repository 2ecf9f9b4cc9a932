"""Prices of compute and of permits that fit demand to what there is."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block
from sim.compiled import equation, loop
from sim.mathematics import expm1, log, log1p, power, total
from sim.mechanisms.market import places
from sim.mechanisms.market.records import (
    CHECKED,
    CLEARED,
    FREE,
    MOST_TRIES,
    RATIONED,
    SLACK,
    TOLERANCE,
    Answer,
    Buyers,
    Caps,
    Clearing,
    Outside,
    Places,
    Supply,
)
from sim.mechanisms.market.rules import RULES
from sim.records import record

NEARLY = 1e-6  # of the cap: most that buyers are cut where the permit price has no finer digits


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
        weighted[:] = 1.0
        return
    for i in range(volume.size):
        weighted[i] = volume[i] * (volume[i] / whole)
    reference = total(weighted)
    for i in range(volume.size):
        weighted[i] = surcharge(volume[i], reference, discount, limit)


def clear(buyers: Buyers, supply: Supply, outside: Outside, caps: Caps) -> Clearing:
    """Fit demand to capacity by a rule, emissions and licensed compute to their caps.

    A rent r, a permit price t and a price f of compute permits, all from 0 up, with complementary slackness: below
    capacity only at no rent, below a cap only at no price of its permits. A buyer takes
    min(spend / (unit_cost + r + carbon t + licensed f), most). For given t and f demand falls in r, and what a cap
    limits falls in its price at the r that clears: the prices solve an Eisenberg-Gale programme (Eisenberg, Gale 1959),
    whose dual is convex. Each is found by Newton or secant steps inside a bracket, with bisection where they leave it.
    When even the ceilings of rent or permit price do not suffice, all who take part are cut alike and keep the money
    that buys nothing.

    Buyers with ``places`` buy region by region, each with a part of their money.

    Raises ValueError for an unknown rule, for a cap of nothing and for a cap beside a rule without prices;
    ArithmeticError when what was found does not hold.
    """
    if supply.rule not in RULES:
        raise ValueError(f"no rule of allocation is called {supply.rule}: {', '.join(RULES)}")
    if not (caps.carbon > 0 and caps.compute > 0):
        raise ValueError("a cap must lie above 0")
    if not RULES[supply.rule].priced and (caps.carbon < inf or caps.compute < inf):
        raise ValueError(f"a {supply.rule} has no prices, so permits cannot be traded beside it")

    if buyers.places is not None:
        return _by_place(buyers, buyers.places, supply, outside, caps)
    if caps.carbon == inf == caps.compute:
        buyers = buyers.at(0.0)
        found = RULES[supply.rule].allocate(buyers, supply.capacity, outside, supply.ceiling, 0.0)
        _verify(buyers, found, supply, caps)
        return found

    def permitted(license: float) -> Clearing:
        """Rent and permit price at a price of compute permits."""

        def at(permit: float) -> tuple[Clearing, Array]:
            now = buyers.at(permit)
            paying = replace(now, unit_cost=now.unit_cost + now.licensed * license) if license else now
            return RULES[supply.rule].allocate(paying, supply.capacity, outside, supply.ceiling, permit), now.carbon

        found, permits = _permit_price(buyers, at, caps.carbon, caps.permit_ceiling)
        price = found.permit_price if permits != FREE else 0.0
        return replace(found, permits=permits, permit_price=price, license_price=license)

    licensed = np.broadcast_to(buyers.licensed, buyers.spend.shape)
    found, licenses = _permit_price(buyers, lambda price: (permitted(price), licensed), caps.compute, inf)
    found = replace(found, licenses=licenses)
    _verify(buyers.at(found.permit_price), found, supply, caps)
    return found


def _by_place(buyers: Buyers, at: Callable[[float], Places], supply: Supply, outside: Outside, caps: Caps) -> Clearing:
    """Clear the markets for buyers who buy region by region."""
    known: Places | None = None
    money = np.empty(0)

    def orders(permit: float) -> places.Cells:
        nonlocal known, money
        now = at(permit)
        if known is None or not np.array_equal(known.usual, now.usual):  # permits that all regions need move it
            usual = places.bundle(buyers, now)
            money = places.parts(now, usual, clear(usual, supply, outside, Caps(compute=caps.compute)))
        known = now
        return places.cells(buyers, now, money)

    share, first = at(0.0).share, orders(0.0)
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


def _permit_price(
    buyers: Buyers, at: Callable[[float], tuple[Clearing, Array]], cap: float, ceiling: float
) -> tuple[Clearing, str]:
    """The clearing at the permit price at which permits used meet the cap, and how it came: free, cleared or rationed.
    ``at`` tells what clears at a price, and the permits that each then uses per FLOP, (n,). By the Illinois method on
    logarithms."""

    def excess(found: Clearing, per_flop: Array) -> float:
        return log(max(float((per_flop * found.compute).sum()), 1e-300) / cap)

    free, per_flop = at(0.0)
    if not float((per_flop * free.compute).sum()) > cap:
        return free, FREE
    highest = min(ceiling, float(buyers.spend.sum()) / cap)  # what is used lies below spend / price
    scale = float(buyers.unit_cost.mean() / per_flop.mean())  # the price that about doubles cost
    low, gap_low = 0.0, excess(free, per_flop)
    last, per_flop = at(highest)
    high, gap_high = log1p(highest / scale), excess(last, per_flop)
    if gap_high > TOLERANCE:
        return _cut(per_flop, last, cap), RATIONED
    found, gap, side = last, gap_high, 0
    for attempt in range(MOST_TRIES):
        if abs(gap) <= TOLERANCE or high - low <= 1e-15 * high:
            break
        secant = (low * gap_high - high * gap_low) / (gap_high - gap_low)
        here = secant if low < secant < high and attempt % 8 != 7 else 0.5 * (low + high)
        found, per_flop = at(scale * expm1(here))
        gap = excess(found, per_flop)
        if gap > 0:
            low, gap_low, gap_high, side = here, gap, gap_high * (0.5 if side > 0 else 1.0), 1
        else:
            high, gap_high, gap_low, side = here, gap, gap_low * (0.5 if side < 0 else 1.0), -1
    if gap < -CHECKED and not gap_low > NEARLY:  # the price has no finer digits: stay on the other side
        found, per_flop = at(scale * expm1(low))
    return _cut(per_flop, found, cap), CLEARED


def _cut(per_flop: Array, found: Clearing, cap: float) -> Clearing:
    """Purchases of those who need permits, cut alike where they exceed the cap."""
    used = float((per_flop * found.compute).sum())
    if used <= cap:
        return found
    part = np.where(per_flop > 0, cap / used, 1.0)
    return replace(found, compute=found.compute * part, paid=found.paid * part)


def _verify(buyers: Buyers, found: Clearing, supply: Supply, caps: Caps) -> None:
    """What must hold of a clearing. Raises ArithmeticError with the numbers where it does not."""
    capacity, carbon_cap, compute_cap = supply.capacity, caps.carbon, caps.compute
    sold = total(found.compute) + found.outside
    emitted, licensed = (
        float((per * found.compute).sum()) if cap < inf else 0.0
        for per, cap in ((buyers.carbon, carbon_cap), (buyers.licensed, compute_cap))
    )
    cut = RATIONED in (found.permits, found.licenses)
    filled = found.outcome == SLACK or cut or sold >= capacity * (1 - CHECKED)
    within = sold <= capacity * (1 + CHECKED)
    used = True
    for state, amount, cap in ((found.permits, emitted, carbon_cap), (found.licenses, licensed, compute_cap)):
        within = within and amount <= cap * (1 + CHECKED)
        used = used and (state != CLEARED or cut or amount >= cap * (1 - CHECKED))
    if not (within and filled and used):
        raise ArithmeticError(
            f"the market ({supply.rule}) did not clear: {sold:g} FLOP/yr of {capacity:g}, {emitted:g} kgCO2e/yr of "
            f"{carbon_cap:g}, {licensed:g} licensed FLOP/yr of {compute_cap:g}, rent {found.rent:g}, permit price "
            f"{found.permit_price:g}, compute permit {found.license_price:g}, {found.outcome}, "
            f"permits {found.permits}, compute permits {found.licenses}"
        )
