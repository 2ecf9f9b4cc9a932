"""``measures``: what a run reports."""

from argparse import ArgumentParser, Namespace

from sim.cli.groups import Group
from sim.cli.terminal import WHOLE_WORDS

NAME, GROUP, ORDER = "measures", Group.LOOK_CLOSER, 3
HELP = "list the measures, with unit, meaning and which direction is better"
EXAMPLE = "python run.py measures"


def arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""


def act(options: Namespace) -> int:
    """Print the table."""
    from tabulate import tabulate

    from sim.measures import registry

    rows = [[m.id, m.unit, m.direction, m.over, m.meaning, m.idle] for m in registry().values()]
    header = ["measure", "unit", "better", "over", "meaning", "actors without a run"]
    print(tabulate(rows, header, **WHOLE_WORDS, maxcolwidths=[None, None, 24, None, 46, 26]))
    return 0
