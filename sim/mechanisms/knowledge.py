"""Knowledge: ln of effective compute per FLOP, public and each actor's own, and how it is made, learnt and lost."""

from sim.compiled import equation
from sim.mathematics import exp, log1p, power


@equation
def progress(rate: float, effort: float, returns: float) -> float:
    """Growth of knowledge [1/yr] at no knowledge, by ``effort``: research over research at the start.

    rate * effort^returns; nobody's research makes no progress. Source: Jones 1995, R&D-based models of growth.
    """
    made = rate * power(effort, returns)
    return made if effort > 0.0 else 0.0


@equation
def hindered(growth: float, at: float, fishing_out: float) -> float:
    """Growth of knowledge [1/yr] at level ``at``, from that at none: growth * exp(-fishing_out * at)."""
    return growth * exp(-fishing_out * at)


@equation
def created(growth: float, at: float, fishing_out: float, years: float) -> float:
    """Knowledge made in ``years`` from level ``at``, exact for d k / d t = growth * exp(-fishing_out * k)."""
    return log1p(fishing_out * hindered(growth, at, fishing_out) * years) / fishing_out


@equation
def caught_up(own: float, known: float, closed: float) -> float:
    """Own knowledge after learning from what others know, when a part ``closed`` of gaps closes (see
    ``planning.closed``): none is overshot."""
    return own + max(known - own, 0.0) * closed


@equation
def leaked(own: float, public: float, closed: float) -> float:
    """Change of own knowledge as a part ``closed`` of leads over what is public is lost."""
    return -max(own - public, 0.0) * closed
