"""Capacity that follows demand at a bounded rate."""

from math import expm1, inf, log


def growth(
    capacity: float, demand: float, trend: float, response: float, utilisation: float,
    slowest: float, fastest: float, years: float,
) -> float:  # fmt: skip
    """Growth of ln capacity over ``years``.

    d ln K / d t = clip(ln(1 + trend) + response * ln(demand / (utilisation * K)), slowest, fastest): suppliers go on
    as they did and build more where demand at cost exceeds what they have. ``capacity`` and ``demand`` (at no rent)
    [FLOP/yr]; ``trend``, ``response``, ``slowest``, ``fastest`` [1/yr]. The gap closes exponentially.
    """
    gap = log(demand / (utilisation * capacity)) if demand > 0 else -inf
    closed = -expm1(-response * years) / years * gap if response > 0 else 0.0
    return min(max(log(1.0 + trend) + closed, slowest), fastest) * years
