"""The text of a scenario file: bytes in, the tables of TOML out."""

import os
import tomllib
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest

LARGEST = 10_000_000  # bytes of a scenario file


def parse(file: Path) -> dict[str, Any]:
    """The tables of one TOML file."""
    try:
        if os.path.exists(file) and not (os.path.isfile(file) or os.path.isdir(file)):
            problem, fix = "not a regular file", "name a scenario file"
            raise InputError(problem, file=file, allowed="a scenario file (TOML)", fix=fix)
        with file.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except FileNotFoundError:
        near = nearest(file.stem, [p.stem for p in file.parent.glob("*.toml")]) if file.parent.is_dir() else None
        fix = (
            f"did you mean '{file.parent / near}.toml'?"
            if near
            else "run `python run.py scenarios` for the shipped files"
        )
        raise InputError("no such file", file=file, allowed="a scenario file (TOML)", fix=fix) from None
    except IsADirectoryError:
        raise InputError(
            "this is a directory", file=file, allowed="a scenario file", fix="name the file in it"
        ) from None
    except OSError as error:
        fix = "check its name and its permissions"
        raise InputError(
            f"cannot be read: {error.strerror}", file=file, allowed="a scenario file (TOML)", fix=fix
        ) from None
    if len(raw) > LARGEST:
        fix, allowed = "name a scenario file", f"at most {LARGEST // 1_000_000} MB"
        raise InputError("too large for a scenario", file=file, allowed=allowed, fix=fix)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("not a text file", file=file, allowed="TOML in UTF-8", fix="name a scenario file") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        fix = "correct the TOML there; text needs quotes, and a key may appear once only"
        raise InputError(f"bad TOML: {error}", file=file, allowed="TOML 1.0", fix=fix) from None
