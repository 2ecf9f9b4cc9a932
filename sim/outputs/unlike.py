"""In what two tables differ: where first, in how many values, and by how much at most."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from sim.plurals import counted

FIRST_ROW = 2  # of values, as spreadsheets count: the header is row 1
# Columns that say where a value stands.
KEYS = ("scenario", "measure", "window", "way", "part", "kind", "year", "replicate", "actor", "point")


def difference(
    there: pd.DataFrame, here: pd.DataFrame, cells: tuple[pd.DataFrame, pd.DataFrame] | None = None
) -> str:  # fmt: skip
    """Where two tables differ first, in how many values, and by how much at most; nothing where they do not. What
    differs is told as it stands in ``cells``, where these are given."""
    if list(there.columns) != list(here.columns) or len(there) != len(here):
        apart = [(a, b) for a, b in zip(there.columns, here.columns, strict=False) if a != b]
        if apart and there.shape == here.shape:
            return f"has a column {apart[0][0]!r}; here it is {apart[0][1]!r}"
        has, is_here = (f"{counted(len(t), 'row')} of {counted(t.shape[1], 'column')}" for t in (there, here))
        return f"has {has}; here they are {is_here}"
    count, first, largest = 0, "", 0.0
    for name in there.columns:
        before, after = there[name].to_numpy(), here[name].to_numpy()
        numbers = all(np.issubdtype(one.dtype, np.number) for one in (before, after))
        same = (before == after) | (there[name].isna() & here[name].isna()).to_numpy()
        rows = np.flatnonzero(~same)
        count += rows.size
        if rows.size and not first:
            first = _cell(*(cells or (there, here)), int(rows[0]), name)
        if rows.size and numbers:
            with np.errstate(all="ignore"):
                apart = np.abs(before[rows] - after[rows]) / np.maximum(np.abs(before[rows]), np.abs(after[rows]))
            largest = max(largest, float(np.nanmax(apart)) if np.isfinite(apart).any() else 0.0)
    if not count:
        return ""
    return f"differs in {count:,} of {counted(there.size, 'value')}, by {largest:.2g} of a value at most; first {first}"


def table_difference(file: Path, content: bytes) -> str:
    """The same of a table (CSV) in a file and of content."""
    try:
        there, here = (pd.read_csv(one, dtype=str, keep_default_na=False) for one in (file, BytesIO(content)))
        return difference(*_with_numbers(there, here), cells=(there, here)) or _written_otherwise(there, here)
    except Exception as error:
        return f"cannot be read: {type(error).__name__}"


def _with_numbers(there: pd.DataFrame, here: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of text with the columns as numbers, to the last digit, that hold nothing else in both."""
    made = there.copy(), here.copy()
    for name in there.columns.intersection(here.columns):
        with suppress(ValueError):
            numbers = [np.array([float(cell or "nan") for cell in one[name]]) for one in (there, here)]
            for table, column in zip(made, numbers, strict=True):
                table[name] = column
    return made


def _written_otherwise(there: pd.DataFrame, here: pd.DataFrame) -> str:
    """Where cells of the same values are written differently."""
    rows, columns = np.nonzero((there != here).to_numpy())
    if not rows.size:
        return "has the same values with other quotes, blanks or line ends"
    return f"has the same values in other digits; first {_cell(there, here, int(rows[0]), there.columns[columns[0]])}"


def _cell(there: pd.DataFrame, here: pd.DataFrame, row: int, column: str) -> str:
    """A cell that differs: its row as spreadsheets count, its column, what stands in its row, and both values."""
    at = there.iloc[row]
    where = ", ".join(f"{key} {at[key]}" for key in KEYS if key in there.columns)
    place = f"in row {row + FIRST_ROW}, column {column}" + (f" ({where})" if where else "")
    return f"{place}: {there[column].iloc[row]!s} there, {here[column].iloc[row]!s} here"
