"""``report``: draw the figures and the report of a run directory again, without running."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.options import option
from sim.plurals import counted

NAME, GROUP, ORDER = "report", Group.LOOK_CLOSER, 4
HELP = "draw figures and report of a run directory again, without running"
EXAMPLE = "report outputs/baseline/20260101-120000-seed1"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="a directory that `run` wrote")
    option(parser, "--import")


def act(options: Namespace) -> int:
    """Draw again and say what was drawn."""
    from contextlib import nullcontext

    from sim.cli.simulating import foretell
    from sim.experiment.duration import WRITING, reading
    from sim.outputs.run import redraw
    from sim.store.lock import locked

    with locked(options.directory) if options.directory.is_dir() else nullcontext():
        foretell(reading(options.directory) + WRITING, quiet=False)
        drawn = redraw(options.directory)
    print(f"{counted(len(drawn), 'figure')} and report.html drawn again in {options.directory}")
    return 0
