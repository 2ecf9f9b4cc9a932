"""A user's own table beside a scenario: CSV in the form of Our World in Data, of Ember, or of IAMC, wide or long."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import InputError, unknown
from sim.quantity import Spec, factor, money
from sim.scenario.data import SERIES, currencies
from sim.scenario.money import converted
from sim.scenario.moneywords import in_letters
from sim.scenario.parse import cell_number
from sim.scenario.slips import amount_of
from sim.scenario.tablefile import NO_COMMAS, YEAR, Table, TableRow, beside, read

TABLE_KEYS = {"file", "entity", "column", "variable", "model", "scenario"}
LARGE = {"million": "M", "billion": "B", "trillion": "T"}


class FoundSeries(NamedTuple):
    """A series of a table."""

    years: list[int]
    values: list[float]
    unit: str
    year: int | None  # of the money, where the unit says it
    note: str
    left_out: str  # years before the first value and after the last whose cells are empty; else empty
    astray: str  # a year that stands between others in the table, in words; else empty
    cells: list[tuple[str, str]]  # where each value stands, and what is written there


class YearValue(NamedTuple):
    """The value of a year, as text, and the row it stands in."""

    row: int
    year: int
    text: str
    column: str


def read_table(written_in: Path, scenario: Path, entry: dict[str, Any], spec: Spec) -> FoundSeries:
    """The series that an entry names, in the unit of the table.

    Raises InputError, which names the row, for a wrong unit, a missing year, an entity that is there twice and what is
    no number.
    """
    file = beside(written_in if written_in.is_file() else scenario, entry["file"])
    if SERIES.get(file.stem) == spec.unit and not file.exists():
        problem, fix = f"{entry['file']}: no such file", f'write data = "{file.stem}"'
        raise InputError(problem, found=entry["file"], allowed="a table of your own, or packaged data", fix=fix)
    table = read(file)
    rows = _chosen(table, entry)
    unit, year = _unit(table, rows, entry, spec)
    points = list(_points(table, rows, entry))
    years, values = _checked(table, points, bridged="between" in entry)
    named = [entry[key] for key in ("entity", "variable", "column", "model", "scenario") if key in entry]
    left_out = _outside(points, years)
    note = f"from {entry['file']}: {', '.join(named or [points[0].column])}{f'; empty {left_out}' if left_out else ''}"
    cells = {point.year: (f"{table.file.name}, row {point.row}", point.text) for point in points}
    return FoundSeries(years, values, unit, year, note, left_out, _astray(points), [cells[each] for each in years])


def _astray(points: list[YearValue]) -> str:
    """A year without which the years of a table would rise, or fall, from row to row, in words; else empty."""
    years = [point.year for point in points]
    for at in range(1, len(years) - 1):
        before, year, after = years[at - 1 : at + 2]
        rest = years[:at] + years[at + 1 :]
        in_order = rest in (sorted(rest), sorted(rest, reverse=True))
        if in_order and not min(before, after) <= year <= max(before, after):
            return f"{year} in row {points[at].row} stands between {before} and {after}"
    return ""


def _outside(points: list[YearValue], years: list[int]) -> str:
    """The years before the first value and after the last whose cells are empty, in words."""
    written = sorted(point.year for point in points)
    parts = ([year for year in written if year < years[0]], [year for year in written if year > years[-1]])
    return " and ".join(f"in {part[0]}" + f" to {part[-1]}" * (part[0] < part[-1]) for part in parts if part)


def _chosen(table: Table, entry: dict[str, Any]) -> list[TableRow]:
    """The rows of the entity, variable, model and scenario that an entry names."""
    rows, columns = list(table.rows), {"entity": table.entity} if table.entity else {}
    columns |= {key: key for key in ("variable", "model", "scenario") if key in table.columns}
    for key in ("entity", "variable", "model", "scenario"):
        if key in entry and key not in columns:
            raise table.refuse(
                f"there is no column {key}", 1, key, ", ".join(table.columns.values()), f"take out {key}"
            )
    for key, column in columns.items():
        there = list(dict.fromkeys(row.cells[column] for row in rows))
        wanted = entry.get(key)
        if wanted is None and (key == "entity" or len(there) > 1):
            fix = f'add {key} = "{there[0]}"' if there else "name a table with rows"
            problem = f"which {key}?" if len(there) > 1 else f"an entry names its {key}"
            raise table.refuse(problem, None, None, ", ".join(there[:20]), fix)
        if wanted is None:
            continue
        if not isinstance(wanted, str) or wanted not in there:
            error = unknown(key, wanted, there)
            error.problem = f"{table.file.name}: {error.problem}"
            raise error
        other = next((row for row in rows if _alike(row.cells[column], wanted)), None)
        if other is not None:
            problem, fix = f"another spelling of the {key} '{wanted}'", f"write '{wanted}' in all of its rows"
            raise table.refuse(problem, other.number, other.cells[column], f"one spelling of each {key}", fix)
        rows = [row for row in rows if row.cells[column] == wanted]
    return rows


def _alike(name: str, wanted: str) -> bool:
    """Whether a name differs from another in capitals and spaces alone."""
    return name != wanted and "".join(name.split()).casefold() == "".join(wanted.split()).casefold()


def _unit(table: Table, rows: list[TableRow], entry: dict[str, Any], spec: Spec) -> tuple[str, int | None]:
    """The unit of the values and the year of their money: those of the table, or of the entry where it has none."""
    own = entry.get("unit")
    if not table.says_units:
        if own is None:
            problem, allowed = "this table does not say its unit", f"a unit such as '{spec.unit}'"
            raise table.refuse(problem, None, None, allowed, f'add unit = "{spec.unit}", or what its values are in')
        return own, None
    first = rows[0].cells["unit"]
    for row in rows:
        text = row.cells["unit"]
        unit, year = _read_unit(text)
        try:
            dated = {"year": year or currencies()["year"]} if money(spec.unit) else {}
            usual = converted({"unit": unit, "value": 1.0, **dated}, spec)
            factor(usual["unit"], spec.unit)
        except (InputError, ValueError) as error:
            problem = str(error) if isinstance(error, ValueError) else error.problem
            raise table.refuse(
                problem, row.number, text, spec.unit, "choose another variable, or mend the unit"
            ) from None
        if text != first:
            problem, fix = "the unit changes within a series", "choose rows of one unit"
            raise table.refuse(problem, row.number, text, first, fix)
    if own is not None and own not in (first, _read_unit(first)[0]):
        problem, fix = "the table has a unit of its own", f'take out unit = "{own}"'
        raise table.refuse(problem, rows[0].number, own, first, fix)
    return _read_unit(first)


def _read_unit(text: str) -> tuple[str, int | None]:
    """A unit as tables write it, US$2010/t CO2, and the year of its money."""
    for word, prefix in LARGE.items():
        text = re.sub(rf"\b{word}\s+", prefix, text, flags=re.IGNORECASE)
    typed = amount_of(text)
    return in_letters(typed["unit"]), typed.get("year")


def _points(table: Table, rows: list[TableRow], entry: dict[str, Any]) -> Iterator[YearValue]:
    """The values of the chosen rows, each with its year."""
    if table.is_wide:
        if len(rows) > 1:
            problem, fix = f"{entry['entity']} is there twice", "keep one of these rows"
            raise table.refuse(problem, rows[1].number, entry["entity"], f"once (row {rows[0].number})", fix)
        for year in table.years:
            yield YearValue(rows[0].number, int(year), rows[0].cells[year], year)
        return
    column = "value" if table.says_units else _column(table, entry)
    for row in rows:
        year = row.cells["year"]
        if not re.fullmatch(YEAR, year):
            found = re.match(rf"{YEAR}(?![0-9])", year)  # 2026.0 of a spreadsheet, 2026-01-01
            fix = f"write {found[0]}" if found else "correct the year"
            raise table.refuse("not a calendar year", row.number, year, "a year such as 2020", fix)
        yield YearValue(row.number, int(year), row.cells[column], table.columns[column])


def _column(table: Table, entry: dict[str, Any]) -> str:
    """The column of values."""
    others, wanted = table.others, entry.get("column")
    if wanted is None and len(others) == 1:
        return others[0]
    there = [table.columns[name] for name in others]
    if wanted is None:
        raise table.refuse(
            "which column?", 1, None, ", ".join(there), f'add column = "{there[0] if there else "value"}"'
        )
    if not isinstance(wanted, str) or wanted.lower() not in others:
        error = unknown("column", wanted, there)
        error.problem = f"{table.file.name}: {error.problem}"
        raise error
    return wanted.lower()


def _checked(table: Table, points: list[YearValue], bridged: bool) -> tuple[list[int], list[float]]:
    """Years in rising order and their values, from the first to the last that has one; every year once."""
    found: dict[int, tuple[int, float | None, str]] = {}
    for row, year, text, column in points:
        if year in found:
            problem, allowed = f"{year} is there twice", f"each year once ({year} is in row {found[year][0]})"
            raise table.refuse(problem, row, year, allowed, "keep one of these rows")
        found[year] = row, _number(table, row, text, column) if text else None, text
    given = [year for year, (_, value, _) in found.items() if value is not None]
    if not given:
        first = points[0] if points else YearValue(1, 0, "", "")
        raise table.refuse("no value in any year", first.row, first.text, "numbers", "fill the cells")
    within = {year: found[year] for year in sorted(found) if min(given) <= year <= max(given)}
    before = min(given)
    for year, (row, value, text) in within.items():
        left_out = [year] if value is None else table.between(before, year)
        if left_out and not bridged:
            missing = left_out[0]
            problem, allowed = f"the year {missing} is missing", "a value for every year"
            fix = 'fill it, or say how to bridge it: between = "linear" or "steps"'
            raise table.refuse(problem, row, text if value is None else year, allowed, fix)
        before = year
    kept = {year: value for year, (_, value, _) in within.items() if value is not None}
    return list(kept), list(kept.values())


def _number(table: Table, row: int, text: str, column: str) -> float:
    try:
        number = cell_number(text)
        if number != number:  # NaN
            raise ValueError(text)
        return number
    except ValueError:
        fix = f"{NO_COMMAS[0].lower()}{NO_COMMAS[1:]}" if "," in text else "write a number, e.g. 1000.5"
        if not any(letter.isdecimal() for letter in text):
            fix = "leave the cell empty: no value is known there"
        allowed = "a number, or an empty cell where none is known"
        raise table.refuse(f"not a number in column {column}", row, text, allowed, fix) from None
