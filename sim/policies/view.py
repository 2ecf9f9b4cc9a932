"""The read-only world that a policy sees."""

from collections.abc import Callable
from math import nan

from sim.errors import InputError
from sim.records import record


@record
class Before:
    """The calendar year before a policy began, of those it applies to."""

    emissions: float  # kgCO2e operational
    compute: float  # FLOP in its scope


def _nothing() -> Before:
    fix = "give one: View(time, run_start, lambda: Before(emissions, compute))"
    raise InputError(
        "this view knows nothing of the year before", key="view.before", allowed="a view of a world", fix=fix
    )


@record
class View:
    """What a policy may know when it acts: the calendar, evaluated at mid-step, when the run began [year], how many
    steps a year has, how many actors of the kinds it applies to take part now, and what the hardware of a FLOP costs a
    large buyer [USD/FLOP], without any rent; and how things were ``before`` it, which is worked out where it is asked
    for."""

    time: float
    run_start: float
    look_back: Callable[[], Before] = _nothing
    steps_per_year: int = 1
    served: int = 0
    hardware_price: float = nan

    @property
    def before(self) -> Before:
        """The calendar year before the policy began. Raises InputError where that is not simulated."""
        return self.look_back()
