"""What pages for those who use the simulator as a library say that things have, they have."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import mesa
import pytest

import sim
from sim.extend import HOMES
from sim.measures import DIVIDE
from sim.measures.access import FRONTIER_ERROR
from sim.measures.base import measure
from sim.model import Actor
from sim.policies import Policy
from sim.policies.view import Before, View
from sim.study.study import Study
from tests.test_docs import blocks, commands, copied, passed, place, table, tiny, tried, with_its_tests
from tests.worlds import FEW, ROOT

__all__ = ["place"]  # a fixture


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_page_of_policies_has_all_that_a_policy_sees() -> None:
    told = re.findall(r"^\| `view\.([\w.]+)` \|", page("add-a-policy.md"), re.MULTILINE)
    seen = [field.name for field in fields(View) if field.name != "look_back"]
    assert sorted(told) == sorted([*seen, *(f"before.{field.name}" for field in fields(Before))])


def test_the_page_of_policies_names_every_attribute_of_a_class() -> None:
    text = page("add-a-policy.md")
    stated = [name for name, kind in Policy.__annotations__.items() if "ClassVar" in str(kind) and name != "buys"]
    assert [name for name in stated if f"`{name}`" not in text] == []


def test_the_page_of_measures_names_every_argument() -> None:
    text = page("add-a-measure.md")
    assert [name for name in measure.__kwdefaults__ if f"| `{name}`" not in text] == []


def test_the_page_of_python_has_all_that_an_actor_can_be_asked() -> None:
    part = page("python.md").split("<!-- table: actor -->")[1].split("<!-- end of table -->")[0]
    asked = [name for name, value in vars(Actor).items() if isinstance(value, property)]
    assert set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == {"kind", "row", *asked}


def test_the_page_of_python_names_all_that_code_is_written_with() -> None:
    part = page("python.md").split("is in `sim.extend`:")[1].split("The page of")[0]
    assert sorted(re.findall(r"`(\w+)`", part)) == sorted(HOMES)


@pytest.mark.parametrize("kind", [sim.Run, sim.Comparison, sim.ComputeEconomy])
def test_the_page_of_python_tells_what_results_and_a_model_have(kind: type) -> None:
    """All that it names is there, and of a model all that Mesa's has not."""
    part = page("python.md").split(f"<!-- names of: sim.{kind.__name__} -->")[1].split("<!-- end of names -->")[0]
    told = {name for first in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)", first)}
    there = set(dir(kind)) | set(getattr(kind, "__dataclass_fields__", ()))
    there |= {"found", "datacollector", "collect"} if kind is sim.ComputeEconomy else set()  # set when it is made
    assert len(told) >= 8
    assert told - there == set()
    own = {name for name in vars(kind) if not name.startswith("_")} - set(dir(mesa.Model))
    assert own - told == set()


@pytest.mark.slow
def test_a_policy_in_a_file_of_ones_own_is_tested_as_the_page_says(tmp_path: Path) -> None:
    (tests,) = [block for block in blocks("python.md", "python") if block.startswith("# mine/test_")]
    policy = next(block for block in blocks("add-a-policy.md", "python") if "class FallingBudget" in block)
    (tmp_path / "falling_budget.py").write_text(policy, encoding="utf-8")
    (tmp_path / "test_falling_budget.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def ended() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)

    first = ended()
    assert "5 passed" in first.stdout, first.stdout[-3000:]
    for right, wrong, failing in (
        ("1.0 - self.cut", "1.5 - self.cut", "test_act"),
        ("self.limit * left", "min(self.limit, 1e3) * left", "test_where_it_hardly"),
    ):
        (tmp_path / "falling_budget.py").write_text(policy.replace(right, wrong), encoding="utf-8")
        assert f"FAILED test_falling_budget.py::{failing}" in ended().stdout


def test_what_the_page_says_that_a_study_has_it_has() -> None:
    part = page("python.md").split("What `sim.open_study` gives has:")[1].split("Its other names")[0]
    told = {name for first in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE) for name in re.findall(r"`(\w+)", first)}
    assert len(told) >= 8
    assert [name for name in told if not hasattr(Study, name) and name != "directory"] == []


@pytest.mark.slow
def test_a_law_is_added_as_the_page_says(place: Path) -> None:
    """As the page says: first without its fit, then with it, and with what the baseline says of the market."""
    page = "add-a-law-figure-or-command.md"
    copy, fits = copied(page, place), place / "sim" / "data" / "laws.toml"
    first, _, fit = next(block for block in blocks(page, "toml") if "at the end" in block).partition("\n")
    assert first == "# sim/data/laws.toml, at the end"
    with fits.open("a", encoding="utf-8") as file:
        file.write(f"\n{fit}")
    _, _, listing, check, run = commands(page)
    short = [word for count in FEW for word in ("--set", count)]
    listed, checked, _ = tried(copy, [listing, check, [*tiny(run, 2014, "out", "--no-figures"), *short]], [])
    assert re.search(r"^saturating +e = e_inf \+ b ", listed, re.MULTILINE)
    assert re.search(r"^imagenet.zhai2022 +saturating ", listed, re.MULTILINE)
    assert checked.startswith("scenarios/saturating_law.toml: ok")
    assert (table(copy, "out", FRONTIER_ERROR) > 0.09).all(axis=None)

    with_its_tests(page, copy)
    names = [f"tests/test_{name}.py" for name in ("laws", "own_laws", "contract")]
    assert passed(copy, *names, "-k", "zhai2022 or saturating or irreducible") >= 6


@pytest.mark.slow
def test_what_a_kind_adds_is_found_as_its_page_says(place: Path) -> None:
    """Against the same actors without means of their own, which do nothing where nobody sponsors them."""
    copy = copied("add-a-kind.md", place)
    *_, (command, idle, working) = commands("add-a-kind.md")
    assert command == "compare"
    alone = ["finance.sponsored_share=0", *FEW]
    tried(copy, [], [("idle", idle, alone, 2016), ("working", working, alone, 2016)])
    without, with_them = (table(copy, out, "training_compute_kind_national_centre") for out in ("idle", "working"))
    assert (without < 1e-3 * with_them).all(axis=None)
    apart, closer = (table(copy, out, DIVIDE).loc[2016] for out in ("idle", "working"))
    assert (closer < apart).all()
