"""Baselines that a worker of the page keeps: found again however they were looked at meanwhile."""

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from sim.app import members
from sim.app.asked import tasks
from sim.app.members import KeptMembers, MemberTask, begun
from sim.errors import InputError, NoPrices
from sim.policies.carbon_tax import CarbonTax
from sim.policies.view import View
from sim.scenario import Scenario, load
from sim.scenario.variants import changed, with_options
from tests.pairs import YEARLY
from tests.worlds import SCENARIOS

BY_YEAR = {"policy.carbon_tax.rate": {"years": [2015, 2016], "values": [0.1, 0.2]}}


def small(name: str, *more: str, until: int = 2014) -> Scenario:
    return load(SCENARIOS / f"{name}.toml", [*YEARLY, *more], until=until)


def looked_at(scenario: Scenario) -> None:
    """All that can be asked of a scenario, its kinds and its policies, and a step of its world."""
    for one in (scenario, *scenario.kinds, *scenario.policies):
        for name in dir(type(one)):
            if not name.startswith("__"):
                getattr(one, name)
    for policy in scenario.policies:
        policy.pull(View(2030.0, 2012))
    begun(scenario, 0).advance_to(scenario.time.start)


@pytest.mark.parametrize(
    "scenario",
    [small("baseline"), small("carbon_tax"), changed(small("carbon_tax"), BY_YEAR), small("exponential_law")],
    ids=["baseline", "policy", "by year", "law"],
)
def test_what_is_asked_of_a_scenario_does_not_change_what_is_sent(scenario: Scenario) -> None:
    """Workers know it by its bytes, and other threads look at it while it is sent."""
    whole = (scenario, *scenario.kinds, *scenario.policies)
    before = [pickle.dumps(one) for one in whole]
    looked_at(scenario)
    assert any(len(vars(one)) > len(vars(pickle.loads(bytes_))) for one, bytes_ in zip(whole, before, strict=True))
    assert [pickle.dumps(one) for one in whole] == before
    again = pickle.loads(before[0])
    assert again == scenario
    assert again.reported_on == scenario.reported_on


def test_a_baseline_that_was_looked_at_is_not_simulated_again() -> None:
    kept = KeptMembers()
    baseline, policy = small("baseline"), small("carbon_tax")
    first = tasks(baseline, policy)[0]
    assert kept(first) is not None
    looked_at(baseline)
    looked_at(policy)
    assert kept(tasks(baseline, policy)[0]) is not None
    assert (len(kept.members), len(kept.scenarios)) == (1, 2)


def test_baselines_are_kept_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their actors and years and not by their number alone. What is left of another baseline makes room first; what
    finds none is answered all the same, and drives out none of its own, which are asked for in the same turn."""
    kept, policy = KeptMembers(), small("carbon_tax")
    few, many, longer = small("baseline"), small("baseline", "kind.startup.count=54"), small("baseline", until=2017)

    def held(baseline: Scenario, until: int = 2014) -> list[int]:
        for task in tasks(baseline, with_options(policy, until=until))[:3]:
            assert kept(task) is not None
        return [one.size for one in kept.members.values()]

    assert held(few) == [40] * 3  # one place each, of 2012
    assert held(many) == [40] * 3 + [80] * 3
    monkeypatch.setattr(members, "MOST_ACTORS_KEPT", 250)
    assert held(many) == [80] * 3
    assert held(longer, 2017) == [80] * 3  # two places each
    monkeypatch.setattr(members, "MOST_ACTORS_KEPT", 170)
    first, second, third = kept.members
    assert held(longer, 2017) == [80] * 2
    assert {first, second, third} > set(kept.members)
    before = list(kept.members.values())
    held(longer, 2017)
    assert set(kept.members.values()) == set(before)
    monkeypatch.setattr(members, "MOST_ACTORS_KEPT", 79)
    assert held(longer, 2017) == []
    assert held(few) == [40]  # and no second one
    monkeypatch.setattr(members, "MOST_KEPT", 0)
    assert held(few) == []


def raising(error: Exception) -> Callable[..., Any]:
    def fails(*_: Any, **__: Any) -> Any:
        raise error

    return fails


def tasks_of_taxed() -> tuple[MemberTask, MemberTask]:
    """A member of a tax that begins within the simulated years: as it stands, and drawn."""
    found = tasks(small("baseline"), small("carbon_tax", "policy.carbon_tax.start=2013"))
    return next(task for task in found if not task.wide), next(task for task in found if task.wide)


def test_a_draw_that_makes_no_possible_world_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of which the checks refuse the numbers, or no prices meet the caps; that of a world as it stands is an error."""
    stands, drawn = tasks_of_taxed()
    with monkeypatch.context() as patched:
        patched.setattr(members, "with_values", raising(InputError("no such world")))
        assert KeptMembers()(drawn) is None
    monkeypatch.setattr(CarbonTax, "act", raising(NoPrices("no prices meet its caps")))
    assert KeptMembers()(drawn) is None
    with pytest.raises(NoPrices):
        KeptMembers()(stands)


@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), InputError("no year before")])
def test_what_is_wrong_with_a_policy_is_told_in_a_drawn_world_too(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no draw to leave out: fewer would be shown, and nobody would know why."""
    monkeypatch.setattr(CarbonTax, "act", raising(error))
    for task in tasks_of_taxed():
        with pytest.raises(InputError, match=str(error)):
            KeptMembers()(task)
