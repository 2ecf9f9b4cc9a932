"""A scenario held against records of years, beside naive forecasts that know the records before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import ceil

import numpy as np

from sim.arguments import OVER_ENSEMBLE
from sim.arrays import Array
from sim.errors import InputError
from sim.experiment.pool import Progress, gathered
from sim.history.evidence import with_error
from sim.history.naive import naive
from sim.history.points import Forecasts, numbered
from sim.history.records import Records
from sim.history.sample import Sample, recorded, resampled
from sim.history.scores import INTERVAL, Forecast, Scored, forecast, mean
from sim.history.targets import ERROR, FEWEST, TRAILING, Target, targets, told_of
from sim.plurals import counted
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.schema import LAST_YEAR
from sim.scenario.variants import with_options

DRAWS = 2000  # versions of the records, of each forecast and of the bootstrap
TREND, LAST_VALUE = "trend", "last value"


@dataclass(frozen=True)
class Validation:
    """How a scenario's worlds meet the records of some years."""

    scenario: Scenario
    records: Records
    first: int
    last: int
    replicates: int
    rows: int  # of the records, in these years
    before: int  # of the records, before them
    scored: list[Scored]
    missing: list[str]  # targets that the records tell nothing of, or the worlds

    @property
    def coverage(self) -> float:
        """Share of targets whose record lies in the model's band."""
        return mean([float(one.model.covered) for one in self.scored])

    def _both(self, name: str) -> list[tuple[Forecast, Forecast]]:
        """Model and naive forecast of each target that both have. Empty where a file's rows before the years give no
        naive forecast: then the error record, which is not the file's, has one of its own, and decides nothing."""
        both = [(one, other) for one in self.scored if (other := one.naive[name]) is not None]
        if all(one.target.unit == ERROR for one, _ in both):
            return []
        return [(one.model, other) for one, other in both]

    def scores(self, name: str) -> tuple[float, float] | None:
        """Mean interval scores of the model and of a naive forecast, over the targets that both have."""
        both = self._both(name)
        if not both:
            return None
        return mean([ours.interval_score for ours, _ in both]), mean([theirs.interval_score for _, theirs in both])

    def wins(self, name: str) -> tuple[int, int]:
        """On how many targets the model's interval score is below a naive forecast's, and of how many."""
        both = self._both(name)
        return sum(ours.interval_score < theirs.interval_score for ours, theirs in both), len(both)

    @cached_property
    def beats_trend(self) -> bool | None:
        """Whether the model's mean interval score is below the trend's; None where there is no trend."""
        found = self.scores(TREND)
        return None if found is None else found[0] < found[1]


def told(scenario: Scenario, window: Records, first: int, last: int) -> tuple[Target, ...]:
    """The targets of some years that records tell of. Raises InputError where there is none but the error record's."""
    real = recorded(window)
    known = tuple(one for one in told_of(scenario, first, last) if one.of(real) is not None)
    if all(one.unit == ERROR for one in known):
        allowed, fix = f"some {min(FEWEST.values())} rows or more", "choose more years, or another file"
        found = counted(window.between(first, last).time.size, "row")
        problem = f"too few records from {first} to {last} for any target"
        raise InputError(problem, file=window.file, found=found, allowed=allowed, fix=fix)
    return known


def reach(scenario: Scenario, first: int, last: int) -> None:
    """Raises InputError for years that cannot be judged."""
    start = scenario.time.start
    if first < start:
        allowed, fix = f"from {start} on, the scenario's first year", f"--from {start}"
        raise InputError("the scenario begins later", key="--from", found=first, allowed=allowed, fix=fix)
    if last < first:
        allowed, fix = f"{first} or later", f"--from {last} --to {first}"
        raise InputError("the years end before they begin", key="--to", found=last, allowed=allowed, fix=fix)
    if last > LAST_YEAR:
        allowed, fix = f"{first} to {LAST_YEAR}", f"--to {LAST_YEAR}"
        raise InputError("no scenario goes so far", key="--to", found=last, allowed=allowed, fix=fix)


def in_window(scenario: Scenario, records: Records, first: int, last: int) -> Records:
    """The rows that targets of some years read: of these, and of the years before that count in the largest recorded.

    Raises InputError without rows in the years themselves.
    """
    if not records.between(first, last).time.size:
        begin, end = records.years
        problem = f"no record from {first} to {last}" if first < last else f"no record of {first}"
        found = f"records of {begin} to {end}"
        allowed = f"years of the file and of the scenario: {max(begin, scenario.time.start)} to {end}"
        fix = "choose other years with --from and --to, or name a file that has them"
        raise InputError(problem, file=records.file, found=found, allowed=allowed, fix=fix)
    return records.between(max(scenario.time.start, first - int(TRAILING)), last)


def up_to(
    scenario: Scenario, records: Records, first: int, last: int | None = None, replicates: int | None = None
) -> Scenario:
    """The scenario that ``validate`` takes: it ends with ``last``, or with the last year on record. Over an ensemble it
    has at least ``OVER_ENSEMBLE`` replicates where nobody says how many. Raises InputError for years that cannot be
    judged."""
    end = max(first, records.years[1]) if last is None else last
    reach(scenario, first, end)
    in_window(scenario, records, first, end)
    if replicates is None and scenario.ensemble is not None:
        replicates = max(scenario.run.replicates, OVER_ENSEMBLE)
    return with_options(scenario, replicates=replicates, until=end)


def validate(
    scenario: Scenario, records: Records, first: int, last: int, *, workers: int = 1,
    progress: Progress[tuple[int, Array]] | None = None,
) -> Validation:  # fmt: skip
    """Hold a scenario that ends with ``last`` against the records of calendar years, both inclusive.

    Of each replicate the records are drawn anew many times. Where the scenario names an ensemble each replicate is a
    draw of its numbers too, so that the band holds what is not known of them. Raises InputError where no target can be
    judged.
    """
    reach(scenario, first, last)
    window = in_window(scenario, records, first, last)
    every, replicates = told(scenario, window, first, last), scenario.run.replicates
    work = partial(numbered, Forecasts(scenario, window, every, ceil(DRAWS / replicates)))
    made, interrupted = gathered(work, range(replicates), workers, progress)
    if interrupted:
        raise KeyboardInterrupt
    shown = np.array([values for _, values in sorted(made, key=lambda one: one[0])])
    return held_against(scenario, records, (first, last), every, shown)


def held_against(
    scenario: Scenario, records: Records, years: tuple[int, int], every: Sequence[Target], shown: Array
) -> Validation:
    """What a scenario's worlds show of each target (world, t, draw), and the model's error, against the records of
    years and naive forecasts.

    Raises InputError where no target can be judged.
    """
    luck = stream(scenario.run.seed, 0, "error of the model", years[0])
    model = with_error(every, shown.transpose(1, 0, 2).reshape(len(every), -1), luck)
    (first, last), replicates = years, scenario.run.replicates
    window, before = in_window(scenario, records, first, last), records.between(0, first - 1)
    others = {name: naive(before, records.between(first, last), years, DRAWS, trend=name == TREND)
              for name in (TREND, LAST_VALUE)}  # fmt: skip
    scored, missing = judged(every, window, model, others)
    missing += [one.name for one in targets(first, last) if one.name not in {known.name for known in every}]
    if not scored:
        problem, allowed = "the worlds show nothing that could be recorded", "a scenario whose actors train"
        raise InputError(problem, file=scenario.file, allowed=allowed, fix="look at its results with `run`")
    rows = records.between(first, last).time.size
    return Validation(scenario, records, first, last, replicates, rows, before.time.size, scored, missing)


def judged(
    every: Sequence[Target], window: Records, model: Array, others: dict[str, Sample]
) -> tuple[list[Scored], list[str]]:
    """The targets that records and model have, and the names of the others."""
    real, again = recorded(window), resampled(window, DRAWS)
    scored, missing = [], []
    for target, draws in zip(every, model, strict=True):
        value, spread = target.of(real), target.of(again)
        record = float(value[0]) if value is not None else np.nan
        found = forecast(record, draws) if np.isfinite(record) else None
        if found is None or spread is None:
            missing.append(target.name)
            continue
        low, high = (float(q) for q in np.nanquantile(spread, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2]))
        naives = {name: _naively(target, record, sample) for name, sample in others.items()}
        scored.append(Scored(target, record, low, high, found, naives))
    return scored, missing


def _naively(target: Target, record: float, sample: Sample) -> Forecast | None:
    draws = target.of(sample)
    return None if draws is None else forecast(record, draws)
