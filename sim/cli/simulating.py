"""What commands that simulate share: progress, memory that does not suffice, and writing that is not cut off."""

import os.path
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.results import Run
    from sim.scenario import Scenario

WORTH_A_WORD = 10.0  # seconds


def bar(quiet: bool) -> Any:
    """Wraps an iterator of finished replicates in a progress bar with the time left."""
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of its own, so that workers can be forked

    def wrap(replicates: Any, total: int) -> Any:
        return tqdm(replicates, total=total, unit="replicate", disable=quiet, file=sys.stderr, leave=True)

    return wrap


def foretell(seconds: float, quiet: bool, workers: int = 1) -> None:
    """Say about how long the rest of a command takes, where somebody would wonder."""
    if seconds >= WORTH_A_WORD and not quiet:
        beside = f" on {workers} workers" if workers > 1 else ""
        print(f"About {_rounded(seconds)}{beside}.", file=sys.stderr)


def _rounded(seconds: float) -> str:
    """A time in words, as exactly as it can be known beforehand."""
    tens, minutes = round(seconds / 10), round(seconds / 60)
    if tens < 6:
        return f"{10 * tens} seconds"
    if minutes < 10:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    if minutes < 100:
        return f"{5 * round(minutes / 5)} minutes"
    return f"{round(seconds / 3600)} hours"


def simulated(scenario: "Scenario", options: Namespace, *, every_step: bool = False, after: float = 0.0) -> "Run":
    """All replicates of a scenario, by the options that ``repeated`` adds. What comes then takes about ``after``
    seconds. An interrupt leaves those that are finished. Raises InputError when memory does not suffice."""
    from sim.experiment.run import planned, run

    with fitting(options.scenario, sum(kind.count for kind in scenario.kinds)):
        plan = planned(scenario, workers=options.workers, every_step=every_step)
        foretell(plan.seconds + after, options.quiet, plan.workers)
        return run(scenario, workers=plan.workers, every_step=every_step, progress=bar(options.quiet))


@contextmanager
def fitting(file: Path, actors: int) -> Iterator[None]:
    """Around what takes memory: one clear message when it does not suffice."""
    try:
        yield
    except MemoryError:
        found, fix = f"{actors:,} actors", "lower kind.<id>.count or --workers"
        allowed = "what this machine can hold"
        problem = "the run does not fit into memory"
        raise InputError(problem, file=file, found=found, allowed=allowed, fix=fix) from None


@contextmanager
def writing_to(given: Path | None, out: Path, file: Path, actors: int) -> Iterator[None]:
    """Around simulating and writing to a directory that is held, and given up behind: a clear word when memory does not
    suffice, no empty directory left behind, and the names of what is whole when the rest is missing. ``given`` is what
    --out said, before ``out`` was made."""
    from sim.store.lock import release

    try:
        with fitting(file, actors):
            yield
    finally:
        release(out)
        left = sorted(path.name for path in out.iterdir()) if out.is_dir() else ["nothing"]
        if not left and not given:
            out.rmdir()
        elif left and "provenance.json" not in left:
            print(f"the results are not complete; whole in {out}: {', '.join(left)}", file=sys.stderr)


def there(out: Path | None) -> Path | None:
    """The directory of --out when it exists before the run, so that it stays."""
    return out if out is not None and os.path.lexists(out) else None


@contextmanager
def finishing() -> Iterator[None]:
    """While results are written the first interrupt is answered with a word; the second one stops."""

    def answer(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("\nwriting what is finished; interrupt again to stop", file=sys.stderr)

    before = signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def shown(options: Namespace, summary: Any, out: Path, text: Callable[[], str]) -> str:
    """What a command prints when it is done: the summary (a record) as JSON, where the results lie, or ``text``."""
    from sim.store.records import json_text

    if options.json:
        return json_text(summary).rstrip("\n")
    return str(out) if options.quiet else text()
