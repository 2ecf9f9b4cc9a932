"""What a directory with a whole plan is to hold, what of it is there, and what is left. The directory is the truth."""

import json
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

from sim.arguments import wrapped
from sim.codehash import code_hash, simulating_hash
from sim.errors import InputError, Notice
from sim.experiment.duration import TimePlan
from sim.experiment.pool import Progress
from sim.owncode import OwnCode, declared_by, recorded, same_own_code
from sim.scenario import Scenario
from sim.scenario.build import build
from sim.scenario.load import read_tree
from sim.scenario.variants import with_options
from sim.store.lock import PROVENANCE
from sim.store.place import clear_errors, hash_of, save_bytes
from sim.store.plan import read_plan, resuming, write_plan
from sim.store.shards import FOLDER, damaged, present
from sim.store.versions import apart, rests_on
from sim.study.engine import Engine


class Made(NamedTuple):
    """What a task leaves: the name and content of its shard, and how many worlds or replicates were wanted."""

    name: str
    content: bytes
    worlds: int


class Job(Protocol):
    """The work of a plan: a shard for each task, by its number."""

    @property
    def names(self) -> Sequence[str]:
        """Names of the shards, by task."""

    def __call__(self, number: int) -> Made:
        """Simulate a task."""


class Planned(ABC):
    """A directory and its whole plan."""

    unit: str  # what is counted
    in_part: bool  # whether tables and figures are made of a part as well, when an interrupt asks for that
    afterwards = ""  # what is said once all is simulated, where much is left to work out

    def __init__(self, directory: Path, plan: dict[str, Any] | None = None) -> None:
        """Raises InputError where there is no plan, or it is not whole."""
        self.directory = directory
        self.plan = read_plan(directory) if plan is None else plan
        if "kind" not in self.plan:
            problem, fix = "this was stopped before its plan was whole", resuming(directory)
            raise InputError(problem, file=directory, allowed="a whole plan", fix=fix)

    @property
    def kind(self) -> str:
        """The command that asked for it."""
        return str(self.plan["kind"])

    @property
    def own(self) -> OwnCode:
        """The code of one's own that was there."""
        own: OwnCode = self.plan.get("own", {})
        return own

    @property
    @abstractmethod
    def replicates(self) -> int:
        """Replicates of each world."""

    @property
    @abstractmethod
    def scenario(self) -> Scenario:
        """The first or only scenario."""

    @property
    @abstractmethod
    def shards(self) -> Sequence[str]:
        """Names of all shards that there are to be."""

    @abstractmethod
    def made(self, engine: Engine) -> Iterable[Made]:
        """The shards that are left. Each is kept before the next is asked for."""

    @property
    @abstractmethod
    def worlds(self) -> int:
        """How much is wanted, in units."""

    @abstractmethod
    def worlds_left(self) -> int:
        """How much of it is not there."""

    @abstractmethod
    def time(self, workers: int | None) -> TimePlan:
        """How long what is left takes on this machine, and in how many processes."""

    @abstractmethod
    def intention(self) -> str:
        """What is going to be simulated, in a line."""

    @abstractmethod
    def extended(self, replicates: int) -> dict[str, Any]:
        """The plan with more replicates."""

    def left(self) -> list[int]:
        """Places of the shards that are not present."""
        there = present(self.directory)
        return [i for i, name in enumerate(self.shards) if name not in there]

    @property
    def finished(self) -> bool:
        """Whether all of it, results and record, is there."""
        return (self.directory / PROVENANCE).is_file() and not self.left()

    def same_code(self) -> None:
        """Raises InputError when this code is not the plan's; warns where other versions may give other bits."""
        then, now = self.plan["code"], rests_on_code(self.own)
        if then != now:
            problem = "the code that simulates has changed since: what is left may not be the same"
            found, allowed = f"code {now[:12]}", f"code {then[:12]}"
            fix = "go on with the version it was started with, or start anew"
            raise InputError(problem, file=self.directory, found=found, allowed=allowed, fix=fix)
        same_own_code(self.own, self.directory)
        new, old = rests_on(), self.plan["versions"]
        other = [f"{name} {old[name]} is now {new[name]}" for name in apart(old, new)]
        if other:
            warnings.warn(f"worlds may differ in their last bits: {', '.join(other)}", Notice, stacklevel=2)

    def extend(self, replicates: int) -> None:
        """Ask for more replicates. Raises InputError for fewer than there are."""
        if asks_more("--replicates", replicates, self.replicates):
            self.become(self.extended(replicates))

    def become(self, plan: dict[str, Any]) -> None:
        """Take another plan, of which what is there is a part. Raises InputError where that is damaged."""
        self._intact()
        write_plan(self.directory, {name: value for name, value in plan.items() if name != "schema"})
        self._unseal()
        directory = self.directory
        self.__dict__.clear()  # what followed from the plan of before
        self.directory, self.plan = directory, plan

    def _intact(self) -> None:
        """Raises InputError for a shard that is not as the record says: another would say it is."""
        sealed = self.directory / PROVENANCE
        try:
            hashes = dict(json.loads(sealed.read_text(encoding="utf-8"))["files"]) if sealed.is_file() else {}
        except (OSError, ValueError, KeyError, TypeError):  # which `verify` tells
            hashes = {}
        for name in present(self.directory) if hashes else ():  # one that is cut off is made anew
            shard, known = self.directory / FOLDER / name, hashes.get(f"{FOLDER}/{name}")
            if known and hash_of(shard) != known:
                raise damaged(shard, self.directory, f"its sha256 is not that in {PROVENANCE}")

    def _unseal(self) -> None:
        """Take the record away, which is not that of what is to come."""
        (self.directory / PROVENANCE).unlink(missing_ok=True)

    def carry_out(self, engine: Engine, progress: Progress[Made] | None = None) -> None:
        """Simulate what is left; each shard is kept as soon as it is finished. ``progress`` wraps the iterator of what
        is made, given how much is left.

        What ends it early (an interrupt, a full disk, a worker that is lost) passes through; what is finished stays.
        """
        if self.left():
            self._intact()
            self._unseal()  # what was made of less is not the whole
        folder = self.directory / FOLDER
        source: Any = iter(self.made(engine))
        try:
            with clear_errors(self.directory):
                folder.mkdir(exist_ok=True)
            for made in wrapped(progress, source, self.worlds_left()):
                with clear_errors(self.directory):
                    save_bytes(folder / made.name, made.content)
        finally:
            close = getattr(source, "close", None)
            if close is not None:
                close()


class Tasked(Planned):
    """One whose shards are made independently of each other, each by its task."""

    @property
    @abstractmethod
    def job(self) -> Job:
        """The work."""

    @property
    def shards(self) -> Sequence[str]:
        return self.job.names

    def made(self, engine: Engine) -> Iterable[Made]:
        """The shards that are left, by their places."""
        made: Iterable[Made] = engine(self.job, self.left())
        return made


def asks_more(key: str, asked: int, there: int) -> bool:
    """Whether more is asked for than there is. Raises InputError for less."""
    if asked < there:
        allowed, fix = f"at least {there}", "ask for more, or start another directory"
        raise InputError("nothing is taken away", key=key, found=asked, allowed=allowed, fix=fix)
    return asked > there


def head(kind: str, command: list[str], scenario: Scenario) -> dict[str, Any]:
    """What every whole plan begins with."""
    own = recorded()
    return {"command": command, "kind": kind, "name": scenario.name, "seed": scenario.run.seed,
            "code": rests_on_code(own.get("own", {})), "versions": rests_on(), **own}  # fmt: skip


def rests_on_code(own: OwnCode) -> str:
    """The hash of the code that the shards of a plan rest on: what simulates, and beside code of one's own all of it,
    since that may import any of it."""
    return code_hash() if own else simulating_hash()


def scenario_of(text: str, file: Path, own: OwnCode, **options: Any) -> Scenario:
    """The scenario of a resolved file in a plan, which is to be called ``file``, with these options; ``own`` is the
    code of one's own that was there."""
    with TemporaryDirectory() as place, declared_by(own, file):
        resolved = Path(place) / "scenario.toml"
        resolved.write_text(text, encoding="utf-8")
        tree = read_tree(resolved)
        tree.file, tree.origin = file, {path: file if at == resolved else at for path, at in tree.origin.items()}
        return with_options(build(tree), **options)
