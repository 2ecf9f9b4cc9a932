"""What programs read is JSON, which has no number that is not finite."""

import ast
from math import inf, nan
from typing import NamedTuple

import numpy as np

from sim.results.statistics import Spread
from sim.store.as_json import as_json, json_line, json_text
from tests.saying import strictly
from tests.worlds import ROOT

READ_BY_PYTHON = {"economy/parties.py", "app/setting.py"}  # pickled flows; links, whose schedules may hold infinity


class Pair(NamedTuple):
    """Two numbers."""

    first: float
    second: float


def test_a_number_that_is_not_finite_is_written_as_missing() -> None:
    told = {"spread": Spread(2, 1.5), "pairs": [Pair(1.0, inf), (-inf, np.float64(nan))], "count": 3, "yes": True}
    wanted = {
        "spread": {"count": 2, "median": 1.5, "low": None, "high": None},
        "pairs": [{"first": 1.0, "second": None}, [None, None]], "count": 3, "yes": True,
    }  # fmt: skip
    assert as_json(told) == wanted
    assert strictly(json_text(told)) == strictly(json_line(told)) == wanted
    assert "\n" not in json_line(told)


def test_json_is_written_in_one_place() -> None:
    """A plan is sealed by text that holds what was read."""
    writers = {
        str(file.relative_to(ROOT / "sim")) for file in (ROOT / "sim").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("json.dumps", "json.dump", "dumps", "dump")
        and not any(word.arg == "allow_nan" and ast.unparse(word.value) == "False" for word in node.keywords)
    }  # fmt: skip
    assert writers == READ_BY_PYTHON
