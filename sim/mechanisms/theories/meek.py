"""Diminishing returns let small budgets catch up: what counts is a loss of which a part stays for all.

Source: Gundlach, Lynch, Thompson 2025, "Meek Models Shall Inherit the Earth", arXiv 2507.07931: the loss of the best
model of a budget is L(C) = A C^-alpha + L_0, so that losses of a fixed and of a growing budget approach each other
while hardware and algorithms improve for both.
"""

from dataclasses import dataclass

from sim.compiled import equation
from sim.mathematics import exp, log1p
from sim.mechanisms.theories.base import Terms, Theory
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Meek(Theory):
    """Customers, investors and sponsors go by e + L_0: the error is the part of the loss that compute removes."""

    name = "meek"
    says = "diminishing returns close the gap in what counts"
    order = 2
    remaining: float = quantity(
        "1", "L_0: loss beside the error that no compute removes, over the error of the start", low=0, high=1000
    )

    @property
    def terms(self) -> Terms:
        return Terms(remaining=self.remaining)


@equation
def ln_counted(ln_error: float, remaining: float) -> float:
    """ln of the loss that counts, ln(e + L_0), from ln e and L_0 ``remaining``; ln e where nothing remains."""
    if remaining == 0.0:
        return ln_error
    return ln_error + log1p(remaining * exp(-ln_error))


@equation
def part_removable(error: float, remaining: float) -> float:
    """-d ln(e + L_0) over -d ln e: e / (e + L_0), the part of the loss that compute can still remove."""
    return error / (error + remaining)
