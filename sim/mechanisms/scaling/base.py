"""A scaling law: the error that compute can reach, and the compute that an error takes."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from sim.arrays import Array
from sim.errors import BrokenCode
from sim.mathematics import exp, log
from sim.owncode import place_of
from sim.quantity import quantity
from sim.registry import UNLISTED

LN10 = float(log(10.0))
LN_LEAST = -690.0  # ln of the least (reducible) error told from none, so that what divides by errors stays a number
LN_GIGA = 9 * LN10  # the published laws are written in Gflop


@dataclass(frozen=True, kw_only=True)
class Law(ABC):
    """One error (or loss) as a function of training compute, within the range its source has data for.

    Subclasses state ``form``, ``formula``, ``ln_compute_for``, ``error_at`` and ``elasticity_at``; the rest follows.
    Errors lie above ``lowest`` and at most at ``highest``: rates in (0, 1] unless the law says otherwise.
    """

    form: ClassVar[str]
    formula: ClassVar[str]
    unit: ClassVar[str] = "fraction"
    steepness: ClassVar[str] = ""  # the number, if there is one, by which a lower error takes more compute
    order: ClassVar[int] = UNLISTED  # place in the list of laws
    best_error: float = quantity("1", "lowest error the source has data for", low=0, high=20)
    worst_error: float = quantity("1", "highest error the source has data for", low=0, high=20)

    @property
    def lowest(self) -> float:
        """The error that no compute reaches."""
        return 0.0

    @property
    def highest(self) -> float:
        """The error of a model that has learnt nothing."""
        return 1.0

    @abstractmethod
    def error_at(self, ln_compute: Array) -> Array:
        """Error reached by a run of ``exp(ln_compute)`` FLOP; ``highest`` where the law would exceed it."""

    @abstractmethod
    def ln_compute_for(self, error: Array) -> Array:
        """ln of the FLOP that reach the error; infinite at ``lowest`` and below."""

    @abstractmethod
    def elasticity_at(self, error: Array) -> Array:
        """-d ln error / d ln compute at an error (dimensionless)."""

    def error(self, compute: float) -> float:
        """Error of a run of ``compute`` FLOP.

        Raises ValueError outside the domain: a run so small that the law gives an error above ``highest``.
        """
        smallest = self.compute_for(self.highest)
        if not compute >= smallest * (1 - 1e-12):
            raise ValueError(f"{compute:g} FLOP lies below this law's domain, which begins at {smallest:.3g} FLOP")
        return float(self.error_at(np.asarray(log(float(compute)))))

    def compute_for(self, error: float) -> float:
        """FLOP that reach the error; infinity when beyond floating point.

        Raises ValueError outside the domain: above ``highest``, or at ``lowest`` and below, where no run gets.
        """
        if not self.lowest < error <= self.highest:
            span = f"above {self.lowest:g} and at most {self.highest:g}"
            raise ValueError(f"under this law an error ({self.unit}) lies {span}; {error:g} does not")
        ln_compute = float(self.ln_compute_for(np.asarray(error)))
        return float(exp(ln_compute)) if ln_compute < 709 else inf

    def elasticity(self, compute: float) -> float:
        """-d ln error / d ln compute at ``compute`` FLOP (dimensionless). Same domain as ``error``."""
        return float(self.elasticity_at(np.asarray(self.error(compute))))


def ln_above(error: Array, floor: float) -> Array:
    """ln of what an error has above a floor; minus infinity at the floor and below."""
    return np.asarray(log(np.maximum(error - floor, 0.0)))


def told_by(law: Law, method: str, given: Array, found: Array) -> Array:
    """What a law's method says of what it is ``given``. Raises BrokenCode where that is nan."""
    wrong = np.isnan(found)
    if wrong.any() and not np.isnan(given)[wrong].all():
        at, place = given[wrong & ~np.isnan(given)].flat[0], place_of(getattr(type(law), method))
        problem, fix = f"`{method}` of the law {law.form} gave what is no number", f"mend `{method}`"
        where: dict[str, Any] = {"file": place and place.file, "key": place.key if place else law.form}
        raise BrokenCode(problem, found=f"nan at {at:g}", allowed="a number for each", fix=fix, **where)
    return found
