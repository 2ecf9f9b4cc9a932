"""A user's own table beside a scenario: CSV in the form of Our World in Data, of Ember, or of IAMC, wide or long."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import InputError, unknown
from sim.quantity import Spec, factor, money
from sim.scenario.data import currencies
from sim.scenario.money import SIGNS, converted
from sim.scenario.parse import TABLE, cell_number, no_columns, table_rows, text_of

TABLE_KEYS = {"file", "entity", "column", "variable", "model", "scenario"}
ENTITIES = ("entity", "country", "area", "region")
IAMC = ("model", "scenario", "region", "variable", "unit")
FORMS = (
    "year and columns of values, with entity beside it (Our World in Data) or without; area, year, variable, unit, "
    "value (Ember); "
    "model, scenario, region, variable, unit with years as columns, or with year and value (IAMC)"
)
YEAR = r"[12][0-9]{3}"
WRITTEN_YEAR = re.compile(r"(US\$|[$€£]|[A-Z]{3})_?((?:19|20)\d\d)?(?![A-Za-z\d])")
LARGE = {"million": "M", "billion": "B", "trillion": "T"}


class FoundSeries(NamedTuple):
    """A series of a table."""

    years: list[int]
    values: list[float]
    unit: str
    year: int | None  # of the money, where the unit says it
    note: str
    left_out: str  # years before the first value and after the last whose cells are empty; else empty
    cells: list[tuple[str, str]]  # where each value stands, and what is written there


class TableRow(NamedTuple):
    """A row of a table: its number as spreadsheets count, and its cells by the names of columns in small letters."""

    number: int
    cells: dict[str, str]


class YearValue(NamedTuple):
    """The value of a year, as text, and the row it stands in."""

    row: int
    year: int
    text: str
    column: str


@dataclass(frozen=True)
class Table:
    """A table as read."""

    file: Path
    columns: dict[str, str]  # in small letters, with each as written
    rows: tuple[TableRow, ...]

    @property
    def is_iamc(self) -> bool:
        return set(IAMC) <= set(self.columns)

    @property
    def is_wide(self) -> bool:
        """Whether its years are columns; else each row is of a year."""
        return self.is_iamc and not {"year", "value"} <= set(self.columns)

    @property
    def is_known(self) -> bool:
        """Whether its columns are those of one of the forms."""
        if self.is_wide:
            return bool(self.years)
        if self.says_units:
            return bool(self.entity) and {"year", "value"} <= set(self.columns)
        return "year" in self.columns and bool(self.entity or self.others)

    @property
    def others(self) -> list[str]:
        """Columns that may hold values where each row is of a year."""
        return [name for name in self.columns if name and name not in (*ENTITIES, "code", "year")]

    @property
    def years(self) -> list[str]:
        """Columns that are years."""
        return [name for name in self.columns if re.fullmatch(YEAR, name)]

    @cached_property
    def given(self) -> set[int] | None:
        """Years that some series of an IAMC table is given for: a series need not have others; None: it needs all."""
        if not self.is_iamc:
            return None
        names = self.years if self.is_wide else {row.cells["year"] for row in self.rows}
        return {int(name) for name in names if re.fullmatch(YEAR, name)}

    def between(self, before: int, year: int) -> list[int]:
        """The years between two of a series that it has to be given for too."""
        return [each for each in range(before + 1, year) if self.given is None or each in self.given]

    @property
    def entity(self) -> str:
        """The column of entities; empty where all rows are of one."""
        return next((name for name in ENTITIES if name in self.columns), "")

    @property
    def says_units(self) -> bool:
        return {"variable", "unit"} <= set(self.columns)

    def refuse(self, problem: str, row: int | None, found: Any, allowed: str, fix: str) -> InputError:
        """An error that names the row."""
        place = self.file.name if row is None else f"{self.file.name}, row {row}"
        return InputError(f"{place}: {problem}", found=found, allowed=allowed, fix=fix)


def read_table(written_in: Path, scenario: Path, entry: dict[str, Any], spec: Spec) -> FoundSeries:
    """The series that an entry names, in the unit of the table.

    Raises InputError, which names the row, for a wrong unit, a missing year, an entity that is there twice and what is
    no number.
    """
    table = _read(_beside(written_in if written_in.is_file() else scenario, entry["file"]))
    rows = _chosen(table, entry)
    unit, year = _unit(table, rows, entry, spec)
    points = list(_points(table, rows, entry))
    years, values = _checked(table, points, bridged="between" in entry)
    named = [entry[key] for key in ("entity", "variable", "column", "model", "scenario") if key in entry]
    left_out = _outside(points, years)
    note = f"from {entry['file']}: {', '.join(named or [points[0].column])}{f'; empty {left_out}' if left_out else ''}"
    cells = {point.year: (f"{table.file.name}, row {point.row}", point.text) for point in points}
    return FoundSeries(years, values, unit, year, note, left_out, [cells[each] for each in years])


def _outside(points: list[YearValue], years: list[int]) -> str:
    """The years before the first value and after the last whose cells are empty, in words."""
    written = sorted(point.year for point in points)
    parts = ([year for year in written if year < years[0]], [year for year in written if year > years[-1]])
    return " and ".join(f"in {part[0]}" + f" to {part[-1]}" * (part[0] < part[-1]) for part in parts if part)


def _beside(scenario: Path, name: Any) -> Path:
    """The file in the folder of the scenario, or in one below it. Raises InputError for any other."""
    allowed = "a CSV file in the scenario's folder, or in one below it"
    fix = 'put it beside the scenario and write file = "prices.csv"'
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise InputError("not a file name", found=name, allowed=allowed, fix=fix)
    folder = scenario.parent.resolve()
    file = (folder / name).resolve()
    if not file.is_relative_to(folder):
        raise InputError("a file outside the scenario's folder", found=name, allowed=allowed, fix=fix)
    return file


def _read(file: Path) -> Table:
    try:
        status = file.stat() if file.exists() else None
        return _parsed(file, status.st_mtime_ns if status else 0, status.st_size if status else 0)
    except InputError as error:  # of the file alone: who reads the entry adds the scenario and its key
        if error.file is not None:
            error.problem, error.file = f"{file.name}: {error.problem}", None
            error.found = str(file) if error.found is None else error.found
        raise


@lru_cache(maxsize=8)
def _parsed(file: Path, _changed: int, _size: int) -> Table:
    lines = table_rows(text_of(file, TABLE))
    try:
        header = [name.strip() for name in next(lines, (1, []))[1]]
        rows = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        problem, fix = f"{file.name}, {error}", "save it as CSV with commas"
        raise InputError(problem, allowed="a table (CSV)", fix=fix) from None
    columns = {name.lower(): name for name in header}
    twice = next((name for at, name in enumerate(header) if name and name.lower() in map(str.lower, header[:at])), None)
    table = Table(file, columns, tuple(TableRow(n, _cells(header, cells)) for n, cells in rows))
    if twice is not None:
        raise table.refuse(f"two columns are named {twice}", 1, twice, "each name once", "take one of them out")
    other = no_columns(header, FORMS)
    if other:
        raise table.refuse(row=None, **other)
    if not table.is_known:
        raise table.refuse("columns of no known form", 1, ", ".join(header), FORMS, "name the columns like that")
    return table


def _cells(header: list[str], cells: list[str]) -> dict[str, str]:
    written = [*(cell.strip() for cell in cells), *[""] * len(header)]
    return {name.lower(): cell for name, cell in zip(header, written, strict=False)}


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
    text = re.sub(r"CO2[- ]?eq(uiv)?\b", "CO2e", text)
    found = WRITTEN_YEAR.search(text)
    if found is None:
        return text, None
    code = SIGNS.get(found[1], found[1])
    return text[: found.start()] + code + text[found.end() :], int(found[2]) if found[2] else None


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
        fix = "decimals follow a point, and thousands are not parted" if "," in text else "write a number, e.g. 1000.5"
        allowed = "a number, or an empty cell where none is known"
        raise table.refuse(f"not a number in column {column}", row, text, allowed, fix) from None
