"""``scenarios``: the shipped scenario files, and those of one's own that lie beside them."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.terminal import WHOLE_WORDS
from sim.pasting import from_here

NAME, GROUP, ORDER = "scenarios", Group.WRITE_YOUR_OWN, 1
HELP = "list the shipped scenarios, each with its question"
EXAMPLE = "python run.py scenarios"


def arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""


def act(options: Namespace) -> int:
    from tabulate import tabulate

    from sim.scenario import SOURCES_FILE, real_policies, shipped, shipped_files
    from sim.scenario.examples import none_shipped

    files = shipped_files()
    own = [file for file in sorted(shipped().glob("*.toml")) if file.name != SOURCES_FILE and file not in files]
    tables = []
    for kind, found in (("scenario", files), ("law or programme", real_policies()), ("your own", own)):
        rows = [[from_here(file).as_posix(), _question(file)] for file in found]
        tables += [tabulate(rows, [kind, "question"], **WHOLE_WORDS, maxcolwidths=[None, 80])] if rows else []
    if not tables:
        raise none_shipped()
    print("\n\n".join(tables))
    return 0


def _question(file: Path) -> str:
    """The question of a scenario file; what is wrong with one that cannot be read."""
    from sim.errors import InputError
    from sim.scenario.parse import parse

    try:
        return str(parse(file).get("question", ""))
    except InputError as error:
        return f"cannot be read: {error.problem}"
