"""Where results go: directories that are never overwritten, files that are never half-written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pandas as pd

from sim.errors import InputError


def prepare(out: Path | None, name: str, tail: str = "") -> Path:
    """The directory to write to, made if need be; by default ``outputs/<name>/<time><tail>``.

    Raises InputError when it is filled or cannot be written.
    """
    given = out is not None
    if out is None:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        base = Path("outputs") / name / f"{stamp}{tail}"
        out = next(path for path in _numbered(base) if not os.path.lexists(path))
    where: dict[str, Any] = {"file": out, "key": "--out" if given else None}
    if os.path.lexists(out) and not os.path.isdir(out):
        raise InputError("there is a file in the way", allowed="a new or empty directory", fix="name another", **where)
    try:
        out.mkdir(parents=True, exist_ok=given)
        found = min((path.name for path in out.iterdir()), default=None)
        if found is not None:
            fix, allowed = "name a new directory; nothing is ever overwritten", "a new or empty directory"
            raise InputError("the directory is not empty", found=found, allowed=allowed, fix=fix, **where)
        with NamedTemporaryFile(dir=out):
            pass
    except OSError as error:
        if not given and isinstance(error, FileExistsError) and out.is_dir():
            return prepare(None, name, tail)  # another run took the name just now
        raise unwritable(error, **where) from None
    return out


def unwritable(error: OSError, **where: Any) -> InputError:
    """The error for a place that takes no more files."""
    allowed, fix = "a directory that can be written, with room", "choose another place, or make room"
    return InputError(f"cannot be written: {error.strerror}", allowed=allowed, fix=fix, **where)


@contextmanager
def clear_errors(out: Path) -> Iterator[None]:
    """Around writing into a directory: what the system refuses, for want of room or of rights, is an InputError."""
    try:
        yield
    except OSError as error:
        raise unwritable(error, file=out) from None


def _numbered(base: Path) -> Iterator[Path]:
    yield base
    number = 2
    while True:
        yield base.with_name(f"{base.name}-{number}")
        number += 1


def save_text(path: Path, text: str) -> None:
    """As ``save_bytes``, in UTF-8."""
    save_bytes(path, text.encode("utf-8", "backslashreplace"))  # file names need not be valid text


def save_table(path: Path, table: pd.DataFrame) -> None:
    """A table as CSV without its index."""
    save_text(path, table.to_csv(index=False, lineterminator="\n"))


def save_bytes(path: Path, content: bytes) -> None:
    """The file gets its final name only when it is whole."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as partial:
        try:
            partial.write(content)
            partial.flush()
            os.fsync(partial.fileno())
            os.chmod(partial.name, 0o644)
            os.replace(partial.name, path)
        except BaseException:
            Path(partial.name).unlink(missing_ok=True)
            raise
