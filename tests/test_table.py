"""Tables are written as pandas writes them, to the byte, and numbers as Python does."""

from math import inf, nan

import numpy as np
import pandas as pd
import pytest

from sim.arrays import Array
from sim.experiment.run import run
from sim.store.table import FORMULA, csv_parts
from tests.worlds import small

EXACT = 2.0 ** np.arange(-1074.0, 1024.0)  # whose neighbour below is nearer than that above, but for subnormal numbers
TENS = np.array(
    [float(f"{digits}e{power}") for power in range(-323, 308) for digits in ("1", "2.5", "9.99999999999999")]
)
RANDOM = np.random.default_rng(1)
NUMBERS = {
    "special": np.array([0.0, -0.0, inf, -inf, nan, 5e-324, -2.2250738585072014e-308, 1.7976931348623157e308]),
    "near the change of form": np.array([1e-4, 9.999e-5, 1e-5, 1e15, 123456789012345.6, 1e16, 9999999999999998.0]),
    "powers of two": np.concatenate([EXACT, np.nextafter(EXACT, 0.0), np.nextafter(EXACT, inf), -EXACT]),
    "powers of ten": TENS,
    "whole": RANDOM.integers(-(2**62), 2**62, 20_000).astype(float),
    "subnormal": RANDOM.integers(1, 2**52, 20_000).view(float),
    "any": RANDOM.integers(0, 2047 * 2**52, 100_000).view(float),
    "rounded": np.round(RANDOM.random(50_000) * 1e6, RANDOM.integers(0, 12)),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_written_as_python_writes_them(name: str) -> None:
    values: Array = NUMBERS[name]
    _, *rows, _ = b"".join(csv_parts(pd.DataFrame({"value": values}))).decode().split("\n")
    assert rows == ["" if value != value else repr(value) for value in values.tolist()]


ODD = ["plain", 'a "quote"', "a, comma", "two\nlines", "ä → ß", "", "it's", "nan"]
TABLES = {
    "every type": pd.DataFrame({
        "text": ODD, "flag": [True, False] * 4, "whole": [-1, 2**62, 0, 3, 3, 3, 4, 5], "number": [1.5, nan] * 4,
        "few": [None, "a"] * 4, "no, name": 1,
        "mixed": pd.Series([1, 1.0, True, "1", None, nan, 2.5, "x"], dtype=object),
    }),
    "no rows": pd.DataFrame({"text": pd.Series([], dtype=str), "number": pd.Series([], dtype=float)}),
    "no rows, no types": pd.DataFrame(columns=["a", "b"]),
    "numbers": pd.DataFrame({"a": [1.0, nan], "b": [nan, 2e-9]}),
    "a text": pd.DataFrame({"a": ["x", ""], "b": ["", "y"]}),
    "index of its own": pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}, index=[7, 3]),
    "doubled name": pd.DataFrame([[1.0, 2]], columns=["a", "a"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_written_as_pandas_writes_them(name: str) -> None:
    assert b"".join(csv_parts(TABLES[name])).decode() == TABLES[name].to_csv(index=False, lineterminator="\n")


@pytest.mark.parametrize("name", TABLES)
def test_what_is_written_in_parts_is_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever types a column of a part has alone."""
    whole = b"".join(csv_parts(TABLES[name]))
    for rows in (1, 3):
        monkeypatch.setattr("sim.store.table.ROWS", rows)
        parts = list(csv_parts(TABLES[name]))
        assert b"".join(parts) == whole
        assert len(parts) == 1 + -(-len(TABLES[name]) // rows)


@pytest.mark.parametrize("table", ["series", "actors"])
def test_a_runs_tables_are_written_as_pandas_writes_them(table: str) -> None:
    whole = getattr(run(small(), workers=1), table)
    assert len(whole) > 100
    assert b"".join(csv_parts(whole)).decode() == whole.to_csv(index=False, lineterminator="\n")


def test_formulas_are_marked_in_every_column_of_text() -> None:
    texts = [f"{sign}1" for sign in FORMULA]
    whole = pd.DataFrame({"a": texts, "b": pd.Series([*texts[1:], None], dtype=object), "c": -1.5, "d": -1})
    rows = b"".join(csv_parts(whole)).decode()
    assert rows.count("'") == 2 * len(FORMULA) - 1
    assert rows.count(",-1.5,-1\n") == len(FORMULA)
