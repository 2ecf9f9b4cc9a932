"""Evidence: what records say of the years that a calibration fits, target by target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.arrays import Array
from sim.errors import InputError
from sim.history.records import Records
from sim.history.sample import recorded, resampled
from sim.history.targets import ERROR, FLOP, PER_YEAR, POWERS, RATIO, SHARE, USD, Target, told_of
from sim.plurals import counted
from sim.scenario import Scenario

BOOTSTRAP = 2_000  # versions of the records
LENGTHS = (3, 3, 2, 2)  # years of the windows from 2012 on
FIRST = 2012
# Nearer than this no model of this sort is expected to come, by unit: a standard deviation beside those of the record
# and of luck. Assumed: a quarter more or less of compute and of money, two records in a hundred, 2 % of the error.
MODEL_ERROR: Mapping[str, float] = {POWERS: 0.1, PER_YEAR: 0.1, FLOP: 0.1, USD: 0.1, SHARE: 0.02, ERROR: 0.01}


@dataclass(frozen=True)
class Evidence:
    """What records say: values and variances by target, (t,)."""

    records: Records
    targets: tuple[Target, ...]
    value: Array
    variance: Array  # of the record's bootstrap, and what the model cannot be nearer than
    low: Array  # of the 95 % interval of the bootstrap
    high: Array
    last: int


def with_error(every: Sequence[Target], values: Array, luck: np.random.Generator) -> Array:
    """Draws of targets (t, draws) with the model's error; a share stays between 0 and 1."""
    errors = np.array([MODEL_ERROR[one.unit] for one in every])[:, None]
    found: Array = values + errors * luck.standard_normal(values.shape)
    shares = [row for row, one in enumerate(every) if one.unit == SHARE]
    found[shares] = found[shares].clip(0.0, 1.0)
    return found


def windows(until: int) -> list[tuple[int, int]]:
    """First and last year of each window, the last one ending with ``until``."""
    found, first = [], FIRST
    for length in LENGTHS:
        if first <= until:
            found.append((first, min(first + length - 1, until)))
        first += length
    return found


def within(records: Records, until: int, start: int) -> None:
    """Raises InputError for a last year that cannot be fitted to: before the scenario starts, or beyond the records."""
    first, last = max(start, FIRST), int(records.time.max())
    if not first <= until <= min(last, FIRST + sum(LENGTHS) - 1):
        allowed = f"{first} to {min(last, FIRST + sum(LENGTHS) - 1)}"
        problem = "no records to fit to before that year" if until < first else "the records end before that year"
        fix = f"--until {min(max(until, first), last)}, or name a file with records of those years"
        raise InputError(problem, file=records.file, key="--until", found=until, allowed=allowed, fix=fix)


def evidence(scenario: Scenario, records: Records, until: int) -> Evidence:
    """What records to the end of a year say. Raises InputError where it is too little."""
    start = scenario.time.start
    window = records.between(max(start, FIRST), until)
    years = [(first, last) for first, last in windows(until) if first >= start]
    every = [one for first, last in years for one in told_of(scenario, first, last, f"_{first}_{last}")]
    rows = []
    both = [(recorded(window), resampled(window, BOOTSTRAP))] if window.time.size else []
    for one, (real, again) in product(every, both):
        value, spread = one.of(real), one.of(again)
        twice = one.name.startswith(RATIO)  # the difference of two levels would count them twice
        if value is None or spread is None or twice or not np.isfinite(value[0]):
            continue
        spread = spread[np.isfinite(spread)]
        if spread.size and spread.var() > 0:
            low, high = np.quantile(spread, [0.025, 0.975])
            variance = float(spread.var()) + MODEL_ERROR[one.unit] ** 2
            rows.append((one, float(value[0]), variance, float(low), float(high)))
    if all(one.unit == ERROR for one, *_ in rows):
        allowed, fix = "some ten rows or more in a window", "name a file with more records, or a later --until"
        found = f"{counted(window.time.size, 'row')} from {FIRST} to {until}"
        raise InputError("too few records to fit to", file=records.file, found=found, allowed=allowed, fix=fix)
    values, variances, lows, highs = (np.array([row[i] for row in rows]) for i in range(1, 5))
    return Evidence(window, tuple(row[0] for row in rows), values, variances, lows, highs, until)
