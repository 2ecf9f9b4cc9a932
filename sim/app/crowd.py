"""The actors of a pair of worlds, year by year: what pictures and tables of single actors are made from. No browser."""

import pickle
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.app.members import KeptMembers
from sim.arrays import Array, Mask, Rows
from sim.economy.groups import Groups
from sim.economy.state import World
from sim.experiment.notes import ReplicateNotes
from sim.experiment.path import WorldPath
from sim.measures.ids import called
from sim.measures.inequality import partaking
from sim.report.colours import look_of
from sim.scenario import Scenario


@dataclass(frozen=True)
class Cast:
    """Who there is in a world, and who learns from whom: the same in all years, and in both worlds of a pair."""

    scenario: Scenario
    groups: Groups
    homes: Rows  # (n,) row of the country
    start_plan: Array  # (n,) FLOP/yr planned at the start
    links: Rows  # (links, 2) rows of actors

    def label(self, kind: str) -> str:
        """The name of a kind for people."""
        return called(self.scenario.kinds)[kind]

    @cached_property
    def kind_of(self) -> dict[int, str]:
        """The kind of each row."""
        return {row: kind for kind, of in self.groups.kinds.items() for row in range(of.start, of.stop)}


@dataclass(frozen=True)
class Crowd:
    """What the actors of one world did over a year, (n,)."""

    alive: Mask  # at its end
    compute: Array  # FLOP bought for training
    run: Array  # FLOP of the largest run
    error: Array  # best of own training so far
    access: Array  # best at hand, own or released

    @property
    def has_trained(self) -> bool:
        """Whether anybody bought compute for training in that year."""
        return bool(self.compute.any())

    @property
    def held(self) -> Array:
        """Training compute [FLOP] of those who take part, as measures of inequality count them."""
        return self.compute[partaking(self.alive, self.compute)]


@dataclass(frozen=True)
class Crowds:
    """Both worlds of a pair through all years."""

    cast: Cast
    years: range
    worlds: tuple[list[Crowd], list[Crowd]]  # baseline and policy world, by year

    def of(self, year: int) -> tuple[Crowd, Crowd]:
        """Both worlds in a year; in the nearest that is simulated, where it is not."""
        i = min(max(year, self.years[0]), self.years[-1]) - self.years[0]
        return self.worlds[0][i], self.worlds[1][i]


@dataclass(frozen=True)
class Follow:
    """The work of a worker: the actors of the first pair, on the assumptions as they stand."""

    baseline: bytes  # pickled
    policy: bytes

    @property
    def place(self) -> int:
        """Any of those that do not have the first answers."""
        return 1

    def __call__(self, kept: KeptMembers) -> Crowds:
        """Simulate both worlds."""
        return followed(pickle.loads(self.baseline), pickle.loads(self.policy))


def followed(baseline: Scenario, policy: Scenario) -> Crowds:
    """The actors of both worlds in every year, on the first draw of luck."""
    years = range(policy.time.start, policy.time.end + 1)
    paths = [WorldPath(world, 0, ReplicateNotes(world, actor_years=years)) for world in (baseline, policy)]
    for path in paths:
        path.finish()
    before, after = ([_crowd(table) for table in path.notes.actors] for path in paths)
    return Crowds(cast_of(paths[1].world, policy), years, (before, after))


def looks(scenario: Scenario) -> dict[str, str]:
    """Whose colours and symbols each kind has."""
    return {kind.id: look_of(kind) for kind in scenario.kinds}


def cast_of(world: World, scenario: Scenario) -> Cast:
    """Who there is in a world."""
    fixed = world.fixed
    return Cast(scenario, world.groups, fixed.traits.home, fixed.traits.start_plan, fixed.network.pairs)


def idle(world: World) -> Crowd:
    """The actors of a world that has not begun."""
    nothing = np.zeros(world.groups.size)
    return Crowd(world.actors.alive, nothing, nothing, nothing, nothing)


def _crowd(table: dict[str, Any]) -> Crowd:
    names = ("alive", "compute_flop", "largest_run_flop", "error", "access_error")
    return Crowd(*(np.asarray(table[name]) for name in names))
