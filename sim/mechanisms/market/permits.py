"""Prices of permits at which what is used meets what is issued: of one kind of permit, or of several at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.mathematics import expm1, log, log1p
from sim.mechanisms.market.records import CHECKED, CLEARED, FREE, MOST_TRIES, RATIONED, TOLERANCE, Buyers, Clearing

NEARLY = 1e-6  # of a cap: most that buyers are cut where its price has no finer digits
CLOSE = 1e-11  # of a cap: how near to it what several permits are used for is brought
MOST_ROUNDS = 200  # in which prices of several permits are sought
STEP = 1e-6  # of a price, in logarithms, by which it is moved to see what follows

At = Callable[[float], tuple[Clearing, Array]]
AtAll = Callable[[Array], tuple[Clearing, Array]]


def excess(found: Clearing, per_flop: Array, cap: float) -> float:
    """ln of permits used over those issued."""
    return log(max(float((per_flop * found.compute).sum()), 1e-300) / cap)


def single(buyers: Buyers, at: At, cap: float, ceiling: float) -> tuple[Clearing, float, str]:
    """The clearing at the permit price at which permits used meet the cap, that price, and how it came: free, cleared
    or rationed. ``at`` tells what clears at a price, and the permits that each then uses per FLOP, (n,). By the
    Illinois method on logarithms."""
    free, per_flop = at(0.0)
    if not float((per_flop * free.compute).sum()) > cap:
        return free, 0.0, FREE
    highest = min(ceiling, float(buyers.spend.sum()) / cap)  # what is used lies below spend / price
    scale = float(buyers.unit_cost.mean() / per_flop.mean())  # the price that about doubles cost
    low, gap_low = 0.0, excess(free, per_flop, cap)
    last, per_flop = at(highest)
    high, gap_high = log1p(highest / scale), excess(last, per_flop, cap)
    if gap_high > TOLERANCE:
        return cut(per_flop, last, cap), highest, RATIONED
    found, gap, side, price = last, gap_high, 0, highest
    for attempt in range(MOST_TRIES):
        if abs(gap) <= TOLERANCE or high - low <= 1e-15 * high:
            break
        secant = (low * gap_high - high * gap_low) / (gap_high - gap_low)
        here = secant if low < secant < high and attempt % 8 != 7 else 0.5 * (low + high)
        price = scale * expm1(here)
        found, per_flop = at(price)
        gap = excess(found, per_flop, cap)
        if gap > 0:
            low, gap_low, gap_high, side = here, gap, gap_high * (0.5 if side > 0 else 1.0), 1
        else:
            high, gap_high, gap_low, side = here, gap, gap_low * (0.5 if side < 0 else 1.0), -1
    if gap < -CHECKED and not gap_low > NEARLY:  # the price has no finer digits: stay on the other side
        price = scale * expm1(low)
        found, per_flop = at(price)
    return cut(per_flop, found, cap), price, CLEARED


def cut(per_flop: Array, found: Clearing, cap: float) -> Clearing:
    """Purchases of those who need permits, cut alike where they exceed the cap."""
    used = float((per_flop * found.compute).sum())
    if used <= cap:
        return found
    part = np.where(per_flop > 0, cap / used, 1.0)
    return replace(found, compute=found.compute * part, paid=found.paid * part)


class Tried(NamedTuple):
    """What follows from prices of several permits."""

    prices: Array  # (markets,) USD/kgCO2e
    found: Clearing
    per_flop: Array  # (markets, n) permits used
    gaps: Array  # (markets,) ln of permits used over those issued

    def off(self, ceiling: float) -> float:
        """How far the market that is furthest from its rest is from it: at its cap, below it at no price, or above it
        at the ceiling."""
        above = np.where(self.prices < ceiling, self.gaps, 0.0)
        return float(np.where(self.prices > 0, np.maximum(above, -self.gaps), np.maximum(above, 0.0)).max())


def several(buyers: Buyers, at: AtAll, caps: Array, ceiling: float) -> tuple[Clearing, Array, str]:
    """As ``single`` for several permits at once, (markets,): each at its own price.

    From no price on, one after the other is brought to its cap while the others stay, in the order given: what a cap
    limits falls in its own price. Of prices that would do as well, those are found to which this leads. When that
    moves prices little, Newton's steps end the search.
    """

    def tried(prices: Array) -> Tried:
        found, per_flop = at(prices)
        gaps = [excess(found, *each) for each in zip(per_flop, caps, strict=True)]
        return Tried(prices, found, per_flop, np.array(gaps))

    now = swept = tried(np.zeros(caps.size))
    for _ in range(MOST_ROUNDS):
        if now.off(ceiling) <= CLOSE:
            break
        now = swept = tried(_in_turn(buyers, at, caps, ceiling, swept.prices))
        while (before := now.off(ceiling)) > CLOSE:  # what does not end the search is forgotten: it could go in circles
            better = _newton(tried, now, ceiling)
            if not better.off(ceiling) < 0.5 * before:
                break
            now = better
    found, rationed = now.found, False
    for per_flop, cap, price, gap in zip(now.per_flop, caps, now.prices, now.gaps, strict=True):
        rationed = rationed or bool(price >= ceiling and gap > TOLERANCE)
        found = cut(per_flop, found, cap)
    return found, now.prices, RATIONED if rationed else CLEARED if now.prices.any() else FREE


def _in_turn(buyers: Buyers, at: AtAll, caps: Array, ceiling: float, start: Array) -> Array:
    """Prices of permits, each brought in turn to where permits used meet its cap."""
    prices = start.copy()
    for market, cap in enumerate(caps):

        def alone(price: float, market: int = market) -> tuple[Clearing, Array]:
            prices[market] = price
            found, per_flop = at(prices)
            return found, per_flop[market]

        _, prices[market], _ = single(buyers, alone, float(cap), ceiling)
    return prices


def _newton(tried: Callable[[Array], Tried], now: Tried, ceiling: float) -> Tried:
    """Prices after one step on logarithms of those above zero, from differences."""
    (moving,) = np.nonzero((now.prices > 0) & ((now.prices < ceiling) | (now.gaps < 0)))
    slopes = np.empty((moving.size, moving.size))
    for column, market in enumerate(moving):
        near = now.prices.copy()
        near[market] *= 1.0 + STEP
        slopes[:, column] = (tried(near).gaps[moving] - now.gaps[moving]) / STEP
    step, *_ = np.linalg.lstsq(slopes, -now.gaps[moving], rcond=None)
    prices = now.prices.copy()
    prices[moving] *= np.where(step > 0, np.exp(np.minimum(step, 2.0)), np.maximum(1.0 + step, 0.0))
    return tried(np.minimum(prices, ceiling))
