"""``diff``: what differs between two scenarios."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.options import option
from sim.plurals import counted

NAME, GROUP, ORDER = "diff", Group.LOOK_CLOSER, 2
HELP = "show what differs between two scenarios, with units"
EXAMPLE = "python run.py diff scenarios/baseline.toml scenarios/carbon_tax.toml"


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    for name in ("first", "second"):
        parser.add_argument(name, type=Path, metavar=name.upper(), help="scenario file (TOML), or a run directory")
    option(parser, "--json")


def act(options: Namespace) -> int:
    """Print the table."""
    import json

    from tabulate import tabulate

    from sim.scenario import load
    from sim.scenario.differences import differences

    files = [path / "scenario.toml" if path.is_dir() else path for path in (options.first, options.second)]
    first, second = (load(file) for file in files)
    found = differences(first, second)
    if options.json:
        print(json.dumps([difference._asdict() for difference in found], indent=2))
        return 0
    if not found:
        print(f"{first.title} and {second.title} hold the same numbers.")
        return 0
    count = f"{counted(len(found), 'entry')} {'differs' if len(found) == 1 else 'differ'}"
    print(f"{count} between {first.title} and {second.title}.\n")
    header = ["key", first.name, second.name, "change", "meaning"]
    print(tabulate(found, header, disable_numparse=True, maxcolwidths=[36, 30, 30, None, 36]))
    return 0
