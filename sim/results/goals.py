"""Where a measure comes to a goal as one number is varied: in each replicate by itself, between neighbouring points.

A goal is a level, or a change against the base point of the same replicate. What it takes in a replicate is the first
value at which it is reached. Between two points a straight line stands for the measure: straight in its logarithm where
the measure is one of ratios, and in that of the axis where its values are even in it. Where a change gets lost as the
number rises, the axis is walked from its last value: the answer is then up to where the change holds.
"""

from dataclasses import dataclass
from math import ceil, floor, inf, isfinite
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.mathematics import exp, log
from sim.results.statistics import FEWEST, HIGH, LOW, NAN, Spread

LEVEL, AMOUNT, FACTOR = "level", "amount", "factor"
EXACT = 1e-9  # of a place among values
FEWEST_POINTS, MOST_POINTS = 5, 101  # of a finer range


class Goal(NamedTuple):
    """What a measure is to come to."""

    measure: str
    kind: str  # a level; an amount more (or, below 0, less) than the base point has; or so many times as much
    number: float  # in the measure's unit, or times
    typed: str  # as after --goal

    def targets(self, base: Array) -> Array:
        """The level of each replicate, given what its base point has; NaN where that is no base for a factor."""
        if self.kind == LEVEL:
            return np.full(base.shape, self.number)
        if self.kind == AMOUNT:
            return np.asarray(base + self.number)
        with np.errstate(invalid="ignore"):
            return np.where(base > 0, base * self.number, NAN)

    @property
    def wanted(self) -> int:
        """Whether more of the measure is wanted, 1, or less, -1; a level may be come to from both sides, 0."""
        if self.kind == LEVEL:
            return 0
        return 1 if self.number > (1.0 if self.kind == FACTOR else 0.0) else -1


@dataclass(frozen=True, eq=False)
class Reached:
    """Where replicates reach a goal."""

    at: Array  # values of the axis; inf beyond the last, -inf before the first
    places: Array  # of the axis at which there are values
    downward: bool  # whether the axis is walked from its last value to its first
    already: int  # replicates that reach it where the walk begins
    never: int  # that reach it at no value
    again: int  # that lose it again further on
    left_out: int  # without a value at some point, or without a base for a change

    @property
    def spread(self) -> Spread:
        """The median, and the 90 % range of enough."""
        ordered = np.sort(self.at).tolist()
        if not ordered:
            return Spread(0)
        middle, low, high = (quantile(ordered, share) for share in (0.5, LOW / 100, HIGH / 100))
        return Spread(len(ordered), middle, low, high) if len(ordered) >= FEWEST else Spread(len(ordered), middle)


def quantile(ordered: list[float], share: float) -> float:
    """A quantile of numbers in order, of which the outer ones may be infinite: beyond what is known. Between a number
    and one beyond it lies beyond; between two ends nothing is known, NaN."""
    place = share * (len(ordered) - 1)
    place = round(place) if abs(place - round(place)) < EXACT else place
    before, part = ordered[floor(place)], place - floor(place)
    after = ordered[floor(place) + 1] if part else before
    if before == after:
        return before
    if isfinite(before) and isfinite(after):
        return before + part * (after - before)
    return NAN if not isfinite(before) and not isfinite(after) else before if isfinite(after) else after


def reach(
    goal: Goal, base: Array, values: Array, places: Array, *, logs: bool = False, even_in_logs: bool = False
) -> Reached:
    """Where replicates come to a goal, given what the base point has (replicate,) and values (point, replicate) at
    places of the axis (point,) in rising order. Points without any value are passed over."""
    there = np.isfinite(values).any(axis=1)
    values, places, targets = values[there], places[there], goal.targets(base)
    whole = np.isfinite(values).all(axis=0) & np.isfinite(targets)
    left_out = int((~whole).sum())
    values, targets = values[:, whole], targets[whole]
    if not values.size:
        return Reached(np.empty(0), places, False, 0, 0, 0, left_out)
    trend = _trend(values)
    wanted = goal.wanted or trend
    downward = wanted * trend < 0
    walked = places[::-1] if downward else places
    values = values[::-1] if downward else values
    reached = (values >= targets) if wanted > 0 else (values <= targets)
    already, ever = reached[0], reached.any(axis=0)
    first = reached.argmax(axis=0)
    turns = (reached[1:] != reached[:-1]).sum(axis=0)
    at = np.where(already, -inf, inf) * (-1.0 if downward else 1.0)
    for i in np.flatnonzero(ever & ~already):
        pair = values[first[i] - 1 : first[i] + 1, i], walked[first[i] - 1 : first[i] + 1]
        at[i] = _between(*pair, float(targets[i]), logs=logs, even_in_logs=even_in_logs)
    again = int((turns > np.where(already, 0, 1)).sum())
    return Reached(at, places, downward, int(already.sum()), int((~ever).sum()), again, left_out)


def _trend(values: Array) -> int:
    """Whether a measure mostly rises from its value at the first point, 1, or falls, -1."""
    course = np.median(values - values[0], axis=1)
    return -1 if course[np.abs(course).argmax()] < 0 else 1


def _between(pair: Array, places: Array, target: float, *, logs: bool, even_in_logs: bool) -> float:
    """Where a straight line between two points comes to a target that it crosses."""
    (before, after), (start, end) = pair.tolist(), places.tolist()
    if after == target:
        return float(end)
    if logs and min(before, after, target) > 0:
        before, after, target = (float(log(one)) for one in (before, after, target))
    share = (target - before) / (after - before)
    if even_in_logs and min(start, end) > 0:
        return float(exp(log(start) + share * (log(end) - log(start))))
    return float(start + share * (end - start))


def around(places: Array, value: float) -> tuple[float, float]:
    """The places, two or more, on both sides of a value between the first and the last of them; one that is a place
    itself ends them."""
    first = int(np.clip(np.searchsorted(places, value, side="left"), 1, len(places) - 1))
    return float(places[first - 1]), float(places[first])


def next_range(places: Array, spread: Spread, *, even_in_logs: bool) -> tuple[float, float, int]:
    """Ends and number of the values to try next: around the median and the ends of the range that lie between points,
    at most half as far apart as those next to the median; where that lies beyond the axis, as far again twice."""
    first, last, number = float(places[0]), float(places[-1]), max(len(places), FEWEST_POINTS)
    if spread.median == inf:
        return last, last * (last / first) ** 2 if even_in_logs else last + 2 * (last - first), number
    if spread.median == -inf:
        lower = first * (first / last) ** 2 if even_in_logs else first - 2 * (last - first)
        return max(lower, 0.0) if first > 0 else lower, first, number
    told = [one for one in (spread.low, spread.median, spread.high) if isfinite(one)] or [first, last]
    (low, _), (_, high), next_to = (around(places, one) for one in (min(told), max(told), np.median(told)))
    far, gap = (float(log(b / a)) if even_in_logs else b - a for a, b in ((low, high), next_to))
    return low, high, min(max(number, ceil(2 * far / gap - EXACT) + 1), MOST_POINTS)
