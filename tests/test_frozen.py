"""What a user holds stays as it was made: scenarios say what they simulate, worlds and agents cannot be changed; and
what cannot be an amount of money is refused."""

import pickle
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass, fields, is_dataclass, replace
from importlib.metadata import version
from math import inf, nan
from typing import Any

import numpy as np
import pytest

import sim
from sim.actors.corporation import Corporation
from sim.actors.startup import Startup
from sim.economy.draws import Draws
from sim.experiment.duration import TimePlan
from sim.scenario import Scenario
from sim.scenario.variants import with_notes, with_options, with_values
from tests.worlds import small

Exchange = Callable[[Scenario], Scenario]
EXCHANGES: dict[str, Exchange] = {
    "product": lambda one: replace(one, product=replace(one.product, size=100 * one.product.size)),
    "equal": lambda one: replace(one, product=replace(one.product)),
    "run": lambda one: replace(one, run=replace(one.run, seed=5)),
    "kinds": lambda one: replace(one, kinds=(replace(one.kinds[0], count=2), *one.kinds[1:])),
    "regions": lambda one: replace(one, regions=one.regions[::-1]),
    "policies": lambda one: replace(one, policies=()),
}
DOORS: dict[str, Callable[[Any], Any]] = {
    "run": lambda one: sim.run(one, workers=1),
    "run of another seed": lambda one: sim.run(one, seed=5, workers=1),
    "compare": lambda one: sim.compare([small(until=2012), one], replicates=1, workers=1),
    "compare until": lambda one: sim.compare([one, small(until=2012)], replicates=1, until=2012, workers=1),
    "begin": lambda one: sim.begin(one, 1),
    "model": lambda one: sim.ComputeEconomy(one, seed=1),
    "sweep": lambda one: sim.sweep(one, {"product.margin": [0.4]}, replicates=1, workers=1),
    "sensitivity": lambda one: sim.sensitivity(one, vary=["product.*"], samples=2, workers=1),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("part", EXCHANGES)
def test_a_scenario_with_an_exchanged_part_is_refused(part: str, door: str) -> None:
    """It would simulate one world, and its record would say another."""
    with pytest.raises(sim.InputError, match="a part of this scenario was replaced"):
        DOORS[door](EXCHANGES[part](small("carbon_tax", until=2012)))


def test_a_scenario_that_was_read_is_taken_also_after_a_journey() -> None:
    one = small("carbon_tax", until=2012)
    others = [pickle.loads(pickle.dumps(one)), deepcopy(one), copy(one), replace(one, name="renamed")]
    others += [with_options(one, seed=4), with_values(one, {"product.margin": 0.3}), with_notes(one, ["a note"])]
    for other in others:
        assert sim.begin(other, 1).scenario is other


def test_weights_of_a_scenario_cannot_be_changed() -> None:
    home = small(until=2012).kinds[0].home
    for change in (lambda: home.update(france=9.0), lambda: home.clear(), lambda: home.pop("france"),
                   lambda: home.setdefault("x", 1.0), lambda: home.popitem(), lambda: home.__ior__({"x": 1.0}),
                   lambda: home.__setitem__("x", 1.0), lambda: home.__delitem__("france")):  # fmt: skip
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert pickle.loads(pickle.dumps(home)) == deepcopy(home) == home == dict(home)


def test_what_a_user_holds_can_be_compared_and_be_a_key() -> None:
    """Results and worlds hold arrays, and equal themselves alone; scenarios of the same file are equal."""
    one, other = small("carbon_tax", until=2012), small("carbon_tax", until=2012)
    assert one == other
    assert hash(one) == hash(other)
    run, compared = sim.run(one, workers=1), sim.compare([small(until=2012), one], replicates=1, workers=1)
    model = sim.ComputeEconomy(one, seed=1)
    model.step()
    held = [run, compared, run.replicates[0], compared.pairs[0], model.world, model.world.actors, model.world.fixed,
            model.seen, model.last]  # fmt: skip
    assert len(set(held)) == len(held)
    for thing in held:
        assert thing == thing
        assert thing != (deepcopy(thing) if thing not in (model.world,) else sim.begin(one, 1))
    for thing in (*held[:5], model.seen, model.last, one):
        assert len(repr(thing)) < 200, repr(thing)


def arrays(thing: Any) -> Iterator[np.ndarray]:
    """Every array that is in something."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, dict):
        yield from arrays(tuple(thing.values()))
    elif isinstance(thing, list | tuple):
        for one in thing:
            yield from arrays(one)
    elif is_dataclass(thing) and not isinstance(thing, Draws | Scenario):
        yield from arrays([getattr(thing, field.name) for field in fields(thing)])


def test_nobody_can_write_into_a_world() -> None:
    """It is shared by all who hold it: steps to come, forks, and copies of a model."""
    settings = (
        "policy.cap_and_trade.start=2013",
        'policy.cap_and_trade.allocation="grandfathering"',
        "time.steps_per_year=2",
        "finance.failure_floor=0.9",
    )
    world = sim.begin(small("cap_and_trade", *settings, until=2015), 1)
    while True:
        found = [*arrays(world), *arrays(vars(world.fixed.network))]
        assert len(found) > 30
        assert not any(array.flags.writeable for array in found)
        if world.done:
            break
        world, _ = sim.advance(world)
    model = sim.ComputeEconomy(small(until=2013), seed=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="read-only"):
            copy(model).world.actors.cash[0] = 0.0
        model.step()


def test_agents_are_those_of_the_world() -> None:
    model = sim.ComputeEconomy(small(until=2012), seed=1)
    count = len(model.agents)
    first = model.agents[0]
    for change, said in ((first.remove, "removed"), (model.remove_all_agents, "removed"),
                         (lambda: model.deregister_agent(first), "removed"),
                         (lambda: type(first)(model, 3, "startup"), "added")):  # fmt: skip
        with pytest.raises(sim.InputError, match=f"an actor cannot be {said}"):
            change()
    assert len(model.agents) == count == len(model.agents.select(lambda _: True))
    assert [agent.row for agent in model.agents] == list(range(count))
    assert sum(map(len, model.agents_by_type.values())) == count


@pytest.mark.parametrize("bad", [-1.0, nan, inf])
@pytest.mark.parametrize("rule", ["means", "wants"])
def test_what_a_kind_cannot_mean_is_refused(rule: str, bad: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """An own rule may say anything; an amount of money is finite, and no less than nothing."""
    usual = getattr(Startup, rule)

    def odd(self: Startup, funds: Any, economy: Any) -> Any:
        found = np.array(usual(self, funds, economy))
        found[3] = bad
        return found

    world = sim.begin(small(until=2012), 1)
    monkeypatch.setattr(Startup, rule, odd)
    with pytest.raises(sim.InputError, match=f"`{rule}` of the rule startup") as raised:
        sim.advance(world)
    assert "kind.startup" in str(raised.value)
    assert f"{bad:g} USD/yr, in 2012" in str(raised.value)


@pytest.mark.parametrize("column", ["plan", "income", "cash", "reach"])
@pytest.mark.parametrize("bad", [-1.0, nan, inf, None])
def test_what_a_kind_cannot_begin_with_is_refused(
    column: str, bad: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Corporation.endow

    def odd(self: Corporation, *draws: Any) -> Any:
        found = usual(self, *draws)
        values = getattr(found, column) + 0.0
        if bad is not None:
            values[2] = bad
        return found._replace(**{column: values if bad is not None else values[:2]})

    monkeypatch.setattr(Corporation, "endow", odd)
    with pytest.raises(sim.InputError, match="`endow` of the rule corporation") as raised:
        sim.begin(small(until=2012), 1)
    assert column in str(raised.value.found)


def test_the_version_is_that_of_the_package() -> None:
    assert sim.__version__ == version("compute-divide")


def test_a_run_is_planned_with_what_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring each step takes longer, and more workers are worth it."""
    asked: list[bool] = []

    @dataclass
    class Pace:
        def lasts(self, *_: Any) -> float:
            return 0.0

    def pace(_: Scenario, every_step: bool = False) -> Pace:
        asked.append(every_step)
        return Pace()

    monkeypatch.setattr("sim.experiment.run.replicate_pace", pace)
    monkeypatch.setattr("sim.experiment.run.time_plan", lambda *_: TimePlan(0.0, 1))
    for every_step in (False, True):
        sim.run(small(until=2012), every_step=every_step)
    assert asked == [False, True]
