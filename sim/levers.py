"""Everything a policy may pull: unit, neutral value, how several pulls combine, and along which axes it acts.

A policy that needs a new lever adds one entry to LEVERS, one field to Levers, and one use in the world's step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TREASURY, EQUAL_DIVIDEND = "treasury", "equal_dividend"
ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH = "academic_compute", "efficiency_research"
REVENUE_USES = (TREASURY, EQUAL_DIVIDEND, ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH)


@dataclass(frozen=True)
class Lever:
    """One lever. ``axes`` names what it may differ by: revenue use, kind of actor, region."""

    unit: str
    neutral: float
    low: float
    high: float
    combine: Callable[[Any, Any], Any]
    axes: tuple[str, ...]
    doc: str


LEVERS = {
    "carbon_price": Lever(
        "USD/kgCO2e",
        0.0,
        0.0,
        inf,
        np.add,
        ("use", "kind", "region"),
        "paid per kg emitted, by where its revenue goes",
    ),
    "carbon_budget": Lever("kgCO2e/yr", inf, 0.0, inf, np.minimum, ("kind",), "the most one actor may emit in a year"),
}


@dataclass(frozen=True)
class Target:
    """Where a pull lands: positions along each axis."""

    use: int
    kinds: tuple[int, ...]
    regions: tuple[int, ...]


@dataclass(frozen=True)
class Levers:
    """All levers in force during one step, each an array over its axes."""

    carbon_price: Array  # (uses, kinds, regions) USD/kgCO2e
    carbon_budget: Array  # (kinds,) kgCO2e/yr for one actor


def combined(pulls: list[tuple[dict[str, float], Target]], kinds: int, regions: int) -> Levers:
    """The levers in force, from each policy's pull and target, in the order given.

    Raises ValueError when a policy pulls a lever beyond its range.
    """
    sizes = {"use": len(REVENUE_USES), "kind": kinds, "region": regions}
    state = {name: np.full([sizes[axis] for axis in lever.axes], lever.neutral) for name, lever in LEVERS.items()}
    for pull, target in pulls:
        positions = {"use": (target.use,), "kind": target.kinds, "region": target.regions}
        for name, value in pull.items():
            lever = LEVERS[name]
            if not lever.low <= value <= lever.high:
                raise ValueError(f"lever {name} cannot stand at {value:g} {lever.unit}")
            at = np.ix_(*[positions[axis] for axis in lever.axes])
            state[name][at] = lever.combine(state[name][at], value)
    return Levers(**state)
