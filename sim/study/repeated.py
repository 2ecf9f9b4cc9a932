"""Runs, comparisons and decompositions, kept replicate by replicate: what is asked for, and what of it is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from sim.experiment import compare, decompose, run
from sim.experiment.duration import TimePlan, in_turn
from sim.experiment.pool import Work
from sim.owncode import OwnCode
from sim.plurals import counted
from sim.results import Comparison, Run
from sim.results.flat import Arrays, pair_arrays, pair_of, parts_arrays, parts_of, replicate_arrays, replicate_of
from sim.scenario import Scenario
from sim.scenario.variants import set_by_command, with_notes, with_options, with_set
from sim.scenario.writing import resolved_toml
from sim.store.arrays import as_archive, in_archive
from sim.store.plan import write_plan
from sim.store.shards import ARRAYS, FOLDER, damaged, digest, present, shard_name
from sim.study.planned import Made, Tasked, head, scenario_of


@dataclass(frozen=True)
class RepeatedPart:
    """Scenarios of which each replicate is simulated at once."""

    scenarios: Sequence[Scenario]  # with their names
    replicates: int
    law: str = ""  # under which; the scenarios' own
    theory: str = ""  # of progress, the same

    @property
    def under(self) -> str:
        """The law or theory that is not the scenarios' own; nothing where both are."""
        return self.law or self.theory

    def record(self) -> dict[str, Any]:
        """What the plan holds of it."""
        written = [
            {"name": one.name, "file": str(one.file), "notes": list(one.notes),
             "set": set_by_command(one), "text": resolved_toml(with_options(one, replicates=1))}
            for one in self.scenarios
        ]  # fmt: skip
        theory = {"theory": self.theory} if self.theory else {}
        return {"law": self.law, **theory, "replicates": self.replicates, "scenarios": written}


def read_part(record: Mapping[str, Any], own: OwnCode) -> RepeatedPart:
    """The part of a plan, with what was noted of its scenarios: a file in full does not say what was written when,
    nor what a command set."""
    replicates, scenarios = int(record["replicates"]), []
    for one in record["scenarios"]:
        scenario = scenario_of(one["text"], Path(one["file"]), own, name=one["name"], replicates=replicates)
        scenario = with_set(scenario, one.get("set", ()))
        scenarios.append(with_notes(scenario, one.get("notes", scenario.notes)))
    return RepeatedPart(scenarios, replicates, str(record["law"]), str(record.get("theory", "")))


class RepeatedKind(NamedTuple):
    """How a replicate of a part is simulated and kept, and what is made of those that are there.

    ``more`` are options of the command.
    """

    work: Callable[[RepeatedPart, Mapping[str, Any]], Work[Any]]
    arrays: Callable[[Any], Arrays]
    of: Callable[[Arrays], Any]
    found: Callable[[RepeatedPart, list[Any], Mapping[str, Any]], Any]
    time: Callable[
        [RepeatedPart, int, int | None, Mapping[str, Any]], TimePlan
    ]  # of so many replicates, with so many workers


def _compared(part: RepeatedPart, done: list[Any], more: Mapping[str, Any]) -> Comparison:
    short = len(done) < part.replicates
    told = tuple(more.get("measures", ()))
    held = str(more.get("hold", ""))
    return Comparison(list(part.scenarios), done, part.replicates, short, float(more["discount"]), told, held)


COMPARED = RepeatedKind(
    work=lambda part, more: compare.replicate_of(part.scenarios, more["assumptions"], every_step(part, more)),
    arrays=pair_arrays,
    of=pair_of,
    found=_compared,
    time=lambda part, left, workers, more: compare.planned(
        part.scenarios, replicates=left, assumptions=more["assumptions"], workers=workers,
        every_step=every_step(part, more),
    ),
)  # fmt: skip
KINDS = {
    "run": RepeatedKind(
        work=lambda part, more: run.replicate_of(part.scenarios[0], every_step(part, more), with_ensemble(more)),
        arrays=replicate_arrays,
        of=replicate_of,
        found=lambda part, done, _: Run(part.scenarios[0], done, len(done) < part.replicates),
        time=lambda part, left, workers, more: run.planned(
            with_options(part.scenarios[0], replicates=left),
            workers=workers,
            every_step=every_step(part, more),
            ensemble=with_ensemble(more),
        ),
    ),
    "compare": COMPARED,
    "laws": COMPARED,
    "decompose": RepeatedKind(
        work=lambda part, _: decompose.replicate_of(part.scenarios[0]),
        arrays=parts_arrays,
        of=parts_of,
        found=lambda part, done, more: decompose.decomposition(
            part.scenarios[0], done, part.replicates, tuple(more["measures"]), interrupted=len(done) < part.replicates
        ),
        time=lambda part, left, workers, _: decompose.planned(part.scenarios[0], replicates=left, workers=workers),
    ),
}


def every_step(part: RepeatedPart, more: Mapping[str, Any]) -> bool:
    """Whether each step is measured, which it is under the scenarios' own law and theory alone."""
    return bool(more["every_step"]) and not part.under


def with_ensemble(more: Mapping[str, Any]) -> bool:
    """Whether a run is also simulated with numbers drawn anew."""
    return bool(more.get("ensemble"))


@dataclass(frozen=True)
class ReplicatesWanted:
    """What a command asks for that simulates replicates."""

    kind: str  # the command
    parts: Sequence[RepeatedPart]  # the first one is what replicates are added to
    more: Mapping[str, Any]  # options of the command that say what comes out

    def write(self, directory: Path, command: list[str]) -> None:
        """Write it as the plan of a directory that is held."""
        parts = [part.record() for part in self.parts]
        first = self.parts[0].scenarios[0]
        write_plan(directory, {**head(self.kind, command, first), "more": dict(self.more), "parts": parts})


@dataclass(frozen=True)
class Replicates:
    """The work: a shard for each replicate of each part."""

    kind: str
    works: tuple[Work[Any], ...]  # by part
    tasks: tuple[tuple[int, int], ...]  # part and replicate of each
    names: Sequence[str]

    def __call__(self, number: int) -> Made:
        """Simulate a replicate."""
        part, replicate = self.tasks[number]
        return Made(self.names[number], as_archive(KINDS[self.kind].arrays(self.works[part](replicate))), 1)


class Repeated(Tasked):
    """The run, comparison or decomposition in a directory that holds its whole plan."""

    unit, in_part = "replicate", True

    @property
    def replicates(self) -> int:
        """Replicates of the first part."""
        return int(self.plan["parts"][0]["replicates"])

    @cached_property
    def parts(self) -> list[RepeatedPart]:
        """What is simulated, as the resolved files in the plan say it."""
        return [read_part(record, self.own) for record in self.plan["parts"]]

    @property
    def scenario(self) -> Scenario:
        return self.parts[0].scenarios[0]

    @cached_property
    def job(self) -> Replicates:
        more, tasks, names = self.plan["more"], [], []
        for i, (part, record) in enumerate(zip(self.parts, self.plan["parts"], strict=True)):
            kept = [every_step(part, more), more.get("assumptions")]  # options that say what a replicate holds
            kept += ["ensemble"] if with_ensemble(more) else []
            texts = [text for one in record["scenarios"] for text in (one["name"], one["text"])]
            root = digest(self.kind, self.plan["code"], str(self.plan["seed"]), repr(tuple(kept)), part.law, *texts)
            tasks += [(i, replicate) for replicate in range(part.replicates)]
            names += [shard_name([digest(root, str(replicate))], ARRAYS) for replicate in range(part.replicates)]
        works = tuple(KINDS[self.kind].work(part, more) for part in self.parts)
        return Replicates(self.kind, works, tuple(tasks), names)

    @property
    def worlds(self) -> int:
        return len(self.job.tasks)

    def worlds_left(self) -> int:
        return len(self.left())

    def extended(self, replicates: int) -> dict[str, Any]:
        """The plan with more replicates of its first part, and of that under other laws and theories."""
        return {**self.plan, "parts": [one | {"replicates": replicates} for one in self.plan["parts"]]}

    def intention(self) -> str:
        """How many are there; nothing where none is."""
        left = self.worlds_left()
        return f"{self.worlds - left:,} of {counted(self.worlds, 'replicate')} are there." if left < self.worlds else ""

    def time(self, workers: int | None) -> TimePlan:
        left = [self.job.tasks[i][0] for i in self.left()]
        kind, more = KINDS[self.kind], self.plan["more"]
        times = [kind.time(part, left.count(i), workers, more) for i, part in enumerate(self.parts) if left.count(i)]
        return in_turn(times) if times else TimePlan(0.0, 1)

    def found(self) -> list[tuple[str, Any]]:
        """What the replicates that are there amount to: each part's law or theory, and results."""
        kind, there = KINDS[self.kind], present(self.directory)
        done: list[list[Any]] = [[] for _ in self.parts]
        for (part, _), name in zip(self.job.tasks, self.job.names, strict=True):
            if name in there:
                done[part].append(kind.of(self._arrays(self.directory / FOLDER / name)))
        more = self.plan["more"]
        return [(part.under, kind.found(part, own, more)) for part, own in zip(self.parts, done, strict=True)]

    def _arrays(self, shard: Path) -> Arrays:
        try:
            return in_archive(shard.read_bytes())
        except (ValueError, OSError) as error:
            raise damaged(shard, self.directory, error) from None
