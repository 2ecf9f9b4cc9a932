"""Checkers of types see what ``sim`` hands out, and find mistakes in calls."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sim
from sim import extend
from tests.worlds import ROOT

SCRIPT = """
import sim

world = sim.load("scenarios/baseline.toml", util=2014)
sim.run(world, replicats=2)
sim.compair([world])
sim.run(world, replicates="2")
sim.run(world, replicates=2).series
"""


@pytest.mark.slow
def test_a_checker_finds_mistakes_in_calls(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", script], cwd=ROOT, capture_output=True, text=True,
                          timeout=300)  # fmt: skip
    assert re.findall(r"script\.py:(\d+): error", done.stdout) == ["4", "5", "6", "7"], done.stdout + done.stderr


@pytest.mark.parametrize(("module", "homes"), [(sim, sim._HOMES), (extend, extend.HOMES)])
def test_a_checker_sees_every_name_where_it_comes_from(module: ModuleType, homes: dict[str, str]) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)]
    seen = {node.names[0].name: node.module for node in block.body if isinstance(node, ast.ImportFrom)}
    assert seen == homes
    assert set(seen) == set(dir(module))
    for name, home in homes.items():
        assert getattr(module, name) is getattr(import_module(home), name)
    starred: dict[str, Any] = {}
    exec(f"from {module.__name__} import *", starred)  # which brought nothing
    assert set(starred) - {"__builtins__"} == set(homes)


ALONE = """
import sys
import sim.extend
assert not {"numpy", "pandas", "sim.quantity"} & set(sys.modules), "it is instant"
from sim.extend import Kind, Period, Policy, View, measure, quantity
assert not {"pandas", "matplotlib", "mesa"} & set(sys.modules), "and of what workers need alone"
try:
    sim.extend.Polisy
except AttributeError as error:
    assert "Polisy" in str(error)
else:
    raise SystemExit("a name that is not there")
"""


def test_names_to_extend_with_come_from_one_place_and_load_little() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_pages_that_say_how_to_extend_import_from_that_place() -> None:
    """All but what is not among its names."""
    for page in ("add-a-policy.md", "add-a-measure.md", "add-a-kind.md", "python.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        imported = re.findall(r"^from (sim[\w.]*) import (.+)$", text, re.MULTILINE)
        names = {name.strip(): module for module, found in imported for name in found.split(",")}
        assert {name: module for name, module in names.items() if name in extend.HOMES and module != "sim.extend"} == {}
        assert "from sim.extend import" in text or page == "python.md"
