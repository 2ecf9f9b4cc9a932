"""Dates as people write them, 1 July 2028 or 2028-07, as years with decimals in which a step begins."""

import re
from collections.abc import Sequence
from datetime import date
from math import ceil, floor
from typing import Any

WITHIN, WITHIN_YEAR = 0.1, 0.005  # of a step, of a year: so far from the edge of a step a date may be written
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")  # how their names begin
USUAL_STEPS = 4  # a year, where that cannot be told
CENTURY = r"(?P<year>(?:19|20|21)\d\d)"
FORMS = (  # year first; year last; with the name of the month; a quarter
    re.compile(rf"{CENTURY}[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?(?:[T ]\d.*)?"),
    re.compile(rf"{CENTURY}(?P<month>\d\d)(?P<day>\d\d)"),
    re.compile(rf"(?:(?P<day>\d{{1,2}})(?P<mark>[-/.]))?(?P<month>\d{{1,2}})[-/.]{CENTURY}"),
    re.compile(rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+)?(?P<named>[a-z]{{3,9}})\.?,?\s+{CENTURY}"),
    re.compile(rf"(?P<named>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{CENTURY}"),
    re.compile(rf"{CENTURY}[-\s]*Q(?P<quarter>[1-4])"),
    re.compile(rf"Q(?P<quarter>[1-4])[-/\s]*{CENTURY}"),
)


def off(year: float, steps: int) -> bool:
    """Whether a date lies off the beginnings of steps, by more than two decimals of a year or a tenth of a step."""
    return abs(year * steps - round(year * steps)) > max(WITHIN, WITHIN_YEAR * steps)


def edges(year: float, steps: int) -> tuple[float, float]:
    """The beginnings of steps before and after a moment."""
    return round(floor(year * steps) / steps, 4), round(ceil(year * steps) / steps, 4)


def beginnings(given: Any, steps: int) -> list[float]:
    """The beginnings of steps that a date may be meant for, in order: the one at which it lies, or those before and
    after; of 1/7/2028 those of July and of January. None where it is no date."""
    found = set[float]()
    for year in _moments(given):
        near = round(year * steps) / steps
        found |= set(edges(year, steps)) if off(year, steps) else {round(near, 4)}
    return sorted(found)


def moment_fix(given: Any, steps: int) -> str | None:
    """How a date is written where a policy begins or ends; None for what is no date."""
    found = beginnings(given, steps)
    if found:
        part = "" if steps == 1 else ": a year with decimals, where a step begins"
        return f"{' or '.join(f'{year:g}' for year in found)}{part}"
    told = re.findall(rf"(?<!\d){CENTURY}(?!\d)", str(given)) if isinstance(given, str) else []
    return f"{told[0]}, or a year with decimals where a step begins" if len(told) == 1 else None


def years_fix(years: Any) -> str:
    """How a list of years is written, for one that holds dates or texts."""
    found = [beginnings(year, 1) or _whole(year) for year in years] if isinstance(years, list) else []
    told = [each[0] for each in found if len(each) == 1]
    own = told if told and len(told) == len(found) else [2012, 2020]
    return f"write years = [{', '.join(f'{year:g}' for year in own)}]"


def _whole(year: Any) -> Sequence[float]:
    """The calendar year of what is one, though it is text or has decimals."""
    text = f"{year:g}" if type(year) in (int, float) else str(year).strip()
    return [float(text)] if re.fullmatch(CENTURY, text) else []


def _moments(given: Any) -> list[float]:
    """What a date stands for: a year and the part of it that has gone by. Several where it can be read in two ways."""
    if isinstance(given, date):
        return [_moment(given.year, given.month, given.day)]
    text = " ".join(str(given).split())
    found = next((found for form in FORMS if (found := re.fullmatch(form.pattern, text, re.IGNORECASE))), None)
    if found is None:
        return []
    parts = found.groupdict()
    year, day = int(parts["year"]), int(parts.get("day") or 1)
    if parts.get("quarter"):
        return [_moment(year, 3 * int(parts["quarter"]) - 2, 1)]
    if parts.get("named"):
        months = [MONTHS.index(parts["named"][:3].lower()) + 1] if parts["named"][:3].lower() in MONTHS else []
    else:
        months = [int(parts["month"])]
    ways = [(month, day) for month in months]
    if parts.get("mark") == "/":  # the day may stand first or second
        ways += [(day, month) for month in months]
    return [_moment(year, month, day) for month, day in ways if 1 <= month <= 12 and 1 <= day <= 31]


def _moment(year: int, month: int, day: int) -> float:
    return year + (month - 1 + (day - 1) / 31) / 12
