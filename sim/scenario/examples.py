"""How the shipped scenarios write a key: examples for messages, in place of numbers that mean nothing."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.quantity import Spec
from sim.scenario.parse import parse
from sim.scenario.toml import in_toml
from sim.shippedfiles import scenario_names, shipped

BASELINE = "baseline"  # the shipped scenario that those of policies extend, and that is looked at first
AMOUNT = ("value", "unit", "year")  # of a number, without what it rests on
SERIES = ("years", "values", "data", "entity", "unit", "between")
NUMBER = "NUMBER"  # where no scenario gives one
LATER = 2030  # calendar year, where no scenario gives one
FIRST_YEARS = [2027, 2028]  # of a series that is made of one number


def shipped_files(folder: str = "") -> list[Path]:
    """The shipped scenarios of a folder below that one (nothing: of itself) that are there."""
    names = [Path(f"{name}.toml") for name in scenario_names()]
    every = [shipped() / name for name in names if name.parent == Path(folder)]
    return [file for file in every if file.is_file()]


def a_number(data: dict[str, Any], path: str, spec: Spec) -> str:
    """How the number at a path is written, with an example. ``data`` are the tables of the scenario it is of."""
    what = {"year": "a calendar year"}.get(spec.unit, {"integer": "a whole number"}.get(spec.form, "a bare number"))
    entry = _number(data, path, spec)
    own = {"value": NUMBER, "unit": spec.unit, **entry}
    if entry and own["unit"] == spec.unit and "year" not in own:
        what += f", e.g. {in_toml(own['value'])}"
    what += f" ({spec.unit})" if spec.unit not in ("year", "1") else ""
    plain = not entry or own["unit"] in ("year", "1")
    return what if plain else f"{what}, or {_table(own)}"


def a_table(data: dict[str, Any], path: str, spec: Spec) -> str:
    """The number at a path as a table with its unit, by an example."""
    return _table({"value": NUMBER, "unit": spec.unit, **_number(data, path, spec)})


def a_series(data: dict[str, Any], path: str, spec: Spec) -> str:
    """The numbers by year at a path, by an example with two years."""
    for entry in _entries(data, path) if spec.form in ("series", "path") else ():
        if isinstance(entry, dict) and set(entry) & {"years", "data"}:
            told = {key: entry[key] for key in SERIES if key in entry}
            return _table({key: each[:2] if isinstance(each, list) else each for key, each in told.items()})
    found = {"value": NUMBER, "unit": spec.unit, **_number(data, path, spec)}
    last = found.pop("value")
    return _table({"years": FIRST_YEARS, "values": [_less(last, found["unit"], spec), last], **found})


def _less(number: Any, unit: str, spec: Spec) -> Any:
    """Half of a number, where that is allowed and can be told."""
    if number == NUMBER or unit != spec.unit or number / 2 < spec.low:
        return number
    return number // 2 if number % 2 == 0 else number / 2


def _number(data: dict[str, Any], path: str, spec: Spec) -> dict[str, Any]:
    """The entry of a number, with its unit where it is written with one; nothing where no scenario gives it."""
    for entry in _entries(data, path):
        if type(entry) in (int, float):
            return {"value": entry}
        if isinstance(entry, dict) and "value" in entry:
            return {key: entry[key] for key in AMOUNT if key in entry}
    return {"value": LATER} if spec.unit == "year" else {}


def _entries(data: dict[str, Any], path: str) -> Iterator[Any]:
    """What shipped scenarios write at a path: of a policy in any of its entries, of a kind or region in any of them."""
    head, *middle, key = path.split(".")
    name = next((entry.get("name") for entry in data.get("policy", []) if [entry.get("id")] == middle), None)
    for tables in _shipped():
        if head == "policy":
            groups = [entry for entry in tables.get("policy", []) if entry.get("name") == name]
        else:
            table = tables.get(head, {})
            groups = [table.get(middle[0], {}), *table.values()] if middle else [table]
        yield from (group[key] for group in groups if isinstance(group, dict) and key in group)


@cache
def _shipped() -> list[dict[str, Any]]:
    """The tables of the shipped scenarios, the baseline's first."""
    found = []
    for file in sorted(map(shipped().joinpath, scenario_names()), key=lambda file: (file.name != BASELINE, file)):
        try:
            tables = parse(file.with_suffix(".toml"))
        except InputError:  # it is damaged, or gone
            continue
        found += [tables] if isinstance(tables.get("policy", []), list) else []
    return found


def _table(entry: dict[str, Any]) -> str:
    return f"{{ {in_toml(entry)[1:-1]} }}".replace(f'"{NUMBER}"', NUMBER)
