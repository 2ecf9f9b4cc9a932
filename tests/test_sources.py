"""What numbers of the shipped scenarios cite can be found, or says in words that it cannot."""

from functools import cache
from typing import Any

import pytest

from sim.scenario import load
from sim.shippedfiles import scenario_names
from tests.worlds import SCENARIOS

NEEDED = ("by", "year", "link")
NOT_KNOWN = "not on record"  # what the note of a source says of what it lacks


@cache
def cited() -> dict[str, dict[str, Any]]:
    """Sources that numbers of any shipped scenario name, by key."""
    found: dict[str, dict[str, Any]] = {}
    for name in scenario_names():
        scenario = load(SCENARIOS / f"{name}.toml")
        found |= {one.source: scenario.sources[one.source] for one in scenario.quantities if one.source}
    return found


def lacks(source: dict[str, Any]) -> list[str]:
    """What a reader would miss who looks for a source that hides that it cannot be found."""
    return [] if NOT_KNOWN in source.get("note", "") else [key for key in NEEDED if not source.get(key)]


def test_whoever_looks_for_a_source_finds_it_or_reads_why_not() -> None:
    assert {key: lacks(source) for key, source in cited().items() if lacks(source)} == {}


@pytest.mark.parametrize("key", NEEDED)
def test_a_source_without_one_of_them_is_noticed(key: str) -> None:
    source = {"title": "t", "by": "b", "year": 2020, "link": "l"}
    assert lacks(source) == []
    del source[key]
    assert lacks(source) == [key]
    assert lacks({**source, "note": f"Its {key} is {NOT_KNOWN}."}) == []
