"""What a calibration simulates: worlds with numbers at given shares of their ranges, as records would show them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.errors import InputError, NoPrices
from sim.experiment.draws import on_draw
from sim.experiment.pool import Work
from sim.history.evidence import Evidence
from sim.history.fitted import Fitted
from sim.history.observation import observed
from sim.history.records import Records
from sim.history.seen import ShownPast, past
from sim.history.targets import Target
from sim.scenario import Scenario
from sim.scenario.variants import with_values
from sim.store.shards import digest

DRAWS = 100  # versions of the records in each world
SAME = 9  # digits of a share behind its point by which points are told apart


class Batch(NamedTuple):
    """Worlds that are wanted next, all at once."""

    stage: str
    work: Work[Array]  # by number; its arrays are all of one shape
    number: int
    worlds: int  # that each of them takes
    points: str  # hash of the points at which they are made


def hash_of_points(*arrays: Array) -> str:
    """Alike where shares differ in their last digits alone."""
    return digest(*(str((array.round(SAME) + 0.0).tolist()) for array in arrays))


@dataclass(frozen=True)
class PointsWork:
    """The work of a batch: the targets of each point by replicate (r, t), NaN where its world is not possible."""

    scenario: Scenario
    fitted: Fitted
    evidence: Evidence
    shares: Array  # (n, k)
    replicates: int

    def __call__(self, number: int) -> Array:
        """Simulate one point, by its number: (r, t)."""
        found = np.full((self.replicates, len(self.evidence.targets)), np.nan)
        try:
            world = with_values(self.scenario, self.fitted.values(self.shares[number]))
        except InputError:
            return found
        for replicate in range(self.replicates):
            try:
                happened = past(world, replicate, self.evidence.last)
            except NoPrices:
                continue
            shown = observed(happened, self.evidence.records, DRAWS)
            for column, target in enumerate(self.evidence.targets):
                values = target.of(shown)
                if values is not None and np.isfinite(values).any():
                    found[replicate, column] = values[np.isfinite(values)].mean()
        return found

    def batch(self, stage: str) -> Batch:
        """The batch of all points, for a stage of this name."""
        return Batch(stage, self, len(self.shares), self.replicates, hash_of_points(self.shares))


def numbered(work: Work[Array], number: int) -> tuple[int, Array]:
    """One piece of work and its number, so that pieces can be put in order as they finish."""
    return number, work(number)


@dataclass(frozen=True)
class Forecasts:
    """The work of a forecast: what each world shows of some years (target, version).

    Each has luck of its own, and where the scenario names an ensemble a draw of all numbers: those that it has by
    weight, the others over their ranges.
    """

    scenario: Scenario  # ends with the last of the years
    records: Records  # rows of the years, and of those before that count in them
    targets: tuple[Target, ...]
    draws: int

    def __call__(self, number: int) -> Array:
        """Simulate one replicate, by its number: (target, version)."""

        def simulate(worlds: list[Scenario]) -> ShownPast:
            return past(worlds[0], number, worlds[0].time.end)

        world = self.scenario
        if world.ensemble is None:
            happened = simulate([world])
        else:
            *_, happened = on_draw([world], world.run.seed, number, simulate, observed=True)
        shown = observed(happened, self.records, self.draws)
        nothing = np.full(self.draws, np.nan)
        return np.array([nothing if (found := target.of(shown)) is None else found for target in self.targets])
