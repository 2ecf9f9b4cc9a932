"""Columns of a block are named, and a loop fills each of them: others hold whatever stood in memory before."""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sim.arrays import Array, rows_of
from sim.economy.stages.books import ENTRIES, ORDINARY, Posted
from sim.economy.stages.startups import Changing
from tests.test_layers import FILES, compiled_in, module
from tests.worlds import ROOT


class Kept(NamedTuple):
    """A record of which a loop fills two columns."""

    first: Array
    between: Array
    last: Array


def test_rows_are_those_that_are_named() -> None:
    """A field between two of them becomes none: it had a row that nothing filled."""
    assert rows_of(Kept, "first", "last")._asdict() == {"first": 0, "last": 1}
    assert rows_of(Kept)._asdict() == {"first": 0, "between": 1, "last": 2}
    with pytest.raises(ValueError, match="Kept has no other"):
        rows_of(Kept, "first", "other")


def blocks(name: str, tree: ast.Module) -> dict[str, Any]:
    """What a module has of ``rows_of``, by the name of its constant."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and "rows_of(" in ast.unparse(node.value):
            names = [each.id for each in ast.walk(node.targets[0]) if isinstance(each, ast.Name)]
            called = ast.unparse(node.value).strip("()").split("rows_of(")
            values = {each: getattr(import_module(name), each) for each in names}
            rows = {each: value for each, value in values.items() if hasattr(value, "_fields")}
            assert len(rows) == len(called) - 1, f"{name}: a constant for each block"
            found |= rows
    return found


def unfilled(name: str, text: str) -> tuple[int, list[str]]:
    """How many blocks a module has, and their columns that none of its loops looks up a row of."""
    tree = ast.parse(text)
    used = {
        (node.value.id, node.attr)
        for function in compiled_in({name: tree}).values()
        for looked in ast.walk(function)
        if isinstance(looked, ast.Subscript)
        for node in ast.walk(looked.slice)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    found = {each: rows for each, rows in blocks(name, tree).items() if type(rows).__name__ != Changing.__name__}
    return len(found), [
        f"{each}.{row}" for each, rows in found.items() for row in rows._fields if (each, row) not in used
    ]


def test_each_entry_of_the_books_has_a_column_of_its_own() -> None:
    """Two lists had to have one order."""
    assert tuple(ENTRIES) == Posted._fields
    assert len(set(ORDINARY.entries)) == len(Posted._fields)


BLOCKS = [file for file in FILES if "= rows_of(" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("file", BLOCKS, ids=lambda file: file.stem)
def test_every_row_is_filled(file: Path) -> None:
    """Those who change at the end of a year are copied as they are, all of them, before some change."""
    assert len(BLOCKS) > 6
    count, left = unfilled(module(file, ROOT), file.read_text(encoding="utf-8"))
    assert left == []
    assert count > 0 or file.stem == "startups"


def test_a_row_that_nothing_fills_is_found() -> None:
    file = ROOT / "sim" / "economy" / "stages" / "training.py"
    text = file.read_text(encoding="utf-8").replace("found[RUNS.lead, i] =", "lead =")
    assert unfilled(module(file, ROOT), text) == (1, ["RUNS.lead"])
