"""Every number of the shipped scenarios says where it comes from: a source, a fit to records, or an assumption."""

import re
import runpy
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from sim.scenario import load
from sim.scenario.ensemble import FITTED
from sim.scenario.writing import inputs
from sim.shippedfiles import scenario_names
from tests.ensembles_named import HEAD
from tests.worlds import ROOT, SCENARIOS

FILES = [SCENARIOS / f"{name}.toml" for name in scenario_names()]
NAMES = [file.relative_to(SCENARIOS).with_suffix("").as_posix() for file in FILES]
WRITTEN = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """What makes the tables of documents."""
    return runpy.run_path(str(ROOT / "docs" / "tables.py"), run_name="tables")


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_one_of_three_grounds_and_stands_in_the_list(name: str, tables: dict[str, Any]) -> None:
    scenario = load(SCENARIOS / f"{name}.toml")
    facts = [one for one in scenario.quantities if one.basis != "choice"]
    told = {entry["path"]: entry for entry in inputs(scenario) if entry["basis"] != "choice"}
    assert told.keys() == {one.path for one in facts}
    usual = {entry["path"]: entry for entry in inputs(load(SCENARIOS / "baseline.toml"))}
    for one in facts:
        entry = told[one.path]
        grounds = {"source": bool(one.source), "fitted": one.source == FITTED, "assumed": one.basis == "assumed"}
        assert entry["basis"] in grounds, one.path
        assert grounds[entry["basis"]], one.path
        assert (entry["basis"] == "fitted") == (one.source == FITTED), one.path
        assert entry["why"].strip(), f"{one.path} says nothing of where it is from"
        cells = tables["_number"](entry)
        new = one.path not in usual or tables["_number"](usual[one.path]) != cells
        if name == "baseline" or new:
            head = [f"`{one.path}`"] if name == "baseline" else [f"[{name}](../scenarios/{name}.toml)", f"`{one.path}`"]
            assert tables["table"](head, [[*head, *cells]]).splitlines()[2] in WRITTEN.splitlines(), one.path


def written(table: dict[str, Any], path: str = "") -> Iterator[str]:
    """Paths of the numbers that a scenario file holds, choices of its study among them; sources have none."""
    for key, entry in table.items():
        here = f"{path}{key}"
        if here == "sources":
            continue
        if isinstance(entry, list) and entry and isinstance(entry[0], dict):
            for each in entry:
                yield from written(each, f"{here}.{each.get('id', each['name'])}.")
        elif isinstance(entry, dict) and not {"value", "values", "basis", "source"} & entry.keys():
            yield from written(entry, f"{here}.")
        elif isinstance(entry, dict | int | float) and not isinstance(entry, bool) and here != "schema":
            yield here


def test_every_number_of_a_file_stands_in_a_table() -> None:
    """Those that a policy chooses too, such as a rate of a tax: in a row of the scenario, or as in the baseline."""
    rows = {tuple(row.split("|")[1:3]) for row in WRITTEN.splitlines()}
    usual = {first.strip(" `") for first, _ in filter(lambda row: len(row) == 2, rows) if first.startswith(" `")}
    found = []
    for name, file in zip(NAMES, FILES, strict=True):
        for path in written(tomllib.loads(file.read_text(encoding="utf-8"))):
            there = (f" [{name}](../scenarios/{name}.toml) ", f" `{path}` ") in rows
            found.append((name, path, there or path in usual))
    assert len(found) > 300
    assert ("carbon_tax", "policy.carbon_tax.rate", True) in found
    assert not [(name, path) for name, path, there in found if not there]


def test_a_fitted_number_is_listed_as_fitted(tmp_path: Any) -> None:
    entry = 'drop = true\n[product]\nmargin = {value = 0.5, unit = "1", source = "fitted", note = "records to 2021"}\n'
    file = tmp_path / "fitted.toml"
    source = '[sources.fitted]\ntitle = "A calibration"\n'
    file.write_text(HEAD.format(baseline=(SCENARIOS / "baseline.toml").as_posix(), entry=entry + source))
    (margin,) = [one for one in inputs(load(file)) if one["path"] == "product.margin"]
    assert margin["basis"] == "fitted"
    assert "A calibration" in margin["why"]


def test_the_meaning_of_a_number_stands_by_itself() -> None:
    """Pictures and tables show it alone: it points to no number declared before it."""
    baseline = load(SCENARIOS / "baseline.toml")
    for one in baseline.quantities:
        assert not re.search(r"\b(of|in) (that|those) |\bthe same at\b|\babove it\b", one.doc), one.path


def test_the_largest_market_is_told_in_dollars_as_the_fit_has_it() -> None:
    scenario = load(SCENARIOS / "baseline.toml")
    (cap,) = (quantity for quantity in scenario.quantities if quantity.path == "product.cap")
    assert f"{scenario.product.size * scenario.product.cap / 1e12:.2g} T USD a year" in str(cap.note)
