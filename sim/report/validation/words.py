"""A validation in words: a table of targets, and what it comes to."""

from calendar import isleap, month_name
from datetime import date, timedelta
from textwrap import fill

from sim.history.error_record import FILE, days
from sim.history.records import Records
from sim.history.scores import Forecast, Scored, decide_little
from sim.history.targets import ERROR, FLOP, PER_YEAR, POWERS, RECORDED, SHARE, USD
from sim.history.validation import LAST_VALUE, TREND, Validation
from sim.plurals import counted
from sim.report.words import NONE, number, plain
from sim.scenario.data import laws
from sim.scenario.ensemble import FITTED
from sim.scenario.tally import tally

HEADER = ["target", "record\n[95 %]", "model\n[90 %]", "in\nband", "score,\nCRPS", "trend", "last\nvalue"]
LETTERS = 16  # of a line of a target's name
TITLES = {
    "compute_growth_industry": "industry's compute: growth",
    "compute_growth_academia": "academia's compute: growth",
    "compute_level_industry": "industry's compute: level",
    "compute_level_academia": "academia's compute: level",
    "compute_ratio": "industry's compute over academia's",
    "count_share_academia": "academia's share of records",
    "large_scale_share_academia": "academia's share of large-scale models",
    "cost_level": "cost of training",
    "spread_industry": "industry's compute: spread",
    "spread_academia": "academia's compute: spread",
    "best_error": "lowest error",
}  # by target
SHOWN = {POWERS: "ratio", PER_YEAR: "ratio", FLOP: "FLOP", USD: "USD", ERROR: "fraction"}  # of ten to the power
MOST_NAMED = 10  # odd rows
WHOLE = 11 / 12  # of a year: one with a record of its last month is told as whole


def value(number_: float, unit: str) -> str:
    """A target's value as people read it: FLOP, dollars, times, percent."""
    if unit == SHARE:
        return number(number_, "fraction")
    text = number(float(10.0**number_), SHOWN[unit])
    return f"{text}/yr" if unit == PER_YEAR and text != NONE else text


def rows(found: Validation) -> list[list[str]]:
    """A row of the table for each target, its cells on two lines: a middle above its range, or the interval score above
    the CRPS. Scores are in the target's own unit: powers of ten, or a fraction."""
    return [_row(one) for one in found.scored]


def plain_target(name: str) -> str:
    """What a target is called."""
    return TITLES.get(name, name.replace("_", " "))


def _row(one: Scored) -> list[str]:
    unit, model = one.target.unit, one.model
    return [
        fill(plain_target(one.target.name), LETTERS), span(one.record, one.record_low, one.record_high, unit),
        span(model.median, model.low, model.high, unit), "yes" if model.covered else "no",
        *map(_score, (model, one.naive[TREND], one.naive[LAST_VALUE])),
    ]  # fmt: skip


def span(middle: float, low: float, high: float, unit: str) -> str:
    """A target's value above its range, on two lines."""
    ends = ", ".join(value(end, unit).removesuffix(" FLOP") for end in (low, high))
    return f"{value(middle, unit)}\n[{ends}]"


def _score(of: Forecast | None) -> str:
    return NONE if of is None else f"{plain(of.interval_score)}\n{plain(of.crps)}"


def verdict(found: Validation) -> list[str]:
    """What it comes to, in sentences."""
    covered = sum(one.model.covered for one in found.scored)
    lines = [f"{covered} of {counted(len(found.scored), 'target')} lie in the model's 90 % band."]
    if decide_little(found.scored):
        lines[0] += " With so few targets that decides little."
    for name in (TREND, LAST_VALUE):
        scores, of = found.scores(name), found.wins(name)
        if scores is None:
            lines.append(f"Naive forecast ({name}): none, since the file has too few rows before {found.first}.")
            continue
        lines.append(
            f"The model beats the naive forecast ({name}) on {of[0]} of {counted(of[1], 'target')}, by interval score. "
            f"The mean of these scores, though their units differ, is {plain(scores[0])} against {plain(scores[1])}; "
            "smaller is better."
        )
    if ensemble := found.scenario.ensemble:
        lines.append(f"The band holds what is not known of numbers: {ensemble.told}")
    if count := fitted_numbers(found):
        lines.append(were_fitted(count))
    if ends := _ends(found):
        lines.append(ends)
    if record := error_record(found):
        lines.append(f"The record of the lowest error is not the file's: it is {record}.")
    if (benchmark := found.scenario.law_table.benchmark) != RECORDED:
        lines.append(f"The record of errors is of ImageNet; this scenario follows {laws()['labels'][benchmark]}.")
    if found.missing:
        lines.append(f"Without a record: {', '.join(map(plain_target, found.missing))}.")
    return [*lines, *left_out(found.records)]


def _ends(found: Validation) -> str:
    """Where records end before the years do; empty where they hold all of them."""
    year, part = divmod(float(found.records.time.max()), 1.0)
    if found.last > year:
        return f"The file's records end in {year:.0f}."
    if found.last < year or part > WHOLE:
        return ""
    day = date(int(year), 1, 1) + timedelta(days=int(part * (365 + isleap(int(year)))))
    return f"The file's last record is of {_day(day)}, while the model tells of the whole year."


def error_record(found: Validation) -> str:
    """Whose the record of errors is; empty where nothing is held against it."""
    if all(one.target.unit != ERROR for one in found.scored):
        return ""
    return f"{FILE} of this program, {counted(len(days()), 'result')} on ImageNet to {_day(max(days()))}"


def _day(day: date) -> str:
    """A day as people write it: 9 June 2021."""
    return f"{day.day} {month_name[day.month]} {day.year}"


def fitted_numbers(found: Validation) -> int:
    """How many numbers of the scenario were fitted to records."""
    return tally(found.scenario)[FITTED]


def left_out(records: Records) -> list[str]:
    """Rows of a file that have no part, and the odd ones by name."""
    lines = [f"Of the file's rows, {count} are {what}." for what, count in records.left_out.items() if count]
    return [*lines, *odd_rows(records)]


def odd_rows(records: Records) -> list[str]:
    """How many rows of a file are odd, and the first of them by name; nothing where none is."""
    if not records.odd:
        return []
    lines = [f"{counted(len(records.odd), 'odd row')} left out:"]
    lines += [f"  row {odd.row}, {odd.model or 'no name'}: {odd.why}" for odd in records.odd[:MOST_NAMED]]
    more = len(records.odd) - MOST_NAMED
    return [*lines, *([f"  and {more} more"] if more > 0 else [])]


def odd_warning(records: Records) -> str:
    """A word on a file of which many rows are odd, with the first of them; nothing where few are."""
    if records.mostly_read:
        return ""
    first = records.odd[0]
    return (
        f"{len(records.odd)} of {counted(records.rows, 'row')} of {records.file} cannot be used and are left out; see "
        f"whether it is the file you mean. The first is row {first.row}, {first.model or 'no name'}: {first.why}"
    )


def were_fitted(count: int) -> str:
    """That so many numbers of a scenario were fitted to records, and what follows for the years of these."""
    many = f"{counted(count, 'number')} of this scenario {'was' if count == 1 else 'were'} fitted to records"
    return f"{many}, of the years that their notes name. For these years this shows a fit, and no forecast."
