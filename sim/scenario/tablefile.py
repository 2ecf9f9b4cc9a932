"""The file of a user's own table: where it may stand, its columns and rows, and which of the known forms it has."""

import csv
import os
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import InputError
from sim.scenario.parse import TABLE, beyond_header, no_columns, table_rows, text_of

ENTITIES = ("entity", "country", "area", "region")
IAMC = ("model", "scenario", "region", "variable", "unit")
FORMS = (
    "year and columns of values, with entity beside it (Our World in Data) or without; area, year, variable, unit, "
    "value (Ember); "
    "model, scenario, region, variable, unit with years as columns, or with year and value (IAMC)"
)
NO_COMMAS = "Decimals follow a point, and thousands are not parted"
YEAR = r"[12][0-9]{3}"


class TableRow(NamedTuple):
    """A row of a table: its number as spreadsheets count, and its cells by the names of columns in small letters."""

    number: int
    cells: dict[str, str]


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


def own_table(name: Any, scenario: Path) -> str:
    """How a table of one's own is named that was taken for a packaged one, by a file beside the scenario if there is
    such."""
    if not isinstance(name, str) or not name.strip():
        return "name packaged data, or a table of your own by file"
    there = next((each for each in (name, f"{name}.csv") if os.path.isfile(scenario.parent / each)), "")
    written = there or (name if Path(name).suffix else f"{name}.csv")
    return f'write file = "{written}"' + (": data names what is packaged" if there else " for a table of your own")


def beside(scenario: Path, name: Any) -> Path:
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


def read(file: Path) -> Table:
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
        raise table.refuse("columns of no known form", 1, ", ".join(header), FORMS, _column_of_years(table, rows))
    for number, cells in rows:
        more = beyond_header(header, cells)
        if more:
            allowed = "a cell for each column that has a name"
            raise table.refuse(more, number, ",".join(cells), allowed, f"is a comma in a number? {NO_COMMAS}")
    return table


def _column_of_years(table: Table, rows: list[tuple[int, list[str]]]) -> str:
    """Which column to call year, and which years to write into it, where there is none of that name."""
    if "year" in table.columns or table.is_iamc:
        return "name the columns like that"
    if table.years and len(table.years) == 1 and next(iter(table.columns)) == table.years[0]:
        names = ["year", "value", *(f"value_{n}" for n in range(2, len(table.columns)))][: len(table.columns)]
        return f"put a row with the names of the columns above the first one: {','.join(names)}"
    if table.years:
        return "write a row for each year: a column year, and one of values (columns are years in IAMC's form alone)"
    head = next((number for number, cells in rows if "year" in (cell.strip().lower() for cell in cells)), None)
    if head is not None:
        return f"take out what stands above row {head}, which has the names of the columns"
    for name, written in table.columns.items():
        cells = [row.cells[name] for row in table.rows]
        years = [re.findall(rf"(?<!\d){YEAR}(?!\d)", cell) for cell in cells]
        if cells and all(len(each) == 1 for each in years):
            fix = f"name the column {written} year" if written else "name the column of years year"
            longer = [f"{year} for {cell}" for cell, (year,) in zip(cells, years, strict=True) if cell != year]
            return fix + (f", and write its years alone: {longer[0]}" if longer else "")
    return "name one column year, with calendar years in it, and the others like that"


def _cells(header: list[str], cells: list[str]) -> dict[str, str]:
    written = [*(cell.strip() for cell in cells), *[""] * len(header)]
    return {name.lower(): cell for name, cell in zip(header, written, strict=False)}
