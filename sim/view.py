"""The read-only world that a policy sees."""

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """What a policy may know when it acts: the calendar, evaluated at mid-step, and when the run began [year]."""

    time: float
    run_start: float
