"""Calibrations in a directory: what is simulated is kept piece by piece, so that they can be gone on with."""

import warnings
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import InputError, Notice
from sim.experiment.duration import TimePlan, time_plan
from sim.experiment.pool import finished
from sim.history.calibration import WORLDS_A_MINUTE, Calibration, Sizes, sizes, steps
from sim.history.evidence import evidence
from sim.history.fitted import fitted
from sim.history.origins import ORIGINS, STAGE, WORLDS, Origin, Rolling, origin
from sim.history.points import Batch
from sim.history.records import Records, read_records
from sim.plurals import counted
from sim.scenario import Scenario
from sim.scenario.variants import with_options
from sim.scenario.writing import resolved_toml
from sim.store.arrays import as_archive, in_archive
from sim.store.plan import resuming, write_plan
from sim.store.shards import ARRAYS, FOLDER, damaged, digest, present, shard_name
from sim.study.engine import Engine
from sim.study.planned import Made, Planned, head, scenario_of

KIND = "calibrate"
PIECE = 16  # worlds that are kept at once
CORES = 2  # that a minute of budget is told for
VALUES, POINTS = "values", "points"  # of a shard: what was found, and the hash of where its batch was made


@dataclass(frozen=True)
class CalibrationWanted:
    """What ``calibrate`` asks for."""

    scenario: Scenario  # ends with the last year that is simulated
    records: Records
    worlds: int  # of each fit
    until: int | None  # last year fitted to; None for the origins

    def write(self, directory: Path, command: list[str]) -> None:
        """Write it as the plan of a directory that is held."""
        record = {
            **head(KIND, command, self.scenario), "worlds": self.worlds, "until": self.until,
            "records": {"file": self.records.file, "text": self.records.text},
            "file": str(self.scenario.file.resolve()),
            "scenario": resolved_toml(with_options(self.scenario, replicates=1)),
        }  # fmt: skip
        write_plan(directory, record)


@dataclass(frozen=True)
class BatchPart:
    """A part of a batch: which of its pieces of work stand in one shard."""

    batch: Batch
    names: Sequence[str]
    size: int

    def __call__(self, number: int) -> Made:
        """Simulate the pieces of one shard, counted from 0."""
        numbers = range(number * self.size, min((number + 1) * self.size, self.batch.number))
        values = np.array([self.batch.work(one) for one in numbers])
        made = {VALUES: values, POINTS: np.array(self.batch.points)}
        return Made(self.names[number], as_archive(made), len(numbers) * self.batch.worlds)


class Calibrated(Planned):
    """The calibration, or the calibrations from each origin, in a directory that holds its whole plan."""

    unit, in_part = "world", False
    afterwards = "All is simulated. Tables follow, and of a single fit profiles and a test of recovery: a minute."

    @property
    def replicates(self) -> int:
        """A calibration has none of its own."""
        return 1

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, to the end of what is simulated."""
        return scenario_of(self.plan["scenario"], Path(self.plan["file"]), self.own, name=self.plan["name"])

    @cached_property
    def records(self) -> Records:
        """The records, as they were."""
        said = self.plan["records"]
        with TemporaryDirectory() as place:
            copy = Path(place) / "records.csv"
            copy.write_text(said["text"], encoding="utf-8", newline="")
            return replace(read_records(copy), file=said["file"])

    @property
    def rolling(self) -> bool:
        """Whether it fits from each origin, and is judged by the years after."""
        return self.plan["until"] is None

    @cached_property
    def sizes(self) -> Sizes:
        """Points of each stage of a fit."""
        return sizes(int(self.plan["worlds"]), len(fitted(self.scenario).facts))

    @cached_property
    def fits(self) -> list[str]:
        """Each fit by the last year that it is fitted to."""
        return [str(until) for until, _ in ORIGINS] if self.rolling else [str(self.plan["until"])]

    def stages(self) -> list[tuple[str, int, int]]:
        """Name, number of pieces of work, and worlds of each, in a fit."""
        more = [(STAGE, WORLDS, 1)] if self.rolling else []
        return [*self.sizes.stages(), *more]

    def named(self, fit: str, stage: str) -> tuple[list[str], list[int], int]:
        """The shards of a stage: names, worlds, and pieces of work in each."""
        number, worlds = next((number, worlds) for name, number, worlds in self.stages() if name == stage)
        size = max(1, PIECE // worlds)
        root = digest(self.plan["scenario"], self.plan["code"], str(self.plan["seed"]), str(self.plan["worlds"]),
                      self.plan["records"]["text"], fit, stage)  # fmt: skip
        firsts = range(0, number, size)
        names = [shard_name([digest(root, str(first))], ARRAYS) for first in firsts]
        return names, [worlds * (min(first + size, number) - first) for first in firsts], size

    @cached_property
    def sized(self) -> dict[str, int]:
        """Worlds of each shard that there is to be, by its name."""
        parts = [self.named(fit, stage)[:2] for fit in self.fits for stage, *_ in self.stages()]
        return {name: worlds for names, sizes in parts for name, worlds in zip(names, sizes, strict=True)}

    @property
    def shards(self) -> Sequence[str]:
        return list(self.sized)

    @property
    def worlds(self) -> int:
        return sum(self.sized.values())

    def worlds_left(self) -> int:
        there = present(self.directory)
        return sum(worlds for name, worlds in self.sized.items() if name not in there)

    def extended(self, replicates: int) -> dict[str, Any]:
        """Raises InputError: more worlds make another design."""
        fix = "start another one with a larger --budget"
        raise InputError("nothing can be added to a calibration", key="--replicates", found=replicates, fix=fix)

    def intention(self) -> str:
        """How many worlds, and how many of them are there; before that, whether records are used twice."""
        left, worlds = self.worlds_left(), self.worlds
        kept = f", of which {worlds - left:,} are there" if left < worlds else ""
        size = f"{counted(worlds, 'world')}{kept}. Each is kept in {self.directory}"
        return "\n".join([*fitted(self.scenario).used_twice(), size])

    def time(self, workers: int | None) -> TimePlan:
        """About how long what is left takes, by the pace that a budget is told with."""
        worlds, left = self.worlds_left(), len(self.left())
        if not worlds:
            return TimePlan(0.0, 1)
        return time_plan(60.0 * CORES / WORLDS_A_MINUTE * worlds / left, left, workers)

    def recipe(self, fit: str) -> Generator[Batch, Array, Calibration | Origin]:
        """What a fit wants simulated, batch by batch."""
        until = int(fit)
        if self.rolling:
            return origin(self.scenario, self.records, until, dict(ORIGINS)[until], self.sizes)
        return steps(self.scenario, evidence(self.scenario, self.records, until), self.sizes)

    def made(self, engine: Engine) -> Iterable[Made]:
        """The shards that are not there, batch by batch, since each batch follows from those before it."""

        def simulated(part: BatchPart) -> Iterable[Made]:
            left = self._left_of(part, whole=False)
            return engine(part, left) if left else ()

        self._found = []
        for fit in self.fits:
            self._found.append((yield from self._fit(fit, simulated)))

    def _fit(self, fit: str, simulated: Callable[[BatchPart], Iterable[Made]]) -> Generator[Made, None, Any]:
        """What a fit comes to: each batch follows from the shards of those before it, of which ``simulated`` makes
        those that are wanted."""
        recipe = self.recipe(fit)
        batch = next(recipe)
        while True:
            names, _, size = self.named(fit, batch.stage)
            yield from simulated(BatchPart(batch, names, size))
            try:
                batch = recipe.send(np.concatenate([self._kept(name)[VALUES] for name in names]))
            except StopIteration as end:
                return end.value

    def _left_of(self, part: BatchPart, whole: bool) -> list[int]:
        """Places of the shards of a batch that are not there, or were made at other points: these follow from what
        was simulated before, and other versions of what is used can draw others. Raises InputError for such where the
        calibration is to be whole."""
        there, batch, names = present(self.directory), part.batch, part.names
        left = [i for i, name in enumerate(names) if name not in there]
        apart = [i for i, name in enumerate(names) if name in there and str(self._kept(name)[POINTS]) != batch.points]
        if apart and whole:
            shard, fix = self.directory / FOLDER / names[apart[0]], resuming(self.directory)
            problem, allowed = "the points of a shard are not those that follow here", "versions as in its plan"
            raise InputError(problem, file=shard, allowed=allowed, fix=f"install these, or remove it, then: {fix}")
        if apart:
            found = f"{counted(len(apart), 'shard')} of {batch.stage}"
            warnings.warn(f"{found}, of other points than follow here, simulated anew", Notice, stacklevel=2)
        return sorted([*left, *apart])

    def again(self, chosen: Collection[str], workers: int) -> Iterator[Made]:
        """Some shards simulated anew, by name, each batch from what is kept of those before it. Raises InputError for a
        shard that is damaged or not there."""

        def simulated(part: BatchPart) -> Iterable[Made]:
            return finished(part, [i for i, name in enumerate(part.names) if name in chosen], workers)

        for fit in self.fits:
            yield from self._fit(fit, simulated)

    def found(self) -> Calibration | Rolling:
        """What a finished one amounts to."""

        def none(part: BatchPart) -> Iterable[Made]:
            self._left_of(part, whole=True)
            return ()

        known: list[Any] = getattr(self, "_found", [])
        if len(known) < len(self.fits):
            known = [_returned(self._fit(fit, none)) for fit in self.fits]
        return Rolling(known) if self.rolling else known[0]

    def _kept(self, name: str) -> dict[str, NDArray[Any]]:
        """What a shard holds."""
        shard = self.directory / FOLDER / name
        try:
            kept = in_archive(shard.read_bytes())
            if not {VALUES, POINTS} <= kept.keys():
                raise ValueError(f"no {VALUES} or {POINTS}")
        except (ValueError, OSError) as error:
            raise damaged(shard, self.directory, error) from None
        return kept


def _returned(steps: Iterator[Any]) -> Any:
    """What a generator returns that has nothing to yield."""
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("all of it is there")
