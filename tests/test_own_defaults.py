"""A default is in the declared unit, as all that is declared beside it: who leaves a number out and who writes its
default get the same world."""

import warnings
from dataclasses import dataclass, fields, make_dataclass
from math import isfinite
from pathlib import Path
from typing import Any, cast

import pytest

import sim
from sim.actors import registry as kinds
from sim.actors.academic_lab import AcademicLab
from sim.app.controls import controls
from sim.errors import Notice
from sim.policies import Policy
from sim.policies import registry as policies
from sim.policies.view import View
from sim.quantity import UNITS, Spec, default_of, factor, quantity
from sim.scenario import Scenario, load
from sim.scenario.writing import resolved_toml
from tests.saying import Say
from tests.worlds import BASELINE, FEW, small

DEFAULT = 3.7
DATE = 2020.0
LEVER = "carbon_price"
OF_REVENUE = ("second_share",)  # refused where there is none


def defaults(cls: type[Any]) -> dict[str, float]:
    """Every default of a number that can be written, as a scenario writes it."""
    numbers = {f.name: (f.metadata["spec"], default_of(f)) for f in fields(cls) if "spec" in f.metadata}
    return {
        name: default for name, (spec, default) in numbers.items()
        if spec.form == "number" and isinstance(default, float) and isfinite(default)
    }  # fmt: skip


def own_policy() -> type[Policy]:
    """A policy of one's own with a number of every declared unit, each with a default."""

    def act(self: Any, _: View) -> dict[str, float]:
        return {LEVER: max(self.rate, self.n_price)}

    said = {
        "name": "floored", "strength": "rate", "source": "assumed", "effect": "prices carbon", "cannot": "say",
        "laws": ("none",), "levers": (LEVER,), "claims": (), "hardly": 1e-9, "act": act,
        "__doc__": "A price of carbon with a floor.",
    }  # fmt: skip
    every: list[tuple[str, type, Any]] = [
        (f"n{i}", float, quantity(unit, "of this unit", low=0, high=1e30, default=DATE if unit == "year" else DEFAULT))
        for i, unit in enumerate(UNITS)
    ]
    every += [
        ("rate", float, quantity("USD/tCO2", "a price", low=0, high=1e6, default=0.0)),
        ("n_price", float, quantity("USD/tCO2", "the lowest price", low=0, high=1e6, default=40)),
    ]
    made: Any = make_dataclass("Floored", every, bases=(Policy,), namespace=said, frozen=True, kw_only=True)
    return cast("type[Policy]", made)


@dataclass(frozen=True, kw_only=True)
class Growing:
    """The number of an own kind's that grows, to be declared within a test alone."""

    grown: float = quantity("%/yr", "growth of grants", low=-20, high=30, default=3.0)


def base_values(scenario: Scenario, table: str) -> dict[str, tuple[Any, Any, str]]:
    return {q.path: (q.base, q.value, q.unit) for q in scenario.quantities if q.path.startswith(f"{table}.")}


def same(without: Scenario, written: Scenario, table: str) -> None:
    """Read and shown alike."""
    assert base_values(without, table) == base_values(written, table)
    assert without.parts == written.parts


@pytest.mark.parametrize("name", sorted(policies()))
def test_the_default_of_a_shipped_policy_written_out_is_the_same(name: str) -> None:
    prefix, policy = f"policy.{name}.", policies()[name]
    every = {key: value for key, value in defaults(policy).items() if key not in OF_REVENUE}
    written = [f"{prefix}{key}={value!r}" for key, value in every.items()]
    assert written
    without = load(BASELINE, [*FEW, f"{prefix}{policy.strength}={policy.hardly!r}"], until=2013)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        both = load(BASELINE, [*FEW, *written, f"{prefix}{policy.strength}={policy.hardly!r}"], until=2013)
    same(without, both, prefix[:-1])


def test_the_default_of_a_shipped_kind_written_out_is_the_same() -> None:
    without = small(until=2013)
    for kind in without.kinds:
        for key, value in defaults(type(kind)).items():
            base = next(q for q in without.quantities if q.path == f"kind.{kind.id}.{key}")
            if base.note == "default of the simulator":
                assert base.base == value * factor(base.unit, base.unit)


def test_the_default_of_an_own_policy_is_in_its_declared_unit_whatever_that_is() -> None:
    own = own_policy()
    without = small("baseline", "policy.floored.rate=1", until=2014)
    for key, value in defaults(own).items():
        if key != "rate":
            written = small("baseline", "policy.floored.rate=1", f"policy.floored.{key}={value!r}", until=2014)
            same(without, written, "policy.floored")
    (policy,) = without.policies
    specs: dict[str, Spec] = {f.name: f.metadata["spec"] for f in fields(own)}
    for i, unit in enumerate(UNITS):
        assert getattr(policy, f"n{i}") == (DATE if unit == "year" else DEFAULT * factor(unit, unit)), unit
        assert specs[f"n{i}"].default == (DATE if unit == "year" else DEFAULT)
    assert policy.act(View(2013, 2012)) == {LEVER: 0.04}


def test_it_is_told_in_that_unit_and_written_down_so_that_it_can_be_read_again(say: Say, tmp_path: Path) -> None:
    own = own_policy()
    without = small("baseline", "policy.floored.rate=1", until=2014)
    number = without.numbers["policy.floored.n_price"]
    assert (number.base, number.value, number.unit) == (0.04, 40.0, "USD/tCO2")
    file = tmp_path / "again.toml"
    file.write_text(resolved_toml(without), encoding="utf-8")
    same(without, load(file), "policy.floored")
    (row,) = [line for line in say("policies", "floored").out.splitlines() if line.split()[:1] == ["n_price"]]
    assert row.split()[:3] == ["n_price", "USD/tCO2", "40.0"]
    assert {one.key: one.default for one in controls(own)}["n_price"] == 40.0


def test_the_default_of_an_own_kind_is_in_its_declared_unit(tmp_path: Path) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Centre(AcademicLab, Growing):
        rule, title = "centre", "Centre"

        def income_growth(self) -> float:
            return self.grown

    assert kinds()["centre"] is Centre
    file = tmp_path / "centre.toml"
    file.write_text(
        f'schema = 1\nextends = {str(BASELINE)!r}\ntitle = "T"\nquestion = "Q?"\n'
        '[kind.academic_lab]\nrule = "centre"\n',
        encoding="utf-8",
    )
    without, written = (load(file, [*FEW, *more], until=2013) for more in ((), ("kind.academic_lab.grown=3",)))
    grown = [next(kind for kind in world.kinds if kind.id == "academic_lab") for world in (without, written)]
    assert [kind.income_growth() for kind in grown] == [0.03, 0.03]
    assert without.parts == written.parts


def test_what_is_filed_by_python_is_what_the_command_line_makes(tmp_path: Path) -> None:
    own_policy()
    scenario = small("baseline", "policy.floored.rate=1", "policy.floored.start=2013", until=2014)
    found = sim.run(scenario, workers=1)
    found.report(tmp_path / "out")
    again = sim.run(tmp_path / "out" / "scenario.toml", replicates=2, workers=1)
    assert again.series["value"].equals(found.series["value"])
    assert found.values("policy_revenue")[0, -1] > 0
