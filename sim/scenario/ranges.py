"""The hard range of a number, in its declared unit."""

from typing import Any

from sim.errors import InputError
from sim.quantity import Spec

SMALLEST = 1e-18  # of declared units: what is nearer to zero is meant to be zero, and dividing by it leads nowhere


def check_range(spec: Spec, value: float, found: Any, **where: Any) -> None:
    """Refuse NaN, what lies outside the hard range, and what is all but zero, in the declared unit. ``found`` is as
    written."""
    if value != value or not spec.low <= value <= spec.high:
        problem = "not a number" if value != value else "out of range"
        needless = spec.unlimited is not None and spec.unit != "year"  # without a date it holds from the first step on
        fix = f"choose a {'year' if spec.unit == 'year' else 'value'} within the allowed range"
        fix += ", or leave it out" if needless else ""
        fix += f"; it means: {spec.doc}"
        raise InputError(problem, found=found, allowed=spec.allowed, fix=fix, **where)
    if 0 < abs(value) < SMALLEST:
        allowed, fix = f"0, or at least {SMALLEST:g} away from it", f"write 0; it means: {spec.doc}"
        raise InputError("too near to zero", found=found, allowed=allowed, fix=fix, **where)
