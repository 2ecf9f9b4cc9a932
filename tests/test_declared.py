"""Mistakes in a policy, kind or measure of one's own are told where it is declared, or first used."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pytest

import sim
import sim.actors
import sim.measures
from sim.actors import declared as kind_declared
from sim.actors.base import Kind, OwnMeans
from sim.actors.startup import Startup
from sim.errors import together
from sim.experiment.notes import values_in
from sim.measures.base import Measure, measure
from sim.policies import FALLS, Claim, Policy, registry
from sim.policies import declared as policy_declared
from sim.policies.carbon_budget import CarbonBudget
from sim.policies.view import View
from tests.worlds import small

NOW = View(2020.0, 2012.0)


def like(cls: type, **said: Any) -> type:
    """A class that says the same but for this; it is no subclass, so that nothing registers it."""
    return type("Mine", (), {**{name: getattr(cls, name) for name in dir(cls) if name[:2] != "__"}, **said,
                             "__dataclass_fields__": cls.__dataclass_fields__})  # type: ignore[attr-defined]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "problem", "fix"),
    [
        ({"levers": ("carbon_budgt",)}, "unknown lever 'carbon_budgt'", "did you mean 'carbon_budget'?"),
        ({"levers": "carbon_budget"}, "are a text", 'levers = ("carbon_budget",)'),
        ({"laws": "A law."}, "laws of the policy 'carbon_budget' are a text", 'laws = ("A law.",)'),
        ({"strength": "limt"}, "unknown parameter 'limt'", "did you mean 'limit'?"),
        ({"strength": "name"}, "unknown parameter 'name'", ""),
        ({"strength": ""}, "unknown parameter ''", "use one of the allowed names"),
        ({"relative": "groth"}, "unknown parameter 'groth'", "did you mean 'growth'?"),
        ({"amounts": ("limi",)}, "unknown parameter 'limi'", "did you mean 'limit'?"),
        ({"serves": "labs"}, "unknown sector 'labs'", "use one of the allowed names"),
        ({"hardly": None}, "hardly of the policy 'carbon_budget' is no number", "hardly = ..., in units of limit"),
        ({"hardly": "1e15"}, "hardly of the policy 'carbon_budget' is no number", "hardly = ..., in units of limit"),
        ({"claims": Claim("market_value", FALLS, 0)}, "claims of the policy 'carbon_budget' are none", "claims = ("),
        ({"claims": ("market_value",)}, "claims of the policy 'carbon_budget' are none", "claims = ("),
        ({"claims": (Claim("market_value", "fall", 0),)}, "unknown way to move 'fall'", "did you mean 'falls'?"),
        ({"claims": (Claim("market_value", FALLS, 2, 1),)}, "bounds of a claim on market_value", "write Claim("),
    ],
)
def test_a_mistake_in_a_policy_is_told(said: dict[str, Any], problem: str, fix: str) -> None:
    policy_declared.look_at(like(CarbonBudget))
    with pytest.raises(sim.InputError) as raised:
        policy_declared.look_at(like(CarbonBudget, **said))
    assert problem in raised.value.problem
    assert fix in str(raised.value.fix)
    assert "Mine" in str(raised.value.key)


@pytest.mark.parametrize(
    ("sector", "whom"), [("industry", "actors of industry"), ("academia", "academic labs"), ("", "all")]
)
def test_whom_it_serves_is_what_its_kinds_say(sector: str, whom: str) -> None:
    """A levy on industry was told as one on all."""

    @dataclass(frozen=True, kw_only=True)
    class Mine(CarbonBudget):
        name = "whom_it_serves"
        serves = sector

    spec = Mine.__dataclass_fields__["kinds"].metadata["spec"]
    assert spec.none == whom
    assert spec.doc == f"kinds of actor it applies to; {whom} where none is named"
    assert [*Mine.__dataclass_fields__] == [*CarbonBudget.__dataclass_fields__]


def test_a_strength_without_a_neutral_value_is_told() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Mine(CarbonBudget):
        much: float
        strength = "much"

    with pytest.raises(sim.InputError, match="the strength of the policy 'carbon_budget' has no default"):
        policy_declared.look_at(Mine)


@pytest.mark.parametrize("name", ["levers", "strength", "source", "effect", "cannot", "laws", "claims"])
def test_a_policy_that_does_not_say_what_it_has_to_is_told(name: str) -> None:
    mine = like(CarbonBudget)
    delattr(mine, name)
    with pytest.raises(sim.InputError, match=f"the policy 'carbon_budget' does not say its {name}"):
        policy_declared.look_at(mine)


@pytest.mark.parametrize(
    ("base", "rule", "look_at"),
    [
        (Policy, "act", policy_declared.look_at),
        *((Kind, rule, kind_declared.look_at) for rule in ("endow", "wants", "means")),
    ],
)
def test_a_policy_or_kind_without_a_rule_is_told(base: type, rule: str, look_at: Callable[[Any], None]) -> None:
    """It could be read in a scenario, and not be made."""
    full = CarbonBudget if base is Policy else Startup
    mine = like(full, __abstractmethods__=frozenset({rule}))
    with pytest.raises(sim.InputError, match=f"does not say its {rule}") as raised:
        look_at(mine)
    assert f"add {rule}" in str(raised.value.fix)
    assert getattr(base, rule).__isabstractmethod__


def pulls(found: Any) -> dict[str, float]:
    """What a carbon budget pulls whose ``act`` gives this."""

    class Mine(CarbonBudget):
        def act(self, view: View) -> dict[str, float]:
            return cast("dict[str, float]", found)

    return Mine(limit=1.0).pull(NOW)


def test_what_a_policy_pulls_lies_within_its_levers() -> None:
    assert pulls({}) == {}
    assert pulls({"carbon_budget": 2.0}) == pulls(OrderedDict(carbon_budget=2.0)) == {"carbon_budget": 2.0}
    for found in (None, [("carbon_budget", 2.0)], 3.0):
        with pytest.raises(sim.InputError, match="`act` of the policy 'carbon_budget' gave no levers"):
            pulls(found)
    for wrong in ("2", np.ones(2), None):
        with pytest.raises(sim.InputError, match="`act` of the policy 'carbon_budget' gave what is no number"):
            pulls({"carbon_budget": wrong})
    assert pulls({"carbon_budget": np.float32(2)}) == {"carbon_budget": 2}
    with pytest.raises(sim.InputError, match="pulls a lever that it does not declare") as raised:
        pulls({"carbon_budget": 2.0, "carbon_price": 1.0})
    assert (raised.value.found, raised.value.allowed) == ("carbon_price", "carbon_budget")
    with pytest.raises(sim.InputError, match="unknown lever 'carbon_budgt'") as raised:
        pulls({"carbon_budgt": 2.0})
    assert raised.value.fix == "did you mean 'carbon_budget'?"


MEANS = Startup.own_means


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"sector": "public"}, "unknown sector 'public'"),
        ({"rule": "academia"}, "the kind 'academia' is called like a sector"),
        ({"rule": "industry"}, "the kind 'industry' is called like a sector"),
        ({"settles_with": "nobody"}, "unknown party 'nobody'"),
        ({"income_from": "nobody"}, "unknown party 'nobody'"),
        ({"own_means": MEANS._replace(amount="approp")}, "unknown number 'approp'"),
        ({"own_means": MEANS._replace(growth="groth")}, "unknown number 'groth'"),
        ({"own_means": OwnMeans("count", "count", cast("str", None), None)}, "unknown number 'none'"),
    ],
)
def test_a_mistake_in_a_kind_is_told(said: dict[str, Any], problem: str) -> None:
    kind_declared.look_at(like(Startup))
    with pytest.raises(sim.InputError) as raised:
        kind_declared.look_at(like(Startup, **said))
    assert problem in raised.value.problem.lower()


def test_two_kinds_of_one_title_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mesa would put their agents together."""
    two = {"mine": like(Startup, rule="mine"), "startup": Startup}
    monkeypatch.setattr(sim.actors, "defined", lambda *_: two)
    with pytest.raises(sim.InputError, match="two kinds have the title 'Startup'") as raised:
        sim.actors.registry()
    assert raised.value.key == "tests.test_declared.Mine.title"


def test_a_mistake_that_many_meet_is_told_once() -> None:
    one, other = sim.InputError("wrong", key="a"), sim.InputError("wrong", key="b")
    told = together([one, sim.InputError("wrong", key="a"), other, sim.InputError("wrong", key="b")])
    assert [str(each) for each in told.also] == [str(other)]


@pytest.mark.parametrize(
    ("said", "problem"),
    [({"better": "less"}, "unknown value of better 'less'"), ({"over": "month"}, "unknown value of over 'month'")],
)
def test_a_mistake_in_a_measure_is_told(said: dict[str, str], problem: str) -> None:
    with pytest.raises(sim.InputError, match=problem):
        measure("mine", "Mine", "1", "a number", **said)  # type: ignore[arg-type]


def test_a_measure_that_must_not_get_worse_is_one_that_every_scenario_has() -> None:
    """Else a change would be called better whatever became of it."""
    measure("mine", "Mine", "1", "a number", better="lower", unless_worse="compute_share_acadmia")(lambda _: 1.0)
    for of in ((), (("norway",), ("national",))):
        with pytest.raises(sim.InputError, match="unknown measure 'compute_share_acadmia'") as raised:
            sim.measures.registry(*of)
        assert raised.value.key == "unless_worse of measure 'mine'"
        assert raised.value.fix == "did you mean 'compute_share_academia'?"
    with pytest.raises(sim.InputError, match="unknown measure 'compute_share_acadmia'"):
        sim.run(small(until=2012, replicates=1), workers=1)


def test_a_measure_that_is_declared_anew_stands_as_it_was_said_last() -> None:
    """Also where it was in front of itself, or named another by mistake."""

    def mine(_: Any) -> float:
        return 1.0

    for order, named in ((50, "ratoi"), (60, "compute_ratio"), (1, "")):
        measure("mine", "Mine", "1", "a number", order=order, unless_worse=named)(mine)
    assert sim.measures.registry()["mine"].order == 1


@pytest.mark.parametrize("found", ["x", "7", None, np.zeros(3), np.array("7"), [1.0], 1j])
def test_a_measure_that_gives_no_number_is_told(found: Any) -> None:
    mine = replace(sim.measures.registry()["emissions_total"], id="mine", function=lambda _: found)
    for ask in (lambda: mine(cast("Any", None)), lambda: values_in([mine], cast("Any", None))):
        with pytest.raises(sim.InputError, match="the measure 'mine' gave what is no number"):
            ask()


@pytest.mark.parametrize("found", [1.0, 1, True, np.float64(1), np.float32(1), np.int64(1), np.array(1.0), np.True_])
def test_a_measure_may_give_any_number(found: Any) -> None:
    mine: Measure = replace(sim.measures.registry()["emissions_total"], id="mine", function=lambda _: found)
    assert mine(cast("Any", None)) == 1.0 == values_in([mine], cast("Any", None))[0]


def test_all_that_ships_is_declared_as_it_has_to_be() -> None:
    assert len(registry()) >= 10
    assert len(sim.actors.registry()) >= 3


@pytest.mark.parametrize("simulate", [sim.run, lambda world: sim.compare([small(until=2012), world], replicates=1)])
def test_a_claim_on_what_nobody_measures_is_told_before_anything_is_simulated(
    simulate: Callable[[sim.Scenario], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It loaded, ran and said nothing."""
    world = small("carbon_budget", until=2012)
    monkeypatch.setattr(CarbonBudget, "claims", (Claim("emissions_operationl", FALLS, 0),))
    with pytest.raises(sim.InputError, match="unknown measure 'emissions_operationl'") as raised:
        simulate(world)
    assert "did you mean 'emissions_operational'" in str(raised.value.fix)
    assert str(raised.value.key).endswith("CarbonBudget.claims")
