"""Mistakes in code of one's own are told of the code that made them, and say how to go on."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.actors.academic_lab import AcademicLab
from sim.actors.declared import look_at as look_at_kind
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import BrokenCode, InputError
from sim.measures.base import measure
from sim.mechanisms.scaling.polynomial import Polynomial
from sim.policies.carbon_tax import CarbonTax
from sim.policies.declared import look_at
from sim.policies.view import View
from sim.quantity import quantity
from sim.registry import _two
from tests.test_owncode import SCENARIO
from tests.worlds import BASELINE, FEW, ROOT, SMALL, small

HERE = str(Path(__file__))


def two_steps() -> None:
    world = begin(small(), 1)
    for _ in range(2):
        world, _step = advance(world)


@pytest.mark.parametrize("lever", ["carbon_price", "compute_levy", "public_budget", "unclaimed", "voucher"])
def test_what_is_paid_is_finite(lever: str) -> None:
    """What is paid without end was told of a rule of some kind, which came to it later."""

    @dataclass(frozen=True, kw_only=True)
    class Endless(CarbonTax):
        levers = (lever,)

        def act(self, view: View) -> dict[str, float]:
            return {lever: inf}

    with pytest.raises(BrokenCode, match=f"pulls {lever} beyond its range") as raised:
        Endless(id="mine", rate=1.0).pull(View(2020.5, 2012))
    assert (raised.value.file, raised.value.fix and raised.value.fix.partition(" in ")[0]) == (
        HERE, "mend what makes it infinite",
    )  # fmt: skip


def test_a_limit_may_be_endless() -> None:
    from sim.policies.carbon_budget import CarbonBudget

    @dataclass(frozen=True, kw_only=True)
    class None_(CarbonBudget):
        def act(self, view: View) -> dict[str, float]:
            return {"carbon_budget": inf}

    assert None_(id="mine", limit=1.0).pull(View(2020.5, 2012)) == {"carbon_budget": inf}


@pytest.mark.parametrize("method", ["error_at", "elasticity_at", "ln_compute_for"])
def test_what_is_no_number_of_a_law_is_told_of_the_law(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: Polynomial, given: Any) -> Any:
        return np.full(np.shape(given), nan)

    assert isinstance(small().anchored_law().law, Polynomial)
    monkeypatch.setattr(Polynomial, method, wrong)
    with pytest.raises(BrokenCode, match=f"`{method}` of the law polynomial gave what is no number") as raised:
        two_steps()
    assert raised.value.file == HERE


@pytest.mark.parametrize("found", [nan, inf, -2.0, None, "3 %"])
def test_growth_that_is_no_number_is_told_of_the_kind(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AcademicLab, "income_growth", lambda _: found)
    with pytest.raises(InputError, match="`income_growth` of the rule academic_lab gave what is no amount") as raised:
        two_steps()
    assert raised.value.found == str(found)


def test_a_kind_that_is_endowed_with_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AcademicLab, "endow", lambda *_: None)
    with pytest.raises(InputError, match="`endow` of the rule academic_lab gave what is no amount") as raised:
        two_steps()
    assert raised.value.found == "NoneType"


OWN_KIND = """
from math import nan
from sim.actors.academic_lab import AcademicLab

class Centre(AcademicLab):
    rule, title = "centre", "Centre"

    def wants(self, funds, economy):
        return super().wants(funds, economy) * nan
"""


def test_a_rule_of_ones_own_that_gives_no_amount_is_told_by_file_and_line(tmp_path: Path) -> None:
    """The scenario is named as it was typed, and nothing offers to go on with what must fail again."""
    (tmp_path / "centres.py").write_text(OWN_KIND, encoding="utf-8")
    world = SCENARIO.partition("[[policy]]")[0] + '\n[kind.academic_lab]\nrule = "centre"\n'
    (tmp_path / "centres.toml").write_text(world, encoding="utf-8")
    typed = ["run", "centres.toml", *map(str, SMALL[1:]), "--workers", "1", "--out", "out", "--import", "centres.py"]
    command = [sys.executable, str(ROOT / "run.py"), *typed]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "  file     centres.toml" in done.stderr.splitlines()
    assert f"mend `wants` of the rule centre, line 8, in wants of {tmp_path / 'centres.py'}" in done.stderr
    assert "Go on" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_group_that_there_is_none_of_is_refused() -> None:
    groups = begin(small(), 1).groups
    for known in ("industry", "academia", "startup"):
        assert groups.of(known).size > 0
    for wrong in ("labs", "academic", ""):
        with pytest.raises(InputError, match=f"unknown rule or sector '{wrong}'"):
            groups.of(wrong)
    assert replace(groups, rules={}).of("startup").size == 0  # a rule of which the scenario has no actors


@pytest.mark.parametrize("id", ["year", "Year", "point", "key", "select", "my measure", "my-measure", "", "1st"])
def test_an_id_that_tables_cannot_have_is_refused(id: str) -> None:
    with pytest.raises(InputError, match="id") as raised:
        measure(id, "Mine", "1", "a number")(lambda _: 1.0)
    assert raised.value.key == f"measure '{id}'"


@pytest.mark.parametrize(("base", "look"), [(CarbonTax, look_at), (AcademicLab, look_at_kind)])
def test_a_field_that_says_no_unit_is_told(base: Any, look: Callable[[Any], None]) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Mine(base):  # type: ignore[misc]
        much: float = 0.0

    Mine.name = Mine.rule = "mine"
    with pytest.raises(InputError, match="has a plain field 'much'") as raised:
        look(Mine)
    assert 'much: float = quantity("1"' in str(raised.value.fix)


def test_a_policy_that_no_setting_reaches_is_refused() -> None:
    class Mine(CarbonTax):
        name = "my levy"

    with pytest.raises(InputError, match="a policy's name is written in keys") as raised:
        look_at(Mine)
    assert raised.value.found == "my levy"
    del Mine.name


@pytest.mark.parametrize(
    ("unit", "given", "told"),
    [
        ("USD/FLOPS", {}, "unknown unit 'USD/FLOPS'"),
        ("USD/year", {}, "unknown unit 'USD/year'"),
        ("1", {"low": inf}, "a quantity needs a finite range"),
        ("1", {"low": 1.0, "default": 0.0}, "a default beyond its own range"),
        ("1", {"default": 3.0}, "a default beyond its own range"),
        ("1", {"typical": 3.0}, "a typical number beyond its own range"),
    ],
)
def test_a_quantity_that_cannot_be_is_told(unit: str, given: dict[str, float], told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        quantity(unit, "what it is", **{"low": 0.0, "high": 2.0, **given})
    assert "what it is" in str(raised.value.key)


def test_an_empty_query_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "study"
    sim.sweep(small(until=2012), {"product.margin": [0.3]}, replicates=1, workers=1, out=out)
    study = sim.open_study(out)
    for sql in ("", " ", "-- select"):
        with pytest.raises(InputError, match="the query failed"):
            study.query(sql)


def test_notes_are_one_line_each_where_a_script_calls_the_command(tmp_path: Path) -> None:
    few = [word for setting in FEW for word in ("--set", setting)]
    typed = ["compare", str(BASELINE), str(BASELINE), *few, "--until", "2012", "--replicates", "2"]
    code = f"from sim.cli import main; main({[*typed, '--workers', '1', '--quiet', '--out', str(tmp_path / 'out')]!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "note: baseline-2 is the same" in done.stderr
    assert ".py:" not in done.stderr


def test_of_two_classes_in_files_one_gets_another_name() -> None:
    """In a notebook the first can be taken back; in a script it is there anew each time."""
    in_files, in_cells = (
        _two("name", "sim.policies", *(type("Mine", (), {"name": "mine", "__module__": module}) for module in modules))
        for modules in (("tests.worlds", "tests.saying"), ("a_cell", "another_cell"))
    )
    assert in_files.fix == "give it another name"
    assert "del Mine.name" in str(in_cells.fix)
