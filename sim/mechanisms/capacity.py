"""Capacity that follows demand at a bounded rate, and power that is connected at another."""

from math import inf
from typing import NamedTuple

from sim.compiled import loop
from sim.mathematics import expm1, log, log1p


class Response(NamedTuple):
    """How suppliers respond to demand."""

    trend: float  # growth of capacity at demand that fills it [1/yr]
    response: float  # growth of ln capacity per ln of demand beyond that [1/yr]
    utilisation: float  # share of capacity that demand at cost is to fill
    slowest: float  # growth of ln capacity [1/yr]
    fastest: float


def connected(capacity: float, before: float, after: float, added: float) -> float:
    """Compute [FLOP/yr] that power drives: what ``capacity`` draws, and ``added`` [kWh/yr].

    A kWh does ``before`` FLOP while capacity is drawing it, and ``after`` FLOP later.
    """
    return (capacity / before + added) * after


@loop
def growth(capacity: float, demand: float, suppliers: Response, years: float) -> float:
    """Growth of ln capacity over ``years``.

    d ln K / d t = clip(ln(1 + trend) + response * ln(demand / (utilisation * K)), slowest, fastest): suppliers go on
    as they did and build more where demand at cost exceeds what they have. ``capacity`` and ``demand`` (at no rent)
    [FLOP/yr]. The gap closes exponentially.
    """
    gap = log(demand / (suppliers.utilisation * capacity)) if demand > 0.0 else -inf
    closed = -expm1(-suppliers.response * years) / years * gap if suppliers.response > 0.0 else 0.0
    return min(max(log1p(suppliers.trend) + closed, suppliers.slowest), suppliers.fastest) * years
