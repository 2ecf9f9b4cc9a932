"""What is typed and sent on the page: text of numbers goes there and back, and nonsense is refused in words."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from math import inf
from threading import RLock
from typing import Any

import pandas as pd
import pytest

from sim.app import handed
from sim.app.assumed import assumable, shown_assumption, typed_assumption
from sim.app.byyear import text_of, typed_by_year
from sim.app.choice import choose, chosen
from sim.app.controls import controls, field_text, policies, shown, typed_number
from sim.app.desk import Desk
from sim.app.edits import EDITS, WRONG
from sim.app.ensemble import PairedWorlds
from sim.app.lab import lab_of
from sim.app.setting import Setting, of_world
from sim.errors import InputError, Notice
from sim.results.statistics import FEWEST
from sim.scenario import load
from sim.scenario.variants import with_options
from tests.ensembles import ensemble
from tests.pairs import BASELINE
from tests.worlds import ROOT, SCENARIOS

HOME = "kind.corporation.home"
NUMBERS = (0.123456789, 1e-05, 1 / 3, 2e9, 1.5e26, 123456.789, 0.1 + 0.2)


@pytest.fixture(scope="module")
def first() -> Iterator[Setting]:
    choose(BASELINE, SCENARIOS / "carbon_tax.toml", [], None, None)
    yield of_world("carbon_tax", 1)
    choose(BASELINE, BASELINE, [], None, None)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_shown_reads_back_to_the_same_number(number: float, first: Setting) -> None:
    known, path = assumable(), {"years": [2027, 2030.123456], "values": [number, float("inf")]}
    weights = {"united_states": number, "china": 1.0}
    assert typed_assumption(known[HOME], shown_assumption(known[HOME], weights)) == weights
    assert typed_by_year(text_of(path), path) == path
    rate = known["knowledge.own_rate"]
    assert typed_assumption(rate, shown_assumption(rate, {"value": number, "unit": rate.unit}))["value"] == number


@pytest.mark.parametrize("text", ["united_states 1.2.3", "united_states -", "united_states e5, china 1", "china 1-2"])
def test_weights_that_are_no_numbers_are_refused(text: str, first: Setting) -> None:
    with pytest.raises(InputError):
        typed_assumption(assumable()[HOME], text)


def test_a_refusal_needs_no_assertion() -> None:
    """``python -O`` leaves assertions out: they say what is so, and decide nothing."""
    script = "from sim.app.byyear import typed_by_year; from sim.errors import InputError\n"
    script += "try: typed_by_year('garbage', {})\nexcept InputError: print('refused')"
    done = subprocess.run([sys.executable, "-O", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.stdout == "refused\n", done.stderr
    told = []
    for file in sorted((ROOT / "sim").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assert) and not ast.unparse(node.test).startswith("isinstance("):
                told += [] if ast.unparse(node.test).endswith(" is not None") else [(file.name, node.lineno)]
            if isinstance(node, ast.ExceptHandler) and node.type and "AssertionError" in ast.unparse(node.type):
                told.append((file.name, node.lineno))
            if isinstance(node, ast.Try) and any(isinstance(part, ast.Assert) for part in node.body):
                told.append((file.name, node.lineno))
    assert told == []


WHOLE: list[dict[str, Any]] = [
    {"do": "switch", "name": "carbon_tax", "on": True}, {"do": "slide", "name": "carbon_tax", "place": 3},
    {"do": "field", "name": "carbon_tax", "key": "rate", "value": "5"}, {"do": "load", "link": "x"},
    {"do": "start", "name": "carbon_tax", "year": "2013"}, {"do": "assume", "path": "law.exponent", "place": 3},
    {"do": "assume", "path": "law.exponent", "text": "0.1"}, {"do": "world", "world": "carbon_tax"},
    {"do": "seed", "seed": "5"}, {"do": "count", "kind": "startup", "count": "5"},
]  # fmt: skip
NONSENSE: list[Any] = [[], {}, None, [[1]], {"a": 1}, float("nan"), float("inf"), "1e999", ""]


@pytest.mark.parametrize("told", WHOLE, ids=lambda told: str(told["do"]))
def test_whatever_a_browser_sends_is_an_edit_or_is_refused(told: dict[str, Any], first: Setting) -> None:
    for key in told.keys() - {"do"}:
        for nonsense in NONSENSE:
            with suppress(InputError):
                EDITS[told["do"]](first, {**told, key: nonsense}).scenarios()
    for nonsense in NONSENSE:
        with pytest.raises(InputError):
            lab_of({"kind": nonsense, "region": "germany", "budget": "1000", "start": 2013}, chosen().started)


def test_a_wish_that_is_no_text_is_refused(first: Setting) -> None:
    said: list[str] = []

    class Still(Desk):
        def __init__(self) -> None:
            self.change, self.setting, self.failed, self.found = RLock(), first, "", None  # type: ignore[assignment]

        def _tell(self, **parts: Any) -> None:
            said.append(str(parts.get("problem", "")))

    for nonsense in NONSENSE:
        Still().edit({"do": nonsense})
    Still().edit({"do": "download", "what": "nothing", "number": []})
    assert len(said) == len(NONSENSE) + 1
    assert not any(text.startswith(WRONG) for text in said), said


def test_data_of_the_page_are_no_formulas() -> None:
    """The name of a scenario is that of its file."""
    found: PairedWorlds = ensemble("carbon_tax", until=2013)
    lines = handed.data(replace(found, policy=with_options(found.policy, name="=1+1"))).splitlines()
    assert any(line.startswith("'=1+1,") for line in lines)
    assert not any(line.startswith("=") for line in lines)


def test_data_of_few_pairs_hold_no_range() -> None:
    found: PairedWorlds = ensemble("carbon_tax", until=2013)
    for count in (FEWEST - 1, FEWEST):
        table = pd.read_csv(StringIO(handed.data(replace(found, found=found.found[:count], luck=()))))
        assert (table["pairs"] == count).all()
        assert table["median"].notna().any()
        assert table[["low", "high"]].notna().any(axis=None) == (count >= FEWEST)


PROGRAMMES = [(name, key) for name, policy in policies().items() for key in policy.amounts]


@pytest.mark.parametrize(("name", "key"), PROGRAMMES)
@pytest.mark.parametrize("text", ["5 B", "$5 billion", "5e9", "5,000,000,000"])
def test_a_size_that_is_typed_takes_the_place_of_the_one_that_stood(
    name: str, key: str, text: str, first: Setting
) -> None:
    """The way to public compute of 5 B USD a year led over 0 % of all compute; before it stood: take budget out."""
    on = EDITS["end"](EDITS["switch"](first, {"name": name, "on": True}), {"name": name, "year": "2035"})
    edit = {"do": "field", "name": name, "key": key, "value": text}
    now = EDITS["field"](on, edit)
    policy = next(one for one in now.scenarios()[1].policies if one.name == name)
    assert policy.given == [key]
    assert getattr(policy, key) == 5e9
    for after in (now, EDITS["start"](now, {"name": name, "year": "2028"})):
        assert [one for one in policies()[name].may_give() if one in (after.entry(name) or {})] == [key], "as in a file"
    back = EDITS["field"](now, {**edit, "key": policy.strength, "value": "10"})
    assert next(one for one in back.scenarios()[1].policies if one.name == name).given == [policy.strength]


@pytest.mark.parametrize(("name", "key"), PROGRAMMES)
def test_a_size_of_nothing_takes_the_place_of_the_one_that_stood_as_in_a_file(
    name: str, key: str, first: Setting
) -> None:
    """A sum of 0 beside a tenth of all compute left the tenth."""
    with pytest.warns(Notice, match=f"gives way to {key}"):
        file = load(SCENARIOS / f"{name}.toml", [f"policy.{name}.{key}=0"])
    on = EDITS["switch"](first, {"name": name, "on": True})
    emptied = EDITS["field"](on, {"do": "field", "name": name, "key": key, "value": "0"})
    for scenario in (file, emptied.scenarios()[1]):
        assert next(one for one in scenario.policies if one.name == name).given == []


def test_a_sum_may_be_told_in_billions_whatever_its_unit_and_by_year(first: Setting) -> None:
    every = {one.key: one for one in controls(policies()["public_compute"])}
    budget, million = every["budget"], {"value": 1.0, "unit": "MUSD/yr"}
    assert typed_number(budget, million, "5 B") == {"value": 5000.0, "unit": "MUSD/yr"}
    assert typed_number(budget, million, "5") == {"value": 5.0, "unit": "MUSD/yr"}
    cap = next(one for one in controls(policies()["cap_and_trade"]) if one.key == "cap")
    assert typed_number(cap, inf, "100 M") == 100e6
    for control, wrong in ((cap, "$5 M"), (cap, "100 t"), (every["share"], "5 B"), (budget, "5 EUR")):
        with pytest.raises(ValueError, match=r".*"):
            typed_number(control, 0.0, wrong)
    on = EDITS["switch"](first, {"name": "public_compute", "on": True})
    told = {"name": "public_compute", "key": "budget", "value": "2027: 1 B, 2030: $2.5 billion"}
    written = EDITS["field"](on, told).entry("public_compute")
    assert written is not None
    assert written["budget"] == {"years": [2027, 2030], "values": [1e9, 2.5e9]}


def test_a_share_by_year_is_in_percent_as_its_field_says(first: Setting) -> None:
    winners = next(one for one in controls(policies()["public_compute"]) if one.key == "winners")
    on = EDITS["switch"](first, {"name": "public_compute", "on": True})
    told = {"name": "public_compute", "key": "winners", "value": "2027: 7, 2030: 50"}
    written = EDITS["field"](on, told).entry("public_compute")
    assert written is not None
    assert written["winners"] == {"years": [2027, 2030], "values": [0.07, 0.5]}
    assert field_text(winners, written["winners"]) == "2027: 7, 2030: 50"
    assert shown(winners, written["winners"]) == "2027: 7, 2030: 50 %"
