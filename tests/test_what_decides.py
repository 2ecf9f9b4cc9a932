"""The page that says which numbers decide is what its tables say, of the baseline as it is."""

import csv
from pathlib import Path

import pytest

from sim.scenario import load
from sim.scenario.drawing import uncertain
from tests.scripts import loaded
from tests.worlds import BASELINE

what_decides = loaded("what_decides")


def test_the_page_is_what_its_tables_say() -> None:
    assert what_decides.PAGE.read_text(encoding="utf-8") == what_decides.page(), "python docs/what_decides.py"


def test_a_page_that_is_behind_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    behind = tmp_path / "page.md"
    behind.write_text(what_decides.page().replace("| 1 |", "| 2 |"), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["what_decides.py", "--check"])
    assert what_decides.main() == 0
    monkeypatch.setattr(what_decides, "PAGE", behind)
    assert what_decides.main() == 1


def test_its_numbers_are_numbers_of_the_baseline() -> None:
    with (what_decides.KEPT / "numbers.csv").open(encoding="utf-8", newline="") as file:
        named = {row["path"] for row in csv.DictReader(file)}
    assert named
    assert named <= set(uncertain(load(BASELINE))), "python docs/what_decides.py"
