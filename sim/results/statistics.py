"""Statistics of replicates. The one statistic of the centre is the median: of values, and of paired differences.

A median is a value that occurs (or lies between two that do), is the same in logarithms, and has an interval that rests
on no form of distribution and holds possible values only: a share never falls by more than all of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite, isnan
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.mathematics import expm1, log
from sim.measures.base import Scale
from sim.results.quantiles import fewest_heads, student_within

Pair = tuple[Array, Array]  # without and with a policy
LEVEL = 0.95  # of both intervals of a difference
FEWEST = 6  # draws from which a median has an interval of that level; with fewer there is no range and no direction
MANY = 40  # draws from which on a range leaves out the outermost: of fewer it holds all
LOW, HIGH = 5.0, 95.0  # percentiles of the 90 % range over replicates
NAN = float("nan")
SAME = 1e-9  # relative difference that is rounding
PLAIN = Scale()


class Interval(NamedTuple):
    """Both ends; NaN where there is none."""

    low: float
    high: float

    @property
    def one_way(self) -> bool:
        """Whether it leaves out zero."""
        return self.low > 0 or self.high < 0


class Middle(NamedTuple):
    """A median, or a mean, with its interval; NaN where there is none."""

    middle: float
    low: float
    high: float


class TwoScales(NamedTuple):
    """One change in the unit of its measure, and relative to what there was."""

    amount: Middle
    relative: Middle

    def on(self, *, relative: bool) -> Middle:
        """The change on one of both."""
        return self.relative if relative else self.amount

    @property
    def bare(self) -> "TwoScales":
        """The same without intervals."""
        return TwoScales(*(Middle(change.middle, NAN, NAN) for change in self))


NOT_DRAWN = TwoScales(Middle(NAN, NAN, NAN), Middle(NAN, NAN, NAN))


class ShortName:
    """A number of an effect under the name that tables have for it, or nearly."""

    def __init__(self, path: str) -> None:
        self.number: Callable[[Effect], float] = attrgetter(path)

    def __get__(self, change: "Effect", _: type["Effect"]) -> float:
        return self.number(change)

    @classmethod
    def three(cls, path: str) -> Iterator["ShortName"]:
        """Those of a median and of both ends of its interval."""
        return (cls(f"{path}.{part}") for part in Middle._fields)


@dataclass(frozen=True)
class Spread:
    """How many values there are, their median and the 90 % range over them; NaN without any, no range of few."""

    count: int
    median: float = NAN
    low: float = NAN
    high: float = NAN

    @classmethod
    def of(cls, values: Array) -> "Spread":
        """The spread of those ``values`` (any number of them) that exist."""
        count = int(np.isfinite(values).sum())
        median, low, high = ranges(np.reshape(values, (-1, 1)))[:, 0].tolist()
        return cls(count, median, low, high) if count >= FEWEST else cls(count, median) if count else cls(0)


@dataclass(frozen=True, repr=False)
class Effect:
    """What a policy changes in one measure over one window. Unit of the measure, but for the relative parts.

    Relative changes are those of each pair, and NaN where the baseline of any pair is not above zero. Intervals and
    ranges are NaN below FEWEST pairs.
    """

    baseline: float  # medians over replicates
    policy: float
    luck: TwoScales  # median of the paired differences, and its interval, assumptions held fixed
    wide: TwoScales  # luck and assumptions: the median over draws of both, and their range
    replicates: int
    draws: int | None = None  # how many the wide range is over; None when assumptions were not drawn
    in_points: bool = False  # whether it is of a share, whose amounts are told in percentage points
    in_amounts: bool = False  # whether it is of public money, which is told in amounts also where percents exist

    difference, low, high = ShortName.three("luck.amount")
    relative, relative_low, relative_high = ShortName.three("luck.relative")
    wide_difference, wide_low, wide_high = ShortName.three("wide.amount")
    wide_relative, wide_relative_low, wide_relative_high = ShortName.three("wide.relative")

    def __repr__(self) -> str:
        found = ((name, getattr(self, name)) for name in EVERY_COLUMN.values())
        told = (f"{name}={one if one is None else f'{one:.6g}'}" for name, one in found)
        return f"Effect({', '.join(told)})"

    @property
    def few(self) -> bool:
        """Whether the pairs are too few for a range, a direction, or the word that there is none; of several theories,
        whether those of any are."""
        if self.replicates < FEWEST or (self.draws is not None and self.draws < FEWEST):
            return True
        return any(isnan(end) for end in self.told.on(relative=self.is_relative)[1:])

    @property
    def is_relative(self) -> bool:
        """Whether it has a relative change: where that exists in every pair and draw, and takes away no more than
        there was. A sum that is less than nothing afterwards is no part of one before."""
        luck, wide = self.luck.relative, self.wide.relative
        if not isfinite(luck.middle) or not (self.draws is None or isfinite(wide.middle)):
            return False
        return not any(one < -1.0 - SAME for one in (luck.middle, luck.low, wide.middle, wide.low))

    @property
    def in_percent(self) -> bool:
        """Whether it is shown as a relative change."""
        return self.is_relative and not self.in_amounts

    @property
    def is_nothing(self) -> bool:
        """Whether it is exactly zero in the middle and at all ends that there are."""
        return not any(end for end in (*self.luck.amount, *self.wide.amount) if isfinite(end))

    @property
    def told(self) -> TwoScales:
        """The change that words speak of: over draws of luck and assumptions, and of luck where none were drawn."""
        return self.luck if self.draws is None else self.wide

    @classmethod
    def of_row(cls, row: Any, scale: Scale) -> "Effect":
        """From a row of a table with all columns; draws are missing where assumptions were not drawn."""
        relative = Middle(row.relative, row.relative_low, row.relative_high)
        wide_relative = Middle(row.wide_relative_median, row.wide_relative_low, row.wide_relative_high)
        luck = TwoScales(Middle(row.difference, row.ci_low, row.ci_high), relative)
        wide = TwoScales(Middle(row.wide_median, row.wide_low, row.wide_high), wide_relative)
        draws = None if row.draws is None or isnan(row.draws) else int(row.draws)
        return cls(row.baseline, row.policy, luck, wide, row.replicates, draws, scale.in_points, scale.in_amounts)

    def columns(self) -> dict[str, float]:
        """Both worlds, the difference and its intervals, as columns of tables."""
        return {column: getattr(self, field) for column, field in COLUMNS.items()}

    def row(self) -> dict[str, float | None]:
        """All of it, as columns of tables."""
        return {column: getattr(self, field) for column, field in EVERY_COLUMN.items()}


COLUMNS = {  # of effects in tables, by the field that they hold
    "baseline": "baseline", "policy": "policy", "difference": "difference", "ci_low": "low", "ci_high": "high",
    "wide_low": "wide_low", "wide_high": "wide_high",
}  # fmt: skip
EVERY_COLUMN = COLUMNS | {
    "relative": "relative", "replicates": "replicates", "wide_median": "wide_difference",
    "relative_low": "relative_low", "relative_high": "relative_high", "wide_relative_median": "wide_relative",
    "wide_relative_low": "wide_relative_low", "wide_relative_high": "wide_relative_high", "draws": "draws",
}  # fmt: skip


def effect(before: Array, after: Array, wide: Pair | None, scale: Scale = PLAIN) -> Effect | None:
    """The median of paired differences with its interval, and their median and range over drawn assumptions.

    ``before`` and ``after`` (replicates,) are values on the same luck; ``wide`` the same on drawn assumptions. Pairs
    without both values are left out; None without any.
    """
    columns = (wide[0][:, None], wide[1][:, None]) if wide else None
    return effects((before[:, None], after[:, None]), columns, [scale])[0]


def effects(luck: Pair, wide: Pair | None, scales: Sequence[Scale]) -> list[Effect | None]:
    """``effect`` of many measures at once: values are (replicates, measures), ``scales`` by measure."""
    logs = [scale.logs for scale in scales]
    exist = _exist(luck, logs)
    drawn = _exist(wide, logs) if wide else np.zeros((0, len(logs)), dtype=bool)
    alike: dict[tuple[bool, bytes, bytes], list[int]] = {}  # measures by the pairs that have both values
    for i, in_logs in enumerate(logs):
        alike.setdefault((in_logs, exist[:, i].tobytes(), drawn[:, i].tobytes()), []).append(i)
    found: list[Effect | None] = [None] * len(logs)
    for (in_logs, _, _), some in alike.items():
        rows, draws = exist[:, some[0]], drawn[:, some[0]]
        if rows.any():
            of = _complete(_chosen(luck, rows, some), _chosen(wide, draws, some) if wide else None, in_logs)
            for i, one in zip(some, of, strict=True):
                found[i] = replace(one, in_points=scales[i].in_points, in_amounts=scales[i].in_amounts)
    return found


def _exist(pair: Pair, logs: Sequence[bool]) -> NDArray[np.bool_]:
    """Where both values exist, and have a logarithm if that is wanted."""
    before, after = pair
    both = np.isfinite(before) & np.isfinite(after)
    return np.asarray(both & ((before > 0) & (after > 0) | ~np.array(logs, dtype=bool)))


def _chosen(pair: Pair, rows: NDArray[np.bool_], columns: list[int]) -> Pair:
    before, after = (values[rows][:, columns] for values in pair)
    return before, but_rounding(before, after)


def but_rounding(before: Array | float, after: Array | float) -> Array:
    """Values with a policy, and those without it where both are the same but for rounding: sums of many terms differ in
    their last digits, which would be told as amounts."""
    return np.where(_same(before, after), before, after)


def _same(before: Array | float, after: Array | float) -> NDArray[np.bool_]:
    """Where values are the same but for rounding."""
    with np.errstate(invalid="ignore"):  # of infinities
        apart = np.abs(np.subtract(after, before))
        near = apart <= SAME * np.maximum(np.abs(before), np.abs(after))
    return np.equal(before, after) | (near & np.isfinite(apart))


def _complete(luck: Pair, wide: Pair | None, logs: bool) -> list[Effect]:
    """The effects in measures of which all pairs have both values; there is at least one pair of luck."""
    baseline, policy = (np.median(values, axis=0).tolist() for values in luck)
    replicates, size = luck[0].shape
    drawn, draws = (_changes(over_draws, wide, logs), len(wide[0])) if wide else ([NOT_DRAWN] * size, None)
    parts = zip(baseline, policy, _changes(medians, luck, logs), drawn, strict=True)
    return [Effect(*part, replicates, draws) for part in parts]


def _changes(of: Callable[[Array], Array], pair: Pair, logs: bool) -> list[TwoScales]:
    """A statistic of each column's change, and its interval."""
    before, after = pair
    both = zip(of(after - before).T.tolist(), _relative(of, pair, logs).T.tolist(), strict=True)
    return [TwoScales(Middle(*amount), Middle(*part)) for amount, part in both]


def alike(pairs: Iterable[Pair]) -> int:
    """How many pairs of values, of any shape, are the same but for rounding."""
    return sum(bool((_same(before, after) | np.isnan(before) & np.isnan(after)).all()) for before, after in pairs)


class Ahead(NamedTuple):
    """In how many pairs the second value is below the first, and above it, but for rounding; and of how many that have
    both."""

    lower: int
    higher: int
    of: int


def ahead(before: Array, after: Array) -> list[Ahead]:
    """Of pairs of values (n, m), by column."""
    there = np.isfinite(before) & np.isfinite(after)
    first, second = (np.where(there, values, 0.0) for values in (before, after))
    apart = but_rounding(first, second) - first
    counts = ((apart < 0).sum(axis=0), (apart > 0).sum(axis=0), there.sum(axis=0))
    return [Ahead(*of) for of in zip(*(count.tolist() for count in counts), strict=True)]


def medians(values: Array) -> Array:
    """The median of each column of values (n, m), n > 0, and its interval, (3, m): between two of the values, by their
    ranks alone.

    The k-th value from below and from above hold the true median between them with a chance of at least LEVEL, whatever
    the distribution (Thompson 1936, Ann. Math. Statist. 7:122); for fewer than FEWEST values there is no such k.
    """
    ordered, rank = np.sort(values, axis=0), fewest_heads(len(values), (1 - LEVEL) / 2)
    none = np.full(values.shape[1], NAN)
    return np.array([np.median(ordered, axis=0), *((ordered[rank - 1], ordered[-rank]) if rank else (none, none))])


def over_draws(values: Array) -> Array:
    """The median of each column of values (n, m) over draws, and their range, (3, m); NaN of too few."""
    found = np.full((3, values.shape[1]), NAN)
    if len(values):
        found[0] = np.median(values, axis=0)
    if len(values) >= FEWEST:
        found[1:] = outermost(values)
    return found


def outermost(values: Array) -> Array:
    """Both ends of the range over draws of each column of values (n, m), n > 0, (2, m): of the middle part, LEVEL, and
    of fewer than MANY of all, since no part of so few holds LEVEL of what more would give. NaN is no draw."""
    left_out = 50 * (1 - LEVEL) if len(values) >= MANY else 0.0
    return np.asarray(np.nanpercentile(values, [left_out, 100 - left_out], axis=0))


def ranges(values: Array, ends: tuple[float, float] = (LOW / 100, HIGH / 100)) -> Array:
    """Of those in each column of values (n, m) that exist: the median and both ends of their range, by default the 90 %
    range, (3, m). NaN of none, and no range of fewer than FEWEST."""
    there = np.isfinite(values)
    count, found = there.sum(axis=0), np.full((3, there.shape[1]), NAN)
    whole, some = count == len(there), (count > 0) & (count < len(there))
    for columns, quantile in ((whole & (count > 0), np.quantile), (some, np.nanquantile)):  # at once without a gap
        if columns.any():
            of = np.where(there, values, NAN)[:, columns]
            found[:, columns] = quantile(of, [0.5, *ends], axis=0)
    found[1:, count < FEWEST] = NAN
    return found


def student(values: Array) -> Middle:
    """The mean of values (n,), n > 0, and its interval by Student's t; none of too few. For what has to add up."""
    middle = float(values.mean())
    if values.size < FEWEST:
        return Middle(middle, NAN, NAN)
    half = student_within(LEVEL, values.size - 1) * float(values.std(ddof=1)) / values.size**0.5
    return Middle(middle, middle - half, middle + half)


def _relative(of: Callable[[Array], Array], pair: Pair, logs: bool) -> Array:
    """A statistic of the pairs' relative changes, in logarithms if wanted; NaN where a baseline is not above zero."""
    before, after = pair
    found, possible = np.full((3, before.shape[1]), NAN), (before > 0).all(axis=0)
    before, after = before[:, possible], after[:, possible]
    with np.errstate(over="ignore"):
        found[:, possible] = expm1(of(log(after / before))) if logs else of((after - before) / before)
    return found
