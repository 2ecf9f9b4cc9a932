"""The hard range of a number, in its declared unit."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sim.errors import InputError
from sim.quantity import Spec
from sim.scenario.moments import USUAL_STEPS, beginnings, moment_fix
from sim.scenario.slips import beside_list, in_table

SMALLEST = 1e-18  # of declared units: what is nearer to zero is meant to be zero, and dividing by it leads nowhere
CENTS = 100.0  # of a dollar or a euro, and the most of them that a kWh may be meant to cost
HOUR = "/kWh"
MOST = 2000.0  # of any money, that a MWh may be meant to cost


@contextmanager
def unit_meant(spec: Spec, given: dict[str, Any], *, listed: bool = False) -> Iterator[None]:
    """Says in a refusal in which unit a number out of range is within it: a price that was typed for a kWh and is one
    of a MWh, or in cents; grams that were typed as kilograms. ``given`` is the entry as it was typed, whose value may
    be one of several that are ``listed``."""
    try:
        yield
    except InputError as error:
        unit, value, year = given.get("unit", spec.unit), given["value"], given.get("year")
        if (
            error.problem == "out of range"
            and spec.unit == "USD/kWh"
            and str(unit).endswith(HOUR)
            and 0 < value <= MOST
        ):
            of_whole, few = unit.replace(HOUR, "/MWh"), value <= CENTS
            whole, cents = in_table(f"{value:.15g}", of_whole, year), in_table(f"{value / CENTS:.15g}", unit, year)
            error.fix = f"an amount per MWh is written {whole}" + f", and cents {cents}" * few
            if listed:
                by_hand = "divide amounts per MWh by 1000" + " and cents by 100" * few
                error.fix = f"{by_hand}, or write {beside_list(of_whole)}"
        elif error.problem == "out of range":
            usual = _in_usual_unit(spec, str(unit))
            if usual != unit and spec.low <= value <= spec.high:
                right = beside_list(usual, year) if listed else in_table(f"{value:.15g}", usual, year)
                error.fix = f"write {right}, if that is its unit; it means: {spec.doc}"
        raise


def _in_usual_unit(spec: Spec, unit: str) -> str:
    """The declared unit, in the money of a unit that is typed."""
    money = re.match(r"[kMBGT]?([A-Z]{3})(?=/|$)", unit)
    return re.sub("^USD", money[1], spec.unit) if money else spec.unit


def check_range(spec: Spec, value: float, found: Any, **where: Any) -> None:
    """Refuse NaN, what lies outside the hard range, and what is all but zero, in the declared unit. ``found`` is as
    written."""
    if value != value or not spec.low <= value <= spec.high:
        problem = "not a number" if value != value else "out of range"
        needless = spec.unlimited is not None and spec.unit != "year"  # without a date it holds from the first step on
        fix = f"choose a {'year' if spec.unit == 'year' else 'value'} within the allowed range"
        if spec.unit == "year" and beginnings(f"{value:.15g}", USUAL_STEPS):  # 20280101
            fix = f"write {moment_fix(f'{value:.15g}', USUAL_STEPS)}"
        fix += ", or leave it out" if needless else ""
        if needless and 0 <= value < spec.low:
            fix = f"to let through next to nothing write {spec.low:g}, the least that may stand there"
        fix += f"; it means: {spec.doc}"
        raise InputError(problem, found=found, allowed=spec.allowed, fix=fix, **where)
    if 0 < abs(value) < SMALLEST:
        allowed, fix = f"0, or at least {SMALLEST:g} away from it", f"write 0; it means: {spec.doc}"
        raise InputError("too near to zero", found=found, allowed=allowed, fix=fix, **where)
