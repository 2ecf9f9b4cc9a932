"""A world's past as records could show it: of every actor the largest run of each year, its error and its cost."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.compiled import prepare
from sim.economy.observe import Step
from sim.economy.state import World
from sim.experiment.notes import AskedNotes
from sim.experiment.path import WorldPath
from sim.rng import brief_stream
from sim.scenario import Scenario


@dataclass(frozen=True)
class ShownPast:
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


def past(scenario: Scenario, replicate: int, last: int) -> ShownPast:
    """Simulate one replicate from the scenario's start to the end of a calendar year."""
    prepare()
    path = WorldPath(scenario, replicate, AskedNotes((), ()))
    kept = Kept(path.world, last - scenario.time.start + 1)
    path.notes.watch = kept.add
    path.advance_to(last + 1)
    return kept.past


class Kept:
    """What records could show of a world's steps, added up one by one from its start."""

    def __init__(self, world: World, years: int) -> None:
        scenario, n = world.scenario, world.groups.size
        self._steps, self._a_year = 0, scenario.time.steps_per_year
        academic = np.zeros(n)
        academic[world.groups.of("academia")] = 1.0
        run, error, price = np.zeros((years, n)), np.ones((years, n)), np.zeros((years, n))
        self.past = ShownPast(scenario, world.fixed.draws.replicate, academic, run, error, price)

    def add(self, step: Step) -> None:
        """Take in one more step: the largest run, the error and the price of compute of its year."""
        year, past = self._steps // self._a_year, self.past
        np.maximum(past.run[year], np.where(step.alive, step.run, 0.0), out=past.run[year])
        past.error[year], past.unit_cost[year] = step.error, step.unit_cost
        self._steps += 1


def luck(past: ShownPast, purpose: str, year: int) -> np.random.Generator:
    """The stream of a replicate for one purpose of its records in one year: the same at all values of its numbers."""
    return brief_stream(past.scenario.run.seed, past.replicate, f"records {purpose}", year)
