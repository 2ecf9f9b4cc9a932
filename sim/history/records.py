"""A file of records: one row for each notable model, as Epoch AI publishes them.

A row that cannot be used as it stands (a number that is none, a date that is none, a category nobody knows) is odd: it
is left out, counted and named. A file is refused only where no row is left that can be used.
"""

import csv
import os
from calendar import isleap
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.resources import as_file, files
from math import inf, log10, nan
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.errors import InputError
from sim.plurals import counted, plural
from sim.scenario.data import LAWS_FILE
from sim.scenario.parse import TABLE, beyond_header, cell_number, no_columns, table_rows, text_of

PACKAGED = "notable_ai_models_to_2021.csv"
LAST_RECORD = 2021  # year of the last packaged ones
MODEL, DATE, CATEGORY = "Model", "Publication date", "Organization categorization"
COMPUTE, COST, BASE = "Training compute (FLOP)", "Training compute cost (2023 USD)", "Base model"
COLUMNS = (MODEL, DATE, CATEGORY, COMPUTE, COST, BASE)
INDUSTRY, ACADEMIA = "Industry", "Academia"
CATEGORIES = (INDUSTRY, ACADEMIA, "Government", "Research collective")
JOINT = 0.5  # of a joint row counts as industry, the rest as academia
MOST_ODD = 0.1  # of the rows of a file, before somebody should look at it
NO_SECTOR = "of neither industry nor academia, or of nobody named"
WITH_BASE = "of a model with a base model, whose compute is not its own"
JOINT_ROWS = "joint, which count half in shares and have no part in growth, levels and ratios"


class Odd(NamedTuple):
    """A row that is left out because it cannot be used."""

    row: int  # as spreadsheets count: the header is row 1
    model: str
    why: str


@dataclass(frozen=True)
class Records:
    """The usable rows of a file, by date. Shapes are (n,)."""

    file: str
    model: tuple[str, ...]
    time: Array  # year and its part gone by
    industry: Array  # 1 industry, 0 academia, 0.5 joint
    compute: Array  # log10 FLOP; NaN where unknown, or where the model has a base model
    cost: Array  # log10 USD of 2023; NaN where unknown or where the model has a base model
    left_out: dict[str, int]  # rows without a sector, rows whose compute does not count, joint rows
    odd: tuple[Odd, ...] = field(default=())
    rows: int = 0  # of the file, with those that are left out
    text: str = field(default="", repr=False)  # of the whole file, as it was when these were read

    @property
    def mostly_read(self) -> bool:
        """Whether so few rows of the file are odd that it can be what it is taken for."""
        return len(self.odd) <= MOST_ODD * self.rows

    @property
    def years(self) -> tuple[int, int]:
        """The first and the last year that rows are of."""
        return int(self.time.min()), int(self.time.max())

    def between(self, first: int, last: int) -> "Records":
        """The rows of some calendar years."""
        rows = np.flatnonzero((self.time >= first) & (self.time < last + 1))
        parts = {name: getattr(self, name)[rows] for name in ("time", "industry", "compute", "cost")}
        return replace(self, model=tuple(self.model[i] for i in rows), **parts)


def _meant(file: Path) -> Path:
    """The file at that path, or the one that comes with the project."""
    own = LAWS_FILE.with_name(PACKAGED)
    named = file.as_posix() in (PACKAGED, f"sim/data/{PACKAGED}")
    return own if named and not os.path.lexists(file) else file


def packaged() -> Records:
    """The records that come with the project: to the end of 2021."""
    with as_file(files("sim.data").joinpath(PACKAGED)) as file:
        return read_records(file)


def read_records(file: Path) -> Records:
    """The records of a file; where there is none, those that come with the project by their name or their place in it.
    Raises InputError for a file that has no such columns, or too few usable rows."""
    text = text_of(_meant(file), TABLE)
    rows = _rows(text, file)
    usable: list[tuple[str, float, float, float, float]] = []
    left_out, odd, seen = Counter({NO_SECTOR: 0, WITH_BASE: 0, JOINT_ROWS: 0}), [], set[tuple[str, ...]]()
    for number, cells, beyond in rows:
        try:
            if beyond:
                raise ValueError(beyond)
            if tuple(cells.values()) in seen:
                raise ValueError("there twice")
            seen.add(tuple(cells.values()))
            at, flop, usd = _time(cells[DATE]), _power(cells, COMPUTE), _power(cells, COST)
            sector = _industry(cells[CATEGORY])
        except ValueError as error:
            odd.append(Odd(number, cells[MODEL], str(error)))
            continue
        if cells[BASE]:
            left_out[WITH_BASE] += 1
            flop = usd = nan
        left_out[NO_SECTOR] += sector is None
        left_out[JOINT_ROWS] += sector == JOINT
        if sector is not None:
            usable.append((cells[MODEL], at, sector, flop, usd))
    if not usable:
        raise _none_left(file, len(rows), odd)
    usable.sort(key=lambda row: (row[1], row[0]))
    time, industry, compute, cost = (np.array([row[i] for row in usable]) for i in range(1, 5))
    model = tuple(row[0] for row in usable)
    return Records(str(file), model, time, industry, compute, cost, dict(left_out), tuple(odd), len(rows), text)


def _rows(text: str, file: Path) -> list[tuple[int, dict[str, str], str | None]]:
    """Rows with their numbers, as cells by column, and what is wrong with one that has cells beside the columns."""
    allowed = f"a table (CSV) with the columns {', '.join(COLUMNS)}"
    lines = table_rows(text)
    try:
        header = [name.strip() for name in next(lines, (1, []))[1]]
        found = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(str(error), file=file, allowed=allowed, fix="save it as CSV with commas") from None
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise _lacking(missing, header, file, allowed)
    twice = next((name for name in COLUMNS if header.count(name) > 1), None)
    if twice:
        fix = "take one of them out"
        raise InputError(f"two columns are named {twice}", file=file, found=twice, allowed="each name once", fix=fix)
    wide = len(header)

    def by_name(cells: list[str]) -> dict[str, str]:
        return {name: cell.strip() for name, cell in zip(header, [*cells, *[""] * wide], strict=False) if name}

    return [(number, by_name(cells), beyond_header(header, cells)) for number, cells in found]


def _lacking(missing: list[str], header: list[str], file: Path, allowed: str) -> InputError:
    """The error for columns that are not there. A column is renamed only where its letters and digits are the same:
    one that is called much alike may hold something else."""
    other = no_columns(header, allowed)
    if other:
        return InputError(**other, file=file)
    spelled = {_letters(name): name for name in header}
    near = {name: spelled[_letters(name)] for name in missing if _letters(name) in spelled}
    fix = "add what is missing, or name a file with the columns of Epoch AI's notable models"
    if len(near) == len(missing):
        fix = "; ".join(f"rename '{there}' to '{name}'" for name, there in near.items())
    what = f"no {plural('column', len(missing))} {', '.join(missing)}"
    return InputError(what, file=file, found=", ".join(header), allowed=allowed, fix=fix)


def _letters(name: str) -> str:
    """Letters and digits of a name, in lower case."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _none_left(file: Path, rows: int, odd: list[Odd]) -> InputError:
    """The error for a file without a row that can be used: what is wrong with the first of those that are odd."""
    if odd:
        problem, first = f"none of {counted(rows, 'row')} can be used", odd[0]
        found = f"row {first.row}, {first.model or 'no name'}: {first.why}"
        allowed = f"rows with a date, numbers, and {INDUSTRY} or {ACADEMIA} as {CATEGORY}"
        return InputError(problem, file=file, found=found, allowed=allowed, fix="mend these rows, or name another file")
    problem, allowed = "no row of industry or academia", f"rows whose {CATEGORY} names {INDUSTRY} or {ACADEMIA}"
    fix = "name a file of records with rows"
    return InputError(problem, file=file, found=counted(rows, "row"), allowed=allowed, fix=fix)


def _time(text: str) -> float:
    """The date as a year and its part gone by. Raises ValueError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{DATE} is {text or 'missing'!r}, not a date such as 2019-06-14") from None
    return day.year + (day.timetuple().tm_yday - 0.5) / (365 + isleap(day.year))


def _power(cells: dict[str, str], column: str) -> float:
    """log10 of a number; NaN where there is none. Raises ValueError."""
    text = cells[column]
    if not text:
        return nan
    try:
        number = cell_number(text)
    except ValueError:
        number = nan
    if not 0 < number < inf:
        raise ValueError(f"{column} is {text!r}, not a number above zero")
    return log10(number)


def _industry(text: str) -> float | None:
    """How much of a row counts as industry; None where it is of neither sector. Raises ValueError."""
    named = {part.strip() for part in text.split(",") if part.strip()}
    strange = sorted(named - set(CATEGORIES))
    if strange:
        raise ValueError(f"{CATEGORY} is {strange[0]!r}, none of {', '.join(CATEGORIES)}")
    if {INDUSTRY, ACADEMIA} <= named:
        return JOINT
    if INDUSTRY in named:
        return 1.0
    return 0.0 if ACADEMIA in named else None
