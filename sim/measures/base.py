"""How a measure is declared: once, with unit, meaning, direction, and how idle actors are treated."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.economy.observe import Period
from sim.mechanisms.scaling import Law

DECLARED: list["Measure"] = []
UNLISTED = 100  # order of measures that the short table leaves out
ERROR_UNIT = "error"  # stands for the unit of the scenario's law: a fraction, or nats under a law of loss


@dataclass(frozen=True)
class Measure:
    """One declared measure. ``over`` says whether it covers a year or holds at its end."""

    id: str
    label: str
    unit: str
    meaning: str
    better: str  # "lower", "higher" or "neither"
    over: str  # "year": a sum, mean or maximum over the year; "year-end": the state at its end
    idle: str  # how actors without a run are treated
    function: Callable[[Period], float]
    flag: Callable[[Period], bool] | None = None
    logs: bool = False  # positive and spread over powers of ten: averaged in logarithms
    order: int = UNLISTED  # place among those of the short table; the others come after them

    @property
    def home(self) -> str:
        """Name of the module that declares it."""
        return str(getattr(self.function, "func", self.function).__module__)

    @property
    def headline(self) -> bool:
        """Whether it stands in the short table of a run; all measures stand in its files."""
        return self.order < UNLISTED

    def unit_under(self, law: Law) -> str:
        """The unit of the values in a world with this law."""
        return law.unit if self.unit == ERROR_UNIT else self.unit

    def __call__(self, period: Period) -> float:
        """The value over a window; NaN where none exists."""
        return self.function(period)


def measure(
    id: str,
    label: str,
    unit: str,
    meaning: str,
    *,
    order: int = UNLISTED,
    better: str = "neither",
    over: str = "year",
    idle: str = "counted with nothing",
    flag: Callable[[Period], bool] | None = None,
    logs: bool = False,
) -> Callable[[Callable[[Period], float]], Callable[[Period], float]]:
    """Declare the decorated function as a measure. ``flag`` marks values that are only a lower bound, ``logs`` those
    that are positive and spread over powers of ten: differences between worlds are averaged in logarithms."""

    def declare(function: Callable[[Period], float]) -> Callable[[Period], float]:
        DECLARED.append(Measure(id, label, unit, meaning, better, over, idle, function, flag, logs, order))
        return function

    return declare
