"""A world that never changes under one's feet: nothing is written to, forks share, models are kept and go on."""

import ast
import copy
import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import ComputeEconomy
from sim.economy import step as step_module
from sim.economy.draws import Draws
from sim.economy.moment import moment, timed
from sim.economy.observe import observe
from sim.economy.stages.acts import act
from sim.economy.stages.money import earn
from sim.economy.stages.planning import plan
from sim.economy.stages.siting import site
from sim.economy.start import begin
from sim.economy.state import Clock, World
from sim.economy.step import advance
from sim.experiment.notes import AskedNotes, Notes, ReplicateNotes
from sim.experiment.path import WorldPath
from sim.measures import registry
from sim.mechanisms import market
from sim.records import altered, found_once
from sim.scenario import Scenario, load, shipped_files
from sim.scenario.schema import Mechanisms
from tests.worlds import FEW, FROZEN, ROOT, SCENARIOS, played, small, state, walked

SHIPPED = [file.stem for file in shipped_files()]
STAGES = ("act", "earn", "plan", "site", "order", "clear", "use", "learn", "train", "settle", "live", "close")
EVERYTHING = (
    "policy.carbon_tax.rate=100", "policy.cap_and_trade.cap=1000", 'policy.cap_and_trade.allocation="grandfathering"',
    "policy.cap_and_trade.start=2013",
    "policy.cap_and_trade.banking=1", "policy.compute_permits.cap=1e22", "policy.public_compute.share=0.1",
    'policy.public_compute.allotment="lottery"', "policy.compute_voucher.value=1000", "policy.open_publication.share=1",
    "policy.open_publication.weights_lag=1", "policy.training_run_pace.ratio=2", "mechanisms.brand_habit=true",
    "finance.failure_floor=0.9", "finance.founding_rate=3",
)  # fmt: skip


def arrays(thing: Any) -> Iterator[np.ndarray]:
    """Every array that something holds."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from arrays(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from arrays(value)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from arrays(getattr(thing, field.name))


def sealed(thing: Any) -> Any:
    """The same, with arrays that refuse to be written to."""
    for array in arrays(thing):
        array.setflags(write=False)
    return thing


def tables(thing: Any) -> Iterator[dict[Any, Any]]:
    """Every dictionary that something holds."""
    if isinstance(thing, dict):
        yield thing
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from tables(value)
    elif is_dataclass(thing) and not isinstance(thing, Draws):  # which keep what they drew
        for field in fields(thing):
            yield from tables(getattr(thing, field.name))


def plain(thing: Any) -> Any:
    """The same, with the bits of arrays in the place of arrays: which of them share what does not count."""
    if isinstance(thing, np.ndarray):
        return thing.dtype.str, thing.shape, thing.tobytes()
    if isinstance(thing, dict):
        return [(key, plain(value)) for key, value in thing.items()]
    if isinstance(thing, list | tuple):
        return [plain(value) for value in thing]
    if is_dataclass(thing):
        return [(field.name, plain(getattr(thing, field.name))) for field in fields(thing)]
    return thing


def bits(world: World) -> bytes:
    """All of a world's state."""
    return repr(plain(state(world))).encode()


SWITCHED = [f"mechanisms.{field.name}={str(not field.default).lower()}" for field in fields(Mechanisms)]
RULES = ['market.allocation="contracts"', 'market.allocation="queue"']
WORLDS = [(), EVERYTHING, *((change,) for change in (*SWITCHED, *RULES))]


@pytest.mark.slow
@pytest.mark.parametrize("settings", WORLDS, ids=lambda settings: settings[0] if len(settings) == 1 else len(settings))
def test_nobody_writes_to_what_was_made(settings: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds and the records of all stages are sealed as soon as they are made; nothing in them is written to."""
    made: list[tuple[Any, bytes]] = []

    def sealing(stage: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            record = sealed(stage(*given))
            made.extend((table, repr(sorted(table, key=repr)).encode()) for table in tables(record))
            return record

        return run

    for stage in STAGES:
        monkeypatch.setattr(step_module, stage, sealing(getattr(step_module, stage)))
    world = sealed(begin(small("baseline", *settings, until=2024 if settings == EVERYTHING else 2015), 1))
    failed = founded = 0
    for _ in range(world.scenario.steps):
        made.clear()
        made.extend((table, repr(sorted(table, key=repr)).encode()) for table in tables(world))
        world, step = advance(world)
        failed, founded = failed + step.failed, founded + step.founded
        assert all(repr(sorted(table, key=repr)).encode() == keys for table, keys in made)
    assert failed > 0 < founded or settings != EVERYTHING


def test_every_stage_is_sealed() -> None:
    """The names above are those that the step calls."""
    called = {node.func.id for node in ast.walk(ast.parse(inspect.getsource(advance))) if isinstance(node, ast.Call)}
    assert called == {*STAGES, "Ledger"}


def test_a_step_leaves_its_world_as_it_was() -> None:
    world, _ = walked(begin(small("baseline", *EVERYTHING, until=2024), 1), 19)
    before = bits(world)
    first, again = advance(world), advance(world)
    assert bits(world) == before != bits(first[0])
    assert bits(first[0]) == bits(again[0])
    assert pickle.dumps(first[1].flows) == pickle.dumps(again[1].flows)


def test_what_follows_from_a_step_alone_is_worked_out_once_for_it() -> None:
    """For all worlds of a scenario, and anew for another step and another scenario."""
    seen, (one, other) = list[int](), (small(), small())

    @timed
    def made(scenario: Scenario, clock: Clock) -> int:
        seen.append(clock.steps_done)
        return clock.steps_done

    first, second = Clock(2012, 4), Clock(2012, 4, 1)
    assert [made(one, first), made(one, second), made(one, Clock(2012, 4)), made(other, first)] == [0, 1, 0, 0]
    assert seen == [0, 1, 0]


def test_no_price_of_carbon_is_a_price_of_nothing() -> None:
    """What a scenario says of a step where no policy prices carbon is what is worked out at prices of nothing."""
    for settings in ((), ("mechanisms.abatement=false", "mechanisms.pledges=false"), ("mechanisms.pledges=false",)):
        world, _ = walked(begin(small("baseline", *settings), 1), 12)
        acts = act(world)
        planned = plan(world, acts, earn(world, acts))
        priced = acts._replace(carbon_tax=np.zeros(acts.carbon_tax.shape))
        free, at_nothing = (site(world, each, planned)(acts.permits) for each in (acts, priced))
        assert acts.carbon_tax is moment(world.scenario, world.clock).nothing
        assert all(np.array_equal(getattr(free, name), getattr(at_nothing, name)) for name in ("own", "site", "left"))


def test_a_property_is_worked_out_once_and_kept() -> None:
    class Thing:
        asked = 0

        @found_once
        def value(self) -> list[int]:
            """What it says."""
            self.asked += 1
            return [self.asked]

    thing = Thing()
    assert thing.value is thing.value
    assert (thing.value, Thing().value, Thing.value.__doc__) == ([1], [1], "What it says.")


def test_a_fork_is_a_reference() -> None:
    taxed = small("baseline", "policy.carbon_tax.rate=200", until=2014)
    world, _ = walked(begin(small(until=2014), 1), 4)
    fork = world.under(taxed)
    assert all(getattr(fork, part) is getattr(world, part) for part in ("actors", "markets", "treasury", "memory"))
    assert advance(fork)[1].carbon_taxed.sum() > 0 == advance(world)[1].carbon_taxed.sum()
    with pytest.raises(ValueError, match="more than its policies"):
        world.under(small("baseline", "product.margin=0.4", until=2014))


def test_paths_that_part_share_what_their_scenario_says_of_a_moment() -> None:
    taxed, other = small("baseline", "policy.carbon_tax.rate=200", until=2014), small(until=2014)
    path = WorldPath(small(until=2014), 0, AskedNotes((), ()))
    path.advance_to(2013)
    fork = path.fork(taxed)
    fork.finish()
    path.finish()
    clock = Clock(2012, path.scenario.time.steps_per_year, 5)
    assert moment(taxed, clock) is moment(path.scenario, clock) is not moment(other, clock)


def test_what_is_worked_out_once_follows_a_changed_record() -> None:
    actors = begin(small(until=2013), 1).actors
    assert actors.ln_reach is actors.ln_reach
    reach, ln_reach = 2 * actors.reach, actors.ln_reach + 1
    after = altered(actors, reach=reach, ln_reach=ln_reach)
    assert (after.reach is reach, after.ln_reach is ln_reach, after.error is actors.error) == (True, True, True)
    assert actors.reach is not reach
    with pytest.raises(FrozenInstanceError):
        after.reach = actors.reach  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_model_is_kept_and_goes_on_bit_for_bit(name: str) -> None:
    model = ComputeEconomy(load(SCENARIOS / f"{name}.toml", FEW, until=2014), seed=2)
    for _ in range(5):
        model.step()
    assert len(model.agents) == 40
    others = pickle.loads(pickle.dumps(model)), copy.deepcopy(model), copy.copy(model)
    for each in (model, *others):
        while not each.done:
            each.step()
    for other in others:
        assert bits(other.world) == bits(model.world)
        assert [actor.error for actor in other.agents] == [actor.error for actor in model.agents]
    frames = [each.datacollector.get_model_vars_dataframe() for each in (model, *others)]
    assert all(frame.equals(frames[0]) and len(frame) == model.assumptions.steps for frame in frames)


@pytest.mark.slow
def test_a_model_is_kept_for_another_process(tmp_path: Path) -> None:
    model = ComputeEconomy(small(until=2013), seed=2)
    model.step()
    kept = tmp_path / "model.pickle"
    kept.write_bytes(pickle.dumps(model))
    script = (
        f"import pickle; m = pickle.load(open({str(kept)!r}, 'rb')); m.step(); print(m.world.actors.cash.sum().hex())"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    model.step()
    assert said.strip() == float(model.world.actors.cash.sum()).hex()


# What small worlds gave in 2020; these numbers change when the model does, and by nothing else.
COMMITTED = {
    "baseline": {
        "compute_ratio_industry_academia": 232.1319713365854, "emissions_total": 1204799.4135330373,
        "frontier_error": 0.05981857621230026, "error_median_lab": 0.09147406550059406,
        "market_value": 34161671245.350216, "research_share": 0.42396923632790734,
    },
    "cap_and_trade": {
        "compute_ratio_industry_academia": 407.606029398769, "emissions_total": 27657.0712225414,
        "frontier_error": 0.07213159273508163, "error_median_lab": 0.11671446385315179,
        "market_value": 7675130688.479958, "research_share": 0.5317197985909323,
    },
    "public_compute": {
        "compute_ratio_industry_academia": 1.0311205793821212, "emissions_total": 1312198.4440964418,
        "frontier_error": 0.06025071298162349, "error_median_lab": 0.06824107824373106,
        "market_value": 32681564107.63513, "research_share": 0.3392801296055528,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", COMMITTED)
def test_small_worlds_give_what_they_gave(name: str) -> None:
    start = [f"policy.{name}.start=2015"] if name != "baseline" else []
    world, steps = played(small(name, *FROZEN, *start, until=2020))
    year = observe(world, steps[-4:])
    found = {id: measure(year) for id, measure in registry().items() if id in COMMITTED[name]}
    assert found == pytest.approx(COMMITTED[name], rel=1e-9)


def test_what_worlds_share_where_there_are_no_permits_cannot_be_written() -> None:
    first, other = (act(begin(small(), seed)).permits for seed in (1, 2))
    assert first is other is market.NONE
    assert not first.flags.writeable


class MoreNotes(ReplicateNotes):
    """Notes that keep something of their own too."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.mine: dict[str, float] = {}


@pytest.mark.parametrize("kind", [ReplicateNotes, MoreNotes, lambda _: AskedNotes(list(registry().values()), ())])
def test_notes_of_a_fork_share_nothing_that_is_written_on(kind: Callable[[Scenario], Notes]) -> None:
    notes = kind(small(until=2013))
    other = notes.under(small("carbon_tax", until=2013))
    held = {name: value for name, value in vars(notes).items() if isinstance(value, list | dict)}
    assert held
    for name, value in held.items():
        assert getattr(other, name) is not value, name
        assert getattr(other, name) == value, name
