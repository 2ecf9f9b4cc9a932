"""Tables as CSV. A spreadsheet takes a cell for a formula by its first letter, so such text gets an apostrophe."""

import csv
from io import StringIO
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Letters, Mask, Rows, Table
from sim.compiled import loop
from sim.store.digits import LONGEST, put

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # begins what a spreadsheet computes
BLOCK = 2**15  # rows that are written at once
COMMA, LINE = ord(","), ord("\n")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The content of a CSV file in UTF-8: numbers in the shortest text that reads back the same, nothing for NaN."""
    head = _cell_texts(table.columns.tolist())
    columns = [table.iloc[:, i] for i in range(len(head))]
    numeric = [column.dtype == np.float64 for column in columns]
    floats = [column.to_numpy() for column, number in zip(columns, numeric, strict=True) if number]
    pieces = [_pieces(column) for column, number in zip(columns, numeric, strict=True) if not number]
    texts = [text for _, own in pieces for text in own]
    ends = np.array([0, *accumulate(map(len, texts))], dtype=np.intp)
    begins = accumulate([0, *(len(own) for _, own in pieces)])
    codes = [code + begin for (code, _), begin in zip(pieces, begins, strict=False)]
    longest = sum(max(map(len, own), default=0) for _, own in pieces) + LONGEST * len(floats) + len(columns)
    letters = np.frombuffer(b"".join(texts) or b" ", dtype=np.uint8).astype(np.intp)
    written = [b",".join(head) + b"\n"]
    out = np.empty(max(1, longest * min(BLOCK, len(table))), dtype=np.uint8)
    for begin in range(0, len(table), BLOCK):
        rows = slice(begin, begin + BLOCK)
        count = len(table.index[rows])
        numbers = np.array([column[rows] for column in floats], dtype=np.float64).reshape(len(floats), count)
        which = np.array([code[rows] for code in codes], dtype=np.intp).ravel()
        size = _write(count, np.array(numeric), numbers, which, ends, letters, out)
        written.append(out[:size].tobytes())
    return b"".join(written)


@loop
def _write(count: int, numeric: Mask, numbers: Table, which: Rows, ends: Rows, letters: Rows, out: Letters) -> int:
    """Write so many rows, and give their length [bytes]. Of each column that is not ``numeric`` one after the other
    ``which`` has the text of each row; text i are the ``letters`` from ends[i] to ends[i + 1]."""
    at = 0
    for row in range(count):
        number, text = 0, 0
        for is_number in numeric:
            if is_number:
                value = numbers[number, row]
                number += 1
                if value == value:
                    at = put(value, out, at)
            else:
                piece = which[text * count + row]
                text += 1
                for i in range(ends[piece], ends[piece + 1]):
                    out[at] = letters[i]
                    at += 1
            out[at] = COMMA
            at += 1
        out[at - 1] = LINE
    return at


def _pieces(column: "pd.Series[Any]") -> tuple[Rows, list[bytes]]:
    """The text of each of a column's values, by its number, and the number of each row's."""
    if column.dtype == object and not all(isinstance(cell, str) for cell in column):
        return np.arange(len(column), dtype=np.intp), _cell_texts(column.tolist())
    codes, values = pd.factorize(column, use_na_sentinel=False)
    return np.asarray(codes, dtype=np.intp), _cell_texts(values.tolist())


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
    """A column of text without the apostrophes that ``csv_bytes`` put before formulas."""
    marked = column.str.startswith(tuple(f"'{sign}" for sign in FORMULA))
    return column.where(~marked, column.str[1:])
