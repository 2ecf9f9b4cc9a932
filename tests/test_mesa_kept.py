"""What a model leaves behind, what it says of itself, and what Mesa would take without a word."""

import gc
import weakref
from typing import Any

import mesa
import pytest

from sim import ComputeEconomy
from sim.errors import InputError
from sim.scenario import Scenario
from tests.worlds import small

TINY = small(until=2012)


def test_a_model_whose_agents_were_looked_at_leaves_memory_with_its_last_name() -> None:
    left = []
    for seed in range(3):
        model = ComputeEconomy(TINY, seed=seed)
        assert len({agent.unique_id for agent in model.agents}) == len(model.agents)
        assert model.agents_by_type
        model.step()
        left.append(weakref.ref(model))
        del model
    gc.collect()
    assert [one() for one in left] == [None] * 3


@pytest.mark.parametrize("method", ["reset_randomizer", "reset_rng"])
@pytest.mark.parametrize("given", [(), (7,)])
def test_another_luck_of_a_model_that_is_made_is_refused(method: str, given: tuple[int, ...]) -> None:
    model = ComputeEconomy(TINY, seed=5)
    with pytest.raises(InputError, match="the luck of a model comes of the seed that it is made with") as caught:
        getattr(model, method)(*given)
    assert "ComputeEconomy(..., seed=7)" in str(caught.value.fix)
    assert model.luck_seed == 5


def test_a_model_says_which_it_is() -> None:
    model = ComputeEconomy(TINY, seed=5, replicate=2)
    assert repr(model) == "<ComputeEconomy of baseline at 2012, of 2012 to 2012; seed 5, replicate 2>"
    model.step()
    assert " at 2012.25, " in repr(model)


def test_a_batch_of_models_that_measure_nothing_has_year_and_seed() -> None:
    rows = mesa.batch_run(ComputeEconomy, {"scenario": [TINY], "seed": [5], "collect": [False]},
                          data_collection_period=1, display_progress=False)  # fmt: skip
    assert [(row["year"], row["seed"]) for row in rows] == [(2012.25, 5), (2012.5, 5), (2012.75, 5), (2013.0, 5)]
    assert "emissions_total" not in rows[0]


class Watched(ComputeEconomy):
    """With a collector of its own."""

    def __init__(self, scenario: Scenario, **more: Any) -> None:
        super().__init__(scenario, seed=1, **more)
        self.datacollector = mesa.DataCollector(model_reporters={"year": "year"})


@pytest.mark.parametrize(("collect", "rows"), [(True, 4), (False, 0)])
def test_a_collector_of_ones_own_is_filled_where_that_is_asked_for(collect: bool, rows: int) -> None:
    model = Watched(TINY, collect=collect)
    model.run_model()
    assert len(model.datacollector.model_vars["year"]) == rows
