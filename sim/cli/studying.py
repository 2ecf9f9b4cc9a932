"""What commands share that carry out a study: its plan first, then what is left of it, and the command that goes on."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.options import whole
from sim.cli.simulating import fitting, foretell

if TYPE_CHECKING:
    from sim.study.engine import Engine
    from sim.study.study import Study


def studying(parser: ArgumentParser) -> None:
    """Add the options of a study that say where and how it is carried out."""
    parser.add_argument(
        "--workers", type=whole("--workers", 1, 256), metavar="W", help="processes (default: by the amount of work)"
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="simulate on the workers of this dask scheduler, e.g. tcp://10.0.0.1:8786"
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but where the results lie")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON instead of a table")


def begun(options: Namespace, scenarios: list[Path]) -> int:
    """Write the plan of a new study at once, read what its command wants, and carry it out; the exit code.

    What cannot be read leaves no directory behind that was not there. Raises InputError.
    """
    from sim.cli import commands
    from sim.cli.simulating import there
    from sim.store.lock import release
    from sim.store.place import prepare
    from sim.store.plan import PLAN, first_plan, write_plan

    name, before = options.typed[0], there(options.out)
    out = prepare(options.out, name, f"-{scenarios[0].stem}")
    try:
        write_plan(out, first_plan(options.typed, scenarios))
        try:
            from sim.study.study import Study, require

            require()
            commands()[name].wanted(options).write(out, options.typed)
        except Exception:  # nothing was simulated, and nothing can be
            (out / PLAN).unlink(missing_ok=True)
            if not before:
                out.rmdir()
            raise
        return carried_out(options, Study(out))
    finally:
        release(out)


def carried_out(options: Namespace, study: "Study") -> int:
    """Simulate what is left of a study in a directory that is held, write what it found, and print that; the exit
    code."""
    began, out = time.perf_counter(), study.directory
    actors = sum(kind.count for kind in study.scenario.kinds)
    with left_behind(study), fitting(out, actors):
        if not options.quiet:
            print(_intention(study), file=sys.stderr)
        with _engine(options, study) as engine:
            study.carry_out(engine, bar_of_worlds(options.quiet))
        text = written(study, time.perf_counter() - began, as_json=options.json)
    print(str(out) if options.quiet and not options.json else text)
    return 0


@contextmanager
def _engine(options: Namespace, study: "Study") -> "Iterator[Engine]":
    """Where the options say that worlds are simulated."""
    from sim.study.engine import local

    if not options.cluster:
        plan = study.time(options.workers)
        foretell(plan.seconds, options.quiet, plan.workers)
        yield local(plan.workers)
        return
    from sim.study.cluster import cluster

    with cluster(options.cluster) as (engine, at_once):
        foretell(study.time(1).seconds / at_once, options.quiet, at_once)
        yield engine


def written(study: "Study", seconds: float, *, as_json: bool) -> str:
    """Write what a finished study found; what its command prints of it."""
    from sim.cli import commands
    from sim.outputs.studies import write_study
    from sim.store.records import json_text

    _, summary = write_study(study, seconds)
    if as_json:
        return json_text(summary).rstrip("\n")
    text: str = commands()[study.kind].report(summary, study.directory, seconds)
    return text


def _intention(study: "Study") -> str:
    points = len(study.job.points)
    left, worlds = study.worlds_left(), study.worlds
    kept = f", of which {worlds - left:,} are there" if left < worlds else ""
    each = f"{points:,} points x {study.replicates:,} replicates"
    return f"{each} = {worlds:,} worlds{kept}. Each is kept in {study.directory}"


@contextmanager
def left_behind(study: "Study") -> Iterator[None]:
    """Around carrying out a study: however it ends early, how much is finished and the command that goes on."""
    try:
        yield
    except BaseException:
        done = study.worlds - study.worlds_left()
        where = _quoted(study.directory)
        said = f"{done:,} of {study.worlds:,} worlds are finished and kept. Go on: python run.py resume {where}"
        print(f"\n{said}", file=sys.stderr)
        raise


def _quoted(directory: Path) -> str:
    from shlex import quote

    return quote(str(directory))


def bar_of_worlds(quiet: bool) -> Any:
    """Wraps an iterator of finished chunks in a progress bar of worlds with the time left."""
    from tqdm import tqdm

    def wrap(chunks: Iterable[Any], total: int) -> Iterator[Any]:
        with tqdm(total=total, unit="world", disable=quiet, file=sys.stderr) as bar:
            for made in chunks:
                yield made
                bar.update(made.worlds)

    return wrap
