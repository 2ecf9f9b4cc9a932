"""A study: what it asks for, and what is found of it by query."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.experiment.duration import TimePlan, replicate_pace, time_plan
from sim.measures import registry
from sim.plurals import counted
from sim.results.run import drawn_numbers
from sim.scenario import Scenario
from sim.scenario.variants import with_notes, with_options
from sim.scenario.writing import resolved_toml
from sim.store.as_json import json_text
from sim.store.plan import write_plan
from sim.store.shards import digest, needs, present, queried
from sim.study.axes import Axis, plain
from sim.study.axiswords import base_of
from sim.study.design import Designed
from sim.study.planned import Tasked, head, scenario_of
from sim.study.points import Blocks
from sim.study.worlds import Points, WorldsJob, chunks, one_round, usual_chunk

if TYPE_CHECKING:
    import pandas as pd

PACKAGES = ("pyarrow", "duckdb", "SALib")  # of the extra [study]
SCENARIO = "scenario.toml"
SHOWN = 3  # of what is varied, in a study's repr


def require() -> None:
    """Raises InputError when the packages of studies are not installed."""
    needs(*PACKAGES, extra="study")


@dataclass(frozen=True)
class StudyWanted:
    """What a study asks for."""

    kind: str  # the command: "sweep", ...
    scenario: Scenario
    axes: Sequence[Axis]
    points: Points
    replicates: int
    design: str
    more: Mapping[str, Any]  # what the command itself needs to know again
    measures: Sequence[str] | None = None  # that are kept; None for all
    years: Sequence[int] | None = None  # in which; None for all
    chunk: float | None = None  # [s]; None for the usual one
    drawn: bool = False  # whether each replicate has numbers of the world of its own, the same at all points

    def write(self, directory: Path, command: list[str]) -> None:
        """Write it as the plan of a directory that is held."""
        usual = usual_chunk(self.scenario, len(self.points) * self.replicates)
        record = {
            **head(self.kind, command, self.scenario), "rounds": [one_round(self.replicates, self.points)],
            "chunk": self.chunk or usual, "design": self.design, "more": dict(self.more),
            "axes": [asdict(axis) for axis in self.axes], **self.points.record(),
            "kept": {"measures": self.measures, "years": self.years}, "drawn": self.drawn,
            "scenario": resolved_toml(with_options(self.scenario, replicates=1)), "notes": list(self.scenario.notes),
        }  # fmt: skip
        write_plan(directory, record)


class Study(Tasked):
    """The study in a directory that holds its whole plan."""

    unit, in_part = "world", False

    def __repr__(self) -> str:
        worlds, left = self.worlds, self.worlds_left()
        there = "all there" if not left else f"{worlds - left:,} of them there"
        points = ", ".join((counted(len(self.job.points), "point"), counted(self.replicates, "replicate")))
        varied = ", ".join(axis.path for axis in self.axes[:SHOWN]) + (", ..." if len(self.axes) > SHOWN else "")
        name, directory = self.plan["name"], self.directory
        return f"<{self.kind} of {name} over {varied}: {points}, {counted(worlds, 'world')}, {there}, in {directory}>"

    @property
    def replicates(self) -> int:
        """Replicates of each point."""
        return int(self.plan["rounds"][-1][0])

    @property
    def drawn(self) -> bool:
        """Whether each replicate has numbers of the world of its own. Older plans do not say: none were drawn."""
        return bool(self.plan.get("drawn", False))

    @cached_property
    def axes(self) -> list[Axis]:
        """What is varied."""
        return [Axis(**{**one, "values": tuple(one["values"])}) for one in self.plan["axes"]]

    @cached_property
    def scenario(self) -> Scenario:
        """The base point, as the resolved file in the plan says it, with what was noted of it."""
        scenario = scenario_of(self.plan["scenario"], self.directory / SCENARIO, self.own, name=self.plan["name"])
        return with_notes(scenario, self.plan.get("notes", scenario.notes))

    @cached_property
    def job(self) -> WorldsJob:
        scenario, points, kept = self.scenario, self._points, self.plan["kept"]
        rounds = [(*each, points.side_by_side)[:3] for each in self.plan["rounds"]]  # older plans have two numbers each
        divided = chunks(scenario, rounds, float(self.plan["chunk"]))
        held = tuple(axis.path for axis in self.axes) if self.drawn else None
        parts = (self.plan["scenario"], self.plan["code"], str(self.plan["seed"]), json_text(kept))
        root = digest(*parts, *(["drawn", *held] if held is not None else []))
        measures = kept["measures"] or registry(*scenario.reported_on)
        years = kept["years"] or range(scenario.time.start, scenario.time.end + 1)
        return WorldsJob(scenario, points, tuple(divided), root, tuple(measures), tuple(years), held)

    @cached_property
    def _points(self) -> Points:
        if "blocks" in self.plan:
            return Blocks(**self.plan["blocks"])
        drawn = int(self.plan["rounds"][-1][1]) - 1  # beside the base point
        places = self.plan.get("places", ())  # of a design of one's own
        return Designed(self.plan["design"], self.axes, drawn, int(self.plan["seed"]), places)

    @property
    def worlds(self) -> int:
        return len(self.job.points) * self.replicates

    def worlds_left(self) -> int:
        return sum(len(self.job.chunks[i].worlds) for i in self.left())

    def extended(self, replicates: int) -> dict[str, Any]:
        """The plan with more replicates of each point."""
        return {**self.plan, "rounds": [*self.plan["rounds"], one_round(replicates, self.job.points)]}

    def add(self, points: Points) -> None:
        """Ask for more points, in front of which stand those that there are."""
        rounds = [*self.plan["rounds"], one_round(self.replicates, points)]
        self.become({**self.plan, **points.record(), "rounds": rounds})

    def intention(self) -> str:
        """What was noted; what each varied entry takes; how many worlds, and how many of them are there."""
        units = self.plan["more"].get("units", {})
        varied = [f"{axis.path} {axis.told(units[axis.path])}" for axis in self.axes]
        left, worlds = self.worlds_left(), self.worlds
        kept = f", of which {worlds - left:,} are there" if left < worlds else ""
        each = f"{counted(len(self.job.points), 'point')} x {counted(self.replicates, 'replicate')}"
        size = f"{each} = {counted(worlds, 'world')}{kept}. Each is kept in {self.directory}"
        return "\n".join([*self.scenario.notes, *varied, size])

    def time(self, workers: int | None) -> TimePlan:
        worlds, left = self.worlds_left(), len(self.left())
        if not worlds:
            return TimePlan(0.0, 1)
        each = replicate_pace(self.scenario).lasts(self.scenario.years) * worlds / left
        return time_plan(each, left, workers)

    @cached_property
    def points(self) -> "pd.DataFrame":
        """One row for each point: its number and what is varied there. The base point has what the scenario says."""
        import pandas as pd

        points = self._points
        if isinstance(points, Blocks):
            return points.table
        table, units = pd.DataFrame({"point": np.arange(len(points))}), self.plan["more"]["units"]
        for axis, column in zip(self.axes, points.columns, strict=True):
            base = base_of(axis, self.scenario, units[axis.path])
            told = [plain(base), *(plain(axis.entry(code)) for code in column.tolist())]
            table[axis.path] = pd.DataFrame([(value,) for value in told])[0]
        return table

    @cached_property
    def draws(self) -> "pd.DataFrame":
        """The numbers that each replicate draws, the same at all points: replicate, path, value, and the unit that it
        is in. Those of what is varied are not among them; nothing where no numbers are drawn."""
        held, job = {axis.path for axis in self.axes}, self.job
        drawn = ((r, job.draw(r).items()) for r in range(self.replicates if self.drawn else 0))
        own = ((r, {path: value for path, value in values if path not in held}) for r, values in drawn)
        return drawn_numbers([self.scenario], own)

    def last_year(self, measures: Sequence[str], points: range) -> dict[str, Array]:
        """Values of measures in the last year of these points, by (point, replicate): NaN where there is none, and
        where a world came to a market that cannot be cleared."""
        names = [
            name
            for chunk, name in zip(self.job.chunks, self.job.names, strict=True)
            if chunk.first_point < points.stop and chunk.end_point > points.start
        ]
        quoted = ", ".join(f'"{name}"' for name in ("point", "replicate", *measures))
        where = f"year = {self.scenario.time.end} and point >= {points.start} and point < {points.stop}"
        rows = queried(self.directory, names, {}, f"select {quoted} from worlds where {where}")
        place = rows["point"].to_numpy() - points.start, rows["replicate"].to_numpy()
        values = {id: np.full((len(points), self.replicates), np.nan) for id in measures}
        for id in measures:
            values[id][place] = rows[id].to_numpy(dtype=float)
        return values

    def query(self, sql: str) -> "pd.DataFrame":
        """What SQL (of DuckDB) gives of the finished worlds.

        The table ``worlds`` has a row for each point, replicate and year, and a column for each measure; a sensitivity
        keeps the measures that it was asked for, in the last year. ``points`` has a row for each point and a column for
        each path that is varied, ``draws`` one for each replicate and drawn number. Raises InputError.
        """
        require()
        there, tables = present(self.directory), {"points": self.points}
        tables |= {"draws": self.draws} if "draws" in sql.lower() else {}  # which take a while
        names = [name for name in self.job.names if name in there]
        return queried(self.directory, names, tables, sql)
