"""Spending: desired, limited by means, reached at a bounded ramp."""

from sim.compiled import equation
from sim.mathematics import expm1


@equation
def contest_value(
    share: float, elasticity: float, market: float, margin: float, contest: float, weight: float
) -> float:
    """What a firm wants to spend on training [USD/yr]: the marginal value of accuracy in a contest for customers.

    weight * margin * theta * elasticity_i * s_i (1 - s_i) * M, with shares s_i proportional to error^-theta:
    the derivative of profit with respect to ln compute. ``market`` in USD/yr; the rest dimensionless.
    """
    return weight * margin * contest * elasticity * share * (1.0 - share) * market


@equation
def ramped(plan: float, desired: float, reach: float) -> float:
    """The plan [USD/yr] after some time: as close to ``desired`` as a factor of ``reach`` in that time allows."""
    return min(max(desired, plan / reach), plan * reach)


@equation
def closed(rate: float, years: float) -> float:
    """Part of a gap that is closed after ``years`` of approach at ``rate`` [1/yr]: 1 - exp(-rate years)."""
    return -expm1(-rate * years)


@equation
def approached(state: float, target: float, closed: float) -> float:
    """A state when a part ``closed`` of its gap to ``target`` is closed: exact for a constant target."""
    return state + (target - state) * closed
