"""Checkers of types see what ``sim`` hands out, and find mistakes in calls."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
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


def test_a_checker_sees_every_name_where_it_comes_from() -> None:
    tree = ast.parse(Path(str(sim.__file__)).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)]
    seen = {node.names[0].name: node.module for node in block.body if isinstance(node, ast.ImportFrom)}
    assert seen == sim._HOMES
    assert set(seen) == set(sim.__all__)
