"""The packaged data: yearly series by entity, money by year, published fits of laws, things of everyday life."""

import csv
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.errors import InputError

LAWS_FILE = Path(str(files("sim.data").joinpath("laws.toml")))
SERIES = {"grid_intensity_by_country_year": "gCO2e/kWh"}  # yearly series, with the unit of their last column


def tables(name: str) -> dict[str, Any]:
    """The tables of a packaged file (TOML), which says itself what it holds. Raises ValueError where they are none."""
    return tomllib.loads(files("sim.data").joinpath(name).read_text(encoding="utf-8"))


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
def published(source: str) -> dict[str, Any]:
    """A source's tables as printed, with the inputs they were computed from."""
    found: dict[str, Any] = tables("published.toml")[source]
    return found


@cache
def laws() -> dict[str, Any]:
    """Published fits: ``benchmarks`` to profile to the law's form and numbers, and the ``sources`` they cite. Raises
    InputError where they cannot be read."""
    try:
        return tables("laws.toml")
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
    return tables("money.toml")


@cache
def everyday() -> dict[str, Any]:
    """What a car emits, a household and a country use in a year, with sources: see ``sim/data/everyday.toml``."""
    return tables("everyday.toml")


@cache
def effects() -> list[dict[str, Any]]:
    """Effects on record, with what was foretold of them: see ``sim/data/effects.toml``."""
    found: list[dict[str, Any]] = tables("effects.toml")["effect"]
    return found
