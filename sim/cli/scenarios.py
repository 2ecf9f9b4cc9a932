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

    from sim.scenario import SOURCES_FILE, real_policies, shipped
    from sim.scenario.parse import parse

    files = [file for file in sorted(shipped().glob("*.toml")) if file.name != SOURCES_FILE]
    tables = []
    for kind, found in (("scenario", files), ("law or programme", real_policies())):
        rows = [
            [f"scenarios/{file.relative_to(shipped()).as_posix()}", parse(file).get("question", "")] for file in found
        ]
        tables.append(tabulate(rows, [kind, "question"], maxcolwidths=[None, 80]))
    print("\n\n".join(tables))
    return 0
