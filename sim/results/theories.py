"""One comparison under several theories of progress: its effects in their mixture."""

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.mathematics import expm1, log
from sim.measures import Measure
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, LEVEL, NAN, Effect, Middle, TwoScales, but_rounding

ByTheory = Mapping[str, Comparison]  # the same scenarios on the same luck and draws
ENDS = (0.5, 0.5 * (1.0 - LEVEL), 0.5 * (1.0 + LEVEL))  # median and range
ROUNDING = 1e-12  # of a sum of weights, which are 1 together


class Pooled(NamedTuple):
    """Pairs of all theories that weigh something (n,), and how many the theory with the fewest has."""

    before: Array
    after: Array
    weight: Array
    fewest: int


def mixture(
    found: ByTheory, weights: Mapping[str, float], scenario: int, measure: str, window: str = "final"
) -> Effect | None:
    """What a scenario changes where each draw has the weight of its theory, shared among its theory's draws; None where
    no pair of values exists. It has no interval of luck: theories do not differ by luck. It has no range where one of
    them has too few pairs for its own. Its ``draws`` are all pairs: without drawn assumptions they differ by luck and
    theory."""
    drawn = all(one.drawn for one in found.values())
    luck, wide = (_pooled(found, weights, scenario, measure, window, drawn=one) for one in (False, drawn))
    if not luck.weight.size or not wide.weight.size:
        return None
    asked = next(iter(found.values())).measures[measure]
    baseline, policy = (quantiles(values, luck.weight)[0] for values in (luck.before, luck.after))
    on_luck, over_all = _changes(luck, asked).bare, _changes(wide, asked)
    ranged = over_all if wide.fewest >= FEWEST else over_all.bare
    _, in_points, in_amounts = asked.scale
    return Effect(baseline, policy, on_luck, ranged, luck.weight.size, wide.weight.size, in_points, in_amounts)


def _changes(pooled: Pooled, of: Measure) -> TwoScales:
    """The median of what changes in a measure, and its range."""
    amount = quantiles(pooled.after - pooled.before, pooled.weight)
    return TwoScales(Middle(*amount), Middle(*_relative(pooled, logs=of.logs)))


def quantiles(values: Array, weights: Array) -> list[float]:
    """Median and ends of the range of ``values`` (n,), each with a weight (n,): values that occur, or the middle of the
    two between which the weights are parted so."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) / weights.sum()
    around = [np.minimum(np.searchsorted(below, np.array(ENDS) + by), values.size - 1) for by in (-ROUNDING, ROUNDING)]
    return [float(value) for value in values[order][np.array(around)].mean(axis=0)]


def _pooled(
    found: ByTheory, weights: Mapping[str, float], scenario: int, measure: str, window: str, *, drawn: bool
) -> Pooled:
    """Values without and with the policy, and weights, of all pairs that have both values."""
    parts = []
    for theory in (name for name in found if weights[name] > 0.0):
        one = found[theory]
        before, after = (one.values(i, measure, window, wide=drawn) for i in (0, scenario))
        least = 0.0 if one.measures[measure].logs else -inf
        both = np.isfinite(before) & np.isfinite(after) & (before > least) & (after > least)
        before, after = before[both], but_rounding(before[both], after[both])
        parts.append((before, after, np.full(both.sum(), weights[theory] / max(both.sum(), 1))))
    before, after, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Pooled(before, after, weight, min(part[2].size for part in parts))


def _relative(pooled: Pooled, *, logs: bool) -> list[float]:
    before, after, weight, _ = pooled
    if not (before > 0.0).all():
        return [NAN] * len(ENDS)
    if logs:
        return [float(expm1(value)) for value in quantiles(np.asarray(log(after / before)), weight)]
    return quantiles((after - before) / before, weight)
