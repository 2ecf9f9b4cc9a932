"""Which code this is: hashes that plans and records of results hold."""

import os
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

CODE = (".py", ".toml", ".csv", ".html", ".txt")
NOT_CODE = (".vue", ".css", ".md", ".typed")  # what the page in the browser looks like, licences, a mark for checkers
SHIPPED = "shipped"  # scenarios in an installed package; in the project they are beside it, so they are none of it
# What asks for worlds and tells of them: no world rests on these folders and files, and nothing else imports them.
AROUND = ("api.py", "app", "bars.py", "cli", "evidence", "examine.py", "model.py", "outputs", "report")


class Hashes(NamedTuple):
    """sha256 over the names and contents of files of a package: of all that decide about results and about what is
    written (code, tables of data, templates of reports, the list of scenarios), and of those that simulate."""

    whole: str
    simulating: str


def code_hash() -> str:
    """The hash of the package that this process imported, as its files were when it was first asked for: that is before
    anything is simulated, so that a file that is edited meanwhile counts for what is started after it alone."""
    return _imported().whole


def simulating_hash() -> str:
    """The same of what simulates: all but what is ``AROUND`` it."""
    return _imported().simulating


@cache
def _imported() -> Hashes:
    return hashes_of_code(Path(__file__).parent)


def hashes_of_code(root: Path) -> Hashes:
    """The hashes of a package as its files are now."""
    names = (os.path.join(folder, name) for folder, _, files in os.walk(root) for name in files if name.endswith(CODE))
    paths = {path.relative_to(root): path for path in sorted(map(Path, names))}
    found = {name: path.read_bytes() for name, path in paths.items() if name.parts[0] != SHIPPED}
    return Hashes(_hash(found.items()), _hash((path, said) for path, said in found.items() if simulates(path)))


def simulates(path: Path) -> bool:
    """Whether a world may rest on a file of the package, by its path from there."""
    return path.parts[0] not in AROUND


def _hash(files: Iterable[tuple[Path, bytes]]) -> str:
    digest = sha256()
    for path, said in files:
        digest.update(path.as_posix().encode() + b"\0" + said + b"\0")
    return digest.hexdigest()
