"""What a scenario says of an entry that is varied: its unit, what it is there, and what it means."""

from typing import Any

from sim.quantity import Quantity, Series, Spec
from sim.scenario import Scenario
from sim.scenario.money import in_base, in_unit_typed
from sim.scenario.series import in_unit_of
from sim.scenario.slips import amount_of
from sim.study.axes import Axis, typed_unit, varied


def unit_of(axis: Axis, scenario: Scenario) -> str:
    """The unit that an axis's numbers are in; nothing for texts and plain numbers."""
    first = axis.ends[0]
    if isinstance(first, dict) and "unit" in first:
        return typed_unit(first)
    unit = next((number.unit for number in _numbers(axis, scenario)), "")
    return "" if unit == "1" else f"{unit}{typed_unit(first)}"


def base_of(axis: Axis, scenario: Scenario, unit: str) -> Any:
    """What the scenario itself says of an axis's entry, in the ``unit_of`` the axis; None where it says nothing."""
    now = next((q for q in scenario.quantities if q.path == axis.path), None)
    if now is None:
        table, _, key = axis.path.rpartition(".")
        return scenario.tables.get(table, {}).get(key)
    if isinstance(axis.ends[0], bool):
        return now.value == "on"  # as it is recorded
    typed = amount_of(unit or "1")
    if typed == {"unit": now.unit} or not isinstance(now.base, float | Series):
        return now.value
    of = Spec(now.unit, now.doc)
    if isinstance(now.base, Series):
        return in_unit_of(now.base, in_base(typed["unit"], typed.get("year"), of), now.basis != "choice")
    return float(f"{in_unit_typed(now.base, typed['unit'], typed.get('year'), of):.12g}")


def meaning_of(axis: Axis, scenario: Scenario) -> str:
    """What an axis's entry means; nothing where that is not declared."""
    return next((number.doc for number in _numbers(axis, scenario)), "")


def in_whole_numbers(axis: Axis, scenario: Scenario) -> bool:
    """Whether an axis's entry takes whole numbers alone."""
    return axis.whole or any(isinstance(number.base, int) for number in _numbers(axis, scenario))


def _numbers(axis: Axis, scenario: Scenario) -> list[Quantity]:
    """What a scenario with the first value of an axis records of its entry: one quantity, or none."""
    return [number for number in varied(scenario, axis, axis.ends[0]).quantities if number.path == axis.path]
