"""What commands share that carry out a plan: it stands first, then what is left of it, and the command that goes on."""

import os.path
import sys
import time
import warnings
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.simulating import WRITING_ON, finishing, fitting, foretell
from sim.errors import BrokenCode, Notice
from sim.plurals import counted

if TYPE_CHECKING:
    from sim.study.engine import Engine
    from sim.study.planned import Planned


def begun(options: Namespace, scenarios: list[Path], name: str = "", tail: str | None = None) -> int:
    """Write the plan of a new directory at once, read what its command wants, and carry it out; the exit code.

    Without --out the directory is called by ``name`` (the command) and ``tail`` (the first scenario). What cannot be
    read leaves no directory behind that was not there. Raises InputError.
    """
    from sim.cli import commands
    from sim.compiler import interrupts_wait
    from sim.store.lock import release
    from sim.store.place import clear_errors, prepare
    from sim.store.plan import first_plan, write_plan

    command, stays = options.typed[0], options.out is not None and os.path.lexists(options.out)
    out: Path | None = None
    try:
        try:
            with interrupts_wait():  # so that a directory that was made has its plan
                out = prepare(options.out, name or command, f"-{scenarios[0].stem}" if tail is None else tail)
                with _nothing_behind(out, stays=stays), clear_errors(out):
                    write_plan(out, first_plan(options.typed, scenarios))
            with _nothing_behind(out, stays=stays):
                wanted = commands()[command].wanted(options)
                with clear_errors(out):
                    wanted.write(out, options.typed)
            from sim.outputs.planned import opened

            planned = opened(out)
        except KeyboardInterrupt:
            if out is not None:
                print(f"\nNothing is simulated yet. {_command(out, options)}", file=sys.stderr)
            raise
        try:
            return carried_out(options, planned)
        except BrokenCode:
            if planned.worlds_left() == planned.worlds:
                _remove(out, stays=stays)
            raise
    finally:
        if out is not None:
            release(out)


@contextmanager
def _nothing_behind(out: Path, *, stays: bool) -> Iterator[None]:
    """Around planning: what cannot be read or written leaves no plan, and no directory that was not there."""
    try:
        yield
    except Exception:
        _remove(out, stays=stays)
        raise


def _remove(out: Path, *, stays: bool) -> None:
    """Take away a plan of which nothing is there, and its directory where it was not there before."""
    from sim.store.place import leave_no_parent
    from sim.store.plan import PLAN
    from sim.store.shards import FOLDER

    with suppress(OSError):  # where nothing was simulated, there is none
        (out / FOLDER).rmdir()
    with suppress(OSError):  # it is gone, or cannot be removed: what failed before is told
        (out / PLAN).unlink(missing_ok=True)
        if not stays:
            out.rmdir()
            leave_no_parent(out)


def seed_tail(options: Namespace, scenario: Path) -> str:
    """What ends the name of a directory: the seed, as far as it can be told before the scenario is read in full."""
    from sim.store.plan import written_seed

    parted = [(path.strip(), value.strip()) for path, _, value in (text.partition("=") for text in options.settings)]
    asked: list[int | str | None] = [_whole(value) for path, value in parted if path == "run.seed"]
    seed = options.seed if options.seed is not None else (asked or [written_seed(scenario)])[-1]
    return f"-seed{seed}"


def _whole(text: str) -> int | str:
    """A whole number as TOML writes it; any other text as it is, which reading it will refuse."""
    try:
        return int(text, 0)
    except ValueError:
        return text


def carried_out(options: Namespace, planned: "Planned") -> int:
    """Simulate what is left of a directory that is held, write what it amounts to, and print that; the exit code."""
    from sim.processors import at_most

    out, scenario = planned.directory, planned.scenario
    whole = True
    with left_behind(planned, options), fitting(scenario.file, scenario.actors), at_most(options.workers):
        said = planned.intention()
        if said and not options.quiet:
            print(said, file=sys.stderr)
        with _engine(options, planned) as engine:
            whole = _as_far_as_it_goes(planned, engine, options.quiet)
        if planned.afterwards and not options.quiet:
            print(planned.afterwards, file=sys.stderr)
        with finishing(interrupted=not whole):
            text = written(planned, options.began, as_json=getattr(options, "json", False))
    print(str(out) if options.quiet and not getattr(options, "json", False) else text)
    if not whole:
        print(f"\n{_goes_on(planned, options)}", file=sys.stderr)
    return 0 if whole else 130


def _as_far_as_it_goes(planned: "Planned", engine: "Engine", quiet: bool) -> bool:
    """Simulate what is left; whether nothing cut it short. Where a part of it can be written too, an interrupt does
    not pass through, nor a worker or memory that is lost once something is finished."""
    from sim.experiment.pool import OUT_OF_MEMORY, WorkerLost

    try:
        planned.carry_out(engine, finished_bar(planned.unit, quiet))
    except KeyboardInterrupt:
        if not planned.in_part:
            raise
        print(f"\n{WRITING_ON}", file=sys.stderr)
        return False
    except (WorkerLost, MemoryError) as error:
        if not planned.in_part or planned.worlds_left() == planned.worlds:
            raise
        cause = error.problem if isinstance(error, WorkerLost) else OUT_OF_MEMORY
        warnings.warn(f"{cause}; what is finished is kept", Notice, stacklevel=2)
        return False
    return True


@contextmanager
def _engine(options: Namespace, planned: "Planned") -> "Iterator[Engine]":
    """Where the options say that it is simulated."""
    from sim.experiment.duration import WRITING
    from sim.outputs.planned import KINDS
    from sim.study.engine import local

    if not getattr(options, "cluster", None):
        plan = planned.time(options.workers)
        foretell(plan.seconds + WRITING, options.quiet, plan.workers)
        yield local(plan.workers, KINDS[planned.kind].writer)  # its imports, while this process has time
        return
    from sim.study.cluster import cluster

    with cluster(options.cluster) as (engine, at_once):
        foretell(planned.time(1).seconds / at_once, options.quiet, at_once)
        yield engine


def written(planned: "Planned", began: float, *, as_json: bool) -> str:
    """Write what a directory amounts to; what its command, which ``began`` then, prints of it."""
    from sim.cli import commands
    from sim.outputs.planned import write_planned

    found, summary = write_planned(planned, time.perf_counter() - began)
    if as_json:
        return (planned.directory / "summary.json").read_text(encoding="utf-8").rstrip("\n")
    text: str = commands()[planned.kind].report(found, summary, planned, time.perf_counter() - began)
    return text


@contextmanager
def left_behind(planned: "Planned", options: Namespace) -> Iterator[None]:
    """Around carrying out a plan: however it ends early, how much is finished and the command that goes on. None does
    after an error in code of one's own, which is another once it is mended."""
    try:
        yield
    except BrokenCode:
        raise
    except BaseException:
        print(f"\n{_goes_on(planned, options)}", file=sys.stderr)
        raise


def _goes_on(planned: "Planned", options: Namespace) -> str:
    done = planned.worlds - planned.worlds_left()
    kept = f"{done:,} of {counted(planned.worlds, planned.unit)} are finished and kept"
    return f"{kept}. {_command(planned.directory, options)}"


def _command(out: Path, options: Namespace) -> str:
    """What goes on where it was stopped: with the same cluster, if it was on one."""
    from shlex import quote

    from sim.store.plan import resuming

    cluster = getattr(options, "cluster", None)
    on = f" --cluster {quote(cluster)}" if cluster else ""
    return f"Go on: {resuming(out)}{on}"


def finished_bar(unit: str, quiet: bool) -> Any:
    """Wraps an iterator of finished shards in a progress bar of worlds or replicates with the time left."""
    from sim.bars import bar

    def wrap(shards: Iterable[Any], total: int) -> Iterator[Any]:
        with bar(total=total, unit=unit, quiet=quiet) as shown:
            for made in shards:
                yield made
                shown.update(made.worlds)

    return wrap
