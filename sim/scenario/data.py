"""The packaged data: yearly series by entity, money by year, published fits of laws, things of everyday life."""

import csv
import os
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.codehash import SHIPPED
from sim.errors import InputError, nearest
from sim.pasting import from_here

FOLDER = "scenarios"  # of shipped scenarios in the project; setup.py says where they are installed
HERE = Path()
LAWS_FILE = Path(str(files("sim.data").joinpath("laws.toml")))
SERIES = {"grid_intensity_by_country_year": "gCO2e/kWh"}  # yearly series, with the unit of their last column


def data_files() -> list[str]:
    """Names of the packaged yearly series."""
    return sorted(SERIES)


def data_unit(name: str) -> str:
    """The unit of a packaged series."""
    return SERIES[name]


@cache
def yearly(name: str) -> dict[str, dict[int, float]]:
    """A packaged series: entity to year to value, in the unit the file's last column names."""
    with files("sim.data").joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        next(rows)
        table: dict[str, dict[int, float]] = {}
        for entity, _, year, value in rows:
            table.setdefault(entity, {})[int(year)] = float(value)
    return table


@cache
def scenario_names() -> list[str]:
    """The scenarios that are shipped, by their places below ``scenarios``: what else lies there is the user's."""
    return files("sim.data").joinpath("scenarios.txt").read_text(encoding="utf-8").split()


def shipped() -> Path:
    """The folder of shipped scenarios: within the package as it is installed, beside it in the project."""
    package = Path(__file__).resolve().parents[1]
    within = package / SHIPPED
    return within if within.is_dir() else package.parent / FOLDER


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


@cache
def published(source: str) -> dict[str, Any]:
    """A source's tables as printed, with the inputs they were computed from."""
    tables = tomllib.loads(files("sim.data").joinpath("published.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = tables[source]
    return found


@cache
def laws() -> dict[str, Any]:
    """Published fits: ``benchmarks`` to profile to the law's form and numbers, and the ``sources`` they cite. Raises
    InputError where they cannot be read."""
    try:
        return tomllib.loads(LAWS_FILE.read_text(encoding="utf-8"))
    except ValueError as error:
        problem, fix = f"published fits that are no TOML: {error}", "mend that line"
        raise InputError(problem, file=LAWS_FILE, allowed="TOML 1.0", fix=fix) from None


@cache
def theories() -> dict[str, dict[str, str]]:
    """Weight and scores of each theory of progress, by its name, as ``weigh`` wrote them."""
    with files("sim.data").joinpath("theories.csv").open(encoding="utf-8") as lines:
        return {row["theory"]: row for row in csv.DictReader(lines)}


@cache
def currencies() -> dict[str, Any]:
    """Exchange rates and prices by year: see ``sim/data/money.toml``."""
    return tomllib.loads(files("sim.data").joinpath("money.toml").read_text(encoding="utf-8"))


@cache
def everyday() -> dict[str, Any]:
    """What a car emits, a household and a country use in a year, with sources: see ``sim/data/everyday.toml``."""
    return tomllib.loads(files("sim.data").joinpath("everyday.toml").read_text(encoding="utf-8"))


@cache
def effects() -> list[dict[str, Any]]:
    """Effects on record, with what was foretold of them: see ``sim/data/effects.toml``."""
    text = files("sim.data").joinpath("effects.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["effect"]
    return found
