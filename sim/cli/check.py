"""``check``: validate files without running them."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.options import option
from sim.errors import InputError

NAME, GROUP, ORDER = "check", Group.WRITE_YOUR_OWN, 3
HELP = "validate scenario files (and sources.toml) without running them"
EXAMPLE = "check scenarios/baseline.toml scenarios/carbon_tax.toml"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scenario file, or a sources.toml")
    option(parser, "--import")


def act(options: Namespace) -> int:
    """Print ``ok`` or the error for each file; exit code 2 when any is wrong."""
    from sim.scenario import check_file

    wrong = 0
    for file in options.files:
        try:
            notes = check_file(file)
        except InputError as error:
            wrong += 1
            print(f"{file}: error: {error}", file=sys.stderr)
        else:
            print(f"{file}: ok", *notes, sep="\n  ")
    return 2 if wrong else 0
