"""``diff``: what differs between two scenarios."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.options import options
from sim.cli.terminal import WHOLE_WORDS
from sim.plurals import counted

NAME, GROUP, ORDER = "diff", Group.LOOK_CLOSER, 2
HELP = "show what differs between two scenarios, with units"
SCENARIO = "scenario.toml"  # of a run directory
EXAMPLE = "diff scenarios/baseline.toml scenarios/carbon_tax.toml"


def arguments(parser: ArgumentParser) -> None:
    for name in ("first", "second"):
        parser.add_argument(name, type=Path, metavar=name.upper(), help="scenario file (TOML), or a run directory")
    options(parser, "--import", "--json")


def _scenario_in(path: Path) -> Path:
    """The scenario file that a path names: itself, or the one in a run directory. Raises InputError."""
    from sim.errors import InputError
    from sim.store.plan import command_of, resuming

    file, own = path / SCENARIO, path / "scenarios"
    if not path.is_dir() or file.is_file():
        return file if path.is_dir() else path
    command, several = command_of(path), own.is_dir()
    problem = f"written by `{command}`" if command else "no scenario in this directory"
    fix = f"go on where it stopped: {resuming(path)}" if command == "run" else "name a scenario file"
    fix = f"its scenarios lie in {own}: name one of them" if several else fix
    raise InputError(problem, file=path, allowed="a scenario file, or a directory of `run`", fix=fix)


def _called(paths: tuple[Path, Path], names: tuple[str, str]) -> list[str]:
    """What two scenarios are called beside each other: a directory by its own name, as all have a scenario.toml."""
    own = [path.resolve().name if path.is_dir() else name for path, name in zip(paths, names, strict=True)]
    return own if own[0] != own[1] else [str(path) for path in paths]


def act(options: Namespace) -> int:
    from tabulate import tabulate

    from sim.scenario import load
    from sim.scenario.differences import differences
    from sim.store.as_json import json_text

    first, second = (load(_scenario_in(path)) for path in (options.first, options.second))
    found = differences(first, second)
    if options.json:
        print(json_text(found).rstrip("\n"))
        return 0
    if not found:
        print(f"{first.title} and {second.title} hold the same numbers.")
        return 0
    count = f"{counted(len(found), 'entry')} {'differs' if len(found) == 1 else 'differ'}"
    print(f"{count} between {first.title} and {second.title}.\n")
    header = ["key", *_called((options.first, options.second), (first.name, second.name)), "change", "meaning"]
    print(tabulate(found, header, disable_numparse=True, **WHOLE_WORDS, maxcolwidths=[36, 30, 30, None, 36]))
    return 0
