"""TOML that is written is read as what was meant, whatever the text."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.parse import parse
from sim.scenario.toml import document, heading, in_toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
TABLES = st.dictionaries(TEXTS, VALUES, max_size=4)


@given(VALUES)
def test_a_value_is_read_as_it_was(of: object) -> None:
    assert tomllib.loads(f"it = {in_toml(of)}") == {"it": of}


@given(TABLES, st.dictionaries(TEXTS, TABLES, max_size=3))
def test_tables_are_read_as_they_were(first: dict[str, object], tables: dict[str, dict[str, object]]) -> None:
    first.pop("of", None)
    text = document(first, [(heading("of", name), table) for name, table in tables.items()])
    assert tomllib.loads(text) == {**first, **({"of": tables} if tables else {})}


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="date"):
        in_toml(date(2026, 1, 1))


def test_what_is_read_twice_is_nobody_elses(tmp_path: Path) -> None:
    """A text that is known is not parsed anew; who changes what was read changes no other's, and a new text counts."""
    file = tmp_path / "one.toml"
    file.write_text('schema = 1\n[kind.a]\ncount = { value = 3, note = "n" }\nsince = 2020-01-01\n')
    first = parse(file)
    first["kind"]["a"]["count"]["value"] = 4
    assert parse(file)["kind"]["a"]["count"]["value"] == 3
    assert parse(file)["kind"]["a"]["since"] == date(2020, 1, 1)
    file.write_text("schema = 2\n")
    assert parse(file) == {"schema": 2}
