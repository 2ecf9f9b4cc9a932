"""A world's path through its years, measured on the way. It depends on scenario, seed and number alone."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Generic, Self, TypeVar

from sim.economy.moment import share_trends
from sim.economy.observe import Window, seen
from sim.economy.start import begin
from sim.economy.step import advance
from sim.experiment.notes import Notes, ReplicateNotes
from sim.results.run import Replicate
from sim.scenario import Scenario
from sim.scenario.scenario import setting_apart

Noted = TypeVar("Noted", bound=Notes)


def simulate(
    scenario: Scenario,
    replicate: int,
    every_step: bool = False,
    actor_years: Collection[int] | None = None,
    measures: Sequence[str] | None = None,
) -> Replicate:
    """One replicate from start to end, measured by calendar year (and by step), as ``ReplicateNotes`` says."""
    path = WorldPath(scenario, replicate, ReplicateNotes(scenario, every_step, actor_years, measures))
    path.finish()
    return path.notes.replicate(replicate)


class WorldPath(Generic[Noted]):
    """A replicate's world part of the way through its years, and what was noted of it until then."""

    def __init__(self, scenario: Scenario, replicate: int, notes: Noted) -> None:
        self.scenario, self.notes = scenario, notes
        self.world, self.year = begin(scenario, scenario.run.seed, replicate), scenario.time.start

    def finish(self) -> None:
        """Simulate what is left of the scenario's years."""
        self.advance_to(self.scenario.time.end + 1)

    def advance_to(self, until: int) -> None:
        """Simulate up to the start of a calendar year."""
        while self.year < until:
            window: Window | None = None
            for _ in range(self.scenario.time.steps_per_year):
                window = self._one_step(window)
            if window:
                self.notes.of_year(self.year, self.world, seen(self.world, window))
            self.year += 1

    def _one_step(self, window: Window | None) -> Window | None:
        """A step, added to a window or to a new one in years that are measured; nothing holds it any longer while the
        next is simulated."""
        self.world, step = advance(self.world)
        self.notes.of_step(self.world, step)
        if self.year not in self.notes.years:
            return None
        if window is None:
            return Window(step)
        window.add(step)
        return window

    def fork(self, scenario: Scenario) -> Self:
        """Another path with the same past that goes on under a scenario that differs in its policies alone."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.scenario, other.world, other.notes = scenario, self.world.under(scenario), self.notes.under(scenario)
        share_trends(self.scenario, scenario)
        return other


Walked = TypeVar("Walked", bound=WorldPath[Any])


def side_by_side(scenarios: Sequence[Scenario], begun: Callable[[Scenario], Walked]) -> list[Walked]:
    """The whole paths of scenarios with one luck. Those that differ from the first in policies alone share its path
    until the first of these policies begins, so that path is simulated once."""
    if not scenarios:
        return []
    first, *others = scenarios
    partings = [(parting(first, other), i) for i, other in enumerate(others, start=1)]
    paths = {0: begun(first)}
    for year, i in sorted((year, i) for year, i in partings if year is not None):
        paths[0].advance_to(year)
        paths[i] = paths[0].fork(scenarios[i])
    for i, scenario in enumerate(scenarios):
        if i not in paths:
            paths[i] = begun(scenario)
        paths[i].finish()
    return [paths[i] for i in range(len(scenarios))]


def parting(first: Scenario, other: Scenario) -> int | None:
    """The calendar year in which two scenarios part that differ in policies alone; None where more differs."""
    if not first.is_same_world(other):
        return None
    starts = [policy.start for policy in setting_apart((first, other))]
    start, end = first.time.start, first.time.end + 1
    return int(min(max(min(starts, default=end), start), end))
