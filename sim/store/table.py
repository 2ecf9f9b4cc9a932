"""Tables as CSV. A spreadsheet takes a cell for a formula by its first letter, so such text gets an apostrophe."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

import numpy as np
import orjson
import pandas as pd

from sim.arrays import Array

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # begins what a spreadsheet computes
ROWS = 20_000  # of a table that are written at a time
SMALL = 1e-4  # below it Python writes numbers otherwise than JSON does


def csv_parts(table: pd.DataFrame) -> Iterator[bytes]:
    """The content of a CSV file in UTF-8: numbers in the shortest text that reads back the same, nothing for NaN. In
    parts of ``ROWS``, so that no table is held a second time as text."""
    return below([table], table.columns.tolist())


def below(tables: Iterable[pd.DataFrame], columns: Sequence[str]) -> Iterator[bytes]:
    """The parts of tables of these columns one below the other."""
    yield b",".join(_cell_texts(list(columns))) + b"\n"
    for table in tables:
        yield from _row_parts(table)


def _row_parts(table: pd.DataFrame) -> Iterator[bytes]:
    for first in range(0, len(table), ROWS):
        part = table.iloc[first : first + ROWS]
        rows = zip(*(_column_texts(part.iloc[:, i]) for i in range(part.shape[1])), strict=True)
        yield b"\n".join([*map(b",".join, rows), b""])


def _column_texts(column: "pd.Series[Any]") -> list[bytes]:
    """A column's cells."""
    if column.dtype == np.float64:
        return _number_texts(column.to_numpy())
    if column.dtype == object and not all(isinstance(cell, str) for cell in column):
        return _cell_texts(column.tolist())
    codes, values = pd.factorize(column, use_na_sentinel=False)
    texts = _cell_texts(values.tolist())
    return [texts[code] for code in codes.tolist()]


def _number_texts(numbers: Array) -> list[bytes]:
    """Numbers as Python writes them, most of them faster."""
    if not numbers.size:
        return []
    texts = orjson.dumps(np.ascontiguousarray(numbers), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
    other = ~((np.abs(numbers) >= SMALL) & np.isfinite(numbers) | (numbers == 0))
    for i in np.flatnonzero(other).tolist():
        number = float(numbers[i])
        texts[i] = b"" if number != number else repr(number).encode()
    return texts


def _cell_texts(values: list[Any]) -> list[bytes]:
    """Values as cells: quoted where they have to be, nothing for what is missing."""
    texts = []
    for value in values:
        text = StringIO()
        marked = f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
        csv.writer(text, lineterminator="\n").writerow(["" if pd.isna(value) else marked, ""])
        texts.append(text.getvalue()[:-2].encode("utf-8", "backslashreplace"))
    return texts


def as_written(column: "pd.Series[str]") -> "pd.Series[str]":
    """A column of text without the apostrophes that ``csv_parts`` put before formulas."""
    marked = column.str.startswith(tuple(f"'{sign}" for sign in FORMULA))
    return column.where(~marked, column.str[1:])
