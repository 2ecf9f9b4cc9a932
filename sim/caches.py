"""Where what is made for speed is kept: a directory that nobody but this user writes into, since its code is run."""

import atexit
import os
import stat
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp
from time import time

KEPT_DAYS = 30.0  # after the last use
NEW = ".new"  # the end of a file's name until it is whole


def writable() -> Path:
    """A directory of this user's own: among the caches, or where that cannot be, among what is temporary."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    for place in (*_caches(), Path(gettempdir()) / f"compute-divide-{user}"):
        with suppress(OSError):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            if _own(place) and os.access(place, os.W_OK):
                return place
    return _for_this_process()


def forget_old(place: Path, used: Collection[Path], ends: tuple[str, ...]) -> None:
    """Remove what was used long ago of files whose names end so, and what was left half written."""
    for other in place.iterdir():
        with suppress(OSError):  # another process may be done with it
            unused = other.suffix in (*ends, NEW) and other not in used
            if unused and time() - other.stat().st_mtime > KEPT_DAYS * 24 * 3600:
                other.unlink()


def _own(place: Path) -> bool:
    """Whether a directory is this user's, and no link of somebody else's, and others cannot write into it."""
    if not hasattr(os, "getuid"):
        return place.is_dir()
    found = place.stat()
    alone = stat.S_ISDIR(found.st_mode) and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return alone and found.st_uid == place.lstat().st_uid == os.getuid()


def _caches() -> Iterator[Path]:
    """Where this system has what is kept for speed; nowhere for a user without a home."""
    with suppress(RuntimeError):
        if sys.platform == "win32":
            yield Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "compute-divide"
        elif sys.platform == "darwin":
            yield Path.home() / "Library" / "Caches" / "compute-divide"
        else:
            yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "compute-divide"


@cache
def _for_this_process() -> Path:
    """Gone with it."""
    place = mkdtemp(prefix="compute-divide-")
    atexit.register(rmtree, place, ignore_errors=True)
    return Path(place)
