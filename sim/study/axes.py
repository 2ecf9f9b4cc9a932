"""What a sweep varies: entries of a scenario, each with its values or its range."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil, floor, isfinite
from pathlib import Path
from typing import Any

import numpy as np

from sim.arguments import is_number, texts
from sim.arguments import plain as plain_value
from sim.arrays import Array
from sim.errors import InputError
from sim.mathematics import exp, log
from sim.plurals import counted
from sim.quantity import written
from sim.scenario import Scenario
from sim.scenario.reading import VALUES
from sim.scenario.slips import UNIT_BEGINS, amount_of
from sim.scenario.toml import in_toml
from sim.scenario.variants import changed, in_time, policy_of, setting
from sim.store.as_json import json_line

FROM_VARY = Path("--vary")  # stands for the file in messages about what is varied
NUMBER = r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
RANGE = re.compile(rf"({NUMBER})\s*:\s*({NUMBER})(?:\s*:\s*(\d+))?(\s*:\s*log)?\s*({UNIT_BEGINS}.*)?")
BLANKS = re.compile(rf"{NUMBER}(?:\s+{NUMBER})+")  # numbers without commas between them
SPAN = re.compile(
    rf"({NUMBER})\s*(?:[-–—−~]|\.\.+|to)\s*({NUMBER})(?:\s*({UNIT_BEGINS}.*))?"
)  # as ranges are typed elsewhere
ALL_VALUES = re.compile(rf"\b{VALUES}(?:\*([\d.e+-]+))?(?= )")  # in the fix for one of them
EXAMPLE = "--vary policy.carbon_tax.rate=0,50,100 or --vary kind.academic_lab.count=100:800:8"
ONE_WITHOUT = "inf where a number has no limit, [] where nothing is named"
MOST_VALUES, MOST_TOLD = 10_000, 12
DATES = ("start", "end", "since")  # of a policy
ROUNDING = 1e-9  # of a step


@dataclass(frozen=True)
class Axis:
    """One entry that is varied: values as a file would write them, or a range."""

    path: str
    values: tuple[Any, ...] = ()
    low: float = 0.0  # of the range, in ``unit``
    high: float = 0.0
    unit: str = ""  # as typed; nothing for the declared one
    logs: bool = False  # evenly in the logarithm
    whole: bool = False  # rounded to whole numbers
    steps: int = 0  # of a year: rounded to the dates on which they begin

    def at(self, share: float) -> Any:
        """The value at a share from 0 to 1 of the range, or of the list of values."""
        return self.entry(self._code(share))

    def column(self, shares: Array) -> Array:
        """At many shares (n,): places in the list of values, or numbers of the range as they are written."""
        return np.array([self._code(share) for share in shares.tolist()])

    def entry(self, code: Any) -> Any:
        """The value at a place of the list, or of a number of the range."""
        return self.values[int(code)] if self.values else self._rounded(float(code), self.unit)

    def _code(self, share: float) -> float | int:
        if self.values:
            return min(int(share * len(self.values)), len(self.values) - 1)
        if self.logs:
            number = exp(log(self.low) + share * (log(self.high) - log(self.low)))
        else:
            number = self.low + share * (self.high - self.low)
        return float(self._rounded(min(max(number, self.low), self.high)))

    def _rounded(self, number: float, unit: str = "") -> Any:
        date = round(number * self.steps) / self.steps if self.steps else number
        return entry(date, unit, whole=self.whole)

    def in_whole(self) -> "Axis":
        """The same range of whole numbers."""
        return self._with_values(replace(self, whole=True))

    def in_steps(self, steps: int) -> "Axis":
        """The same range of the dates in it on which one of so many steps of a year begins; itself where none does."""
        low, high = ceil(self.low * steps - ROUNDING) / steps, floor(self.high * steps + ROUNDING) / steps
        return self if low > high else self._with_values(replace(self, low=low, high=high, steps=steps))

    def _with_values(self, axis: "Axis") -> "Axis":
        numbers = (min(max(float(plain(each)), axis.low), axis.high) for each in self.values)
        distinct = dict.fromkeys(axis._rounded(number) for number in numbers)
        return replace(axis, values=tuple(entry(number, self.unit, whole=axis.whole) for number in distinct))

    @property
    def ends(self) -> tuple[Any, ...]:
        """What is tried before anything is simulated: every value of a list, both ends of a range."""
        if self.low < self.high and self.values:
            return self.values[0], self.values[-1]
        return self.values or (self.at(0.0), self.at(1.0))

    @property
    def as_typed(self) -> str:
        """What it takes as after --vary, without its unit: 0,50,300, or 0:300."""
        if self.values:
            return ",".join(map(typed, self.values))
        return f"{written(self.low)}:{written(self.high)}{':log' if self.logs else ''}"

    def as_asked(self, times: float = 1.0) -> str:
        """What was asked for after --vary, without its unit, each number times another: 0,50,300, or 0:200:9."""

        def number(value: Any) -> str:
            bare = plain(value)
            return f"{bare * times:.12g}" if is_number(bare) else typed(value)

        if not self.low < self.high:
            return ",".join(map(number, self.values))
        steps = f":{len(self.values)}" if self.values else ""
        return f"{number(self.low)}:{number(self.high)}{steps}{':log' if self.logs else ''}"

    def told(self, unit: str) -> str:
        """What it takes, in words: each value, the first and the last of many, or the range."""
        end = f" {unit}" if unit and unit != "year" else ""
        if not self.values:
            whole, logs = "whole numbers " if self.whole else "", ", evenly in the logarithm" if self.logs else ""
            return f"is drawn: {whole}from {written(self.low)} to {written(self.high)}{end}{logs}"
        texts = [typed(value) for value in self.values]
        shown = texts if len(texts) <= MOST_TOLD else [*texts[:3], "...", texts[-1]]
        return f"takes {counted(len(texts), 'value')}: {', '.join(shown)}{end}"


def typed(value: Any) -> str:
    """A value as it is typed, without its unit; nothing where there is none."""
    bare = plain_value(plain(value))
    if bare is None or bare != bare:
        return ""
    return written(bare) if is_number(bare) else bare if isinstance(bare, str) else json_line(bare)


def entry(number: float, unit: str, *, whole: bool = False) -> Any:
    """A number as a file would write it."""
    value: float | int = round(number) if whole else float(f"{number:.12g}")
    return {"value": value, **amount_of(unit)} if unit else value


def plain(value: Any) -> Any:
    """An entry as a cell of a table: a number without its unit, or text, as a file has it where it is neither."""
    if isinstance(value, dict) and "value" in value:
        return value["value"]
    return in_toml(plain_value(value)) if isinstance(value, dict | list | tuple) else value


def typed_unit(value: Any) -> str:
    """The unit of an entry as it is typed, with the year of its money; nothing where it names neither."""
    if not isinstance(value, dict):
        return ""
    year = f" of {value['year']}" if "year" in value else ""
    return f"{value.get('unit', '')}{year}"


def varied(scenario: Scenario, axis: Axis, value: Any) -> Scenario:
    """The scenario with one value of an axis. Raises InputError, also where the two could not be paired."""
    made = changed(scenario, {axis.path: value}, origin=FROM_VARY)
    if (made.time, made.run, made.law.unit) != (scenario.time, scenario.run, scenario.law.unit):
        allowed = "what leaves years, steps, seed and unit of error as they are"
        fix = "make a study of each: --until, --seed and --set say what all points share"
        raise InputError("points could not be paired", file=FROM_VARY, key=axis.path, allowed=allowed, fix=fix)
    return made


def read_axes(given: Sequence[str] | Mapping[str, Any], scenario: Scenario, *, grid: bool) -> list[Axis]:
    """Axes from texts ``path=values``, or from values by path: a text, or a list. Every value is tried in the scenario.

    In a ``grid`` a range has a number of steps, otherwise it has none. Raises InputError.
    """
    by_path = dict(given) if isinstance(given, Mapping) else _by_path(texts("vary", given))
    if not by_path:
        problem, allowed = "nothing to vary", "one or more of --vary PATH=VALUES"
        raise InputError(problem, key="--vary", allowed=allowed, fix=f"e.g. {EXAMPLE}")
    return [_tried(_axis(path, values, grid=grid), scenario) for path, values in by_path.items()]


def as_axes(values: Mapping[str, Sequence[Any]], scenario: Scenario) -> list[Axis]:
    """Axes of values by path, which are distinct. Of numbers the least and the largest are tried in the scenario, and
    everything else. Raises InputError."""
    axes = [_listed(path, tuple(own), "values of a design") for path, own in values.items()]
    for axis in axes:
        numbers = sorted((value for value in axis.values if is_number(plain(value))), key=plain)
        others = [value for value in axis.values if not is_number(plain(value))]
        _tried(replace(axis, values=(*numbers[:1], *numbers[1:][-1:], *others)), scenario)
    return axes


def _by_path(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        path, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not path or not values:
            allowed = "PATH=VALUE,VALUE,... or PATH=LOW:HIGH:STEPS"
            raise InputError("not something to vary", key="--vary", found=text, allowed=allowed, fix=f"e.g. {EXAMPLE}")
        if path in found:
            fix, allowed = "put all its values into one --vary", "each path once"
            raise InputError("varied twice", key="--vary", found=path, allowed=allowed, fix=fix)
        found[path] = values
    return found


def _axis(path: str, given: Any, *, grid: bool) -> Axis:
    if not isinstance(given, str):
        if isinstance(given, set | frozenset):
            allowed, fix = "a list of values, in the order of the axis", "write them in square brackets"
            raise InputError("values without an order", file=FROM_VARY, key=path, found=given, allowed=allowed, fix=fix)
        values = plain_value(given)
        if isinstance(values, Iterable) and not isinstance(values, list | Mapping):
            with suppress(TypeError):  # a number of another library may say that it can be listed
                values = plain_value(list(values))
        listed = values if isinstance(values, list) else [values]
        return _listed(path, tuple(as_set(path, value) for value in listed), str(given))
    found = RANGE.fullmatch(given)
    if found:
        return _range(path, given, found, grid=grid)
    if re.match(rf"{NUMBER}\s*:", given):
        allowed, fix = (
            "LOW:HIGH:STEPS, STEPS a whole number, with :log and a unit if wanted",
            f"{path}=LOW:HIGH:STEPS, e.g. {EXAMPLE}",
        )
        raise InputError("not a range", key=path, found=given, allowed=allowed, fix=fix)
    parts = [part.strip() for part in given.split(",")]
    if not all(parts):
        fix = "take out the comma that has nothing beside it"
        raise InputError("a value is missing", key=path, found=given, allowed="VALUE,VALUE,...", fix=fix)
    for part in parts:
        if BLANKS.fullmatch(part):
            fix = f"--vary {path}={','.join(given.replace(',', ' ').split())}"
            raise InputError("values go with commas", key=path, found=given, allowed="VALUE,VALUE,...", fix=fix)
        span = SPAN.fullmatch(part)
        if span:
            raise _spanned(path, given, span, grid=grid)
    values = tuple(setting(f"{path}={part}")[1] for part in parts)
    return _listed(path, values, given)


def as_set(path: str, value: Any) -> Any:
    """A value of a list as a file would have it: a text as one that is set, 5 USD/tCO2 as a number with a unit."""
    return setting(f"{path}={value}")[1] if isinstance(value, str) and value.strip() else value


def _spanned(path: str, given: str, span: re.Match[str], *, grid: bool) -> InputError:
    """The error for a range that is not written with colons."""
    (low, high), unit = sorted(span.group(1, 2), key=float), f" {span[3]}" if span[3] else ""
    steps, told = (":5", ", with 5 values") if grid else ("", "")
    middle = f"{(float(low) + float(high)) / 2:g}"
    fix = f"--vary '{path}={low}:{high}{steps}{unit}' for a range{told}, or '{path}={low},{middle},{high}{unit}'"
    allowed = f"LOW:HIGH{':STEPS' if grid else ''} or VALUE,VALUE,..."
    return InputError("a range is written with colons", key=path, found=given, allowed=allowed, fix=fix)


def _listed(path: str, values: tuple[Any, ...], given: str) -> Axis:
    """Values of a list. A unit behind the last holds for those before that have none."""
    last = values[-1] if values else None
    if isinstance(last, dict) and {"value", "unit"} <= set(last) <= {"value", "unit", "year"}:
        values = tuple({**last, "value": value} if is_number(value) else value for value in values)
    if not values:
        raise InputError("no values", key=path, found=given, allowed="distinct values", fix=f"e.g. {EXAMPLE}")
    if any(value is None for value in values):
        fix = f"say what it is: {ONE_WITHOUT}"
        raise InputError("nothing is no value", key=path, found=given, allowed="values that a file may hold", fix=fix)
    if _some_twice(values):
        fix = "take one of the two out"
        raise InputError("a value twice", key=path, found=given, allowed="distinct values", fix=fix)
    units = dict.fromkeys(map(typed_unit, values))
    if len(units) > 1:
        found = ", ".join(unit or "none" for unit in units)
        fix = f"write all of them in {next(unit for unit in units if unit)}, or all without a unit"
        raise InputError("values in several units", key=path, found=found, allowed="one unit for all", fix=fix)
    return Axis(path, values)


def _some_twice(values: Sequence[Any]) -> bool:
    try:
        return len(set(values)) < len(values)
    except TypeError:  # of tables and lists
        return any(value in values[:i] for i, value in enumerate(values))


def _range(path: str, given: str, found: re.Match[str], *, grid: bool) -> Axis:
    low, high, unit, logs = float(found[1]), float(found[2]), (found[5] or "").strip(), bool(found[4])
    where: dict[str, Any] = {"key": path, "found": given}
    if not (isfinite(low) and isfinite(high) and low < high):
        fix = f"{path}=LOW:HIGH{':STEPS' if grid else ''}"
        fix = f"write {path}={found[2]}:{found[1]}{given[found.end(2) :]}" if low > high else fix
        raise InputError("an empty range", allowed="LOW below HIGH", fix=fix, **where)
    if logs and low <= 0:
        raise InputError("logarithms of nothing", allowed="LOW above 0", fix="take out :log, or raise LOW", **where)
    axis = Axis(path, (), low, high, unit, logs)
    if not grid:
        if found[3]:
            problem, fix = "only a grid has steps", f"write {path}={found[1]}:{found[2]}, or --design grid"
            raise InputError(problem, allowed="LOW:HIGH", fix=fix, **where)
        return axis
    steps = int(found[3] or 0)
    if not 2 <= steps <= MOST_VALUES:
        fix = f"write {path}={found[1]}:{found[2]}:5, or --design lhs"
        allowed = f"LOW:HIGH:STEPS, from 2 to {MOST_VALUES:,} STEPS"
        raise InputError("how many steps?", allowed=allowed, fix=fix, **where)
    return Axis(path, tuple(axis.at(i / (steps - 1)) for i in range(steps)), low, high, unit, logs)


def _tried(axis: Axis, scenario: Scenario) -> Axis:
    """The axis, when each of its values can be used. Raises InputError, whose fix names all values."""
    try:
        return _usable(axis, scenario)
    except InputError as error:
        for one in (error, *error.also):
            one.fix = one.fix and ALL_VALUES.sub(lambda found: axis.as_asked(float(found[1] or 1)), one.fix)
        raise


def _usable(axis: Axis, scenario: Scenario) -> Axis:
    """The axis, when each of its values can be used. A range of whole numbers is rounded to such, one of a policy's
    dates to where steps begin."""
    id = policy_of(axis.path)
    if axis.low < axis.high and id and axis.path.rpartition(".")[2] in DATES:
        axis = axis.in_steps(scenario.time.steps_per_year)
    elif axis.low < axis.high:
        trial = entry(axis.low, axis.unit, whole=axis.low == int(axis.low))
        number = next((q for q in varied(scenario, axis, trial).quantities if q.path == axis.path), None)
        if number is not None and isinstance(number.base, int):
            axis = axis.in_whole()
    worlds = [varied(scenario, axis, value) for value in axis.ends]
    own = [policy for world in worlds for policy in world.policies if policy.id == id]
    in_time(own, scenario.time.end, id, file=FROM_VARY, key=axis.path)
    return axis
