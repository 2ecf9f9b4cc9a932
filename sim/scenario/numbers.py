"""One number of a scenario as written: its type, unit, range and what it rests on."""

import marshal
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from math import inf
from typing import Any, NamedTuple

from sim.arguments import whole_ones
from sim.errors import InputError, shown, unknown
from sim.quantity import SHAPES, UNITS, Quantity, Spec, factor, meant, upside_down, written
from sim.scenario.examples import a_number, a_table
from sim.scenario.moments import USUAL_STEPS, moment_fix
from sim.scenario.money import beside, converted, in_base, in_unit, moneys
from sim.scenario.ranges import check_range, unit_meant
from sim.scenario.slips import (
    PARTED,
    beside_list,
    in_table,
    power_of_ten,
    together,
    with_usual_digits,
    without_comma,
)
from sim.scenario.tree import FROM_USER, SET_NOW, Tree

BY_YEAR = ("series", "path", "weights")  # forms with several numbers
TYPED = r"[-+]?\d[\d_]*(?:,\d+)*(?:\.\d+)?(?:[eE][-+]?\d+)?"  # a number as it may be typed
SIGN_FIRST = re.compile(rf"(US\$|[$€£])\s*({TYPED})\s*([a-zA-Z]*)(.*)")  # $300 million a year
UNIT_TYPED = r"(?:[a-zA-Z%$€£]|(?<=\s)1\s*/)[^,]*"  # and its unit
NUMBER_KEYS = {"value", "unit", "year", "source", "basis", "note", "low", "high", "draw", "fact"}


class ReadEntry(NamedTuple):
    """An entry that was read: what it may be, its value in base units, the entry in full and its record."""

    spec: Spec
    value: Any
    kept: Any
    record: Quantity


READ: dict[bytes, ReadEntry] = {}  # by all that they were read from: most entries of a scenario are those of another
MOST_READ = 10_000
EXACT = frozenset({str, int, float, bool})  # types that are told apart to the bit


@dataclass
class Numbers:
    """Reads numbers, and keeps the record of them. Messages name no file: who reads a whole table adds it."""

    tree: Tree
    quantities: list[Quantity] = field(default_factory=list)
    cited: set[str] = field(default_factory=set)

    def _plain(self, raw: Any, spec: Spec, path: str, *, listed: bool = False) -> float | int:
        """A number as written: whole numbers keep all their digits. The unit of a ``listed`` one stands beside it."""
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            listed |= spec.form in BY_YEAR
            within = "a bare number" if listed else a_number(self.tree.data, path, spec)
            fix = f"write {self._moment_in(raw, spec) or _number_in(raw, spec, listed) or within}"
            raise InputError("not a number", found=raw, allowed=spec.allowed, fix=fix, key=path)
        try:
            return raw if spec.form == "integer" else float(raw)
        except OverflowError:
            fix = f"choose a value within the allowed range; it means: {spec.doc}"
            raise InputError("out of range", found=raw, allowed=spec.allowed, fix=fix, key=path) from None

    def _moment_in(self, raw: Any, spec: Spec) -> str | None:
        """How a date is written where one belongs; None for what is none, and where none belongs."""
        if spec.form == "integer":  # of the first and the last year
            return f"{raw.year}" if isinstance(raw, date) else None
        given = self.tree.data.get("time", {}).get("steps_per_year")
        steps = given if isinstance(given, int) and given > 0 else USUAL_STEPS
        plain = isinstance(raw, str) and re.fullmatch(r"\s*\d+(\.\d+)?\s*", raw)
        return None if spec.unit != "year" or plain else moment_fix(raw, steps)

    def checked(self, raw: Any, spec: Spec, scale: float, unit: str, path: str, *, listed: bool = False) -> float | int:
        """A number of the unit ``unit`` as written: of the right type, within range, whole where it must be. ``scale``
        is what one such unit is worth in base units. It may be one of several that are ``listed``. Raises
        InputError."""
        number = self._plain(raw, spec, path, listed=listed)
        if number == spec.unlimited:
            return number
        worth, found = number, raw
        if unit != spec.unit:
            worth = number * scale / factor(spec.unit, spec.unit)
            found = f"{number:g} {unit} = {worth:g} {spec.unit}".removesuffix(" 1")
        beyond = spec.high < worth and 1 <= worth <= 100 and spec.high <= 1
        hundredth = beyond and unit == "1" and spec.form == "number" and spec.low <= worth / 100 <= spec.high
        if hundredth:
            as_it_is = f"{beside_list('%')} beside the list" if listed else in_table(f"{worth:g}", "%")
            percent = f"{worth / 100:g}, or {as_it_is}"
            fix = f"{worth:g} is {100 * worth:g} %; for {worth:g} % write {percent}"
            raise InputError("out of range", found=raw, allowed=spec.allowed, fix=fix, key=path)
        check_range(spec, worth, found, key=path)
        if spec.form == "integer" and number != int(number):
            raise InputError("not whole", found=raw, allowed=spec.allowed, fix=f"write {whole_ones(number)}", key=path)
        return number

    def factor(self, raw: dict[str, Any], spec: Spec) -> tuple[float, str]:
        """What the unit of an entry is worth in base units, and the unit. Raises InputError."""
        unit = raw.get("unit", spec.unit)
        phrase, example = UNITS[spec.unit]
        if not isinstance(unit, str):
            fix = f'write unit = "{example}"'
            raise InputError("a unit is text", found=unit, allowed=phrase, fix=fix)
        if spec.form == "integer" and unit != "1":
            raise InputError("a whole number has no unit", found=unit, allowed=spec.allowed, fix="leave it out")
        try:
            return factor(unit, spec.unit), unit
        except ValueError as error:
            found = meant(unit, spec.unit)
            raise InputError(str(error), found=unit, allowed=phrase, fix=in_unit(found, example, spec)) from None

    def number(self, spec: Spec, raw: Any, path: str, facts: bool) -> tuple[float | int, Any]:
        """A number in base units, and its entry in full. ``facts`` have to say what they rest on. Raises InputError."""
        entry = dict(raw) if isinstance(raw, dict) else {"value": raw, "unit": spec.unit}
        if facts:
            entry |= self.bare(entry, path)
        if not isinstance(raw, dict):
            return self.noted(self._number(spec, raw, entry, path, facts))
        return self.once(entry, spec, path, facts, lambda: self._number(spec, raw, entry, path, facts))

    def once(
        self, entry: dict[str, Any], spec: Spec, path: str, facts: bool, read: Callable[[], "ReadEntry"]
    ) -> tuple[Any, Any]:
        """What an entry was read as before, in this scenario or another, or what it is read as now. What ``read`` finds
        may follow from nothing but what is given here."""
        key, source = _key(entry, path, facts), entry.get("source")
        listed = source is None or (isinstance(source, str) and source in self.tree.sources)
        known = READ.get(key) if key and listed else None
        if known is None or known.spec is not spec:
            known = read()
            if key:
                if len(READ) >= MOST_READ:
                    READ.clear()
                READ[key] = known
        elif source is not None:
            self.cited.add(source)
        return self.noted(known)

    def noted(self, known: "ReadEntry") -> tuple[Any, Any]:
        """The value and the entry in full of what was read, whose record is kept."""
        self.quantities.append(known.record)
        return known.value, dict(known.kept) if isinstance(known.kept, dict) else known.kept

    def _number(self, spec: Spec, raw: Any, entry: dict[str, Any], path: str, facts: bool) -> "ReadEntry":
        """A number of an entry that says what it rests on. Raises InputError."""
        for key in entry:
            if key not in NUMBER_KEYS:
                raise unknown("key of a quantity", key, NUMBER_KEYS)
        if "value" not in entry:
            fix = f"write {a_table(self.tree.data, path, spec)}"
            raise InputError("a quantity needs a value", found=raw, allowed=spec.allowed, fix=fix)
        given, own = entry, converted(entry, spec)
        kept, entry = raw if own is given else own, self._turned(own, spec, path)
        scale, unit = self.factor(entry, spec)
        with self.as_written(own is not given and own.get("note")), unit_meant(spec, given):
            value = self.checked(entry["value"], spec, scale, unit, path)
            low, high = (
                self.checked(entry[key], spec, scale, unit, f"{path}.{key}") if key in entry else None
                for key in ("low", "high")
            )
        if (low is not None and low > value) or (high is not None and high < value):
            found = {key: entry[key] for key in ("low", "value", "high") if key in entry}
            allowed = "low <= value <= high"
            fix = "put the value inside its own range"
            raise InputError("out of its own range", found=found, allowed=allowed, fix=fix)
        draw = self._shape(entry, (low, high), scale, path)
        fact = self._fact(entry, None not in (low, high), path)
        basis, source, note = self.basis(entry, facts)
        base = int(value) if spec.form == "integer" else value * scale
        money = moneys(given, own, spec)
        record = Quantity(path, base, entry["value"], unit, spec.doc, basis, source, note, low, high, draw, money, fact)
        return ReadEntry(spec, base, {**entry, "unit": unit} if facts else kept, record)

    @contextmanager
    def as_written(self, how: Any) -> Iterator[None]:
        """Says in a refusal what a converted number was, where one was converted."""
        try:
            yield
        except InputError as error:
            if how:
                error.found = f"{shown(error.found)} ({how})"
            raise

    def bare(self, entry: dict[str, Any], path: str) -> dict[str, Any]:
        """What a number that is given with nothing but its unit rests on."""
        if not set(entry) <= {"value", "unit", "year"}:
            return {}
        set_now = self.tree.where(path)["file"] == FROM_USER
        return {"basis": "assumed", "note": SET_NOW if set_now else "a bare number without a source"}

    def _turned(self, entry: dict[str, Any], spec: Spec, path: str) -> dict[str, Any]:
        """The entry in the declared unit, where it is given in one over such a unit: 2 USD/EFLOP for FLOP/USD."""
        unit = entry.get("unit", spec.unit)
        worth = upside_down(unit, spec.unit) if isinstance(unit, str) and unit != spec.unit else None
        if worth is None:
            return entry
        turned = {**entry, "unit": spec.unit}
        for key, place in (("value", "value"), ("low", "high"), ("high", "low")):
            if key in entry:
                number = self._plain(entry[key], spec, f"{path}.{key}".removesuffix(".value"))
                if not 0 < number < inf:
                    problem, fix = f"no amount of {unit} can be turned round into {spec.unit}", "give one above 0"
                    raise InputError(problem, found=entry[key], allowed="above 0", fix=fix)
                turned[place] = 1.0 / (number * worth) / factor(spec.unit, spec.unit)
        return turned

    def _shape(self, entry: dict[str, Any], ends: tuple[float | None, ...], scale: float, path: str) -> str | None:
        """How a number is drawn between its ends, where the entry says so."""
        if "draw" not in entry:
            return None
        shape, key = entry["draw"], f"{path}.draw"
        if shape not in SHAPES:
            raise unknown("shape", shape, SHAPES, key=key)
        if None in ends:
            fix = "add low and high, or take out draw"
            raise InputError("drawn from no range", found=shape, allowed="with low and high", fix=fix, key=key)
        if shape == "log-uniform" and not all(end is not None and end * scale > 0 for end in ends):
            fix = f'let both be above 0, or draw = "{SHAPES[0]}"'
            allowed = "low and high above 0"
            raise InputError("logarithms of nothing", found=list(ends), allowed=allowed, fix=fix, key=key)
        return str(shape)

    def _fact(self, entry: dict[str, Any], ranged: bool, path: str) -> str | None:
        """What a number tells of together with others, where the entry says so."""
        if "fact" not in entry:
            return None
        name, key = entry["fact"], f"{path}.fact"
        if not isinstance(name, str) or not re.fullmatch(r"-?[a-z][a-z0-9_]*", name):
            fix = 'write fact = "progress", or fact = "-progress" for a number that moves the other way'
            raise InputError("not the name of a fact", found=name, allowed="small letters, digits, _", fix=fix, key=key)
        if not ranged:
            fix = "add low and high, or take out fact"
            raise InputError("drawn from no range", found=name, allowed="with low and high", fix=fix, key=key)
        return name

    def basis(self, entry: dict[str, Any], facts: bool) -> tuple[str, str | None, str | None]:
        """What an entry rests on: basis, source, note. Raises InputError."""
        source, basis, note = entry.get("source"), entry.get("basis"), entry.get("note")
        if source is not None and (not isinstance(source, str) or source not in self.tree.sources):
            raise unknown("source", source, self.tree.sources, otherwise=_describe(source))
        if note is not None and (not isinstance(note, str) or not note.strip()):
            raise InputError("a note is text", found=note, allowed="text", fix='note = "why this value"')
        if source is not None and basis is not None:
            fix = f'take out basis = "{basis}", or the source'
            raise InputError("both a source and a basis", found=basis, allowed="one of them", fix=fix)
        if source is not None:
            self.cited.add(source)
            return "source", source, note
        if basis is None and not facts:
            return "choice", None, note
        if basis != "assumed" or note is None:
            fix = 'add source = "<key of sources.toml>", or basis = "assumed", note = "why this value"'
            allowed = 'a source, or basis = "assumed" with a note'
            found = {key: entry[key] for key in ("basis", "note") if key in entry} or "neither"
            raise InputError("a number needs a source or a note", found=found, allowed=allowed, fix=fix)
        return "assumed", None, note


def _key(entry: dict[str, Any], path: str, facts: bool) -> bytes | None:
    """What tells an entry from others, by its types and bits too; None where something in it is no plain value."""
    for value in entry.values():
        if type(value) not in EXACT and not (type(value) is list and EXACT.issuperset(map(type, value))):
            return None
    return marshal.dumps((path, facts, entry), 2)  # a version that does not tell how often something is referred to


def _describe(source: Any) -> str:
    """What helps with a source that is not listed."""
    named = isinstance(source, str) and re.fullmatch(r"[A-Za-z0-9_-]+", source)
    table = f"[sources.{source}]" if named else "a table [sources.<key>]"
    return f'add {table} with a title, or write basis = "assumed" and a note in its place'


def _number_in(raw: Any, spec: Spec, listed: bool) -> str | None:
    """How to write a number that was written as text: "2027", "99,5", "40 %", "10^26"; or a weight that was written
    with its unit. None where that cannot be told, or is no such number."""
    if spec.form == "weights" and isinstance(raw, dict) and {"value"} < set(raw) <= {"value", "unit"}:
        raw = f"{raw['value']} {raw['unit']}"
    given = raw.strip().strip("\"'“”„‘’") if isinstance(raw, str) else ""
    given = power_of_ten(given)
    text = SIGN_FIRST.sub(r"\2 \3 \1\4", with_usual_digits(given))
    plain = re.sub(rf"^{PARTED}", lambda number: together(number[0]), text)
    found = re.fullmatch(rf"({TYPED})\s*({UNIT_TYPED})?", plain)
    if not found:
        return None
    number, typed = found[1], found[2]
    unit = beside(typed, spec) if typed else None
    if typed and unit is None:
        return None

    def entry(number: str) -> str:
        if unit and spec.form == "weights":  # bare ones
            return written(float(number) * in_base(unit["unit"], unit.get("year"), spec))
        if unit and listed:
            return f"{number}, and {beside_list(**unit)} beside the list"
        return in_table(number, **unit) if unit else number

    if "," in number:
        return without_comma(number, entry)
    if unit:
        return entry(number)
    if plain != text:
        return f"{number}: thousands stand without a mark between them"
    return f"{number}{': digits are 0 to 9' if text != given else ', without quotes'}"
