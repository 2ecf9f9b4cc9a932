"""A directory has one writer at a time. Its lock dies with its owner; what a killed owner left half-made is cleared."""

import errno
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import InputError

PARTIAL = ".partial"  # ends the name of a file that is being written
PROVENANCE = "provenance.json"  # the last file of a directory: what has it is complete
_PARTIAL_NAME = re.compile(r"\..*\.[a-z0-9_]{8}" + re.escape(PARTIAL), re.DOTALL)
PARTS = ("", "figures", "scenarios", "shards")  # of a directory: where files are written
UNLOCKABLE = (errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS)  # says a file system without locks
SETTLED = 60.0  # seconds after which a directory that nobody holds was left by one that is gone

_held: dict[str, int] = {}  # open descriptors that lock, by real path


def hold(directory: Path, key: str | None = None) -> None:
    """Lock an existing directory for this run, and clear away what a killed owner left half-written in it.

    A file system that cannot lock directories lets everyone in. Raises InputError when another run holds it, OSError
    when there is no such directory.
    """
    place = os.path.realpath(directory)
    try:
        lock = None if place in _held else _locked(place)
    except OSError as error:
        if error.errno in UNLOCKABLE:
            return
        raise
    if lock is None:
        allowed, fix = "a directory of its own for each run", "name another, or wait until that run has ended"
        raise InputError("another run is writing there", file=directory, key=key, allowed=allowed, fix=fix)
    _held[place] = lock
    try:
        _tidy(directory)
    except OSError:
        release(directory)
        raise


def release(directory: Path) -> None:
    """Give a directory up; nothing happens when it is not held."""
    lock = _held.pop(os.path.realpath(directory), None)
    if lock is not None:
        os.close(lock)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Around writing into a directory that exists."""
    hold(directory)
    try:
        yield
    finally:
        release(directory)


def sweep(parent: Path) -> None:
    """Clear away what killed runs left half-written in the directories below one, and the empty ones among these."""
    with suppress(OSError):
        for directory in list(parent.iterdir()):
            with suppress(OSError):
                _sweep(directory)


def _sweep(directory: Path) -> None:
    whole = (directory / PROVENANCE).exists()
    if whole or directory.is_symlink() or time.time() - directory.stat().st_mtime < SETTLED:
        return
    lock = _locked(str(directory))
    if lock is not None:
        try:
            _tidy(directory)
            directory.rmdir()  # only when it is empty
        finally:
            os.close(lock)


def _tidy(directory: Path) -> None:
    for part in PARTS:
        folder = directory / part
        if folder.is_dir() and not (part and folder.is_symlink()):
            for file in folder.iterdir():
                if _PARTIAL_NAME.fullmatch(file.name) and not file.is_dir():
                    file.unlink(missing_ok=True)


if sys.platform == "win32":

    def _locked(place: str) -> int | None:
        """A descriptor that holds the directory until it is closed or its process ends; None when another does.

        Here it is of a file beside the directory that the system deletes with its last handle.
        """
        beside = f"{place}.lock"
        try:
            return os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY)
        except FileExistsError:
            return None

else:
    import fcntl

    def _locked(place: str) -> int | None:
        """A descriptor that holds the directory until it is closed or its process ends; None when another does."""
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                return None
            raise
        return descriptor

    def _forget() -> None:
        """A forked process holds nothing, so that what its parent holds ends with its parent."""
        while _held:
            os.close(_held.popitem()[1])

    os.register_at_fork(after_in_child=_forget)
