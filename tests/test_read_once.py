"""An entry that was read before is taken as it was read; nothing of one scenario comes into another by that."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import Scenario, load
from sim.scenario import numbers as reading
from tests.worlds import BASELINE, SCENARIOS

OWN = f"""
schema = 1
title = "t"
question = "q"
extends = "{BASELINE.as_posix()}"
[product]
margin = {{ value = 0.41, unit = "1", source = "mine" }}
[region.germany]
carbon_price = {{ years = [2012, 2040], values = [5, 90], unit = "USD/tCO2", source = "mine" }}
"""
MINE = '[mine]\ntitle = "What I read"\nlink = "https://example.org"\nseen = "read"\n'


def written(place: Path, sources: str) -> Path:
    place.mkdir()
    (place / "own.toml").write_text(OWN, encoding="utf-8")
    if sources:
        (place / "sources.toml").write_text(sources, encoding="utf-8")
    return place / "own.toml"


@pytest.fixture
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READ", {})


@pytest.mark.usefixtures("nothing_read")
@pytest.mark.parametrize("name", ["baseline", "cap_and_trade_given", "clean_power"])
def test_a_scenario_is_the_same_when_it_is_read_again(name: str) -> None:
    first, again = (load(SCENARIOS / f"{name}.toml") for _ in range(2))
    assert reading.READ
    assert _told(first) == _told(again)
    assert first.is_same(again)


@pytest.mark.usefixtures("nothing_read")
def test_a_source_has_to_be_listed_wherever_it_is_cited(tmp_path: Path) -> None:
    listed = written(tmp_path / "listed", MINE)
    assert [load(listed).sources["mine"]["title"] for _ in range(2)] == ["What I read"] * 2
    with pytest.raises(InputError, match="mine") as refused:
        load(written(tmp_path / "not listed", ""))
    assert "unknown source" in str(refused.value)


@pytest.mark.usefixtures("nothing_read")
def test_what_becomes_of_an_entry_is_no_matter_of_another_scenario() -> None:
    first = load(BASELINE)
    before = first.tables["product"]["margin"]["value"]
    first.tables["product"]["margin"]["value"] = 99
    assert load(BASELINE).tables["product"]["margin"]["value"] == before


def test_entries_are_told_apart_by_types_and_bits() -> None:
    values = [0, 0.0, -0.0, False, 1, 1.0, True, "1", 0.1 + 0.2, 0.3, [1], [1.0]]
    keys = [reading._key({"value": value}, "product.margin", True) for value in values]
    assert None not in keys
    keys += [reading._key({"value": 1}, "product.cap", True), reading._key({"value": 1}, "product.margin", False)]
    assert len(set(keys)) == len(keys)
    for other in (None, {}, [[1]], [None], Path()):
        assert reading._key({"value": other}, "product.margin", True) is None


def _told(scenario: Scenario) -> tuple[object, ...]:
    """What a scenario says of each number, and what it cites."""
    return scenario.quantities, scenario.sources, scenario.tables, scenario.notes
