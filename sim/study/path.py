"""The worlds of a study as they go through their years: only what is asked for is measured, and a past that worlds have
in common is simulated once."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from sim.arrays import Array
from sim.economy.moment import share
from sim.economy.observe import Window, seen
from sim.economy.start import begin
from sim.economy.step import advance
from sim.errors import InputError
from sim.experiment.compare import parting
from sim.measures import Measure
from sim.scenario import Scenario


class Path:
    """A world part of the way through its years, and these measures of it in these calendar years."""

    def __init__(self, scenario: Scenario, replicate: int, measures: Sequence[Measure], years: Collection[int]) -> None:
        self.measures, self.years = measures, years
        self.world, self.year = begin(scenario, scenario.run.seed, replicate), scenario.time.start
        self.steps, self.found = scenario.time.steps_per_year, list[list[float]]()

    def advance_to(self, until: int) -> None:
        """Simulate up to the start of a calendar year."""
        for year in range(self.year, until):
            window: Window | None = None
            for _ in range(self.steps):
                self.world, step = advance(self.world)
                if year not in self.years:
                    continue
                if window:
                    window.add(step)
                else:
                    window = Window(step)
            if window:
                period = seen(self.world, window)
                self.found.append([measure(period) for measure in self.measures])
            self.year = year + 1

    def fork(self, scenario: Scenario) -> "Path":
        """Another path with the same past that goes on under a scenario that differs in its policies alone."""
        other = Path.__new__(Path)
        other.__dict__.update(self.__dict__)
        other.world, other.found = self.world.under(scenario), list(self.found)
        share(self.world.scenario, scenario)
        return other

    @property
    def values(self) -> Array:
        """What was measured, by (year, measure)."""
        return np.array(self.found).reshape(len(self.found), len(self.measures))


def side_by_side(scenarios: Sequence[Scenario], start: Callable[[Scenario], Path]) -> list[Path | None]:
    """The whole paths of scenarios with one luck. Those that differ from the first in policies alone share its path
    until the first of these policies begins. None stands for a world that comes to a market that cannot be cleared."""
    if not scenarios:
        return []
    first, *others = scenarios
    partings = [(parting(first, other), i) for i, other in enumerate(others, start=1)]
    paths: dict[int, Path | None] = {0: start(first)}
    for year, i in sorted((year, i) for year, i in partings if year is not None):
        shared = paths[0] = _at(paths[0], year)
        paths[i] = shared and shared.fork(scenarios[i])
    for i, scenario in enumerate(scenarios):
        if i not in paths:
            paths[i] = start(scenario)
        paths[i] = _at(paths[i], scenario.time.end + 1)
    return [paths[i] for i in range(len(scenarios))]


def _at(path: Path | None, year: int) -> Path | None:
    """A path at the start of a calendar year; None where its world does not get there."""
    try:
        if path is not None:
            path.advance_to(year)
        return path
    except InputError:
        return None
