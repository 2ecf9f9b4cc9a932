"""Prices of permits at which what is used meets what is issued: of one kind of permit, or of several at once.

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


def settled(at: At, caps: Array, ceiling: float, last: Array) -> Rest:
    """Prices from 0 to a ``ceiling`` at which permits used meet caps (markets,), or lie below them at no price; ``at``
    tells what follows from prices. The search begins at the ``last`` ones."""
    if caps.size > 1:
        return _several(at, caps, ceiling, last)

    def alone(price: float) -> PricePoint:
        used = at(np.array([price]))
        return PricePoint(price, excess(float(used.amounts[0]), float(caps[0])), used)

    point, state = price_near(alone, float(caps[0]), ceiling, float(last[0]))
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


def price_near(at: Try, cap: float, ceiling: float, last: float) -> tuple[PricePoint, str]:
    """The price as ``price_within`` finds it, sought outwards from a ``last`` price. Where what permits are for costs
    half of permits and half of other things, ln of what is used falls by 1 as ln(1 + price / scale) rises by 1."""
    first = here = at(min(last, ceiling))
    scale = first.used.spend / (cap * exp(max(first.gap, 0.0))) or 1.0
    place, way = log1p(here.price / scale), BEYOND
    tried = [(place, here.gap)]
    while True:
        beyond, up = here, here.gap > 0.0
        if not up and here.price == 0.0:
            return here, FREE
        if up and (here.price >= ceiling or place > FURTHEST):
            return here, CLEARED if here.gap <= TOLERANCE else RATIONED
        if abs(here.gap) <= TOLERANCE:
            return here, CLEARED
        most = way * min(max(here.gap, -FURTHEST), FURTHEST)
        step = _towards(tried) - place if len(tried) <= QUICK else most
        place = max(place + (step if 0.0 < step / most <= 1.0 else most), 0.0)
        price = min(scale * expm1(min(place, FURTHEST + 1.0)), ceiling)
        here, way = at(price), 3.0 * way
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

    def off(self, ceiling: float) -> float:
        """How far the market that is furthest from its rest is from it: at its cap, below it at no price, or above it
        at the ceiling."""
        above = np.where(self.prices < ceiling, self.gaps, 0.0)
        return float(np.where(self.prices > 0, np.maximum(above, -self.gaps), np.maximum(above, 0.0)).max())


def _several(at: At, caps: Array, ceiling: float, last: Array) -> Rest:
    """As ``price_near`` for several permits at once, (markets,): each at its own price.

    Where the last prices lead to rest by Newton's steps alone, there is no need to look further. Where they do not, one
    after the other is brought to its cap, from no price on, while the others stay, in the order given: what a cap
    limits falls in its own price. Of prices that would do as well, those are found to which this leads. When that
    moves prices little, Newton's steps end the search.
    """

    def tried(prices: Array) -> Tried:
        used = at(prices)
        gaps = [excess(float(amount), float(cap)) for amount, cap in zip(used.amounts, caps, strict=True)]
        return Tried(prices, np.array(gaps), used.found)

    best = _newton(tried, tried(np.minimum(last, ceiling)), ceiling)
    if best.off(ceiling) > CLOSE:
        swept = tried(np.zeros(caps.size))
        best = _nearer(best, swept, ceiling)
        for _ in range(MOST_ROUNDS):
            if best.off(ceiling) <= CLOSE:
                break
            swept = tried(_in_turn(at, caps, ceiling, swept.prices))
            best = _nearer(best, _newton(tried, swept, ceiling), ceiling)
    if best.off(ceiling) > CHECKED:
        best = _nearer(best, _outermost(tried, at, caps, ceiling), ceiling)
    rationed = bool(((best.prices >= ceiling) & (best.gaps > TOLERANCE)).any())
    return Rest(best.prices, best.found, RATIONED if rationed else CLEARED if best.prices.any() else FREE)


def _nearer(best: Tried, now: Tried, ceiling: float) -> Tried:
    """Those of two prices that are nearer to rest; the earlier ones where both are as near."""
    return now if now.off(ceiling) < best.off(ceiling) else best


def _in_turn(at: At, caps: Array, ceiling: float, start: Array) -> Array:
    """Prices of permits, each brought in turn to where permits used meet its cap."""
    prices = start.copy()
    for market, cap in enumerate(caps.tolist()):

        def alone(price: float, market: int = market, cap: float = cap) -> PricePoint:
            prices[market] = price
            used = at(prices.copy())
            return PricePoint(price, excess(float(used.amounts[market]), cap), used)

        prices[market] = price_near(alone, cap, ceiling, float(prices[market]))[0].price
    return prices


def _outermost(tried: Callable[[Array], Tried], at: At, caps: Array, ceiling: float) -> Tried:
    """Where prices in turn do not come to rest: each market's price is sought outermost, first that of the first, the
    others within it in one order and in the other, until all rest."""
    markets, best = list(range(caps.size)), tried(np.zeros(caps.size))
    ways = [way[first:] + way[:first] for way in (markets, markets[::-1]) for first in markets]
    for order in dict.fromkeys(map(tuple, ways)):  # of two there is one way round
        best = _nearer(best, tried(_nested(at, caps, ceiling, np.zeros(caps.size), order)), ceiling)
        if best.off(ceiling) <= CHECKED:
            break
    return best


def _nested(at: At, caps: Array, ceiling: float, start: Array, order: Sequence[int]) -> Array:
    """Prices of permits at which all markets of an order rest: that of the first is sought where those after it rest at
    each price that is tried. Slow, but what is used need not fall in prices."""
    market, *others = order
    prices, cap = start.copy(), float(caps[market])

    def at_rest(price: float) -> PricePoint:
        prices[market] = price
        if others:
            prices[:] = _nested(at, caps, ceiling, prices, others)
        used = at(prices.copy())
        return PricePoint(price, excess(float(used.amounts[market]), cap), used)

    found = price_near(at_rest, cap, ceiling, float(prices[market]))[0].price
    if prices[market] != found:
        at_rest(found)
    return prices


def _newton(tried: Callable[[Array], Tried], begun: Tried, ceiling: float) -> Tried:
    """Prices after steps on logarithms of those above zero, as long as each halves the distance to rest. Slopes are
    from differences at first, and corrected by what each step does (Broyden 1965)."""
    now, slopes, fresh = begun, np.empty((0, 0)), False
    for _ in range(NEWTON):
        before = now.off(ceiling)
        if before <= CLOSE:
            break
        (moving,) = np.nonzero((now.prices > 0) & ((now.prices < ceiling) | (now.gaps < 0)))
        if not moving.size or ((now.prices == 0) & (now.gaps > CLOSE)).any():
            break  # a price of nothing, which has no logarithm, would have to rise
        if len(slopes) != moving.size:
            slopes, fresh = _slopes(tried, now, moving), True
        step = solved(slopes, -now.gaps[moving])
        prices = now.prices.copy()
        prices[moving] *= np.where(step > 0, exp(np.minimum(step, 2.0)), np.maximum(1.0 + step, 0.0))
        better = tried(np.minimum(prices, ceiling))
        if better.off(ceiling) < 0.5 * before:
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
