"""How well a forecast did, target by target. Smaller scores are better."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from sim.arrays import Array
from sim.history.targets import Target
from sim.results.statistics import HIGH, LOW

BAND = (HIGH - LOW) / 100.0  # of a forecast
INTERVAL = 0.95  # of a record
LITTLE = 20  # targets below which coverage decides little


@dataclass(frozen=True)
class Forecast:
    """A forecast of one target: median, the ends of its 90 % band, and its scores."""

    median: float
    low: float
    high: float
    covered: bool
    interval_score: float  # in the target's unit
    crps: float  # continuous ranked probability score, in the target's unit
    log_score: float  # minus ln of the density of a normal distribution with mean and variance of the draws


def forecast(record: float, draws: Array) -> Forecast | None:
    """A forecast from its draws (d,), those that exist, beside the record; None where none exists."""
    draws = draws[np.isfinite(draws)]
    if not draws.size:
        return None
    low, median, high = (float(q) for q in np.quantile(draws, [(1 - BAND) / 2, 0.5, (1 + BAND) / 2]))
    score, inside = _interval_score(record, low, high), bool(low <= record <= high)
    return Forecast(median, low, high, inside, score, _crps(record, draws), _log_score(record, draws))


def _interval_score(record: float, low: float, high: float) -> float:
    """Width of the band, and 2 / (1 - ``BAND``) times how far the record lies beyond it (Gneiting, Raftery 2007)."""
    return high - low + 2.0 / (1.0 - BAND) * max(low - record, record - high, 0.0)


def _crps(record: float, draws: Array) -> float:
    """Of the draws as they are: the sum over them, in order, of how far each lies from the record, weighted by how much
    of the others lie between (Jordan, Krueger, Lerch 2019)."""
    order, n = np.sort(draws), draws.size
    return float(2.0 / n**2 * ((order - record) * (n * (record < order) - np.arange(n) - 0.5)).sum())


def _log_score(record: float, draws: Array) -> float:
    """Of the first two moments: proper (Dawid, Sebastiani 1999), and finite however far the record lies."""
    variance = float(draws.var())
    if variance <= 0.0:
        return 0.0 if record == draws[0] else inf
    return float(0.5 * ((record - draws.mean()) ** 2 / variance + np.log(2.0 * np.pi * variance)))


@dataclass(frozen=True)
class Scored:
    """A target: its record with the 95 % interval of its bootstrap, and what forecasts made of it."""

    target: Target
    record: float
    record_low: float
    record_high: float
    model: Forecast
    naive: dict[str, Forecast | None]  # by name


def decide_little(scored: Sequence[Scored]) -> bool:
    """Whether targets are too few for coverage to say much."""
    return len(scored) < LITTLE


def mean(scores: list[float]) -> float:
    """The mean of scores."""
    return float(np.mean(scores))
