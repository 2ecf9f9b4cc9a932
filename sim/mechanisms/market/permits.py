"""Prices of permits at which what is used meets what is issued: of one kind of permit, or of several at once.

Emission permits may have a lowest price, at which fewer may be used than are issued, and a highest one, at which more
are sold.

Who calls whom, in the order in which they are tried:

    price_within        compute permits: one price, from nothing to a highest
      _between          one price between two that are known
    settled             emission permits
      price_near        one kind: outwards from the last price, until the price is between two
        _between
      _several          several kinds
        _newton         all prices at once, from the last ones
        _in_turn        one price after the other, each by price_near; and _newton from there
        _outermost      where that does not come to rest: prices within prices
          _nested       by price_near

What is used at prices is asked of ``at``, which clears the market for compute at them.
"""

from collections.abc import Callable, Sequence
from math import nan
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, Rows, added
from sim.mathematics import exp, expm1, log, log1p, solved
from sim.mechanisms.market.records import CHECKED, CLEARED, FREE, MOST_TRIES, RATIONED, TOLERANCE

NEARLY = 1e-6  # of a cap: most that buyers are cut where its price has no finer digits
CLOSE = 1e-11  # of a cap: how near to it what several permits are used for is brought
MOST_ROUNDS = 20  # in which prices of several permits are sought in turn
NEWTON = 12  # most of Newton's steps in a row
STEP = 1e-6  # of a price, in logarithms, by which it is moved to see what follows
ELASTIC = 0.6  # of the way to where a price would lead that is half of what permits are for: it is less where buyers
# also emit less for each dollar, as in the shipped scenarios
BEYOND = 1.5  # of that way: most of a first step, and of the next ones three times as much as of the one before
QUICK = 6  # attempts in which what was tried before is trusted to lead to the next
FURTHEST = 200.0  # of ln(1 + price / scale)


class Used(NamedTuple):
    """What follows from the prices of permits."""

    amounts: Array  # (markets,) permits used in a year
    spend: float  # USD/yr of all who buy
    found: Any  # and all else


class Rest(NamedTuple):
    """Prices at which markets for permits rest, what follows, and how it came: free, cleared or rationed."""

    prices: Array  # (markets,) USD for a permit
    found: Any
    state: str


At = Callable[[Array], Used]


class PriceBounds(NamedTuple):
    """Between what prices of permits lie, (markets,) [USD/kgCO2e]."""

    lowest: Array
    highest: Array

    def within(self, prices: Array) -> Array:
        """The nearest prices that lie between."""
        return np.minimum(np.maximum(prices, self.lowest), self.highest)


class PricePoint(NamedTuple):
    """What follows from a price of one kind of permit."""

    price: float
    gap: float  # ln of permits used over those issued
    used: Used


Try = Callable[[float], PricePoint]
Guesses = list[tuple[float, float]]  # ln(1 + price / scale), and gaps there


def excess(used: float, cap: float) -> float:
    """ln of permits used over those issued."""
    return log(max(used, 1e-300) / cap)


def settled(at: At, caps: Array, bounds: PriceBounds, last: Array) -> Rest:
    """Prices within ``bounds`` at which permits used meet caps (markets,), or lie below them at the lowest price, or
    above them at the highest; ``at`` tells what follows from prices. The search begins at the ``last`` ones."""
    if caps.size > 1:
        return _several(at, caps, bounds, last)

    def alone(price: float) -> PricePoint:
        used = at(np.array([price]))
        return PricePoint(price, excess(float(used.amounts[0]), float(caps[0])), used)

    point, state = price_near(alone, float(caps[0]), float(bounds.lowest[0]), float(bounds.highest[0]), float(last[0]))
    return Rest(np.array([point.price]), point.used.found, state)


def price_within(at: Try, highest: float, scale: float) -> tuple[PricePoint, str]:
    """The price from 0 to a ``highest`` at which permits used meet those issued, and how it came: free, cleared or
    rationed. ``scale`` is a price that about doubles what permits are for."""
    free = at(0.0)
    if not free.gap > 0.0:
        return free, FREE
    last = at(highest)
    if last.gap > TOLERANCE:
        return last, RATIONED
    tried = [(log1p(each.price / scale), each.gap) for each in (free, last)]
    return _between(at, free, last, scale, tried), CLEARED


def price_near(at: Try, cap: float, lowest: float, highest: float, last: float) -> tuple[PricePoint, str]:
    """The price from a ``lowest`` to a ``highest`` one, sought outwards from a ``last`` price. Where what permits are
    for costs half of permits and half of other things, ln of what is used falls by 1 as ln(1 + price / scale) rises by
    1. It is free where fewer are used at the lowest price than there are."""
    first = here = at(min(max(last, lowest), highest))
    scale = first.used.spend / (cap * exp(max(first.gap, 0.0))) or 1.0
    place, least, way = log1p(here.price / scale), log1p(lowest / scale), BEYOND
    tried = [(place, here.gap)]
    while True:
        beyond, up = here, here.gap > 0.0
        if not up and here.price == lowest:
            return here, FREE
        if up and here.price >= highest:
            return here, CLEARED
        if up and place > FURTHEST:
            return here, RATIONED
        if abs(here.gap) <= TOLERANCE:
            return here, CLEARED
        most = way * min(max(here.gap, -FURTHEST), FURTHEST)
        step = _towards(tried) - place if len(tried) <= QUICK else most
        place = max(place + (step if 0.0 < step / most <= 1.0 else most), least)
        price = scale * expm1(min(place, FURTHEST + 1.0)) if place > least else lowest
        here, way = at(min(max(price, lowest), highest)), 3.0 * way
        tried.append((place, here.gap))
        if up != (here.gap > 0.0) and abs(here.gap) > TOLERANCE:
            low, high = (beyond, here) if up else (here, beyond)
            if not high.price > low.price:
                return high, CLEARED
            return _between(at, low, high, scale, tried), CLEARED


def _between(at: Try, below: PricePoint, above: PricePoint, scale: float, tried: Guesses) -> PricePoint:
    """The price between two, below which more is used than there is and above which less, at which all is used. By
    what the last three tried lead to, as long as that is quick; else by the Illinois method on logarithms."""
    low, high = log1p(below.price / scale), log1p(above.price / scale)
    gap_low, gap_high, point, side = below.gap, above.gap, above, 0
    for attempt in range(MOST_TRIES):
        if abs(point.gap) <= TOLERANCE or high - low <= 1e-15 * high:
            break
        here = _towards(tried) if attempt < QUICK else low
        if not low < here < high:
            here = (low * gap_high - high * gap_low) / (gap_high - gap_low)
        if not low < here < high or attempt % 8 == 7:
            here = 0.5 * (low + high)
        point = at(scale * expm1(here))
        tried.append((here, point.gap))
        if point.gap > 0.0:
            low, gap_low, gap_high, side = here, point.gap, gap_high * (0.5 if side > 0 else 1.0), 1
        else:
            high, gap_high, gap_low, side = here, point.gap, gap_low * (0.5 if side < 0 else 1.0), -1
    if point.gap < -CHECKED and not gap_low > NEARLY:  # the price has no finer digits: stay on the other side
        point = at(scale * expm1(low))
    return point


def _towards(tried: Guesses) -> float:
    """Where the gap is nothing on the parabola of the place by the gap through the last three that were tried, or on
    the line through two; NaN where there is none."""
    if len(tried) == 1:
        return tried[0][0] + ELASTIC * tried[0][1]
    found, last = 0.0, tried[-3:]
    for i, (place, gap) in enumerate(last):
        for j, (_, other) in enumerate(last):
            if i != j:
                place *= other / (other - gap) if other != gap else nan
        found += place
    return found


def cut(per_flop: Array, compute: Array, cap: float) -> Array:
    """Parts of purchases that are left where those who need permits are cut alike to the cap."""
    used = float((per_flop * compute).sum())
    return np.where(per_flop > 0.0, cap / used, 1.0) if used > cap else np.ones(compute.size)


class Tried(NamedTuple):
    """What follows from prices of several permits."""

    prices: Array  # (markets,) USD/kgCO2e
    gaps: Array  # (markets,) ln of permits used over those issued
    found: Any

    def off(self, bounds: PriceBounds) -> float:
        """How far the market that is furthest from its rest is from it: at its cap, below it at the lowest price, or
        above it at the highest."""
        above = np.where(self.prices < bounds.highest, self.gaps, 0.0)
        below = np.where(self.prices > bounds.lowest, -self.gaps, 0.0)
        return float(np.maximum(above, below).max())


def _several(at: At, caps: Array, bounds: PriceBounds, last: Array) -> Rest:
    """As ``price_near`` for several permits at once, (markets,): each at its own price.

    Where the last prices lead to rest by Newton's steps alone, there is no need to look further. Where they do not, one
    after the other is brought to its cap, from its lowest price on, while the others stay, in the order given: what a
    cap limits falls in its own price. Of prices that would do as well, those are found to which this leads. When that
    moves prices little, Newton's steps end the search.
    """

    def tried(prices: Array) -> Tried:
        used = at(prices)
        gaps = [excess(float(amount), float(cap)) for amount, cap in zip(used.amounts, caps, strict=True)]
        return Tried(prices, np.array(gaps), used.found)

    best = _newton(tried, tried(bounds.within(last)), bounds)
    if best.off(bounds) > CLOSE:
        swept = tried(bounds.lowest.copy())
        best = _nearer(best, swept, bounds)
        for _ in range(MOST_ROUNDS):
            if best.off(bounds) <= CLOSE:
                break
            swept = tried(_in_turn(at, caps, bounds, swept.prices))
            best = _nearer(best, _newton(tried, swept, bounds), bounds)
    if best.off(bounds) > CHECKED:
        best = _nearer(best, _outermost(tried, at, caps, bounds), bounds)
    return Rest(best.prices, best.found, CLEARED if (best.prices > bounds.lowest).any() else FREE)


def _nearer(best: Tried, now: Tried, bounds: PriceBounds) -> Tried:
    """Those of two prices that are nearer to rest; the earlier ones where both are as near."""
    return now if now.off(bounds) < best.off(bounds) else best


def _in_turn(at: At, caps: Array, bounds: PriceBounds, start: Array) -> Array:
    """Prices of permits, each brought in turn to where permits used meet its cap."""
    prices = start.copy()
    for market, cap in enumerate(caps.tolist()):

        def alone(price: float, market: int = market, cap: float = cap) -> PricePoint:
            prices[market] = price
            used = at(prices.copy())
            return PricePoint(price, excess(float(used.amounts[market]), cap), used)

        lowest, highest = float(bounds.lowest[market]), float(bounds.highest[market])
        prices[market] = price_near(alone, cap, lowest, highest, float(prices[market]))[0].price
    return prices


def _outermost(tried: Callable[[Array], Tried], at: At, caps: Array, bounds: PriceBounds) -> Tried:
    """Where prices in turn do not come to rest: each market's price is sought outermost, first that of the first, the
    others within it in one order and in the other, until all rest."""
    markets, best = list(range(caps.size)), tried(bounds.lowest.copy())
    ways = [way[first:] + way[:first] for way in (markets, markets[::-1]) for first in markets]
    for order in dict.fromkeys(map(tuple, ways)):  # of two there is one way round
        best = _nearer(best, tried(_nested(at, caps, bounds, bounds.lowest, order)), bounds)
        if best.off(bounds) <= CHECKED:
            break
    return best


def _nested(at: At, caps: Array, bounds: PriceBounds, start: Array, order: Sequence[int]) -> Array:
    """Prices of permits at which all markets of an order rest: that of the first is sought where those after it rest at
    each price that is tried. Slow, but what is used need not fall in prices."""
    market, *others = order
    prices, cap = start.copy(), float(caps[market])

    def at_rest(price: float) -> PricePoint:
        prices[market] = price
        if others:
            prices[:] = _nested(at, caps, bounds, prices, others)
        used = at(prices.copy())
        return PricePoint(price, excess(float(used.amounts[market]), cap), used)

    lowest, highest = float(bounds.lowest[market]), float(bounds.highest[market])
    found = price_near(at_rest, cap, lowest, highest, float(prices[market]))[0].price
    if prices[market] != found:
        at_rest(found)
    return prices


def _newton(tried: Callable[[Array], Tried], begun: Tried, bounds: PriceBounds) -> Tried:
    """Prices after steps on logarithms of those above zero, as long as each halves the distance to rest. Slopes are
    from differences at first, and corrected by what each step does (Broyden 1965)."""
    now, slopes, fresh = begun, np.empty((0, 0)), False
    for _ in range(NEWTON):
        before = now.off(bounds)
        if before <= CLOSE:
            break
        up = (now.gaps > 0) & (now.prices > 0) & (now.prices < bounds.highest)
        (moving,) = np.nonzero(up | (now.gaps <= 0) & (now.prices > bounds.lowest))
        if not moving.size or ((now.prices == 0) & (now.gaps > CLOSE)).any():
            break  # a price of nothing, which has no logarithm, would have to rise
        if len(slopes) != moving.size:
            slopes, fresh = _slopes(tried, now, moving), True
        step = solved(slopes, -now.gaps[moving])
        prices = now.prices.copy()
        prices[moving] *= np.where(step > 0, exp(np.minimum(step, 2.0)), np.maximum(1.0 + step, 0.0))
        better = tried(bounds.within(prices))
        if better.off(bounds) < 0.5 * before:
            went = log(better.prices[moving] / now.prices[moving])
            if np.isfinite(went).all() and went.any():
                missed = better.gaps[moving] - now.gaps[moving] - added((slopes * went).T)
                slopes, fresh = slopes + np.outer(missed, went) / added(went * went), False
            else:
                slopes = np.empty((0, 0))
            now = better
        elif fresh:
            break
        else:
            slopes = np.empty((0, 0))
    return now


def _slopes(tried: Callable[[Array], Tried], now: Tried, moving: Rows) -> Array:
    """How gaps of the markets that move follow the logarithms of their prices."""
    slopes = np.empty((moving.size, moving.size))
    for column, market in enumerate(moving):
        nearby = now.prices.copy()
        nearby[market] *= 1.0 + STEP
        slopes[:, column] = (tried(nearby).gaps[moving] - now.gaps[moving]) / STEP
    return slopes
