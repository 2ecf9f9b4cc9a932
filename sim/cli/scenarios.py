"""``scenarios``: the shipped scenario files."""

from argparse import ArgumentParser, Namespace

from sim.cli.groups import Group

NAME, GROUP, ORDER = "scenarios", Group.WRITE_YOUR_OWN, 1
HELP = "list the shipped scenarios, each with its question"
EXAMPLE = "python run.py scenarios"


def arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""


def act(options: Namespace) -> int:
    """Print the table."""
    from tabulate import tabulate

    from sim.scenario import SOURCES_FILE, shipped
    from sim.scenario.parse import parse

    files = [file for file in sorted(shipped().glob("*.toml")) if file.name != SOURCES_FILE]
    rows = [[f"scenarios/{file.name}", parse(file).get("question", "")] for file in files]
    print(tabulate(rows, ["scenario", "question"], maxcolwidths=[None, 80]))
    return 0
