"""The table of the scaling law in a scenario."""

from dataclasses import dataclass

from sim.mechanisms.theories import THEORIES
from sim.quantity import choice, quantity

USUAL = next(iter(THEORIES))  # theory of a scenario that names none


@dataclass(frozen=True, kw_only=True)
class LawTable:
    """Which scaling law and theory of progress, and where the law is anchored. Numbers of law and theory stand in the
    same table."""

    benchmark: str = choice("task whose error is followed")
    profile: str = choice("published fit of the law for that benchmark")
    theory: str = choice("whom scale and better algorithms help", tuple(THEORIES), default=USUAL)
    start_error: float = quantity(
        "1", "error (or loss) that the law begins with, reached by start_compute", low=1e-4, high=20
    )
    start_compute: float = quantity("FLOP", "training compute of the run that the law begins with", low=1, high=1e30)
    fitted_growth: float = quantity(
        "1/yr", "growth of ln compute in the years the law was fitted on", low=0.01, high=10
    )
    fitted_progress: float = quantity(
        "1/yr",
        "growth of ln effective compute per FLOP by better algorithms, in the years the law was fitted on",
        low=0,
        high=5,
    )
