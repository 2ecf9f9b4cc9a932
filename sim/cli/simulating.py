"""What commands that simulate share: how long it takes, memory that does not suffice, writing that is not cut off."""

import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Notice
from sim.plurals import counted

if TYPE_CHECKING:
    from sim.history.records import Records

WORTH_A_WORD = 10.0  # seconds
WRITING_ON = "writing what is finished; interrupt again to stop"


def bar(quiet: bool, unit: str = "replicate") -> Any:
    """Wraps an iterator of what is finished, in some unit, in a progress bar with the time left."""
    from sim.bars import bar

    return lambda finished, total: bar(finished, total=total, unit=unit, quiet=quiet)


def records_of(file: Path, *, named: bool = False) -> "Records":
    """The records of a file, with a warning where many of its rows are odd; odd ones are ``named`` on standard error
    where a command's output does not name them. Raises InputError."""
    from sim.history.records import read_records
    from sim.report.validation.words import odd_rows, odd_warning

    found = read_records(file)
    said = odd_warning(found)
    if said:
        warnings.warn(said, Notice, stacklevel=2)
    for line in odd_rows(found) if named else []:
        print(line, file=sys.stderr)
    return found


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
    return counted(round(seconds / 3600), "hour")


@contextmanager
def fitting(file: Path, actors: int) -> Iterator[None]:
    """Around what takes memory: one clear message when it does not suffice."""
    try:
        yield
    except MemoryError:
        found, fix = counted(actors, "actor"), "lower kind.<id>.count or --workers"
        allowed = "what this machine can hold"
        problem = "the run does not fit into memory"
        raise InputError(problem, file=file, found=found, allowed=allowed, fix=fix) from None


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Around what a command keeps nothing of before it is finished: an interrupt says so."""
    try:
        yield
    except KeyboardInterrupt:
        print("\nnothing is kept: this command answers when it is finished", file=sys.stderr)
        raise


@contextmanager
def finishing(*, interrupted: bool = False) -> Iterator[None]:
    """While results are written the first interrupt is answered with a word; the second one stops. Where one cut the
    work short, the next stops. An interrupt comes to the main thread alone, and no other may say what answers it."""
    if interrupted or threading.current_thread() is not threading.main_thread():
        yield
        return

    def answer(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print(f"\n{WRITING_ON}", file=sys.stderr)

    before = signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
