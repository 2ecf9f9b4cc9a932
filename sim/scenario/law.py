"""The table of the scaling law in a scenario."""

from dataclasses import dataclass
from math import inf, isfinite

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
    known_error: float = quantity(
        "1",
        "error (or loss) of a published run that the law goes through; not given: start_error at start_compute",
        low=1e-4,
        high=20,
        default=inf,
    )
    known_compute: float = quantity(
        "FLOP", "training compute of the run with known_error", low=1, high=1e30, default=inf
    )
    known_year: float = quantity(
        "year", "when the run with known_error was published, and with the methods of when it was trained",
        low=1950, high=2200, default=inf,
    )  # fmt: skip
    fitted_growth: float = quantity(
        "1/yr", "growth of ln compute in the years the law was fitted on", low=0.01, high=10
    )
    fitted_progress: float = quantity(
        "1/yr",
        "growth of ln effective compute per FLOP by better algorithms, in the years the law was fitted on",
        low=0,
        high=5,
    )

    @property
    def goes_through_known(self) -> bool:
        """Whether a published run sets the law's level."""
        return all(map(isfinite, (self.known_error, self.known_compute, self.known_year)))

    @property
    def anchor(self) -> tuple[str, float]:
        """Key and value of the error that the law goes through."""
        return ("known_error", self.known_error) if self.goes_through_known else ("start_error", self.start_error)
