"""Spending: desired, limited by means, reached at a bounded ramp."""

import numpy as np

from sim.arrays import Array


def contest_value(
    share: Array, elasticity: Array, market: float, margin: float, contest: float, weight: float
) -> Array:
    """What a firm wants to spend on training [USD/yr]: the marginal value of accuracy in a contest for customers.

    weight * margin * theta * elasticity_i * s_i (1 - s_i) * M, with shares s_i proportional to error^-theta:
    the derivative of profit with respect to ln compute. ``market`` in USD/yr; the rest dimensionless.
    """
    return np.asarray(weight * margin * contest * elasticity * share * (1.0 - share) * market)


def ramped(plan: Array, desired: Array, ramp: Array, dt: float) -> Array:
    """The plan [USD/yr] after ``dt`` years: as close to ``desired`` as a yearly factor of ``ramp`` allows."""
    reach = np.exp(np.log(ramp) * dt)
    return np.clip(desired, plan / reach, plan * reach)


def approached(state: Array, target: Array, rate: float, years: float) -> Array:
    """A state after ``years`` of approach to ``target`` at ``rate`` [1/yr], exact for a constant target.

    ``state`` and ``target`` are (n,), or (regions, n).
    """
    return np.asarray(state + (target - state) * -np.expm1(-rate * years))
