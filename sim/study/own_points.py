"""Points of a design of one's own: a table of what is varied, each row a point."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.arguments import is_number, plain, refused
from sim.errors import InputError
from sim.scenario import Scenario
from sim.store.as_json import json_text
from sim.study.axes import FROM_VARY, Axis, as_axes, as_set
from sim.study.design import Designed, not_too_many

OWN = "as given"  # what such a design is called
A_TABLE = "a data frame or a list of dictionaries, each row a point, with a column for each path that is varied"
PATHS = "columns named by paths, each once, e.g. policy.carbon_tax.rate"


def own_points(given: Any, scenario: Scenario, **beside: Any) -> tuple[list[Axis], Designed]:
    """What a table varies, and its points in their order. Values are tried in the scenario by themselves. ``beside``
    are arguments that say nothing beside a table. Raises InputError."""
    for name, value in beside.items():
        if value is not None and len(value if hasattr(value, "__len__") else [value]):
            raise refused(name, value, "nothing beside a design of one's own")
    columns = _columns(given)
    rows = len(next(iter(columns.values())))
    not_too_many(rows, "design", "give fewer rows")
    values, places = {}, []
    for path, column in columns.items():
        distinct: dict[str, Any] = {}
        numbered: dict[str, int] = {}
        for row, value in enumerate(column):
            key = _key(path, row, value)
            numbered.setdefault(key, len(numbered))
            distinct.setdefault(key, value)
            column[row] = numbered[key]
        values[path] = tuple(distinct.values())
        places.append(tuple(column))
    _refuse_twice(list(zip(*places, strict=True)))
    axes = as_axes(values, scenario)
    return axes, Designed(OWN, axes, rows, scenario.run.seed, tuple(places))


def _columns(given: Any) -> dict[str, list[Any]]:
    """The values of each path, row by row, as a file would write them."""
    if hasattr(given, "to_dict") and hasattr(given, "columns"):
        if not given.columns.is_unique:
            raise refused("design", list(given.columns), PATHS)
        table = {path: given[path].tolist() for path in given.columns}
    else:
        table = _of_rows(given)
    if not table or not all(table.values()):
        raise refused("design", given, A_TABLE)
    return {_path(path): [as_set(path, plain(value)) for value in column] for path, column in table.items()}


def _of_rows(given: Any) -> dict[str, list[Any]]:
    rows = [] if isinstance(given, str | Mapping) or not isinstance(given, Iterable) else list(given)
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        raise refused("design", given, A_TABLE)
    paths = list(dict.fromkeys(path for row in rows for path in row))
    for number, row in enumerate(rows):
        if missing := [path for path in paths if path not in row]:
            fix = "write in each row what the scenario has where a row leaves it as it is"
            raise InputError("a row of the design lacks a value", key=missing[0], found=f"row {number}",
                             allowed="the same paths in all rows", fix=fix)  # fmt: skip
    return {path: [row[path] for row in rows] for path in paths}


def _path(path: Any) -> str:
    if not isinstance(path, str):
        raise refused("design", path, PATHS)
    return path


def _key(path: str, row: int, value: Any) -> str:
    """What tells a value from others. Raises InputError for what is none."""
    if _is_nothing(value):
        fix = "write a value in each row: what the scenario has, where a row leaves it as it is"
        raise InputError("a row of the design lacks a value", key=path, found=f"nothing in row {row}",
                         allowed="a value in each row", fix=fix)  # fmt: skip
    if is_number(value):
        return repr(float(value))
    try:
        return json_text(value)
    except (TypeError, ValueError):
        raise InputError("not a value", file=FROM_VARY, key=path, found=value, allowed="what a file may hold") from None


def _is_nothing(value: Any) -> bool:
    """Whether it is None, NaN, or what pandas has for nothing."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def _refuse_twice(rows: Sequence[tuple[int, ...]]) -> None:
    """Raises InputError for two rows that are one point: replicates are its repetitions."""
    first: dict[tuple[int, ...], int] = {}
    for number, row in enumerate(rows):
        if first.setdefault(row, number) != number:
            fix = "take one of the two out; for more luck ask for more replicates"
            found = f"rows {first[row]} and {number}"
            raise InputError("two rows of the design are one point", key="design=", found=found,
                             allowed="each point once", fix=fix)  # fmt: skip
