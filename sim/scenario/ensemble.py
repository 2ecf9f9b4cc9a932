"""An ensemble of fitted numbers that a scenario names: points with weights, drawn as they are instead of one by one.

A scenario says ``[ensemble] file = "fitted/baseline.csv"``, relative to itself; whoever extends it has the ensemble
too. The table has a column ``weight`` and one for each number, headed by its path and unit: ``product.size [USD/yr]``.
``theories`` names tables of the same scenario fitted under other theories of progress: that of ``law.theory`` takes
the place of ``file``. Read, the table is part of the scenario: a resolved file holds it whole, as ``table``, and so
runs alone and to the same bits. A number that is written after the ensemble (by a file that extends, by --set) is no
longer drawn from it.
"""

import csv
import os.path
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.errors import InputError, unknown
from sim.mechanisms.theories import THEORIES
from sim.plurals import counted, plural
from sim.quantity import UNITS, Quantity, Spec, factor
from sim.scenario.law import USUAL
from sim.scenario.parse import TABLE, cell_number, text_of
from sim.scenario.ranges import check_range
from sim.scenario.toml import Lines
from sim.scenario.tree import GROUP_KEYS, TABLE_KEYS, Tree

KEY, COLUMN, FILE = "ensemble", "ensemble.table", 'file = "fitted.csv"'
KEYS = ("file", "table", "set", "changed", "drop", "theories")
THEORY, BY_THEORY = "law.theory", f"{KEY}.theories"
FITTED = "fitted"  # the source of a number that a calibration found
WEIGHT, UNUSED = "weight", ("chi_square",)
OF_THE_STUDY = ("time.end", "run.", "yardsticks.", "observation.")  # begins paths that no fit rests on
MOST_NAMED = 3  # paths in a sentence
KINDS, ACTORS, PLACES = re.compile(r"kind\.[\w-]+"), re.compile(r"kind\.[\w-]+\.count"), re.compile(r"region\.[\w-]+")
SWITCHES = re.compile(r"mechanisms\.\w+")
HEADER = f"{WEIGHT},product.size [USD/yr],..."


@dataclass(frozen=True)
class Ensemble:
    """Points (m) of fitted numbers (k), as they are drawn."""

    text: str  # the table as written
    paths: tuple[str, ...]  # (k,) that a point gives values
    own: tuple[str, ...]  # fitted numbers that the scenario sets itself: the same in all draws
    changed: tuple[str, ...]  # what else the scenario has set since
    ends: Array = field(compare=False, repr=False)  # (m,) weights summed up, the last is 1
    values: Array = field(compare=False, repr=False)  # (m, k) in base units

    def point(self, chance: float) -> dict[str, float]:
        """Values by path of the point at a uniform ``chance`` between 0 and 1."""
        at = int(np.searchsorted(self.ends[:-1], chance, side="right"))
        return dict(zip(self.paths, self.values[at].tolist(), strict=True))

    def rank(self, path: str, value: float) -> float:
        """The share of the weight in which a number lies below a value, half of that at the value counted."""
        column, weight = self.values[:, self.paths.index(path)], np.diff(self.ends, prepend=0.0)
        return float(weight @ ((column < value) + 0.5 * (column == value)))

    @property
    def entry(self) -> dict[str, Any]:
        """As a file would hold it that stands alone."""
        more = {"set": list(self.own), "changed": list(self.changed)}
        return {"table": Lines(self.text), **{key: paths for key, paths in more.items() if paths}}

    @property
    def told(self) -> str:
        """What is drawn from it, in sentences."""
        verb = "is" if len(self.paths) == 1 else "are"
        said = (
            f"{counted(len(self.paths), 'number')} fitted to records {verb} drawn together, from "
            f"{counted(len(self.ends), 'point')} by weight; other numbers over their ranges."
        )
        if self.own:
            verb = "is" if len(self.own) == 1 else "are"
            said += f" {_listed(self.own)} {verb} set, and so the same in all draws."
        if self.changed:
            said += f" They were fitted to a world {_otherwise(self.changed)}; whether they fit yours nobody checked."
        return said


def _otherwise(changed: Sequence[str]) -> str:
    """How a world was before entries of it were changed, and kinds added: with other numbers of actors, without one."""
    groups = ((ACTORS, "numbers of actors"), (PLACES, "regions"), (SWITCHES, "mechanisms"))
    added = tuple(path.partition(".")[2] for path in changed if KINDS.fullmatch(path))
    kept = (path for path in changed if not KINDS.fullmatch(path))
    others = tuple(dict.fromkeys(next((said for of, said in groups if of.fullmatch(path)), path) for path in kept))
    without = f"without the {plural('kind', len(added))} {_listed(added)}" if added else ""
    return ", and ".join(filter(None, [f"with other {_listed(others)}" if others else "", without]))


def _listed(paths: tuple[str, ...]) -> str:
    more = len(paths) - MOST_NAMED
    *first, last = [*paths[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])]
    return f"{', '.join(first)} and {last}" if first else last


def name_ensemble(tree: Tree, entry: Any, file: Path) -> None:
    """Put the ensemble that a file names or holds into a tree, or take out that of the file it extends.

    Raises InputError.
    """
    where: dict[str, Any] = {"file": file, "key": KEY}
    if not isinstance(entry, dict):
        fix = f"write [{KEY}], below it {FILE}"
        raise InputError("this is a table", found=entry, allowed=f"[{KEY}]", fix=fix, **where)
    for key in entry:
        if key not in KEYS:
            raise unknown("key", key, KEYS, file=file, key=f"{KEY}.{key}")
    if len({"file", "table", "drop"} & set(entry)) != 1 or entry.get("drop", True) is not True:
        fix = f"write {FILE}, or drop = true to have none"
        raise InputError(
            "an ensemble has one table", found=sorted(entry), allowed="file, table or drop", fix=fix, **where
        )
    if "theories" in entry and "file" not in entry:
        where["key"] = BY_THEORY
        fix = f"add {FILE}, for theories that it does not name"
        raise InputError(
            "theories stand beside a file", found=sorted(entry), allowed="file and theories", fix=fix, **where
        )
    tree.data.pop(KEY, None)
    tree.wrote(KEY, file)
    tree.wrote(COLUMN, file)
    if "drop" in entry:
        return
    of = "file" if "file" in entry else "table"
    if not isinstance(entry[of], str):
        where["key"] = f"{KEY}.{of}"
        raise InputError(f"{of} is text", found=entry[of], allowed="text", fix=f'write {of} = "..."', **where)
    kept: dict[str, Any] = {**{key: _paths(entry.get(key, []), key, file) for key in KEYS[2:4]}}
    kept["table"] = _table(tree, COLUMN, file, entry["file"]) if of == "file" else _trimmed(entry["table"])
    kept["theory"] = _theory(tree)  # that the table was fitted under
    others = _by_theory(entry.get("theories", {}), file)
    kept["theories"] = {theory: _table(tree, f"{BY_THEORY}.{theory}", file, name) for theory, name in others.items()}
    tree.data[KEY] = kept


def _table(tree: Tree, key: str, file: Path, name: str) -> str:
    """The text of a table that a file names relative to itself."""
    named = Path(os.path.normpath(file.parent / name))
    tree.wrote(key, named)
    return _trimmed(text_of(named, TABLE))


def _theory(tree: Tree) -> Any:
    return tree.data.get("law", {}).get("theory", USUAL)


@lru_cache(maxsize=32)
def _trimmed(text: str) -> str:
    return "".join(f"{line}\n" for line in text.splitlines() if line.strip())


def _by_theory(found: Any, file: Path) -> dict[str, str]:
    """Names of tables by theory. Raises InputError."""
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
        allowed, fix = "a file for each theory", 'write theories = { meek = "meek.csv" }'
        raise InputError("not files by theory", file=file, key=BY_THEORY, found=found, allowed=allowed, fix=fix)
    for theory in found:
        if theory not in THEORIES:
            raise unknown("theory", theory, THEORIES, file=file, key=BY_THEORY)
    return found


def _paths(found: Any, key: str, file: Path) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        fix = f"leave {key} out: it is for files that this program writes"
        raise InputError("not a list of paths", file=file, key=f"{KEY}.{key}", found=found, allowed="paths", fix=fix)
    return found


def read_ensemble(tree: Tree, numbers: Mapping[str, Quantity], spec: Callable[[str], Spec]) -> Ensemble | None:
    """The ensemble of a tree, or None. ``numbers`` of the world by path; ``spec`` says what a number may be.

    Columns of numbers that a scenario does not have any more (of a kind that it dropped) say nothing. Raises
    InputError.
    """
    said = tree.data.get(KEY)
    if said is None:
        return None
    theory = _theory(tree)
    of_theory = theory in said["theories"]
    table = said["theories"][theory] if of_theory else said["table"]
    file = tree.origin[f"{BY_THEORY}.{theory}" if of_theory else COLUMN]
    with _read_from(file):
        header, _ = _cells(table)
    columns, lost = _columns(header, tree.dropped, numbers, spec, file)
    wanted = tuple((place, worth, spec(path)) for path, (place, worth) in columns.items())
    with _read_from(file):
        values, ends = _points(table, wanted)
    later = [path for path in _later(tree) if path != THEORY or not (of_theory or theory == said["theory"])]
    own = [path for path in columns if path in later or path in said["set"]]
    others = [path for path in later if path not in columns and not path.startswith(OF_THE_STUDY)]
    added = _added(tree)
    others = [_whose(path, added) for path in others if not path.endswith(".label")]
    others += [f"{path}.count" if path.startswith("kind.") else path for path in sorted(tree.dropped)]
    left = [i for i, path in enumerate(columns) if path not in own]
    paths = tuple(path for path in columns if path not in own)
    changed = tuple(dict.fromkeys([*said["changed"], *others]))
    return Ensemble(_without(table, lost) if lost else table, paths, tuple(own), changed, ends, values[:, left])


def _columns(
    header: Sequence[str], dropped: Iterable[str], numbers: Mapping[str, Quantity], spec: Callable[[str], Spec],
    file: Path,
) -> tuple[dict[str, tuple[int, float]], set[int]]:  # fmt: skip
    """Of a header the columns of numbers, by path their place and their unit in base units; and the places of columns
    that say nothing, being of what was ``dropped``. Raises InputError."""
    gone = tuple(f"{path}." for path in dropped)
    columns: dict[str, tuple[int, float]] = {}
    lost: set[int] = set()
    for place, name in enumerate(header):
        if name == WEIGHT or name in UNUSED:
            continue
        path, unit = _headed(name, file)
        if path.startswith(gone):
            lost.add(place)
            continue
        if path not in numbers:
            raise unknown("number of the world", path, numbers, file=file, key=name)
        if path in columns:
            fix = "keep one of the columns"
            raise InputError("a number has two columns", file=file, key=name, found=path, allowed="one", fix=fix)
        columns[path] = place, _worth(unit, spec(path), file, name)
    if not columns:
        raise InputError("an ensemble without numbers", file=file, found=header, allowed=HEADER, fix="add columns")
    return columns, lost


@contextmanager
def _read_from(file: Path) -> Iterator[None]:
    """An error in a table tells of its file. What is kept of a table is kept by its text, wherever that stands."""
    try:
        yield
    except InputError as error:
        error.file = file
        raise


@lru_cache(maxsize=8)
def _cells(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Names of columns, and rows with their numbers as spreadsheets count. Raises InputError."""
    header, *rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())] or [[]]
    for n, row in enumerate(rows, start=2):
        if len(row) != len(header):
            fix, found = f"give row {n} a cell for each column", f"{len(row)} cells in row {n}"
            raise InputError("a row of another length", found=found, allowed=f"{len(header)} cells", fix=fix)
    if WEIGHT not in header or not rows:
        missing = f"no column {WEIGHT}" if WEIGHT not in header else "no row"
        fix = "name the ensemble.csv that `calibrate` wrote"
        raise InputError("not an ensemble", found=missing, allowed=f"{HEADER} and rows", fix=fix)
    return header, list(enumerate(rows, start=2))


def _without(text: str, lost: set[int]) -> str:
    """A table without the columns at some places."""
    rows = [[cell for place, cell in enumerate(row) if place not in lost] for row in csv.reader(text.splitlines())]
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


@lru_cache(maxsize=8)
def _points(text: str, columns: tuple[tuple[int, float, Spec], ...]) -> tuple[Array, Array]:
    """Values of a table (m, k) in base units, of the columns at these places, and its weights summed up (m,) to 1.

    A table is read once for all scenarios that hold it. Raises InputError.
    """
    header, rows = _cells(text)
    values = [_column(rows, place, spec, worth, header[place]) for place, worth, spec in columns]
    ends = np.cumsum(_weights(header, rows))
    return np.ascontiguousarray(np.transpose(values)), ends / ends[-1]


def _headed(name: str, file: Path) -> tuple[str, str]:
    """Path and unit of a column."""
    path, bracket, unit = name.partition(" [")
    if not bracket or not unit.endswith("]"):
        allowed, fix = HEADER, f"head it {path} [unit], with [1] for a plain number"
        raise InputError("a column without a unit", file=file, key=name, found=name, allowed=allowed, fix=fix)
    return path, unit[:-1]


def _worth(unit: str, spec: Spec, file: Path, name: str) -> float:
    phrase, example = UNITS[spec.unit]
    try:
        return factor(unit, spec.unit)
    except ValueError as error:
        fix = f"head it {name.partition(' [')[0]} [{example}], and convert its numbers"
        raise InputError(str(error), file=file, key=name, found=unit, allowed=phrase, fix=fix) from None


def _plain(text: str, row: int, name: str, allowed: str) -> float:
    try:
        found = cell_number(text)
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise InputError("not a number", key=name, found=text, allowed=allowed, fix=f"write a number in row {row}")
    return found


def _column(rows: list[tuple[int, list[str]]], place: int, spec: Spec, worth: float, name: str) -> list[float]:
    """Numbers in base units, each within what it may be."""
    allowed, unit = spec.allowed, factor(spec.unit, spec.unit)
    found = [_plain(row[place], n, name, allowed) * worth for n, row in rows]
    for number, (n, row) in zip(found, rows, strict=True):
        check_range(spec, number / unit, f"{row[place]} in row {n}", key=name)
    return found


def _weights(header: list[str], rows: list[tuple[int, list[str]]]) -> Array:
    place, allowed = header.index(WEIGHT), "0 or more, and one above 0"
    found = [(n, _plain(row[place], n, WEIGHT, allowed)) for n, row in rows]
    for wrong in (f"{weight:g} in row {n}" for n, weight in found if weight < 0):
        raise InputError("a weight below zero", key=WEIGHT, found=wrong, allowed=allowed, fix="leave the row out")
    if not any(weight for _, weight in found):
        raise InputError("no point has a weight", key=WEIGHT, found="0", allowed=allowed, fix="give weights")
    return np.array([weight for _, weight in found])


def _whose(path: str, added: Collection[str]) -> str:
    """The path of an entry that was written after the ensemble; that of its kind or region where that was added."""
    whole = path.rpartition(".")[0]
    return whole if whole in added else path


def _added(tree: Tree) -> set[str]:
    """Paths of kinds and regions of which nothing was written before the ensemble; those that are like others have
    their rest from the file of these."""
    written, at = list(tree.origin), list(tree.origin).index(KEY)
    before, after = ({path.rpartition(".")[0] for path in part} for part in (written[:at], written[at:]))
    return {path for path in after - before if KINDS.fullmatch(path) or PLACES.fullmatch(path)}


def _later(tree: Tree) -> list[str]:
    """Entries of the world that were written after the ensemble, by another file or setting."""
    written, file = list(tree.origin), tree.origin[KEY]
    after = written[written.index(KEY) + 1 :]
    heads = (*TABLE_KEYS, *GROUP_KEYS)
    return [path for path in after if tree.origin[path] != file and path.partition(".")[0] in heads]
