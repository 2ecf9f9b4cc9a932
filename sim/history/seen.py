"""A world's past as records could show it: of every actor the largest run of each year, its error and its cost."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.compiled import prepare
from sim.economy.start import begin
from sim.economy.step import advance
from sim.rng import stream
from sim.scenario import Scenario


@dataclass(frozen=True)
class Past:
    """One replicate, by calendar year (y,) and actor (n,)."""

    scenario: Scenario
    replicate: int
    academic: Array  # (n,) 1 for labs, 0 for firms
    run: Array  # (y, n) FLOP of the year's largest run; 0 without one
    error: Array  # (y, n) best error of own training so far, at the year's end
    unit_cost: Array  # (y, n) USD/FLOP in full, at the year's end

    def year(self, year: int) -> int:
        """The row of a calendar year."""
        return year - self.scenario.time.start


def past(scenario: Scenario, replicate: int, last: int) -> Past:
    """Simulate one replicate from the scenario's start to the end of a calendar year."""
    prepare()
    world, years = begin(scenario, scenario.run.seed, replicate), last - scenario.time.start + 1
    n = world.groups.size
    run, error, cost = np.zeros((years, n)), np.ones((years, n)), np.zeros((years, n))
    for year in range(years):
        for _ in range(scenario.time.steps_per_year):
            world, step = advance(world)
            np.maximum(run[year], np.where(step.alive, step.run, 0.0), out=run[year])
        error[year], cost[year] = step.error, step.unit_cost
    academic = np.zeros(n)
    academic[world.groups.of("academia")] = 1.0
    return Past(scenario, replicate, academic, run, error, cost)


def luck(past: Past, purpose: str, year: int) -> np.random.Generator:
    """The stream of a replicate for one purpose of its records in one year: the same at all values of its numbers."""
    return stream(past.scenario.run.seed, past.replicate, f"records {purpose}", year)
