"""Spending: desired, limited by means, reached at a bounded ramp."""

from math import inf, sqrt

from sim.compiled import equation
from sim.mathematics import expm1


@equation
def contest_value(
    share: float, elasticity: float, market: float, margin: float, contest: float, weight: float
) -> float:
    """What a firm wants to spend on training and research together [USD/yr]: the marginal value of accuracy in a
    contest for customers.

    weight * margin * theta * elasticity_i * s_i (1 - s_i) * M, with shares s_i proportional to error^-theta:
    the derivative of profit with respect to ln compute. That would be the best sum for training alone; it is taken as
    the budget of both, which is a rule and no optimum. ``market`` in USD/yr; the rest dimensionless.
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


@equation
def enough(compute: float, price: float, rent: float, reserved: float, serving: float) -> float:
    """Money [USD/yr] that buys ``compute`` for training [FLOP/yr] beside ``serving`` [USD/yr], at ``price`` [USD/FLOP].

    The price holds ``rent``, which the first ``reserved`` of all that is bought [FLOP/yr] does not bear; training has
    the part of these that it has of the money. So T = price compute - rent reserved T / (T + serving): this is its
    positive root, and never less than the compute costs without rent.
    """
    whole, saved = price * compute, rent * reserved
    if saved == 0.0 or whole == inf:
        return whole
    half = 0.5 * (serving + saved - whole)
    root = sqrt(half * half + whole * serving)
    money = whole * serving / (root + half) if half > 0.0 else root - half
    return max(money, (price - rent) * compute)


@equation
def at_full_price(money: float, price: float, rent: float, reserved: float) -> float:
    """Money [USD/yr] that would buy as much at the full ``price`` [USD/FLOP] as ``money`` does where the first
    ``reserved`` FLOP/yr do not bear the ``rent`` that the price holds."""
    if reserved == 0.0:
        return money
    return min(money + rent * reserved, money * price / (price - rent))
