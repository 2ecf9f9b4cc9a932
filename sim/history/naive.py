"""Naive forecasts: what somebody without a model would say of the years to come. They are not tuned.

Both draw rows as the observation rule does, so that every target is read from them in the same way.

- ``trend``: least squares of log10 compute on the date, by sector; of log10 cost; of log10 of academia's yearly share
  of records; of log10 of the lowest error on the year. All rows before the window count; but years without a record of
  academia have no logarithm of its share, so that line leaves them out and lies rather too high. Parameters and
  residuals are drawn from the predictive distribution of the linear model (a Student t of n - 2 degrees of freedom).
- ``last_value``: the mean of the last year that has rows, with the residuals about the trend; nothing changes. Where
  none of them is academia's its share stays zero.
"""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.history.errors import error_record
from sim.history.records import Records
from sim.history.sample import Sample
from sim.rng import stream

FEWEST = 3  # points that a line with residuals needs


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
    """1 where a row is academia's, by its yearly share of records; NaN where that has no trend."""
    years = before.time.astype(int)
    every = np.unique(years)
    share = np.array([1.0 - before.industry[years == year].mean() for year in every])
    if not trend and share.size and share[-1] == 0:
        return np.zeros((draws, window.time.size))
    line = fitted(every[share > 0] + 0.5, np.log10(share[share > 0]))
    if line is None:
        return np.full((draws, window.time.size), np.nan)
    of, at = np.unique(window.time.astype(int), return_inverse=True)
    shares = 10.0 ** line.drawn(of + 0.5, _luck("share"), draws, trend=trend)
    drawn: Array = (_luck("sectors").random((draws, window.time.size)) < shares[:, at]).astype(float)
    return drawn


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
