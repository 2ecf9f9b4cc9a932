"""What ``validate --json`` prints, in its order of keys."""

from dataclasses import dataclass

from sim.history.scores import Scored
from sim.history.validation import TREND, Validation
from sim.report.validation.words import error_record, fitted_numbers


@dataclass(frozen=True)
class TargetSummary:
    """A target: record, the model's median and 90 % band, and scores, in the target's unit."""

    name: str
    unit: str
    record: float
    record_low: float  # of the 95 % interval of the bootstrap
    record_high: float
    median: float
    low: float
    high: float
    covered: bool
    interval_score: float
    naive_interval_score: float | None  # of the trend; None without one


@dataclass(frozen=True)
class OddRow:
    """A row that could not be used."""

    row: int
    model: str
    why: str


@dataclass(frozen=True)
class ValidationSummary:
    """A scenario held against records, as text and numbers: each target, coverage, and the score beside the trend's."""

    targets: list[TargetSummary]
    coverage: float
    beats_naive: bool | None  # None where the file has too few rows before the years for a trend
    scenario: str
    records: str
    first: int
    last: int
    replicates: int
    rows: int
    rows_before: int
    left_out: dict[str, int]
    odd_rows: list[OddRow]
    without_record: list[str]
    fitted_numbers: int  # of the scenario; of years that they were fitted to this is no forecast
    error_record: str  # whose the record of the lowest error is, which is not the file's; empty where it is not used


def summarize(found: Validation) -> ValidationSummary:
    """A validation as plain values."""
    return ValidationSummary(
        [_target(one) for one in found.scored], found.coverage, found.beats_trend, found.scenario.name,
        found.records.file, found.first, found.last, found.replicates, found.rows, found.before,
        found.records.left_out, [OddRow(*odd) for odd in found.records.odd], found.missing,
        fitted_numbers(found), error_record(found),
    )  # fmt: skip


def _target(one: Scored) -> TargetSummary:
    target, model, trend = one.target, one.model, one.naive[TREND]
    return TargetSummary(
        target.name, target.unit, one.record, one.record_low, one.record_high, model.median, model.low, model.high,
        model.covered, model.interval_score, None if trend is None else trend.interval_score,
    )  # fmt: skip
