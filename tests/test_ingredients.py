"""What a compiled function is made of: whatever it can read makes it another when it changes."""

from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest

from sim.compiled import equation
from sim.ingredients import ingredients, own_parts
from sim.mechanisms import product

POWER, PAIR, WEIGHTS = 2.0, (1.0, 2.0), np.array([1.0, 2.0])
LIST, TABLE, SET = [1.0, 2.0], {"first": 1.0}, {1.0, 2.0}


class Given(NamedTuple):
    first: float


@equation
def least(value: float) -> float:
    return value + POWER


def raised(value: float, given: Given) -> float:
    known = PAIR[0] + WEIGHTS[1] + LIST[0] + TABLE["first"] + len(SET)
    return float(least(value) + product.WEIGHT + given.first + known)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("POWER", 3.0),  # a number that what it calls names
        ("PAIR", (1.0, 3.0)),
        ("WEIGHTS", np.array([1.0, 3.0])),
        ("least", equation(lambda value: value - 1.0)),
        ("product", ModuleType("sim.other")),
        ("Given", NamedTuple("Given", [("second", float)])),
        ("LIST", [1.0, 3.0]),
        ("TABLE", {"first": 2.0}),
        ("SET", {1.0, 3.0}),
        ("unused", 1.0),  # the only one that changes nothing
    ],
)
def test_a_function_is_made_of_what_it_calls_and_names(
    name: str, other: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a compiled function can read makes it another when it changes."""

    def made_of(function: Callable[..., object]) -> frozenset[str]:
        own_parts.cache_clear()
        return ingredients(function)

    monkeypatch.setitem(globals(), "product", ModuleType("sim.these"))
    monkeypatch.setattr(globals()["product"], "WEIGHT", 1.0, raising=False)
    before = made_of(raised)
    assert made_of(raised) == before
    if isinstance(other, ModuleType):
        vars(other)["WEIGHT"] = 2.0
    monkeypatch.setitem(globals(), name, other)
    if name == "Given":
        monkeypatch.setitem(raised.__annotations__, "given", other)
    assert (made_of(raised) != before) is (name != "unused")


def times(factor: float) -> Callable[[float], float]:
    def scaled(value: float, *, plus: float = factor) -> float:
        return value * factor + plus

    return scaled


def test_functions_of_one_text_are_told_apart_by_what_they_hold() -> None:
    """What they name of the function that made them, and what they are given where nobody says."""
    first, second = times(2.0), times(3.0)
    assert ingredients(first) == ingredients(times(2.0)) != ingredients(second)
    second.__kwdefaults__["plus"] = 2.0
    assert ingredients(first) != ingredients(second)
    other = times(2.0)
    other.__kwdefaults__["plus"] = 3.0
    assert ingredients(first) != ingredients(other)


def test_modules_of_other_people_are_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("theirs")
    module.WEIGHT = 1.0  # type: ignore[attr-defined]
    monkeypatch.setitem(globals(), "product", module)
    own_parts.cache_clear()
    before = ingredients(raised)
    module.WEIGHT = 2.0  # type: ignore[attr-defined]
    own_parts.cache_clear()
    assert ingredients(raised) != before
