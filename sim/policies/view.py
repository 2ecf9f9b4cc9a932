"""The read-only world that a policy sees."""

from sim.records import record


@record
class Before:
    """The calendar year before a policy began, of those it applies to."""

    emissions: float  # kgCO2e operational
    compute: float  # FLOP in its scope


@record
class View:
    """What a policy may know when it acts: the calendar, evaluated at mid-step, when the run began [year], how things
    were before the policy, how many steps a year has, and how many of those it applies to take part now."""

    time: float
    run_start: float
    before: Before = Before(0.0, 0.0)
    steps_per_year: int = 1
    served: int = 0
