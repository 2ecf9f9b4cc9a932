"""A study: its plan, what of it is present, and what is left. The directory is the truth."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sim.compiled import code_hash
from sim.errors import InputError, Notice
from sim.experiment.duration import Plan as Time
from sim.experiment.duration import pace, plan
from sim.experiment.pool import Progress
from sim.scenario import Scenario, load
from sim.scenario.variants import with_options
from sim.scenario.writing import resolved_toml
from sim.store.place import clear_errors, save_bytes
from sim.store.plan import SEALED, read_plan, write_plan
from sim.store.shards import FOLDER, database, digest, needs, present, queried
from sim.study.axes import Axis, plain
from sim.study.engine import Engine
from sim.study.points import Blocks, Listed, read_points
from sim.study.worlds import Chunk, Job, Made, chunks, usual_chunk

if TYPE_CHECKING:
    import pandas as pd

PACKAGES = ("pyarrow", "duckdb", "SALib")  # of the extra [study]
SCENARIO = "scenario.toml"


def require() -> None:
    """Raises InputError when the packages of studies are not installed."""
    needs(*PACKAGES, extra="study")


def versions() -> dict[str, str]:
    """What bits may depend on beside the code."""
    from importlib.metadata import version

    return {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "numba", "scipy")},
            "machine": f"{platform.system()} {platform.machine()}"}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a study asks for."""

    kind: str  # the command: "sweep", ...
    scenario: Scenario
    axes: Sequence[Axis]
    points: Listed | Blocks
    replicates: int
    design: str
    more: Mapping[str, Any]  # what the command itself needs to know again
    chunk: float | None = None  # [s]; None for the usual one

    def write(self, directory: Path, command: list[str]) -> None:
        """Write it as the plan of a directory that is held."""
        usual = usual_chunk(self.scenario, len(self.points) * self.replicates)
        record = {
            "command": command, "kind": self.kind, "name": self.scenario.name, "seed": self.scenario.run.seed,
            "rounds": [self.replicates], "chunk": self.chunk or usual, "design": self.design, "more": dict(self.more),
            "code": code_hash(), "versions": versions(), "axes": [asdict(axis) for axis in self.axes],
            **self.points.record(),
            "scenario": resolved_toml(with_options(self.scenario, replicates=1)),
        }  # fmt: skip
        write_plan(directory, record)


class Study:
    """The study in a directory that holds its whole plan."""

    def __init__(self, directory: Path, plan: dict[str, Any] | None = None) -> None:
        """Raises InputError where there is no study, or one of other code."""
        self.directory = directory
        self.plan = read_plan(directory) if plan is None else plan
        if "kind" not in self.plan:
            problem, fix = "this study was stopped before its plan was whole", f"python run.py resume {directory}"
            raise InputError(problem, file=directory, allowed="a whole plan", fix=fix)

    @property
    def kind(self) -> str:
        """The command that asked for it."""
        return str(self.plan["kind"])

    @property
    def replicates(self) -> int:
        """Replicates of each point."""
        return int(self.plan["rounds"][-1])

    @cached_property
    def axes(self) -> list[Axis]:
        """What is varied."""
        return [Axis(**{**one, "values": tuple(one["values"])}) for one in self.plan["axes"]]

    @cached_property
    def scenario(self) -> Scenario:
        """The base point, as the resolved file in the plan says it."""
        with TemporaryDirectory() as place:
            file = Path(place) / SCENARIO
            file.write_text(self.plan["scenario"], encoding="utf-8")
            return replace(with_options(load(file), name=self.plan["name"]), file=self.directory / SCENARIO)

    @cached_property
    def job(self) -> Job:
        """The work."""
        points = read_points(self.plan)
        divided = chunks(self.scenario, len(points), self.plan["rounds"], float(self.plan["chunk"]))
        root = digest(self.plan["scenario"], self.plan["code"], str(self.plan["seed"]))
        return Job(self.scenario, points, tuple(divided), root)

    @property
    def worlds(self) -> int:
        """How many worlds are wanted."""
        return len(self.job.points) * self.replicates

    def left(self) -> list[int]:
        """Chunks that are not present."""
        there = present(self.directory)
        return [i for i, name in enumerate(self.job.names) if name not in there]

    def worlds_left(self) -> int:
        """How many worlds they hold."""
        return sum(self._size(self.job.chunks[i]) for i in self.left())

    @staticmethod
    def _size(chunk: Chunk) -> int:
        return (chunk.end_replicate - chunk.first_replicate) * (chunk.end_point - chunk.first_point)

    @property
    def finished(self) -> bool:
        """Whether all of it, results and record, is there."""
        return (self.directory / SEALED).is_file() and not self.left()

    def same_code(self) -> None:
        """Raises InputError when this code is not the plan's; warns where other versions may give other bits."""
        import warnings

        if self.plan["code"] != code_hash():
            problem = "the simulator has changed since: its worlds would not be of this study"
            allowed, fix = f"code {self.plan['code'][:12]}", "go on with the version it was started with, or start anew"
            raise InputError(problem, file=self.directory, found=f"code {code_hash()[:12]}", allowed=allowed, fix=fix)
        now, then = versions(), self.plan["versions"]
        other = [f"{name} {then[name]} is now {now.get(name)}" for name in then if then[name] != now.get(name)]
        if other:
            warnings.warn(f"worlds may differ in their last bits: {', '.join(other)}", Notice, stacklevel=2)

    def extend(self, replicates: int) -> None:
        """Ask for more replicates of each point. Raises InputError for fewer than there are."""
        if replicates < self.replicates:
            allowed, fix = f"at least {self.replicates}", "ask for more, or start another study"
            raise InputError("nothing is taken away", key="--replicates", found=replicates, allowed=allowed, fix=fix)
        if replicates > self.replicates:
            self.plan = {**self.plan, "rounds": [*self.plan["rounds"], replicates]}
            (self.directory / SEALED).unlink(missing_ok=True)
            write_plan(self.directory, {name: value for name, value in self.plan.items() if name != "schema"})
            self.__dict__.pop("job", None)

    def time(self, workers: int | None) -> Time:
        """How long what is left takes on this machine, and in how many processes."""
        worlds, left = self.worlds_left(), len(self.left())
        if not worlds:
            return Time(0.0, 1)
        each = pace(self.scenario).lasts(self.scenario.years) * worlds / left
        return plan(each, left, workers)

    def carry_out(self, engine: Engine, progress: Progress[Made] | None = None) -> None:
        """Simulate what is left; each chunk is kept as soon as it is finished. ``progress`` wraps the iterator of what
        is made, given the number of worlds.

        What ends it early (an interrupt, a full disk, a worker that is lost) passes through; what is finished stays.
        """
        left = self.left()
        folder = self.directory / FOLDER
        source: Any = iter(engine(self.job, left))
        try:
            with clear_errors(self.directory):
                folder.mkdir(exist_ok=True)
                for made in progress(source, self.worlds_left()) if progress else source:
                    save_bytes(folder / made.name, made.content)
        finally:
            close = getattr(source, "close", None)
            if close is not None:
                close()

    @cached_property
    def points(self) -> "pd.DataFrame":
        """One row for each point: its number and what is varied there. The base point has what the scenario says."""
        import pandas as pd

        if isinstance(self.job.points, Blocks):
            return self.job.points.table
        base = {axis.path: self._base(axis) for axis in self.axes}
        rows = [{path: plain(point.get(path, base[path])) for path in base} for point in self.plan["points"]]
        table = pd.DataFrame(rows, columns=list(base))
        table.insert(0, "point", range(len(rows)))
        return table

    def _base(self, axis: Axis) -> Any:
        """What the scenario itself says, in the unit of the axis; None where it says nothing."""
        from sim.quantity import factor

        now = next((q for q in self.scenario.quantities if q.path == axis.path), None)
        if now is None:
            table, _, key = axis.path.rpartition(".")
            return self.scenario.tables.get(table, {}).get(key)
        unit = axis.ends[0].get("unit", now.unit) if isinstance(axis.ends[0], dict) else now.unit
        if unit == now.unit or not isinstance(now.base, float):
            return now.value
        return float(f"{now.base / factor(unit, now.unit):.12g}")

    def query(self, sql: str) -> "pd.DataFrame":
        """What SQL (of DuckDB) gives of the finished worlds.

        The table ``worlds`` has a row for each point, replicate and year, and a column for each measure; ``points`` has
        a row for each point and a column for each path that is varied. Raises InputError.
        """
        require()
        there = present(self.directory)
        names = [name for name in self.job.names if name in there]
        with database(self.directory, names, {"points": self.points}) as connection:
            return queried(connection, sql)
