"""What is read back from a run directory: every file of its own, of the shape that was written, all of one run."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from sim.errors import InputError
from sim.scenario import Scenario
from sim.store.table import as_written

_CELL = {"year": int, "count": int, "at_least": bool}
_RANGE = ("low", "high")  # of a cell, where there is one; and the median, where there are values
HEADLINE_ROW = {"measure": str, "label": str, "unit": str, "better": (str, None), "values": [_CELL]}
_TEXTS = ("scenario", "measure", "unit", "kind", "region")
_WHOLE = ("replicate", "year", "actor")
_FLAGS = ("alive",)
SERIES = ["scenario", "replicate", "year", "measure", "unit", "value"]
# What figures read of actors.
ABOUT_ACTORS = ["scenario", "replicate", "year", "actor", "kind", "region", "alive", "compute_flop"]
MISSING = "it is not there"
FIX = "restore it, or run the scenario again"


def shape_of(kind: Any) -> Any:
    """The shape in JSON of what is of a type: of a record by its fields, as they are declared."""
    origin, given = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        types = get_type_hints(kind)
        return {field.name: shape_of(types[field.name]) for field in fields(kind)}
    if NoneType in given:
        return next(shape_of(one) for one in given if one is not NoneType), None
    if origin in (list, tuple):
        return [shape_of(given[0])]
    return {given[0]: shape_of(given[1])} if origin is dict else kind


def broken(file: Path, why: str) -> InputError:
    """The error for a file of a run directory that is not as ``run`` wrote it."""
    return InputError(f"{file.name} is broken: {why}", file=file, allowed="the file that `run` wrote", fix=FIX)


def _unread(file: Path, error: OSError) -> InputError:
    """The error for a file of a run directory that the system does not give: it is gone, or something else."""
    return broken(
        file, MISSING if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror or error}"
    )


def refuse_links(directory: Path, names: tuple[str, ...]) -> None:
    """A directory holds files of its own. Raises InputError for a symbolic link, which would lead out of it."""
    for name in names:
        if (directory / name).is_symlink():
            raise InputError(
                "a symbolic link in a run directory", file=directory / name, allowed="files of its own",
                fix="put a copy of what it points to in its place",
            )  # fmt: skip


def read_json(file: Path, shape: dict[str, Any]) -> dict[str, Any]:
    """A JSON file of a given shape. Raises InputError."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unread(file, error) from None
    except (ValueError, RecursionError):
        raise broken(file, "it is no JSON") from None
    wrong = _misfit(content, shape, "")
    if wrong is not None:
        raise broken(file, f"{wrong.lstrip('.') or 'it'} is missing or of another type")
    return dict(content)


def _misfit(found: Any, shape: Any, path: str) -> str | None:
    """The first place where ``found`` is not of the shape: a type, a list or dictionary of one shape, a record."""
    if isinstance(shape, tuple):
        return None if found is None else _misfit(found, shape[0], path)
    if isinstance(shape, type):
        if shape is float:
            good = isinstance(found, int | float) and not isinstance(found, bool) and -np.inf < found < np.inf
        else:
            good = type(found) is shape
        return None if good else path
    if isinstance(shape, list):
        if not isinstance(found, list):
            return path
        return next((wrong for i, one in enumerate(found) if (wrong := _misfit(one, shape[0], f"{path}[{i}]"))), None)
    if not isinstance(found, dict):
        return path or "."
    if str in shape:
        return next((wrong for key, one in found.items() if (wrong := _misfit(one, shape[str], f"{path}.{key}"))), None)
    if shape is _CELL and any(name in found for name in ("median", *_RANGE)):
        ranged = any(name in found for name in _RANGE)
        shape = {**_CELL, "median": float, **(dict.fromkeys(_RANGE, float) if ranged else {})}
    return next((wrong for key, one in shape.items() if (wrong := _misfit(found.get(key), one, f"{path}.{key}"))), None)


def read_table(file: Path, columns: list[str], *, alone: bool = False) -> pd.DataFrame:
    """A table that has these columns, each of its type, with whole keys; ``alone``: no others are read. Raises
    InputError."""
    texts, wholes, flags = ([name for name in columns if name in names] for names in (_TEXTS, _WHOLE, _FLAGS))
    wanted = columns.__contains__ if alone else None
    rest = {name: "" for name in columns if name not in (*texts, *wholes, *flags)}
    try:
        types = {**dict.fromkeys(texts, str), **dict.fromkeys(wholes, "int64"), **dict.fromkeys(flags, "bool"),
                 **dict.fromkeys(rest, "float64")}  # fmt: skip
        table = pd.read_csv(file, usecols=wanted, dtype=types, keep_default_na=False, na_values=rest)
    except OSError as error:
        raise _unread(file, error) from None
    except (ValueError, OverflowError) as error:
        raise broken(file, "it is no such table") from error
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise broken(file, f"it has no column {missing[0]}")
    for name in texts:
        table[name] = as_written(table[name])
    return table


def agree(
    out: Path, replicates: list[int], scenario: Scenario, summary: dict[str, Any], series: pd.DataFrame,
    actors: pd.DataFrame,
) -> None:  # fmt: skip
    """Raises InputError when the record's replicates, summary and tables are not of one run of the scenario."""
    time = scenario.time
    if summary["years"] != [time.start, time.end]:
        raise broken(out / "summary.json", "its years are not the scenario's")
    if summary["replicates"] != len(replicates):
        raise broken(out / "summary.json", "its replicates are not those of provenance.json")
    years = [cell["year"] for cell in summary["headline"][0]["values"]] if summary["headline"] else []
    if any([cell["year"] for cell in row["values"]] != years for row in summary["headline"]):
        raise broken(out / "summary.json", "its rows are of different years")
    for name, table, keys in (("series.csv", series, ["measure"]), ("actors.csv", actors, ["kind", "actor"])):
        if not table["replicate"].isin(replicates).all() or bool(replicates) == table.empty:
            raise broken(out / name, "its replicates are not those of provenance.json")
        if not table["year"].between(time.start, time.end).all():
            raise broken(out / name, "it has years that the scenario does not simulate")
        if table.duplicated(["replicate", "year", *keys]).any():
            raise broken(out / name, "it says something twice")
    if not np.isfinite(series["value"]).all():
        raise broken(out / "series.csv", "it has values that are no finite numbers")
    kinds = [kind.id for kind in scenario.kinds for _ in range(kind.count)]
    if any(list(group["kind"]) != kinds for _, group in actors.groupby(["replicate", "year"])):
        raise broken(out / "actors.csv", "its actors are not the scenario's")
    if not (np.isfinite(actors["compute_flop"]) & (actors["compute_flop"] >= 0)).all():
        raise broken(out / "actors.csv", "it has compute that is no amount")
