"""The worlds of a study in chunks, and what each chunk leaves: one shard."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.compiled import prepare
from sim.errors import InputError, NoPrices
from sim.experiment.notes import AskedNotes
from sim.experiment.path import WorldPath, side_by_side
from sim.measures import Measure, chosen
from sim.quantity import Quantity
from sim.scenario import Scenario
from sim.scenario.drawing import shared, undecided, worlds
from sim.scenario.variants import with_values
from sim.store.shards import as_shard, digest, shard_name
from sim.study.design import Designed
from sim.study.planned import Made
from sim.study.points import Blocks

LEAST, MOST = 0.5, 2.0  # [s] of work in a chunk, at least and where there is much to do
ENOUGH = 32  # chunks from which their work may grow
STEP, ACTOR = 0.85e-3, 0.45e-6  # [s] of a processor for a step, and for an actor in it: 36, 700 and 7,000 actors
MOST_CHUNKS = 500  # of a replicate of all points
KEPT = 256  # scenarios that a worker keeps built
Points = Designed | Blocks  # what a study simulates, by number
SENT = ("scenario", "points", "chunks", "root", "measures", "years", "held")  # of a job, to a worker


class Chunk(NamedTuple):
    """Worlds that are simulated together: replicates and points, each from its first up to and without its end."""

    first_replicate: int
    end_replicate: int
    first_point: int
    end_point: int

    @property
    def worlds(self) -> list[tuple[int, int]]:
        """Replicate and point of each, in the order of the shard."""
        replicates = range(self.first_replicate, self.end_replicate)
        return [(r, p) for r in replicates for p in range(self.first_point, self.end_point)]


def lasts(scenario: Scenario) -> float:
    """About how long a world takes [s], on the machine that was measured."""
    return scenario.steps * (STEP + ACTOR * scenario.actors)


def usual_chunk(scenario: Scenario, worlds: int) -> float:
    """How much work [s] a chunk has in a study of so many worlds: little where there is little, so that all workers
    have some."""
    return min(max(worlds * lasts(scenario) / ENOUGH, LEAST), MOST)


def one_round(replicates: int, points: Points) -> tuple[int, int, int]:
    """What a plan keeps of each time that a study is asked for: how many replicates and points it is to have, and how
    many of these points are simulated together."""
    return replicates, len(points), points.side_by_side


def chunks(scenario: Scenario, rounds: Sequence[tuple[int, int, int]], seconds: float) -> list[Chunk]:
    """All chunks of a study by its rounds: what is asked for later leaves the chunks of before as they are. A chunk is
    work for so many ``seconds`` at least; so many points that are ``beside`` each other are in one.

    They follow from the plan alone, not from any machine's speed, and so do the shards.
    """
    wanted = seconds / lasts(scenario)  # worlds in a chunk
    found: list[Chunk] = []
    there = known = 0
    for replicates, points, beside in rounds:
        new = range(known, points)
        found += _divided(range(there), new, wanted, beside)  # more points, with the replicates of before
        found += _divided(range(there, replicates), range(points), wanted, beside)
        there, known = replicates, points
    return found


def _divided(replicates: range, points: range, wanted: float, beside: int) -> list[Chunk]:
    """So many replicates of so many points in chunks of about the ``wanted`` number of worlds: many replicates of few
    points, since building the scenario of a point takes a while."""
    if not replicates or not points:
        return []
    deep = min(len(replicates), max(1, ceil(wanted / beside)))
    layers = ceil(len(replicates) / deep)
    least = len(points) * layers / (MOST_CHUNKS * len(replicates))
    wide = min(len(points), beside * ceil(max(wanted / deep, least) / beside))
    return [
        Chunk(first, min(first + deep, replicates.stop), point, min(point + wide, points.stop))
        for first in replicates[::deep]
        for point in points[::wide]
    ]


class PossiblePath(WorldPath[AskedNotes]):
    """A path that stops where no prices meet its world's caps, and what parts from it later too."""

    possible = True

    def advance_to(self, until: int) -> None:
        """Simulate up to the start of a calendar year, where there is a way to it."""
        try:
            if self.possible:
                super().advance_to(until)
        except NoPrices:
            self.possible = False


@dataclass(frozen=True)
class WorldsJob:
    """The work of a study: a shard for each chunk, by its number."""

    scenario: Scenario  # in full, with the study's seed
    points: Points
    chunks: tuple[Chunk, ...]
    root: str  # sha256 of the resolved scenario, code and seed, and of what is kept
    measures: tuple[str, ...]  # ids of those that are kept
    years: tuple[int, ...]  # in which
    held: tuple[str, ...] | None = None  # entries that no draw moves; None where nothing is drawn

    @cached_property
    def names(self) -> list[str]:
        """The names of all shards, by chunk."""
        return [shard_name(self._keys(chunk).values()) for chunk in self.chunks]

    def _keys(self, chunk: Chunk) -> dict[tuple[int, int], str]:
        """The keys of a chunk's worlds by (replicate, point)."""
        texts = {point: self.points.text(point) for point in range(chunk.first_point, chunk.end_point)}
        return {(r, p): digest(self.root, texts[p], str(r)) for r, p in chunk.worlds}

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in SENT}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __call__(self, number: int) -> Made:
        """Simulate a chunk. What makes no possible world leaves no rows."""
        prepare()
        worlds = self.chunks[number].worlds
        keys = self._keys(self.chunks[number])
        found = self._simulated(worlds)
        made = [(keys[world], world[1], world[0], found[world]) for world in worlds if world in found]
        return Made(shard_name(keys.values()), as_shard(self._columns(made)), len(worlds))

    def _simulated(self, worlds: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Array]:
        """What is measured, by (replicate, point): values by (year, measure)."""
        measures = list(chosen(self.measures, *self.scenario.reported_on).values())
        alike: dict[tuple[int, str], list[int]] = {}
        for replicate, point in worlds:
            alike.setdefault((replicate, self.points.past(point)), []).append(point)
        found: dict[tuple[int, int], Array] = {}
        for (replicate, _), points in alike.items():
            built = {point: world for point in points if (world := self.world(replicate, point)) is not None}
            paths = side_by_side(list(built.values()), partial(self._begun, replicate, measures))
            for point, path in zip(built, paths, strict=True):
                if path.possible:
                    found[replicate, point] = path.notes.values
        return found

    def _begun(self, replicate: int, measures: Sequence[Measure], world: Scenario) -> PossiblePath:
        return PossiblePath(world, replicate, AskedNotes(measures, self.years))

    def _columns(self, made: list[tuple[str, int, int, Array]]) -> dict[str, Any]:
        """Columns of a shard: a row for each world (key, point, replicate, values by (year, measure)) and year."""
        years = np.array(self.years, dtype=np.int16)
        values = np.concatenate([one for *_, one in made]) if made else np.zeros((0, len(self.measures)))
        keys, points, replicates = ([one[i] for one in made] for i in range(3))
        return {
            "key": np.repeat(np.array(keys, dtype=str), years.size),
            "point": np.repeat(np.array(points, dtype=np.int32), years.size),
            "replicate": np.repeat(np.array(replicates, dtype=np.int32), years.size),
            "year": np.tile(years, len(made)),
            **{id: np.ascontiguousarray(values[:, i]) for i, id in enumerate(self.measures)},
        }

    @cached_property
    def built(self) -> Callable[[int], Scenario | None]:
        """The scenario of a point; None where it makes no possible world. Those asked for last are kept."""
        return lru_cache(KEPT)(self._build)

    def world(self, replicate: int, point: int) -> Scenario | None:
        """The scenario of a point, with the replicate's draw where numbers are drawn: what the point has of its own
        stays. None where that makes no possible world."""
        world = self.built(point)
        if world is None or self.held is None:
            return world
        values = self.draw(replicate)
        with suppress(InputError):
            return with_values(world, {path: values[path] for path in shared(self._undecided, world)})
        return None

    @cached_property
    def draw(self) -> Callable[[int], Mapping[str, float]]:
        """The values of a replicate's draw by path: those that a comparison of the scenario draws. Those asked for last
        are kept. Raises InputError where hardly any draw makes a possible world."""
        return lru_cache(KEPT)(self._draw)

    def _draw(self, replicate: int) -> Mapping[str, float]:
        values, _, _ = worlds([self.scenario], self.scenario.run.seed, replicate)
        return values

    @cached_property
    def _undecided(self) -> dict[str, Quantity]:
        """The numbers that a draw moves: those of the scenario, but for what is varied."""
        return {path: number for path, number in undecided(self.scenario).items() if path not in (self.held or ())}

    def _build(self, point: int) -> Scenario | None:
        with suppress(InputError):
            return self.points.world(self.scenario, point)
        return None
