"""``scenarios``: the shipped scenario files, and those of one's own that lie beside them."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.terminal import WHOLE_WORDS
from sim.pasting import from_here, pasted

NAME, GROUP, ORDER = "scenarios", Group.WRITE_YOUR_OWN, 1
HELP = "list the shipped scenarios, each with its question"
EXAMPLE = "scenarios"
EXTENDS = 'extends = "carbon_tax.toml"'


def arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""


def act(options: Namespace) -> int:
    from tabulate import tabulate

    from sim.scenario import SOURCES_FILE, real_policies, shipped, shipped_files

    folder, files = shipped(), shipped_files()
    own = [file for file in sorted(folder.glob("*.toml")) if file.name != SOURCES_FILE and file not in files]
    shown = [(kind, [(file, file.relative_to(folder).with_suffix("")) for file in found])
             for kind, found in (("scenario", files), ("law or programme", real_policies()))]  # fmt: skip
    for kind, found in (*shown, ("your own", [(file, from_here(file)) for file in own])):
        rows = [[name.as_posix(), _question(file)] for file, name in found]
        if rows:
            print(tabulate(rows, [kind, "question"], **WHOLE_WORDS, maxcolwidths=[None, 80]), end="\n\n")
    print(f"Name a shipped one so from anywhere: {pasted('run', 'carbon_tax')}. A file of that name goes first.")
    print(f"A file of your own extends one, wherever it lies: {EXTENDS}. The files are in {from_here(folder)}.")
    return 0


def _question(file: Path) -> str:
    """The question of a scenario file; what is wrong with one that cannot be read."""
    from sim.errors import InputError
    from sim.scenario.parse import parse

    try:
        return str(parse(file).get("question", ""))
    except InputError as error:
        return f"cannot be read: {error.problem}"
