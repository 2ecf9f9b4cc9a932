"""What docs/promises.md promises: each beside a test that exists, and the few that no other file holds."""

import re
from dataclasses import fields
from math import isfinite
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.actors import registry as kinds
from sim.mechanisms.scaling import LAWS
from sim.policies import registry as policies
from sim.scenario.schema import TABLES, Region
from tests.worlds import ROOT, SCENARIOS, small

PAGES = [page.relative_to(ROOT) for page in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))]


def test_every_promise_has_its_test() -> None:
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| Promise")]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(tests/\w+\.py)::(\w+)`", row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{test}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_row_of_a_table_has_a_head(page: Path) -> None:
    """An empty line cuts a table: what stands below is shown as text."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for table in re.findall(r"(?:^[ \t]*\|.*\n?)+", text, re.MULTILINE):
        head, line = [*table.splitlines(), ""][:2]
        assert re.fullmatch(r"[ \t]*\|(?:\s*:?-+:?\s*\|)+\s*", line), f"a table without a head: {head}"


def test_each_python_has_to_give_the_same_bytes() -> None:
    """Other versions are not at hand in a test: the script that has them makes a series with each and compares."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (versions,) = re.findall(r"^for version in ([\d. ]+); do$", script, re.MULTILINE)
    assert versions.split() == ["3.12", "3.13"]
    (worlds,) = re.findall(r'^worlds="([\w ]+)"$', script, re.MULTILINE)
    assert all((SCENARIOS / f"{name}.toml").is_file() for name in worlds.split())
    compared = r"^other\(\) \{(?:\n  .*)*\n  for world in \$worlds; do\n    cmp \S+/series\.csv\S* \S+/series\.csv"
    assert re.search(compared, script, re.MULTILINE)


def test_every_quantity_has_a_finite_range() -> None:
    classes = [*TABLES.values(), *LAWS.values(), Region, *kinds().values(), *policies().values()]
    specs = [entry.metadata["spec"] for cls in classes for entry in fields(cls)]
    numbers = [spec for spec in specs if spec.form in ("number", "series", "path", "integer", "weights")]
    assert len(numbers) > 150
    assert [spec for spec in numbers if not (isfinite(spec.low) and isfinite(spec.high))] == []


def test_what_is_missing_is_counted() -> None:
    scenario = small(until=2014, replicates=2)
    result = sim.run(scenario, workers=1)
    rows = result.series.groupby("measure").size()
    missing = result.summary()["missing"]
    cells = len(result.years) * len(result.replicates)
    for id in result.measures:
        assert rows.get(id, 0) + missing.get(id, 0) == cells, id
    assert missing["year_error_1"] == cells
    assert np.isfinite(result.series["value"]).all()
