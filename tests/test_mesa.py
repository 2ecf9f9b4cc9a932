"""The economy reads like any Mesa model, and is what the command line steps."""

import inspect
import pickle
import warnings
from copy import copy
from typing import Any

import mesa
import numpy as np
import pytest

from sim import ComputeEconomy, load
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.experiment.compare import compare
from sim.experiment.path import simulate
from sim.measures import registry
from sim.model import COUNTERS, AcademicLab, Corporation, Startup
from sim.report.run.figures.network import facts
from tests.worlds import SCENARIOS, small, walked


@pytest.fixture
def model() -> ComputeEconomy:
    economy = ComputeEconomy(small(), seed=1)
    for _ in range(4):
        economy.step()
    return economy


def test_reads_like_the_readme() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = ComputeEconomy(load(SCENARIOS / "baseline.toml"), seed=1)
        model.step()
    assert model.steps == 1
    assert len(model.agents) == 700


def test_a_model_says_its_date_and_an_actor_its_name(model: ComputeEconomy) -> None:
    assert ComputeEconomy(small(), seed=1).year == 2012.0
    assert model.year == model.datacollector.get_model_vars_dataframe()["year"].iloc[-1] == 2013.0
    first = model.agents_by_type[Startup][0]
    assert repr(first) == f"<startup 1, row {first.row}>" == str(first)


def test_agents_are_views(model: ComputeEconomy) -> None:
    assert {kind: len(agents) for kind, agents in model.agents_by_type.items()} == {
        Corporation: 6,
        Startup: 14,
        AcademicLab: 20,
    }
    lab = next(iter(model.agents_by_type[AcademicLab]))
    assert lab.name == "academic_lab 1"
    assert lab.region in model.assumptions.region_ids
    assert lab.error == model.world.actors.error[lab.row]
    before = lab.error
    for _ in range(8):
        model.step()
    assert lab.error < before
    assert lab.run > 0
    assert lab.emissions > 0
    for name, value in {"error": 0.1, "row": 3, "kind": "startup", "pos": (1, 2), "new": 1}.items():
        with pytest.raises(AttributeError, match=r"cannot be set|no setter"):
            setattr(lab, name, value)
    assert (lab.name, lab.pos) == ("academic_lab 1", None)


def test_a_model_does_not_go_past_its_last_year() -> None:
    economy = ComputeEconomy(small(until=2012), seed=1)
    while not economy.done:
        economy.step()
    before = economy.world
    for _ in range(3):
        with pytest.raises(InputError, match="the last year is over"):
            economy.step()
    assert economy.world is before
    assert (economy.steps, getattr(economy, "time", 4)) == (4, 4)  # what is refused is not counted


class Stopping(ComputeEconomy):
    """A model whose own step fails, once."""

    fails = False

    def step(self) -> None:
        super().step()
        if self.fails:
            self.fails = False
            raise ValueError("stopped")


@pytest.mark.parametrize("where", ["advance", "observe", "second column of the row"])
def test_a_step_that_was_interrupted_can_be_taken_again(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    straight, economy = (ComputeEconomy(small(until=2012), seed=1) for _ in range(2))
    straight.run_model()
    economy.step()
    before = vars(economy).copy()
    with monkeypatch.context() as patched:
        if where in ("advance", "observe"):
            patched.setattr(f"sim.model.{where}", interrupted)
        else:
            patched.setitem(economy.datacollector.model_reporters, "seed", interrupted)
        with pytest.raises(KeyboardInterrupt):
            economy.step()
    assert (economy.year, economy.steps) == (2012.25, 1)
    assert all(vars(economy)[name] is before[name] for name in ("world", "last", "seen"))
    for again in (pickle.loads(pickle.dumps(economy)), copy(economy), economy):
        for _ in range(3):
            again.step()
        assert again.done
        assert (again.steps, getattr(again, "time", 4)) == (4, 4)  # Mesa's clock, which 3.3 does not have
        frame = again.datacollector.get_model_vars_dataframe()
        assert frame.equals(straight.datacollector.get_model_vars_dataframe())


class Going(ComputeEconomy):
    """A model whose own step goes on under a scenario."""

    def step(self) -> None:
        self.go_on(self.assumptions)
        super().step()


def test_a_step_that_went_on_and_was_interrupted_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    economy = Going(small(until=2012), seed=1)
    economy.step()
    with monkeypatch.context() as patched:
        patched.setattr("sim.model.advance", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            economy.step()
    assert (economy.year, economy.steps) == (2012.25, 1)
    economy.step()
    assert (economy.year, economy.steps) == (2012.5, 2)


def test_the_last_step_that_was_interrupted_can_be_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    economy = ComputeEconomy(small(until=2012), seed=1)
    for _ in range(3):
        economy.step()
    with monkeypatch.context() as patched:
        patched.setitem(economy.datacollector.model_reporters, "seed", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            economy.step()
    assert (economy.done, economy.running, economy.steps) == (False, True, 3)
    economy.run_model()
    assert len(economy.datacollector.get_model_vars_dataframe()) == economy.steps == 4


def test_a_model_may_have_a_time_of_its_own_where_mesa_has_none() -> None:
    own = {} if "time" in COUNTERS else {"time": property(lambda self: self.year)}
    economy = type("Timed", (ComputeEconomy,), own)(small(until=2012), seed=1)
    economy.run_model()
    before = economy.time
    with pytest.raises(InputError, match="the last year is over"):
        economy.step()
    assert (economy.steps, economy.time) == (4, before)


def test_a_step_of_a_model_of_ones_own_that_fails_is_not_the_last() -> None:
    economy = Stopping(small(until=2012), seed=1)
    economy.fails = True
    with pytest.raises(ValueError, match="stopped"):
        economy.step()
    assert (economy.year, economy.steps) == (2012.25, 1)  # the world has gone on
    for _ in range(3):
        economy.step()
    assert (economy.done, economy.steps) == (True, 4)


def test_views_are_made_only_when_looked_at(model: ComputeEconomy) -> None:
    assert not model._viewed
    assert len(model._all_agents) == 0
    assert len(model.agents) == 40
    assert len(model.agents) == 40  # and once


def test_agent_set_works(model: ComputeEconomy) -> None:
    startups = model.agents.select(lambda agent: isinstance(agent, Startup))
    assert startups.agg("error", min) == model.world.actors.error[model.world.groups.of("startup")].min()
    assert model.agents.get("compute") == list(model.last.compute)
    assert set(model.agents.groupby("kind").groups) == {"corporation", "startup", "academic_lab"}
    shares = model.agents.get("market_share")
    assert sum(shares) == pytest.approx(model.world.sellers.share.sum())
    assert 0.5 < sum(shares) < 1  # the rest is what released models serve
    state = model.world.actors.plan.copy()
    model.agents.shuffle_do(lambda agent: agent.plan)
    assert (model.world.actors.plan == state).all()


def test_what_is_taken_out_of_a_set_of_agents_is_not_taken_out_of_the_model(model: ComputeEconomy) -> None:
    assert [view.__name__ for view in ComputeEconomy(small(), seed=1).agent_types] == [
        "Corporation", "Startup", "AcademicLab"
    ]  # fmt: skip
    before = list(model.agents)
    for held in (lambda: model.agents, lambda: model.agents_by_type[Startup]):
        held().remove(held()[0])
        held().discard(held()[0])
        held().select(lambda _: False, inplace=True)
        held().shuffle(inplace=True)
        held().sort("error", inplace=True)
    assert list(model.agents) == before
    assert [actor for actors in model.agents_by_type.values() for actor in actors] == before


def test_a_model_that_was_stopped_stays_stopped(model: ComputeEconomy) -> None:
    model.running = False  # as a model of one's own may say
    model.step()
    assert not model.running


def test_data_collector_holds_every_measure(model: ComputeEconomy) -> None:
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == ["year", "seed", *registry(model.assumptions.region_ids)]
    assert frame["year"].tolist() == [2012.25, 2012.5, 2012.75, 2013.0]
    assert (frame["frontier_error"].diff().dropna() <= 0).all()


def test_the_network_is_a_graph_of_the_actors(model: ComputeEconomy) -> None:
    made = model.network
    assert sorted(made.nodes) == list(range(40))
    assert {made.nodes[agent.row]["kind"] for agent in model.agents} == {"corporation", "startup", "academic_lab"}
    assert all(set(made[row]) == set(model.world.fixed.network.neighbours(row).tolist()) for row in made)
    described = facts(made)
    assert described["links_per_actor"] == pytest.approx(2 * made.number_of_edges() / 40)
    assert 0 < described["assortativity"] < 1
    assert 0 < described["connected"] <= 1


def test_looking_changes_nothing() -> None:
    seen, unseen = ComputeEconomy(small(), seed=5), ComputeEconomy(small(), seed=5, collect=False)
    for _ in range(10):
        len(seen.agents)
        seen.agents.shuffle_do(lambda agent: agent.error)
        seen.step()
        unseen.step()
    assert seen.world.actors.error.tobytes() == unseen.world.actors.error.tobytes()
    assert seen.world.actors.cash.tobytes() == unseen.world.actors.cash.tobytes()


def test_is_replicate_zero_of_a_run_bit_for_bit() -> None:
    scenario = small(until=2014, seed=7)
    model = ComputeEconomy(scenario, seed=7)
    while not model.done:
        model.step()
    collected = model.datacollector.get_model_vars_dataframe()
    steps = simulate(scenario, 0, every_step=True)
    by_step = np.array([collected[id].to_numpy() for id in registry(scenario.region_ids)]).T
    assert by_step.tobytes() == steps.by_step.tobytes()


def test_the_world_alone_gives_the_same_bits() -> None:
    scenario = small(until=2015)
    model, world = ComputeEconomy(scenario, seed=3, collect=False), begin(scenario, 3)
    for _ in range(scenario.steps):
        model.step()
        world, _ = advance(world)
    assert model.world.actors.error.tobytes() == world.actors.error.tobytes()


def test_iterations_of_a_batch_have_different_luck() -> None:
    """Also where no seed is given: three equal rows would look like certainty."""
    newer = "rng" in inspect.signature(mesa.batch_run).parameters  # Mesa 3.5 counts iterations by their seeds
    times = {"rng": [None] * 3} if newer else {"iterations": 3}
    rows = mesa.batch_run(ComputeEconomy, {"scenario": [small(until=2012)]}, display_progress=False, **times)
    assert len({row["seed"] for row in rows}) == 3
    assert len({row["emissions_total"] for row in rows}) == 3
    again = ComputeEconomy(small(until=2012), seed=rows[1]["seed"])
    while not again.done:
        again.step()
    assert again.datacollector.model_vars["emissions_total"][-1] == rows[1]["emissions_total"]


def test_worlds_of_a_batch_have_the_seeds_that_are_given_as_rng() -> None:
    """With every Mesa: 3.5 overwrites a parameter that is called seed."""
    worlds = [small(until=2012), small("carbon_tax", until=2012)]
    rows = mesa.batch_run(ComputeEconomy, {"scenario": worlds, "rng": [4, 5]}, display_progress=False)
    assert [row["seed"] for row in rows] == [4, 5, 4, 5]
    assert rows[0]["emissions_total"] != rows[1]["emissions_total"]
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        given = mesa.batch_run(ComputeEconomy, {"scenario": worlds}, display_progress=False, rng=[4, 5])
        assert sorted(row["seed"] for row in given) == [4, 4, 5, 5]


@pytest.mark.parametrize("bad", [1.9, "one", True, -1, 2**63, [1]])
def test_what_is_no_seed_is_refused_everywhere(bad: object) -> None:
    scenario = small(until=2012)
    for make in (
        lambda: ComputeEconomy(scenario, seed=bad),
        lambda: ComputeEconomy(scenario, rng=bad),
        lambda: ComputeEconomy(scenario, seed=1, replicate=bad),
        lambda: begin(scenario, bad),
        lambda: compare([scenario, scenario], seed=bad),
    ):
        with pytest.raises(InputError, match=r"argument (seed|rng|replicate)"):
            make()


def test_seeds_of_numpy_and_of_newer_mesa_are_seeds() -> None:
    scenario = small(until=2012)
    given: list[dict[str, Any]] = [{"seed": np.int64(7)}, {"rng": 7}, {"seed": 7}, {"seed": "7"}, {"rng": "7"}]
    models = [ComputeEconomy(scenario, **each) for each in given]
    assert {model.luck_seed for model in models} == {7}
    assert len({model.world.actors.plan.tobytes() for model in models}) == 1
    assert ComputeEconomy(scenario).luck_seed != ComputeEconomy(scenario).luck_seed
    with pytest.raises(InputError, match="both seed and rng"):
        ComputeEconomy(scenario, seed=1, rng=1)


def test_seeds_differ_and_repeat() -> None:
    def end(seed: int) -> bytes:
        return walked(begin(small(until=2013), seed), 8)[0].actors.error.tobytes()

    assert end(1) == end(1)
    assert end(1) != end(2)
    assert begin(small(), 1, 0).actors.plan.tobytes() != begin(small(), 1, 1).actors.plan.tobytes()
