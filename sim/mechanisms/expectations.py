"""What is expected of the market for AI products: growth as it was goes on for some years.

Expectations are adaptive (Cagan 1956, "The monetary dynamics of hyperinflation"; Nerlove 1958, QJE 72:227): they follow
what happened, at a rate, and never leave bounds.
"""

from sim.compiled import equation
from sim.mathematics import expm1, log
from sim.mechanisms.planning import approached


@equation
def expected(growth: float, before: float, now: float, years: float, closed: float, most: float) -> float:
    """Growth of the market that is expected [1/yr], ``years`` later.

    It closes a part ``closed`` of its gap to the growth from ``before`` to ``now`` [USD/yr], which nobody takes for
    more than ``most`` [1/yr], up or down.
    """
    seen = log(now / before) / years if before > 0.0 and now > 0.0 else 0.0
    return approached(growth, min(max(seen, -most), most), closed)


@equation
def ahead(growth: float, horizon: float) -> float:
    """Mean of the market over the ``horizon`` [yr] to come, over what it is now: (exp(g h) - 1) / (g h)."""
    gained = growth * horizon
    return expm1(gained) / gained if gained != 0.0 else 1.0
