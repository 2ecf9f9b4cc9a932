"""Where results go: directories that are never overwritten, files that are never half-written."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from secrets import token_hex
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.store.lock import PARTIAL, hold, release, sweep

if TYPE_CHECKING:
    import pandas as pd


def prepare(out: Path | None, name: str, tail: str = "") -> Path:
    """The directory to write to, made if need be; by default ``outputs/<name>/<time><tail>``.

    It is held until ``lock.release``. Raises InputError when it is filled, held by another or cannot be written.
    """
    given = out is not None
    if out is None:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        base = Path("outputs") / plain(name) / plain(f"{stamp}{tail}")
        sweep(base.parent)
        out = next(path for path in _numbered(base) if not os.path.lexists(path))
    where: dict[str, Any] = {"file": out, "key": "--out" if given else None}
    if "\0" in str(out):
        raise InputError("not a name of a directory", allowed="a new or empty directory", fix="name another", **where)
    if os.path.lexists(out) and not os.path.isdir(out):
        raise InputError("there is a file in the way", allowed="a new or empty directory", fix="name another", **where)
    stays = os.path.lexists(out)
    try:
        out.mkdir(parents=True, exist_ok=given)
        hold(out, where["key"])
        with _given_up_where_it_fails(out, stays=stays):
            found = min((path.name for path in out.iterdir()), default=None)
            if found is not None:
                fix, allowed = "name a new directory; nothing is ever overwritten", "a new or empty directory"
                raise InputError("the directory is not empty", found=found, allowed=allowed, fix=fix, **where)
            with NamedTemporaryFile(dir=out, prefix=".room.", suffix=PARTIAL):
                pass
    except OSError as error:
        if not given and isinstance(error, FileExistsError | FileNotFoundError) and out.parent.is_dir():
            return prepare(None, name, tail)  # another run took the name just now
        raise unwritable(error, **where) from None
    return out


@contextmanager
def _given_up_where_it_fails(out: Path, *, stays: bool) -> Iterator[None]:
    """Around the first look into a directory that is held: where it fails, nothing of it is left that was not there."""
    try:
        yield
    except BaseException:
        release(out)
        if not stays:
            with suppress(OSError):
                out.rmdir()
            leave_no_parent(out)
        raise


@contextmanager
def prepared(out: Path | None, name: str) -> Iterator[Path]:
    """Around writing to ``prepare(out, name)``, which is given up behind. What fails or is interrupted before anything
    is written leaves no directory that was not there."""
    stays = out is not None and os.path.lexists(out)
    place = prepare(out, name)
    try:
        yield place
    finally:
        release(place)
        if not stays:
            with suppress(OSError):  # it is not empty, or gone: what failed before is told
                place.rmdir()
                leave_no_parent(place)


def no_directory(path: Path) -> str:
    """What is wrong with a path that should be a directory and is none."""
    return "a file, not a directory" if path.exists() else "no such directory"


def unwritable(error: OSError, **where: Any) -> InputError:
    """The error for a place that takes no more files."""
    allowed, fix = "a directory that can be written, with room", "choose another place, or make room"
    return InputError(f"cannot be written: {error.strerror or error}", allowed=allowed, fix=fix, **where)


def plain(name: str) -> str:
    """A name as a part of a path that stays below its parent and can be read: no separators, control characters, or
    dots at its ends."""
    kept = "".join(letter if letter.isprintable() and letter not in '/\\:*?"<>|' else "_" for letter in name)
    return kept.strip(". ") or "unnamed"


def leave_no_parent(out: Path) -> None:
    """Behind a directory that is gone: nothing of ``outputs/<name>`` stays where it is empty."""
    if out.parent.parent == Path("outputs"):
        with suppress(OSError):  # it is not empty
            out.parent.rmdir()


@contextmanager
def clear_errors(out: Path) -> Iterator[None]:
    """Around writing into a directory, and nothing else: what the system refuses, for want of room or of rights, is an
    InputError. It names the directory; another place where the system names one."""
    try:
        yield
    except OSError as error:
        named = error.filename if isinstance(error.filename, str) else out
        inside = Path(named).absolute().is_relative_to(out.absolute().parent)  # it may be a file that has half a name
        raise unwritable(error, file=out if inside else named) from None


def _numbered(base: Path) -> Iterator[Path]:
    yield base
    number = 2
    while True:
        yield base.with_name(f"{base.name}-{number}")
        number += 1


def hash_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


def save_text(path: Path, text: str) -> None:
    """As ``save_bytes``, in UTF-8."""
    save_bytes(path, text.encode("utf-8", "backslashreplace"))  # file names need not be valid text


def save_table(path: Path, table: "pd.DataFrame") -> None:
    """A table as CSV without its index."""
    from sim.store.table import csv_parts

    save_parts(path, csv_parts(table))


def save_bytes(path: Path, content: bytes) -> None:
    """The file gets its final name only when it is whole."""
    save_parts(path, [content])


def save_parts(path: Path, parts: Iterable[bytes]) -> None:
    """The same of content that comes in parts. Who may read the file is as the user set it (umask)."""
    half = path.with_name(f".{path.name}.{token_hex(4)}{PARTIAL}")
    try:
        with half.open("xb") as partial:
            for part in parts:
                partial.write(part)
            partial.flush()
            os.fsync(partial.fileno())
        os.replace(half, path)  # closed by now: Windows moves no file that is open
    except BaseException:
        with suppress(OSError):
            half.unlink()
        raise
