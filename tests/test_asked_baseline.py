"""One file at several settings: the first has the file's name and is the baseline, of which no change can be asked."""

from typing import Any

import pytest

import sim
from sim.errors import InputError
from tests.worlds import small

RATES = (0, 100, 500)
CHANGES: dict[str, tuple[Any, ...]] = {  # what says what a scenario changes, and what it is asked beside that
    "effect": ("emissions_total",), "ahead": ("emissions_total",), "net": (), "cost": (), "gain": (), "flows": (),
    "money": (), "tenths": (), "winners": (),
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    start = "policy.carbon_tax.start=2012"
    worlds = [small("carbon_tax", start, f"policy.carbon_tax.rate={rate}", until=2012) for rate in RATES]
    return sim.compare(worlds, replicates=2, assumptions=False, workers=1)


@pytest.mark.parametrize("method", CHANGES)
def test_no_change_of_the_baseline_can_be_asked(method: str, found: sim.Comparison) -> None:
    asked, more = getattr(found, method), CHANGES[method]
    for baseline in ("carbon_tax", 0):
        with pytest.raises(InputError, match="this is the baseline") as caught:
            asked(baseline, *more)
        assert caught.value.allowed == "1 or 'carbon_tax-2', 2 or 'carbon_tax-3'"
    by_name, by_number = asked("carbon_tax-3", *more), asked(2, *more)
    assert str(by_name) == str(by_number)
    with pytest.raises(InputError, match="was not compared"):
        asked("carbon", *more)


def test_its_values_can_be_asked(found: sim.Comparison) -> None:
    assert found.values("carbon_tax", "emissions_total").tolist() == found.values(0, "emissions_total").tolist()
    assert found.paths(0, "emissions_total").shape == (2, 1)
    assert found.against(0).names == found.names == ["carbon_tax-2", "carbon_tax-3"]
    change = found.effect("carbon_tax-3", "emissions_total")
    assert change
    assert change.difference < 0
