"""Which code this is: a hash that plans and records of results hold."""

import os
from functools import cache
from hashlib import sha256
from pathlib import Path

CODE = (".py", ".toml", ".csv", ".html", ".txt")
NOT_CODE = (".vue", ".css", ".md", ".typed")  # what the page in the browser looks like, licences, a mark for checkers


@cache
def code_hash() -> str:
    """The hash of the package that this process imported, as its files were when it was first asked for: that is before
    anything is simulated, so that a file that is edited meanwhile counts for what is started after it alone."""
    return hash_of_code(Path(__file__).parent)


def hash_of_code(root: Path) -> str:
    """sha256 over the names and contents of all files of a package that decide about results and about what is written:
    code, tables of data, templates of reports, and the list of scenarios."""
    names = (os.path.join(folder, name) for folder, _, files in os.walk(root) for name in files if name.endswith(CODE))
    digest = sha256()
    for path in sorted(map(Path, names)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
