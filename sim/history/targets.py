"""Targets: what is compared between records and a simulated world, each a number of some years' rows.

The same functions read the records, their bootstrap, simulated rows and extrapolated ones (see ``Sample``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.arrays import Array, Rows
from sim.history.sample import Sample
from sim.scenario import Scenario

LARGE, TRAILING = np.log10(30.0), 2.0  # within 30 times of the largest recorded in two years: a large-scale model
FEWEST = {"line": 8, "level": 3, "share": 10, "large": 5}  # rows that a target of each sort needs
RECORDED = "imagenet"  # the benchmark whose errors are on record
RATIO = "compute_ratio"  # the target that is the difference of two others
SECTORS = {"industry": 1.0, "academia": 0.0}
SLOPE, SPREAD = 0, 1  # of a line
POWERS, PER_YEAR, FLOP, USD, SHARE, ERROR = (
    "powers of ten", "powers of ten/yr", "log10 FLOP", "log10 USD", "fraction", "log10 of the error",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One number of the rows of some calendar years."""

    name: str
    unit: str
    meaning: str
    first: int  # calendar years, both inclusive
    last: int
    read: Callable[[Sample, int, int], Array | None]

    def of(self, sample: Sample) -> Array | None:
        """Its value in each version (d,); None where there are too few rows for it."""
        return self.read(sample, self.first, self.last)


def targets(first: int, last: int, suffix: str = "") -> list[Target]:
    """The targets of some calendar years, both inclusive."""
    found = []
    for name, (unit, meaning, read) in TARGETS.items():
        found.append(Target(f"{name}{suffix}", unit, meaning, first, last, read))
    return found


def told_of(scenario: Scenario, first: int, last: int, suffix: str = "") -> list[Target]:
    """Those that a scenario can be held against: the record of errors is of ImageNet alone."""
    of_record = scenario.law_table.benchmark == RECORDED
    return [one for one in targets(first, last, suffix) if of_record or one.unit != ERROR]


def _rows(sample: Sample, first: int, last: int, known: Array, sector: float | None = None) -> Rows:
    """Rows of the years, of the sector, of which something is known."""
    inside = (sample.time >= first) & (sample.time < last + 1) & np.isfinite(known).any(axis=0)
    return np.flatnonzero(inside if sector is None else inside & (sample.sector == sector))


def _mean(values: Array, weight: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Array = (values * weight).sum(axis=1) / weight.sum(axis=1)
    return mean


def _level(sample: Sample, first: int, last: int, *, what: str, sector: float | None, fewest: int) -> Array | None:
    known: Array = getattr(sample, what)
    rows = _rows(sample, first, last, known, sector)
    return _mean(known[:, rows], sample.weight[:, rows]) if rows.size >= fewest else None


def _ratio(sample: Sample, first: int, last: int) -> Array | None:
    few = FEWEST["level"]
    above, below = (_level(sample, first, last, what="own", sector=s, fewest=few) for s in SECTORS.values())
    return None if above is None or below is None else above - below


def _line(sample: Sample, first: int, last: int, sector: float) -> tuple[Array, Array] | None:
    """Slope of a line through log10 compute by date, and the spread about it."""
    rows = _rows(sample, first, last, sample.own, sector)
    if rows.size < FEWEST["line"]:
        return None
    weight, values = sample.weight[:, rows], sample.own[:, rows]
    time = sample.time[rows][None, :]
    time = time - _mean(time, weight)[:, None]
    values = values - _mean(values, weight)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (weight * time * values).sum(axis=1) / (weight * time**2).sum(axis=1)
        left = (weight * (values - slope[:, None] * time) ** 2).sum(axis=1) / (weight.sum(axis=1) - 2.0)
        return slope, np.sqrt(left)


def _of_line(sample: Sample, first: int, last: int, *, part: int, sector: float) -> Array | None:
    line = _line(sample, first, last, sector)
    return None if line is None else line[part]


def _count_share(sample: Sample, first: int, last: int) -> Array | None:
    rows = _rows(sample, first, last, sample.weight)
    return _mean(1.0 - sample.industry[:, rows], sample.weight[:, rows]) if rows.size >= FEWEST["share"] else None


def _large_share(sample: Sample, first: int, last: int) -> Array | None:
    """Academia's share of large-scale models. Rows of the two years before count in the largest recorded."""
    rows = _rows(sample, first - int(TRAILING), last, sample.anyone)
    judged = np.flatnonzero(sample.time[rows] >= first)
    if judged.size < FEWEST["large"]:
        return None
    time, weight = sample.time[rows], sample.weight[:, rows]
    there = np.where(weight > 0, sample.anyone[:, rows], -np.inf)
    large = np.zeros((there.shape[0], judged.size))
    for column, row in enumerate(judged):
        earlier = slice(int(np.searchsorted(time, time[row] - TRAILING)), row + 1)
        large[:, column] = there[:, row] >= there[:, earlier].max(axis=1) - LARGE
    return _mean(1.0 - sample.industry[:, rows[judged]], weight[:, judged] * large)


def _best_error(sample: Sample, _first: int, last: int) -> Array | None:
    return sample.best.get(last)


Read = Callable[[Sample, int, int], Array | None]
TARGETS: dict[str, tuple[str, str, Read]] = {
    **{f"compute_growth_{name}": (PER_YEAR, f"growth of {name}'s training compute, by a line through its records",
                                  partial(_of_line, part=SLOPE, sector=sector)) for name, sector in SECTORS.items()},
    **{f"compute_level_{name}": (FLOP, f"geometric mean of the training compute of {name}'s records",
                                 partial(_level, what="own", sector=sector, fewest=FEWEST["level"]))
       for name, sector in SECTORS.items()},
    RATIO: (POWERS, "industry's geometric mean over academia's", _ratio),
    "count_share_academia": (SHARE, "academia's share of records, joint ones counted half", _count_share),
    "large_scale_share_academia": (
        SHARE, "academia's share of the records within 30 times of the largest of two years", _large_share),
    "cost_level": (USD, "geometric mean of what training cost, in the records that have it",
                   partial(_level, what="cost", sector=None, fewest=FEWEST["level"])),
    **{f"spread_{name}": (POWERS, f"standard deviation of {name}'s training compute about its line",
                          partial(_of_line, part=SPREAD, sector=sector)) for name, sector in SECTORS.items()},
    "best_error": (ERROR, "lowest error on ImageNet by the end of the years", _best_error),
}  # fmt: skip
