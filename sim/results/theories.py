"""One comparison under several theories of progress: its effects in their mixture."""

from collections.abc import Mapping
from math import inf

import numpy as np

from sim.mathematics import expm1, log
from sim.results.comparison import Comparison
from sim.results.statistics import FEWEST, LEVEL, NAN, Array, Effect

ByTheory = Mapping[str, Comparison]  # the same scenarios on the same luck and draws
ENDS = (0.5, 0.5 * (1.0 - LEVEL), 0.5 * (1.0 + LEVEL))  # median and range


def mixture(
    found: ByTheory, weights: Mapping[str, float], scenario: int, measure: str, window: str = "final"
) -> Effect | None:
    """What a scenario changes where each draw has the weight of its theory, shared among its theory's draws; None where
    no pair of values exists. It has no interval of luck: theories do not differ by luck."""
    drawn = all(one.drawn for one in found.values())
    luck, wide = (_pooled(found, weights, scenario, measure, window, drawn=one) for one in (False, drawn))
    if not luck[2].size or not wide[2].size:
        return None
    logs = next(iter(found.values())).measures[measure].logs
    baseline, policy = (quantiles(values, luck[2])[0] for values in luck[:2])
    difference = quantiles(luck[1] - luck[0], luck[2])[0]
    relative = _relative(luck, logs=logs)[0]
    wide_difference, low, high = quantiles(wide[1] - wide[0], wide[2])
    wide_relative, relative_low, relative_high = _relative(wide, logs=logs)
    if wide[2].size < FEWEST:
        low = high = relative_low = relative_high = NAN
    return Effect(
        baseline, policy, difference, NAN, NAN, low, high, relative, NAN, NAN, relative_low, relative_high,
        luck[2].size, wide_difference, wide_relative, wide[2].size,
    )  # fmt: skip


def quantiles(values: Array, weights: Array) -> list[float]:
    """Median and ends of the range of ``values`` (n,), each with a weight (n,): values that occur."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(below, np.array(ENDS) - 1e-12), values.size - 1)
    return [float(values[order][place]) for place in places]


def _pooled(
    found: ByTheory, weights: Mapping[str, float], scenario: int, measure: str, window: str, *, drawn: bool
) -> tuple[Array, Array, Array]:
    """Values without and with the policy, and weights, of all theories' pairs that have both values."""
    parts = []
    for theory, one in found.items():
        before, after = (one.values(i, measure, window, wide=drawn) for i in (0, scenario))
        least = 0.0 if one.measures[measure].logs else -inf
        both = np.isfinite(before) & np.isfinite(after) & (before > least) & (after > least)
        parts.append((before[both], after[both], np.full(both.sum(), weights[theory] / max(both.sum(), 1))))
    before, after, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    some = weight > 0.0
    return before[some], after[some], weight[some]


def _relative(pooled: tuple[Array, Array, Array], *, logs: bool) -> list[float]:
    before, after, weight = pooled
    if not (before > 0.0).all():
        return [NAN] * len(ENDS)
    if logs:
        return [float(expm1(value)) for value in quantiles(np.asarray(log(after / before)), weight)]
    return quantiles((after - before) / before, weight)
