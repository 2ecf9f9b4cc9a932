"""Naive forecasts: what somebody without a model would say of the years to come. They are not tuned.

Both draw rows as the observation rule does, so that every target is read from them in the same way.

- ``trend``: least squares of log10 compute on the date, by sector; of log10 cost; of log10 of the lowest error on the
  year. Parameters and residuals are drawn from the predictive distribution of the linear model (a Student t of n - 2
  degrees of freedom). Academia's share of records follows a logistic regression on the date. All rows before the window
  count.
- ``last_value``: the mean of the last year that has rows, with the residuals about the trend; nothing changes. Of
  academia's share that is Jeffreys' posterior (a beta distribution) of that year's rows.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.arrays import Array
from sim.history.error_record import error_record
from sim.history.records import Records
from sim.history.sample import Sample
from sim.rng import stream

FEWEST = 3  # points that a line with residuals needs
HALF = 0.5  # rows of each sector that stand for what is known before any row (Jeffreys)


@dataclass(frozen=True)
class Line:
    """A least-squares line, with what is not known of it."""

    middle: float  # date that its level is at
    level: float
    slope: float
    spread: float  # standard deviation of residuals
    points: int
    scatter: float  # sum of squared distances of dates from the middle
    still: float  # mean of the last year's values
    few: int  # how many they are

    def drawn(self, times: Array, luck: np.random.Generator, draws: int, *, trend: bool) -> Array:
        """Values at dates (k,), in versions that share parameters: (draws, k)."""
        freedom = self.points - 2
        spread = self.spread * np.sqrt(freedom / luck.chisquare(freedom, size=(draws, 1)))
        first, second = luck.standard_normal((2, draws, 1))
        noise = spread * luck.standard_normal((draws, times.size))
        if not trend:
            still: Array = self.still + first * spread / np.sqrt(self.few) + noise
            return still
        level = self.level + first * spread / np.sqrt(self.points)
        slope = self.slope + second * spread / np.sqrt(self.scatter)
        drawn: Array = level + slope * (times[None, :] - self.middle) + noise
        return drawn


def fitted(times: Array, values: Array) -> Line | None:
    """The line through values at dates; None for too few of them, or all at one date."""
    from scipy.stats import linregress

    known = np.isfinite(values)
    times, values = times[known], values[known]
    if times.size < FEWEST or np.ptp(times) == 0:
        return None
    found = linregress(times, values)
    left = values - found.intercept - found.slope * times
    last = values[times.astype(int) == int(times.max())]
    return Line(
        middle=float(times.mean()), level=float(values.mean()), slope=float(found.slope),
        spread=float(np.sqrt((left**2).sum() / (times.size - 2))), points=times.size,
        scatter=float(((times - times.mean()) ** 2).sum()), still=float(last.mean()), few=last.size,
    )  # fmt: skip


def naive(before: Records, window: Records, years: tuple[int, int], draws: int, *, trend: bool) -> Sample:
    """The rows of a window as a naive forecaster who knows the rows before expects them, behind those rows themselves.
    ``years`` are those of the window, first and last, also where these have no row.

    What no line can be fitted to is NaN.
    """
    n = window.time.size
    alone = np.where(np.isin(window.industry, (0.0, 1.0)), 0.0, np.nan)
    own, anyone = (np.full((draws, n), np.nan) for _ in range(2))
    academic = _drawn_sectors(before, window, draws, trend)
    for sector in (1.0, 0.0):
        rows = before.industry == sector
        line = fitted(before.time[rows], before.compute[rows])
        if line is not None:
            values = line.drawn(window.time, _luck(f"compute {sector:g}"), draws, trend=trend)
            own = np.where(window.industry == sector, values, own)
            anyone = np.where(academic == 1.0 - sector, values, anyone)
    rows = np.isin(before.industry, (0.0, 1.0))
    line = fitted(before.time[rows], before.cost[rows])
    nothing = np.full((draws, n), np.nan)
    cost = nothing if line is None else line.drawn(window.time, _luck("cost"), draws, trend=trend)
    unknown, free = ~np.isfinite(window.compute), ~np.isfinite(window.cost)
    own[:, unknown], anyone[:, unknown], cost[:, free] = np.nan, np.nan, np.nan
    parts = (1.0 - academic, anyone, own, cost + alone)
    known = (before.industry, before.compute, before.compute + np.nan, before.cost + np.nan)
    industry, everyone, within, costs = (
        np.concatenate([np.broadcast_to(old, (draws, old.size)), new], axis=1)
        for old, new in zip(known, parts, strict=True)
    )
    time, sectors = (np.concatenate([getattr(before, name), getattr(window, name)]) for name in ("time", "industry"))
    weight, best = np.ones((1, time.size)), _errors(years, draws, trend)
    return Sample(time, sectors, weight, industry, everyone, within, costs, best)


def _luck(purpose: str) -> np.random.Generator:
    return stream(0, 0, f"naive {purpose}")


def _drawn_sectors(before: Records, window: Records, draws: int, trend: bool) -> Array:
    """1 where a row is academia's, by its share of the rows before; NaN where these are too few."""
    shape = (draws, window.time.size)
    academic, luck = 1.0 - before.industry, _luck("share")
    if not academic.size or (trend and (academic.size < FEWEST or np.ptp(before.time) == 0)):
        return np.full(shape, np.nan)
    if trend:
        share = Odds.fitted(before.time, academic).drawn(window.time, luck, draws)
    else:
        years = before.time.astype(int)
        last = academic[years == years.max()]
        share = luck.beta(last.sum() + HALF, (1.0 - last).sum() + HALF, size=(draws, 1))
    drawn: Array = (_luck("sectors").random(shape) < share).astype(float)
    return drawn


@dataclass(frozen=True)
class Odds:
    """A logistic regression of a share on dates. Half a row of either side, spread over all dates, keeps it finite
    where all rows are of one side."""

    middle: float  # date that its level is at
    found: Array  # level and slope (2,) of the natural logarithm of the odds
    unsure: Array  # their covariance (2, 2), with what years scatter beyond what chance lets rows scatter

    @classmethod
    def fitted(cls, times: Array, part: Array) -> Self:
        """By maximum likelihood; ``part`` (n,) is what of each row counts, 0 to 1."""
        from scipy.optimize import minimize
        from scipy.special import expit

        middle, rows = float(times.mean()), 1.0 + 2.0 * HALF / times.size
        counted, terms = part + HALF / times.size, np.stack([np.ones(times.size), times - middle], axis=1)

        def unlikely(of: Array) -> float:
            return float((rows * np.logaddexp(0.0, terms @ of) - counted * (terms @ of)).sum())

        found = minimize(unlikely, np.zeros(2)).x
        share = expit(terms @ found)
        luck = share * (1.0 - share)
        _, year = np.unique(times.astype(int), return_inverse=True)
        missed, expected = np.bincount(year, part - share), np.bincount(year, luck)
        scatter = (missed**2 / expected).sum() / max(expected.size - 2, 1)
        information = terms.T @ (rows * luck[:, None] * terms)
        return cls(middle, found, np.linalg.inv(information) * max(1.0, scatter))

    def drawn(self, times: Array, luck: np.random.Generator, draws: int) -> Array:
        """The share at dates (k,), in versions that share parameters: (draws, k)."""
        from scipy.special import expit

        level, slope = luck.multivariate_normal(self.found, self.unsure, size=draws, method="cholesky").T[:, :, None]
        share: Array = expit(level + slope * (times[None, :] - self.middle))
        return share


def _errors(window: tuple[int, int], draws: int, trend: bool) -> dict[int, Array]:
    """log10 of the lowest error by the end of each year of a window, by what is on record of the years before it."""
    first, last = window
    best = {year: value for year, value in error_record().best.items() if year < first}
    line = fitted(np.array(list(best), dtype=float), np.array(list(best.values())))
    if line is None:
        return {}
    years = np.arange(first, last + 1)
    values = line.drawn(years.astype(float), _luck("error"), draws, trend=trend)
    return {int(year): values[:, i] for i, year in enumerate(years)}
