"""One world on draws of luck and assumptions, by itself: longer, or in other tasks, than a comparison looks."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.experiment.draws import on_draw
from sim.experiment.path import simulate
from sim.experiment.pool import Progress, gathered
from sim.experiment.run import planned
from sim.measures import registry
from sim.results import Run
from sim.scenario import Scenario
from sim.scenario.variants import with_values


class WorldYears(NamedTuple):
    """Measures of one world by year, by id, and the first year."""

    values: dict[str, Array]
    first: int

    def at(self, id: str, year: int) -> float:
        """A measure's value in a calendar year; NaN where it has none."""
        return float(self.values[id][year - self.first])

    def falls_to(self, id: str, level: float) -> int | None:
        """The first year in which a measure is at or below a level."""
        there = np.flatnonzero(self.values[id] <= level)
        return self.first + int(there[0]) if there.size else None


class DrawnWorld(NamedTuple):
    """A world with numbers drawn anew, and what happened in it."""

    world: Scenario
    years: WorldYears


def _drawn(scenario: Scenario, number: int) -> tuple[int, dict[str, float], Array]:
    """The values of a draw, and all measures by year."""
    values, _, yearly = on_draw(
        [scenario], scenario.run.seed, number, lambda worlds: simulate(worlds[0], number, actor_years=()).yearly
    )
    return number, values, yearly


def drawn(scenario: Scenario, bar: Progress[Any] | None = None) -> list[DrawnWorld]:
    """As many draws of a scenario as it has replicates. Raises KeyboardInterrupt where they are cut short."""
    wanted = scenario.run.replicates
    made, interrupted = gathered(partial(_drawn, scenario), range(wanted), planned(scenario).workers, bar)
    if interrupted:
        raise KeyboardInterrupt
    return [
        DrawnWorld(with_values(scenario, values), of_world(scenario, yearly))
        for _, values, yearly in sorted(made, key=lambda one: one[0])
    ]


def of_world(scenario: Scenario, yearly: Array) -> WorldYears:
    """Measures by year (years, measures) by their ids."""
    ids = registry(*scenario.reported_on)
    return WorldYears(dict(zip(ids, yearly.T, strict=True)), scenario.time.start)


def replicates_of(run: Run) -> list[WorldYears]:
    """Each replicate of a run."""
    return [of_world(run.scenario, one.yearly) for one in run.replicates]


def middle_of(every: Sequence[WorldYears]) -> WorldYears:
    """Medians over replicates, by year."""
    return WorldYears(
        {id: np.median([one.values[id] for one in every], axis=0) for id in every[0].values}, every[0].first
    )
