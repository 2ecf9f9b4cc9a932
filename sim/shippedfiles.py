"""The shipped scenarios: where they are, and how they are named."""

import os
from functools import cache
from pathlib import Path

from sim.codehash import SHIPPED
from sim.errors import nearest
from sim.pasting import from_here

PACKAGE, HERE = Path(__file__).resolve().parent, Path()
FOLDER = "scenarios"  # of shipped scenarios in the project; setup.py says where they are installed


@cache
def scenario_names() -> list[str]:
    """The scenarios that are shipped, by their places below ``scenarios``: what else lies there is the user's."""
    return (PACKAGE / "data" / "scenarios.txt").read_text(encoding="utf-8").split()


def shipped() -> Path:
    """The folder of shipped scenarios: within the package as it is installed, beside it in the project."""
    within = PACKAGE / SHIPPED
    return within if within.is_dir() else PACKAGE.parent / FOLDER


def scenario_file(named: Path, folder: Path = HERE) -> Path:
    """The file that is meant where a scenario is named: the one at that path, seen from a folder. Only where there is
    none it is the shipped scenario of that name, with or without its ending and the project's folder of scenarios."""
    file, name = folder / named, shipped_name(named)
    if name not in scenario_names() or (os.path.lexists(file) and not os.path.isdir(file)):
        return file
    there, own = shipped() / f"{name}.toml", file.with_name(f"{file.name}.toml")
    taken = own.is_file() and own.resolve() != there.resolve()  # and is meant as likely
    return file if taken else there


def shipped_name(named: Path) -> str:
    """What the shipped scenario is called that is named so, as in ``scenario_names``."""
    return named.as_posix().removeprefix(f"{FOLDER}/").removesuffix(".toml")


def extended_from(folder: Path, file: Path) -> str:
    """A scenario file as one in a folder extends it: by the way from there; one within an installed package, which has
    another place elsewhere, by its name."""
    within, scenario = PACKAGE / SHIPPED, file.resolve()
    if scenario.is_relative_to(within):
        return scenario.relative_to(within).as_posix()
    try:
        return Path(os.path.relpath(scenario, folder.resolve())).as_posix()
    except ValueError:  # another drive
        return scenario.as_posix()


def nearest_shipped(named: Path) -> str | None:
    """The name of the shipped scenario whose name, or the last part of it, is closest to one that is not there."""
    name, last = shipped_name(named), {Path(each).name: each for each in scenario_names()}
    if named.stem in last:
        return last[named.stem]
    near = nearest(name, [*scenario_names(), *last])
    return last.get(near, near) if near else None


def as_named(file: Path) -> Path:
    """A scenario file as a command that is typed here takes it: a shipped one that lies elsewhere by its name."""
    near, folder = from_here(file), shipped()
    return file.relative_to(folder).with_suffix("") if near.is_absolute() and file.is_relative_to(folder) else near
