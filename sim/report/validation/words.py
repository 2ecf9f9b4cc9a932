"""A validation in words: a table of targets, and what it comes to."""

from textwrap import fill

from sim.history.records import Records
from sim.history.scores import Forecast, Scored, decide_little
from sim.history.targets import ERROR, FLOP, PER_YEAR, POWERS, RECORDED, SHARE, USD
from sim.history.validation import LAST_VALUE, TREND, Validation
from sim.plurals import counted
from sim.report.words import NONE, number, plain
from sim.scenario.data import laws
from sim.scenario.ensemble import FITTED

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
NO_TREND = "no trend: the file has too few rows before"
MOST_NAMED = 10  # odd rows


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
        lines.append(
            f"Fitted numbers of this scenario: {count}. Their notes say to records of which years: of those this says "
            "how well the scenario fits, and is no forecast."
        )
    if found.last > (ends := int(found.records.time.max())):
        lines.append(f"The file's records end in {ends}.")
    if (benchmark := found.scenario.law_table.benchmark) != RECORDED:
        lines.append(f"The record of errors is of ImageNet; this scenario follows {laws()['labels'][benchmark]}.")
    if found.missing:
        lines.append(f"Without a record: {', '.join(map(plain_target, found.missing))}.")
    return [*lines, *left_out(found.records)]


def fitted_numbers(found: Validation) -> int:
    """How many numbers of the scenario were fitted to records."""
    return sum(one.source == FITTED for one in found.scenario.quantities)


def left_out(records: Records) -> list[str]:
    """Rows of a file that have no part, and the odd ones by name."""
    lines = [f"Of the file's rows, {count} are {what}." for what, count in records.left_out.items() if count]
    if records.odd:
        lines.append(f"{counted(len(records.odd), 'odd row')} left out:")
        lines += [f"  row {odd.row}, {odd.model or 'no name'}: {odd.why}" for odd in records.odd[:MOST_NAMED]]
        more = len(records.odd) - MOST_NAMED
        lines += [f"  and {more} more"] if more > 0 else []
    return lines
