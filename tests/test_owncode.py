"""Code of one's own, outside the package: plans and records hold its hash, and what is edited is not gone on with."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sim
import sim.measures
from sim import owncode, owntexts
from sim.measures.base import DECLARED, measure
from sim.mechanisms.market.rules import Rule
from sim.mechanisms.scaling import Law
from sim.mechanisms.theories.base import Theory
from sim.policies import Policy, registry
from sim.policies.carbon_budget import CarbonBudget
from sim.policies.carbon_tax import CarbonTax
from sim.report.gallery import Gallery
from tests.worlds import BASELINE, FEW, ROOT, small

MEASURE = """
from sim.measures.base import measure

@measure("my_own", "Mine", "1", "a number", order=1)
def my_own(_):
    return 1.0
"""

POLICY = """
from dataclasses import dataclass
from sim.policies.carbon_budget import CarbonBudget

@dataclass(frozen=True, kw_only=True)
class Falling(CarbonBudget):
    name = "falling"

    def act(self, view):
        return {"carbon_budget": self.limit}
"""
SCENARIO = f"""
schema = 1
extends = {str(BASELINE)!r}
title = "A limit"
question = "What does it do?"

[[policy]]
name = "falling"
limit = 1000
start = 2012
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module with a measure of one's own."""
    (tmp_path / "own_measure.py").write_text(MEASURE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield importlib.import_module("own_measure")
    del sys.modules["own_measure"]


def edited(module: ModuleType, old: str, new: str) -> None:
    file = Path(str(module.__file__))
    assert old in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    importlib.reload(module)


def swept(out: Path) -> Path:
    sim.sweep(small(until=2012), {"product.margin": [0.3]}, replicates=1, workers=1, out=out)
    return out


def record(out: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((out / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["plan.json", "provenance.json"])
def test_what_holds_no_code_of_ones_own_is_as_ever(name: str, tmp_path: Path) -> None:
    assert "own" not in record(swept(tmp_path / "out"), name)


def test_a_measure_that_was_edited_is_not_gone_on_with(mine: ModuleType, tmp_path: Path) -> None:
    out = swept(tmp_path / "out")
    assert sim.verify(out, workers=1).reasons == []
    edited(mine, "return 1.0", "return 2.0")
    found = sim.verify(out, workers=1)
    assert not found.good
    assert [text for text in found.reasons if text.startswith("own_measure: ")] == found.reasons != []
    with pytest.raises(sim.InputError, match="own_measure has changed since"):
        sim.resume(out, replicates=2, workers=1)
    edited(mine, "return 2.0", "return 1.0")
    assert sim.verify(out, workers=1).reasons == []
    assert len(sim.resume(out, replicates=2, workers=1)) > 0


HELPED = MEASURE.replace("from sim", "{how}\nfrom sim", 1).replace("1.0", "{value}")


@pytest.mark.parametrize(
    ("how", "value"),
    [("import helper", "helper.ONE"), ("from helper import ONE", "ONE"), ("from . import helper", "helper.ONE"),
     ("from .helper import ONE as one", "one"), ("import pkg.helper", "pkg.helper.ONE")],
)  # fmt: skip
def test_what_a_file_imports_from_beside_it_counts_with_it(
    how: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "pkg" in how or "." in how
    place = tmp_path / "pkg" if package else tmp_path
    place.mkdir(exist_ok=True)
    (place / "helper.py").write_text("from math import inf\nimport numpy\nONE = 1.0\n", encoding="utf-8")
    (place / "unused.py").write_text("TWO = 2.0\n", encoding="utf-8")
    (place / "helped.py").write_text(HELPED.format(how=how, value=value), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    name = "pkg.helped" if package else "helped"
    known = noted(name)
    (place / "unused.py").write_text("TWO = 3.0\n", encoding="utf-8")
    assert noted(name) == known
    (place / "helper.py").write_text("from math import inf\nimport numpy\nONE = 2.0\n", encoding="utf-8")
    assert noted(name) != known


def noted(name: str, *, first: str = "") -> str:
    """The hash of a module of the tests that is imported anew, after another."""
    for one in [one for one in sys.modules if one.partition(".")[0] in ("pkg", "helped", "helper")]:
        del sys.modules[one]
    importlib.invalidate_caches()
    for one in filter(None, (first, name)):
        importlib.import_module(one)
    DECLARED[:] = [one for one in DECLARED if one.id != "my_own"]
    return str(owncode._NOTED.pop(name)["sha256"])


def test_what_was_imported_before_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "helper.py").write_text("ONE = 1.0\n", encoding="utf-8")
    late = MEASURE.replace("return 1.0", "import helper, json\n\n    return helper.ONE")
    (tmp_path / "helped.py").write_text(late, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = noted("helped")
    assert noted("helped", first="helper") == known
    (tmp_path / "helper.py").write_text("ONE = 2.0\n", encoding="utf-8")
    assert noted("helped") != known


def test_of_what_is_installed_its_own_package_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "site-packages"
    (place / "pkg").mkdir(parents=True)
    (place / "pkg" / "own.py").write_text("ONE = 1.0\n", encoding="utf-8")
    (place / "helper.py").write_text("TWO = 2.0\n", encoding="utf-8")
    text = HELPED.format(how="import helper\nfrom . import own", value="own.ONE")
    (place / "pkg" / "helped.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(place)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = noted("pkg.helped")
    (place / "helper.py").write_text("TWO = 3.0\n", encoding="utf-8")
    assert noted("pkg.helped") == known
    (place / "pkg" / "own.py").write_text("ONE = 2.0\n", encoding="utf-8")
    assert noted("pkg.helped") != known


def test_what_is_edited_and_not_imported_anew_simulates_nothing(mine: ModuleType, tmp_path: Path) -> None:
    out = swept(tmp_path / "out")
    Path(str(mine.__file__)).write_text(MEASURE.replace("1.0", "2.0"), encoding="utf-8")
    assert len(sim.resume(out, replicates=2, workers=1)) > 0


def test_measures_that_came_or_went_are_not_gone_on_with(mine: ModuleType, tmp_path: Path) -> None:
    """Shards would have other columns."""
    out, noted, declared = swept(tmp_path / "with"), dict(owncode._NOTED), list(DECLARED)
    owncode._NOTED.clear()
    DECLARED[:] = [one for one in DECLARED if one.id != "my_own"]
    with pytest.raises(sim.InputError, match="own_measure is not imported, which declares what was measured"):
        sim.resume(out, replicates=2, workers=1)
    assert "own_measure, which declares measures: not imported now" in sim.verify(out, workers=1).reasons
    other = swept(tmp_path / "without")
    owncode._NOTED.update(noted)
    DECLARED[:] = declared
    with pytest.raises(sim.InputError, match="own_measure declares measures, and was not imported then"):
        sim.resume(other, replicates=2, workers=1)
    assert "own_measure, which declares measures: not imported then" in sim.verify(other, workers=1).reasons


def python(code: str, place: Path, *, fails: bool = False) -> str:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=place, capture_output=True, text=True,
                          timeout=200, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_a_policy_that_was_edited_or_is_not_imported_is_named(tmp_path: Path) -> None:
    file = tmp_path / "falling.py"
    file.write_text(POLICY, encoding="utf-8")
    (tmp_path / "falling.toml").write_text(SCENARIO, encoding="utf-8")
    begin = f"import sim, falling; world = sim.load('falling.toml', {list(FEW)!r}, until=2013); "
    python(f"{begin} sim.sweep(world, {{'product.margin': [0.3]}}, replicates=1, workers=1, out='out')", tmp_path)
    main = "from sim.cli import main; raise SystemExit(main([{!r}, 'out', *{!r}, '--workers', '1', '--quiet']))"
    more = main.format("resume", ["--replicates", "2"])
    for asked in (more, main.format("verify", [])):
        said = python(asked, tmp_path, fails=True)
        assert "unknown policy 'falling'" in said
        assert "import falling first" in said
        assert "did you mean" not in said
    file.write_text(POLICY.replace("self.limit", "1e-9 * self.limit"), encoding="utf-8")
    assert "falling has changed since" in python(f"import falling; {more}", tmp_path, fails=True)
    assert "Not as it was: falling: " in python(f"import falling; {main.format('verify', [])}", tmp_path, fails=True)


def hashes() -> list[str]:
    return [code["sha256"] for code in owncode.own_code().values()]


def test_a_definition_without_a_file_is_known_by_what_it_says() -> None:
    """As in a cell of a notebook, or behind ``python -c``."""
    cell = "class Mine(Policy):\n    name = 'mine'\n    def act(self, view):\n        return {}\n"
    found = {}
    for key, text in {"first": cell, "same": cell, "other": cell.replace("{}", "{'voucher': 1.0}"),
                      "renamed": cell.replace("'mine'", "'my_own'")}.items():  # fmt: skip
        owncode._NOTED.clear()
        exec(text, {"Policy": Policy, "__name__": "a_cell"})
        found[key] = owncode.own_code()["a_cell.Mine"]["sha256"]
    assert found["first"] == found["same"]
    assert len(set(found.values())) == 3


def test_a_measure_without_a_file_is_known_by_what_it_says() -> None:
    cell = "@measure('mine', 'Mine', '1', 'a number')\ndef mine(_):\n    return 1.0\n"
    found = []
    for text in (cell, cell, cell.replace("1.0", "2.0")):
        owncode._NOTED.clear()
        exec(text, {"measure": measure, "__name__": "a_cell"})
        found += hashes()
    assert len(found) == 3
    assert found[0] == found[1] != found[2]


SCRIPT = """x = 1
def mine(_):
    return x
if __name__ == "__main__":
    run(1)
else:
    x = 2
"""


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("run(1)", "run(2)", True),
        ("x = 1", "x = 3", False),
        ("x = 2", "x = 3", False),  # what an importer runs
        ("run(1)", "def mine(_):\n        return 1", False),
        ("def mine(_):\n    return x\n", "", False),
    ],
)
@pytest.mark.parametrize("first", ["", "\f\n", "text = 'a\u2028b'\n"])  # what ends a line for ``splitlines`` alone
def test_what_stands_below_the_line_of_a_script_simulates_nothing(first: str, old: str, new: str, same: bool) -> None:
    script = f"{first}{SCRIPT}"
    other = script.replace(old, new)
    assert other != script
    assert (owntexts.declaring(other, "mine") == owntexts.declaring(script, "mine")) == same


@pytest.mark.parametrize(
    "below", ["class Mine(Policy):\n        act = {}", "Mine = type('Mine', (Policy,), {{'act': {}}})"]
)
def test_what_is_declared_below_the_line_of_a_script_is_in_its_hash(below: str) -> None:
    first, other = (f'x = 1\nif __name__ == "__main__":\n    {below.format(act)}\n' for act in (1, 2))
    assert owntexts.declaring(first, "Mine") != owntexts.declaring(other, "Mine")


@pytest.mark.slow
def test_a_script_that_declares_below_its_line_is_known_by_all_of_it(tmp_path: Path) -> None:
    found = []
    for number in (1.0, 2.0):
        script = "import sim.owncode as own\n" + MEASURE.replace("@measure", 'if __name__ == "__main__":\n    @measure')
        script = script.replace("\ndef my_own(_):\n    return 1.0", f"\n    def my_own(_):\n        return {number}")
        (tmp_path / "mine.py").write_text(f"{script}\nprint(own.own_code()['mine']['sha256'])\n", encoding="utf-8")
        found.append(python("import runpy; runpy.run_path('mine.py', run_name='__main__')", tmp_path))
    assert found[0] != found[1]


CELL = """
@dataclass(frozen=True, kw_only=True)
class {}({}):
    name = "mine"
"""


def cells(*said: tuple[str, str]) -> dict[str, Any]:
    """A notebook in which cells have declared policies of one name, each as another."""
    names: dict[str, Any] = {"dataclass": dataclass, "CarbonBudget": CarbonBudget, "CarbonTax": CarbonTax,
                             "__name__": "a_notebook"}  # fmt: skip
    for one in said:
        exec(CELL.format(*one), names)
    return names


@pytest.mark.parametrize("bases", list(permutations(["CarbonBudget", "CarbonTax"])))
def test_the_last_of_a_class_takes_the_place_whatever_it_is_made_of(bases: tuple[str, str]) -> None:
    old, names = (cells(("Mine", base)) for base in bases)
    assert registry()["mine"] is names["Mine"]
    assert issubclass(registry()["mine"], names[bases[1]])
    del old["Mine"].name, names["Mine"].name


def test_a_class_under_another_name_in_a_notebook_is_told_and_can_be_taken_back() -> None:
    names = cells(("Bad", "CarbonTax"))
    assert registry()["mine"] is names["Bad"]
    names |= cells(("Good", "CarbonBudget"))
    with pytest.raises(sim.InputError, match=r"two classes of sim\.policies are named 'mine'") as raised:
        registry()
    assert "`del Bad.name`, or restart the kernel" in str(raised.value.fix)
    assert raised.value.key == "a_notebook.Good.name"
    del names["Bad"].name
    assert registry()["mine"] is names["Good"]
    del names["Good"].name


def test_a_law_of_ones_own_is_not_looked_for_and_stops_nothing() -> None:
    for base in (Law, Theory, Rule):
        type(base.__name__, (base,), {"name": "mine", "form": "mine", "__module__": "a_notebook"})
    assert owncode.own_code() == {}


def drawn(number: int) -> None:
    cell = f"@GALLERY.figure()\ndef mine():\n    return {number}\n"
    exec(cell, {"GALLERY": Gallery[[]]("nothing", []), "__name__": "a_notebook"})


def test_a_figure_that_was_edited_stops_nothing() -> None:
    drawn(1)
    then = owncode.own_code()
    drawn(2)
    assert owncode.changed(then) == ["a_notebook.mine"]
    owncode.same_own_code(then, ROOT)


def test_a_figure_beside_a_policy_without_a_name_stops_what_it_did() -> None:
    """What others are made of."""
    drawn(1)
    type("mine", (Policy,), {"__module__": "a_notebook", "much": 1})
    then = owncode.own_code()
    type("mine", (Policy,), {"__module__": "a_notebook", "much": 2})
    with pytest.raises(sim.InputError, match="what it simulates may not be the same"):
        owncode.same_own_code(then, ROOT)


def test_code_of_the_package_is_none_of_ones_own() -> None:
    done = python("import sim.policies, sim.measures, sim.actors, sim.report.run.figures, sim.owncode as own;"
                  "sim.policies.registry(), sim.measures.registry(); print(own.own_code())", ROOT)  # fmt: skip
    assert done == "{}\n"
