"""What runs and comparisons are asked from Python: by name or by number, and no wrong question gets a number."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sim
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.base import measure
from sim.scenario.variants import with_options
from tests.worlds import small

TAXED = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2012")
Ask = Callable[[Any], Any]


@pytest.fixture(scope="module")
def compared() -> sim.Comparison:
    worlds = [small(until=2012), small("carbon_tax", *TAXED, until=2012)]
    return sim.compare(worlds, replicates=2, workers=1, assumptions=False)


@pytest.fixture(scope="module")
def done() -> sim.Run:
    return sim.run(small(until=2012, replicates=2), workers=1)


def test_a_scenario_is_asked_for_by_name_or_by_number(compared: sim.Comparison) -> None:
    name = compared.names[0]
    for window in ("final", "total", "mean"):
        assert compared.effect(name, EMISSIONS, window) == compared.effect(1, EMISSIONS, window)
    assert compared.cost(name) == compared.cost(1)
    assert compared.tenths(name) == compared.tenths(1)
    assert compared.flows(name) == compared.flows(1)
    assert np.array_equal(compared.values(name, DIVIDE), compared.values(1, DIVIDE))
    for one in (np.int64(1), np.uint8(1)):
        assert compared.effect(scenario=one, measure=EMISSIONS) == compared.effect(1, EMISSIONS)
    assert np.array_equal(compared.paths("baseline", DIVIDE), compared.paths(0, DIVIDE))


@pytest.mark.parametrize("method", ["cost", "gain", "flows", "tenths", "against"])
def test_what_takes_long_is_found_once(method: str, compared: sim.Comparison) -> None:
    """By name and by number; nobody can change it for others."""
    found = getattr(compared, method)(1)
    assert getattr(compared, method)(compared.names[0]) is found
    for mapping in (found, getattr(found, "changes", None), getattr(found, "why", None)):
        assert not hasattr(mapping, "__setitem__")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        *((lambda found, wrong=wrong: found.effect(wrong, EMISSIONS), ["argument scenario", "1 or 'carbon_tax'"])
          for wrong in (-1, 2, True, 1.0, None, "carbon_taxes", [1])),
        *((lambda found, method=method: getattr(found, method)(2), ["argument scenario"])
          for method in ("gain", "cost", "flows", "tenths", "money", "winners")),
        (lambda found: found.effect("carbon_taxe", EMISSIONS), ["did you mean 'carbon_tax'?"]),
        (lambda found: found.effect(1, "compute_divid"), ["argument measure", "did you mean"]),
        (lambda found: found.effect(1, EMISSIONS, "totl"), ["argument window", "final or total or mean"]),
        (lambda found: found.effect(1, FRONTIER_ERROR, "total"), ["argument window", "final or mean"]),
        (lambda found: found.values(1, FRONTIER_ERROR, "total"), ["argument window"]),
        (lambda found: found.values(1, EMISSIONS, wide=True), ["argument wide", "assumptions=False"]),
    ],
)  # fmt: skip
def test_what_was_not_compared_is_said(compared: sim.Comparison, ask: Ask, said: list[str]) -> None:
    with pytest.raises(sim.InputError) as raised:
        ask(compared)
    assert all(text in str(raised.value) for text in said), raised.value


def test_what_was_not_measured_is_said(done: sim.Run) -> None:
    with pytest.raises(sim.InputError, match="unknown measure 'emision'") as raised:
        done.values("emision")
    assert "argument id" in str(raised.value)


def test_a_cell_that_ends_in_a_result_shows_a_line(compared: sim.Comparison, done: sim.Run) -> None:
    assert repr(done) == "<Run of baseline: 2 replicates>"
    assert repr(compared) == "<Comparison of baseline, carbon_tax: 2 pairs>"
    assert repr(sim.begin(done.scenario, 1)) == "<World of baseline at 2012>"


def test_a_world_does_not_go_past_its_last_year() -> None:
    world = sim.begin(small(until=2012), 1)
    while not world.done:
        world, _ = sim.advance(world)
    assert world.clock.time == 2013
    with pytest.raises(sim.InputError, match="the last year is over"):
        sim.advance(world)


def test_a_model_goes_on_under_another_policy_alone() -> None:
    model = sim.ComputeEconomy(small(until=2013), seed=1)
    model.step()
    before = model.world
    for wrong in (small("baseline", "product.margin=0.3", until=2013), 3, "nowhere.toml"):
        with pytest.raises(sim.InputError):
            model.go_on(wrong)
    assert model.world is before
    with pytest.raises(sim.InputError, match=r"which differs in product\.margin'"):
        model.go_on(small("carbon_tax", "product.margin=0.3", until=2013))
    with pytest.raises(sim.InputError, match=r"which differs in time\.end'"):
        model.go_on(small(until=2014))
    taxed = small("carbon_tax", *TAXED, until=2013)
    model.go_on(taxed)
    model.step()
    assert model.assumptions is taxed


def test_a_measure_of_ones_own_is_found_at_once_and_takes_no_others_place() -> None:
    registry()  # as after a run

    def answer(_: Any) -> float:
        return 42.0

    for _ in range(2):  # as a cell that runs again
        measure("answer", "Answer", "1", "to everything")(answer)
        assert registry()["answer"](None) == 42.0
    for id in (EMISSIONS, "answer"):
        with pytest.raises(sim.InputError, match=f"two measures are called '{id}'") as raised:
            measure(id, "Mine", "1", "another")(lambda _: 0.0)
        assert "test_asked" in str(raised.value.key)
    assert registry()[EMISSIONS].label != "Mine"


def test_run_takes_the_options_of_the_command() -> None:
    """As compare and sweep do, and with the numbers of a scenario that was loaded with them."""
    found = sim.run(small(until=2014), replicates=2, seed=5, until=2013, workers=1)
    loaded = sim.run(with_options(small(until=2014), replicates=2, seed=5, until=2013), workers=1)
    assert found.series.equals(loaded.series)
    assert set(found.series["replicate"]) == {0, 1}
    with pytest.raises(sim.InputError, match="replicates"):
        sim.run(small(until=2013), replicates=0)
