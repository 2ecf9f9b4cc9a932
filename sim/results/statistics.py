"""Statistics of replicates: their spread, and paired differences with an interval of luck and one of assumptions."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LEVEL = 0.95  # of both intervals of a difference
RESAMPLES = 2000
LOW, HIGH = 5.0, 95.0  # percentiles of the 90 % range over replicates
NAN = float("nan")


class Interval(NamedTuple):
    """Both ends; NaN where there is none."""

    low: float
    high: float


NONE = Interval(NAN, NAN)


class Mean(NamedTuple):
    """A mean with its interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """How many values there are, their median and the 90 % range over them; NaN without any."""

    count: int
    median: float = NAN
    low: float = NAN
    high: float = NAN

    @classmethod
    def of(cls, values: Array) -> "Spread":
        """The spread of those ``values`` (any number of them) that exist."""
        values = np.asarray(values)[np.isfinite(values)]
        if not values.size:
            return cls(0)
        low, median, high = np.percentile(values, [LOW, 50.0, HIGH])
        return cls(int(values.size), float(median), float(low), float(high))


@dataclass(frozen=True)
class Effect:
    """What a policy changes in one measure over one window. Unit of the measure, but for the relative parts."""

    baseline: float
    policy: float
    difference: float
    low: float  # luck: interval of the mean difference, assumptions held fixed
    high: float
    wide_low: float  # luck and assumptions: interval of the difference over draws of both
    wide_high: float
    relative: float  # of the baseline's mean; NaN where that is zero
    relative_low: float
    relative_high: float
    wide_relative_low: float
    wide_relative_high: float
    replicates: int
    boot_low: float = NAN  # bootstrap of the mean difference, as a check
    boot_high: float = NAN

    @property
    def certain(self) -> bool:
        """Whether the interval of luck and assumptions leaves out zero, in amounts and in relative changes."""
        one_way = self.wide_low > 0 or self.wide_high < 0
        return one_way and not self.wide_relative_low <= 0 <= self.wide_relative_high

    def columns(self) -> dict[str, float]:
        """Both worlds, the difference and its intervals, as columns of tables."""
        return {
            "baseline": self.baseline,
            "policy": self.policy,
            "difference": self.difference,
            "ci_low": self.low,
            "ci_high": self.high,
            "wide_low": self.wide_low,
            "wide_high": self.wide_high,
        }


COLUMNS = ("baseline", "policy", "difference", "ci_low", "ci_high", "wide_low", "wide_high")  # of effects in tables


def effect(before: Array, after: Array, wide: tuple[Array, Array] | None, *, logs: bool) -> Effect | None:
    """The mean of paired differences, its paired t interval, a bootstrap of it, and the range over drawn assumptions.

    ``before`` and ``after`` (replicates,) are values on the same luck; ``wide`` the same on drawn assumptions. With
    ``logs`` the mean is geometric: of the logarithm of the ratio. Pairs without both values are left out; None
    without any.
    """
    both = _pairs(before, after, logs)
    before, after = before[both], after[both]
    if not before.size:
        return None
    if logs:
        gaps, start = np.log(after / before), float(np.exp(np.log(before).mean()))
    else:
        gaps, start = after - before, float(before.mean())
    mean, boot = student(gaps), _bootstrap(gaps)

    def amount(gap: float) -> float:
        return start * float(np.expm1(gap)) if logs else gap

    def share(gap: float) -> float:
        return float(np.expm1(gap)) if logs else (gap / start if start else NAN)

    relative = Interval(*sorted([share(mean.low), share(mean.high)])) if logs else _ratio_of_means(before, gaps)
    drawn, drawn_relative = _over_draws(*wide, logs) if wide else (NONE, NONE)
    return Effect(
        baseline=start,
        policy=start + amount(mean.mean),
        difference=amount(mean.mean),
        low=amount(mean.low),
        high=amount(mean.high),
        wide_low=drawn.low,
        wide_high=drawn.high,
        relative=share(mean.mean),
        relative_low=relative.low,
        relative_high=relative.high,
        wide_relative_low=drawn_relative.low,
        wide_relative_high=drawn_relative.high,
        replicates=before.size,
        boot_low=amount(boot.low),
        boot_high=amount(boot.high),
    )


def student(gaps: Array) -> Mean:
    """Mean and its interval by Student's t; no width when all are equal, no interval for a single one."""
    from scipy import stats

    middle = float(gaps.mean())
    if gaps.size < 2:
        return Mean(middle, NAN, NAN)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, gaps.size - 1)) * float(gaps.std(ddof=1)) / gaps.size**0.5
    return Mean(middle, middle - half, middle + half)


def _pairs(before: Array, after: Array, logs: bool) -> NDArray[np.bool_]:
    """Where both values exist, and have a logarithm if that is wanted."""
    return np.isfinite(before) & np.isfinite(after) & ((before > 0) & (after > 0) if logs else True)


def _ratio_of_means(before: Array, gaps: Array) -> Interval:
    """Interval of the mean difference over the baseline's mean, both uncertain, by the delta method (Cochran 1977)."""
    from scipy import stats

    start, n = float(before.mean()), before.size
    if not start or n < 2:
        return NONE
    ratio = float(gaps.mean()) / start
    half = float(stats.t.ppf(0.5 + LEVEL / 2, n - 1)) * float((gaps - ratio * before).std(ddof=1)) / n**0.5 / abs(start)
    return Interval(ratio - half, ratio + half)


def _bootstrap(gaps: Array) -> Interval:
    """Interval of the mean by resampling, from a fixed seed."""
    if gaps.size < 2:
        return NONE
    rows = np.random.default_rng(0).integers(0, gaps.size, (RESAMPLES, gaps.size))
    return _middle(gaps[rows].mean(axis=1))


def _middle(values: Array) -> Interval:
    """The ends of the middle part of values, LEVEL of them."""
    low, high = np.percentile(values, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return Interval(float(low), float(high))


def _over_draws(before: Array, after: Array, logs: bool) -> tuple[Interval, Interval]:
    """Range of the difference, and of the relative one, over draws of luck and assumptions."""
    both = _pairs(before, after, logs)
    if both.sum() < 2:
        return NONE, NONE
    gaps, start = (after - before)[both], before[both]
    with np.errstate(over="ignore"):
        shares = np.divide(gaps, np.abs(start), out=np.full(gaps.size, np.nan), where=start != 0)
    return _middle(gaps), _middle(shares) if np.isfinite(shares).all() else NONE
