"""From the tables of a tree to numbers: every one checked for type, unit, range and source, once."""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from itertools import pairwise
from math import inf
from typing import Any

from sim.errors import InputError, nearest, together, unknown
from sim.quantity import SHAPES, UNITS, Quantity, Series, Spec, check_range, factor
from sim.scenario.data import data_files, data_unit, yearly
from sim.scenario.tree import FROM_USER, GROUP_KEYS, Tree

NUMBER_KEYS = {"value", "unit", "source", "basis", "note", "low", "high", "draw"}
SERIES_KEYS = {"years", "values", "data", "entity", "unit", "source", "basis", "note"}
WEIGHT_KEYS = {"source", "basis", "note"}
YEARS = (1800, 2300)  # calendar years that a series may hold


@dataclass
class Reader:
    """Reads tables of a tree into dataclasses; keeps what it read, for ``explain`` and for the resolved file."""

    tree: Tree
    quantities: list[Quantity] = field(default_factory=list)
    resolved: dict[str, Any] = field(default_factory=dict)
    cited: set[str] = field(default_factory=set)
    mistakes: list[InputError] = field(default_factory=list)

    def part(
        self,
        cls: type[Any],
        raw: dict[str, Any],
        path: str,
        *,
        facts: bool = True,
        also: tuple[str, ...] = (),
        only: list[str] | None = None,
        **given: Any,
    ) -> Any:
        """A ``cls`` from a table. ``facts`` need a source or a note; choices do not. None where something is wrong."""
        offered = {f.name: f for f in fields(cls) if f.init and f.name != "id" and (only is None or f.name in only)}
        before = len(self.mistakes)
        for key in raw:
            if key not in offered and key not in also:
                self._refuse(unknown("key", key, [*offered, *also]), f"{path}.{key}")
        values, kept = {}, {key: raw[key] for key in also if key in raw}
        missing = [name for name, entry in offered.items() if raw.get(name) is None and _needed(entry)]
        if missing:
            self._refuse(self._missing(offered, missing, path), f"{path}.{missing[0]}")
        for name, entry in offered.items():
            if name not in missing:
                try:
                    values[name], kept[name] = self._entry(entry, raw.get(name), f"{path}.{name}", facts)
                except InputError as error:
                    self._refuse(error, f"{path}.{name}")
        self.resolved[path] = kept
        return None if len(self.mistakes) > before else cls(**values, **given)

    def tried(self, read: Callable[..., Any], path: str, *given: Any) -> Any:
        """What ``read(self, path, *given)`` gives; None where it finds a mistake, which is kept."""
        try:
            return read(self, path, *given)
        except InputError as error:
            return self._refuse(error, path)

    def finish(self) -> None:
        """Raise InputError when there were mistakes."""
        if self.mistakes:
            raise together(self.mistakes)

    def _refuse(self, error: InputError, path: str) -> None:
        if error.file is None:
            where = self.tree.where(error.key or path)
            error.file, error.key = where["file"], where["key"]
        self.mistakes.append(error)

    def _entry(self, entry: Field[Any], raw: Any, path: str, facts: bool) -> tuple[Any, Any]:
        spec: Spec = entry.metadata["spec"]
        if raw is None:
            return self._default(entry, spec, path, facts)
        if spec.form in ("series", "path"):
            return self._series(spec, raw, path)
        if spec.form == "weights":
            return self._weights(spec, raw, path)
        if spec.form == "choice":
            if raw not in spec.options:
                raise unknown("choice", str(raw), spec.options)
            return self._told(raw, spec, path), raw
        if spec.form == "text":
            return self._told(self._typed(raw, str, "text", path), spec, path), raw
        if spec.form == "flag":
            return self._told(self._typed(raw, bool, "true or false", path), spec, path), raw
        if spec.form == "names":
            listed = self._typed(raw, list, "a list of names", path)
            for name in listed:
                self._typed(name, str, "a list of names", path)
            return self._told(tuple(listed), spec, path), raw
        return self._number(spec, raw, path, facts)

    def _told(self, value: Any, spec: Spec, path: str) -> Any:
        """Keep a choice that is not a number, for ``explain``; labels are no choice."""
        if not path.endswith(".label"):
            shown = value if isinstance(value, str) else _in_words(value)
            self.quantities.append(Quantity(path, value, shown, "1", spec.doc, "choice"))
        return value

    def _missing(self, offered: dict[str, Field[Any]], names: list[str], path: str) -> InputError:
        """The error for entries that a table has to hold and does not."""
        group, _, member = path.partition(".")
        near = nearest(member, set(self.tree.data[group]) - {member}) if group in GROUP_KEYS else None
        spec: Spec = offered[names[0]].metadata["spec"]
        first = f"add {names[0]} (it means: {spec.doc})"
        rest = f" and {', '.join(names[1:])}" if names[1:] else ""
        missing = f"{first}{rest}, or extend a scenario that has {'them' if rest else 'it'}"
        problem = f"unknown {group} '{member}'" if near else "a value is missing"
        fix = f"did you mean '{near}'? To add a new {group}: {missing}" if near else missing
        return InputError(problem, allowed=spec.allowed, fix=fix)

    def _default(self, entry: Field[Any], spec: Spec, path: str, facts: bool) -> tuple[Any, Any]:
        value = entry.default if entry.default is not MISSING else {}
        if spec.form in ("number", "integer"):
            note = "default of the simulator" if facts else None
            basis = "assumed" if facts else "choice"
            self.quantities.append(Quantity(path, value, value, spec.unit, spec.doc, basis, None, note))
            if facts:
                return value, {"value": value, "unit": spec.unit, "basis": "assumed", "note": note}
        elif spec.form in ("choice", "flag", "names", "text"):
            self._told(value, spec, path)
        return value, list(value) if isinstance(value, tuple) else value

    def _typed(self, raw: Any, kind: type, words: str, path: str) -> Any:
        if not isinstance(raw, kind):
            fix = f"write {words}"
            raise InputError("wrong type", found=raw, allowed=words, fix=fix)
        return raw

    def _plain(self, raw: Any, spec: Spec, path: str) -> float | int:
        """A number as written: whole numbers keep all their digits."""
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            _, example = UNITS[spec.unit]
            bare = {"integer": "a whole number", "number": f'a bare number or {{ value = 1, unit = "{example}" }}'}
            fix = "write " + bare.get(spec.form, "a bare number")
            raise InputError("not a number", found=raw, allowed=spec.allowed, fix=fix, key=path)
        try:
            return raw if spec.form == "integer" else float(raw)
        except OverflowError:
            return inf if raw > 0 else -inf

    def _checked(self, raw: Any, spec: Spec, scale: float, unit: str, path: str) -> float | int:
        """A number of the unit ``unit`` as written: of the right type, within range, whole where it must be."""
        number = self._plain(raw, spec, path)
        worth, found = number, raw
        if unit != spec.unit:
            worth = number * scale / factor(spec.unit, spec.unit)
            found = f"{number:g} {unit} = {worth:g} {spec.unit}".removesuffix(" 1")
        check_range(spec, worth, found, key=path)
        if spec.form == "integer" and number != int(number):
            raise InputError("not whole", found=raw, allowed=spec.allowed, fix="write a whole number", key=path)
        return number

    def _factor(self, raw: dict[str, Any], spec: Spec, path: str) -> tuple[float, str]:
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
            raise InputError(str(error), found=unit, allowed=phrase, fix=f'unit = "{example}"') from None

    def _number(self, spec: Spec, raw: Any, path: str, facts: bool) -> tuple[float | int, Any]:
        entry = raw if isinstance(raw, dict) else {"value": raw, "unit": spec.unit}
        if facts and not isinstance(raw, dict):
            set_now = self.tree.where(path)["file"] == FROM_USER
            why = "set on the command line" if set_now else "a bare number without a source"
            entry |= {"basis": "assumed", "note": why}
        for key in entry:
            if key not in NUMBER_KEYS:
                raise unknown("key of a quantity", key, NUMBER_KEYS)
        if "value" not in entry:
            fix = 'write { value = 1, unit = "..." }'
            raise InputError("a quantity needs a value", found=raw, allowed=spec.allowed, fix=fix)
        scale, unit = self._factor(entry, spec, path)
        value = self._checked(entry["value"], spec, scale, unit, path)
        low, high = (
            self._checked(entry[key], spec, scale, unit, f"{path}.{key}") if key in entry else None
            for key in ("low", "high")
        )
        if (low is not None and low > value) or (high is not None and high < value):
            found, allowed = (
                {key: entry[key] for key in ("low", "value", "high") if key in entry},
                "low <= value <= high",
            )
            fix = "put the value inside its own range"
            raise InputError("out of its own range", found=found, allowed=allowed, fix=fix)
        draw = self._shape(entry, (low, high), scale, path)
        basis, source, note = self._basis(entry, path, facts)
        base = int(value) if spec.form == "integer" else value * scale
        doc = spec.doc
        self.quantities.append(Quantity(path, base, entry["value"], unit, doc, basis, source, note, low, high, draw))
        return base, ({**entry, "unit": unit} if facts else raw)

    def _shape(self, entry: dict[str, Any], ends: tuple[float | None, ...], scale: float, path: str) -> str | None:
        """How a number is drawn between its ends, where the entry says so."""
        if "draw" not in entry:
            return None
        shape, key = entry["draw"], f"{path}.draw"
        if shape not in SHAPES:
            raise unknown("shape", str(shape), SHAPES, key=key)
        if None in ends:
            fix = "add low and high, or take out draw"
            raise InputError("drawn from no range", found=shape, allowed="with low and high", fix=fix, key=key)
        if shape == "log-uniform" and not all(end is not None and end * scale > 0 for end in ends):
            fix = f'let both be above 0, or draw = "{SHAPES[0]}"'
            allowed = "low and high above 0"
            raise InputError("logarithms of nothing", found=list(ends), allowed=allowed, fix=fix, key=key)
        return str(shape)

    def _basis(self, entry: dict[str, Any], path: str, facts: bool) -> tuple[str, str | None, str | None]:
        source, basis, note = entry.get("source"), entry.get("basis"), entry.get("note")
        if source is not None and (not isinstance(source, str) or source not in self.tree.sources):
            raise unknown("source", str(source), self.tree.sources)
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

    def _series(self, spec: Spec, raw: Any, path: str) -> tuple[Series, Any]:
        alone = (isinstance(raw, dict) and "value" in raw) or type(raw) in (int, float)
        if alone and spec.form == "series":
            raw = self._constant(raw)
        if not isinstance(raw, dict) or "value" in raw:
            fix = f'write {{ years = [2012, 2020], values = [1, 2], unit = "{spec.unit}", source = "..." }}'
            raise InputError("not a yearly series", found=raw, allowed="years and values", fix=fix)
        for key in raw:
            if key not in SERIES_KEYS:
                raise unknown("key of a yearly series", key, SERIES_KEYS)
        entry = self._packaged(raw, path) if "data" in raw else dict(raw)
        years, values = self._years(entry, path), entry.get("values")
        if not isinstance(values, list) or len(values) != len(years):
            found = f"{len(years)} years, values {values}"
            fix = "give as many values as years"
            raise InputError("a value for each year", found=found, allowed="lists of one length", fix=fix)
        scale, unit = self._factor(entry, spec, path)
        numbers = [self._checked(value, spec, scale, unit, path) for value in values]
        basis, source, note = self._basis(entry, path, True)
        series = Series(tuple(years), tuple(number * scale for number in numbers))
        shown = f"{values[0]:g} ({years[0]}) to {values[-1]:g} ({years[-1]})"
        self.quantities.append(Quantity(path, series, shown, unit, spec.doc, basis, source, note))
        return series, {**entry, "unit": unit}

    def _constant(self, raw: Any) -> dict[str, Any]:
        """One number for all years, as a series that ends with the horizon."""
        entry = (
            dict(raw)
            if isinstance(raw, dict)
            else {"value": raw, "basis": "assumed", "note": "one number for all years"}
        )
        end = self.tree.data.get("time", {}).get("end")
        end = end.get("value") if isinstance(end, dict) else end
        return {"years": [end if isinstance(end, int) else 2100], "values": [entry.pop("value")], **entry}

    def _packaged(self, raw: dict[str, Any], path: str) -> dict[str, Any]:
        """The entry with the years and values of the packaged data it names."""
        if "years" in raw or "values" in raw:
            fix = "take out data and entity, or years and values"
            raise InputError("both packaged data and a list", found=raw, allowed="one of them", fix=fix)
        name, entity = raw["data"], raw.get("entity")
        if name not in data_files():
            raise unknown("data file", str(name), data_files())
        table = yearly(name)
        if not isinstance(entity, str) or entity not in table:
            raise unknown("entity", "" if entity is None else str(entity), table)
        unit = data_unit(name)
        if raw.get("unit", unit) != unit:
            fix = f'write unit = "{unit}", or leave it out'
            raise InputError("the packaged data have a unit of their own", found=raw["unit"], allowed=unit, fix=fix)
        kept = {key: value for key, value in raw.items() if key not in ("data", "entity")}
        return {**kept, "unit": unit, "years": list(table[entity]), "values": list(table[entity].values())}

    def _years(self, entry: dict[str, Any], path: str) -> list[int]:
        years = entry.get("years")
        if not isinstance(years, list) or not years or any(type(year) is not int for year in years):
            fix = "write years = [2012, 2020]"
            raise InputError("a yearly series needs years", found=years, allowed="whole years", fix=fix)
        if not YEARS[0] <= min(years) <= max(years) <= YEARS[1]:
            allowed = f"calendar years, {YEARS[0]} to {YEARS[1]}"
            raise InputError("years out of range", found=years, allowed=allowed, fix="correct the year")
        if any(a >= b for a, b in pairwise(years)):
            raise InputError("years out of order", found=years, allowed="rising years", fix="sort them")
        return years

    def _weights(self, spec: Spec, raw: Any, path: str) -> tuple[dict[str, float], Any]:
        words = '{ france = 0.6, india = 0.4, basis = "assumed", note = "..." }'
        table = self._typed(raw, dict, words, path)
        regions = self.tree.data.get("region", {})
        kept = {}
        for name, value in table.items():
            if name in WEIGHT_KEYS:
                continue
            if name not in regions and f"region.{name}" not in self.tree.dropped:
                raise unknown("region", name, regions)
            weight = self._checked(value, spec, 1.0, spec.unit, f"{path}.{name}")
            if name in regions:
                kept[name] = weight
        if not sum(kept.values()) > 0:
            fix = "give a weight to a region of this scenario"
            raise InputError("at home nowhere", found=table, allowed=spec.allowed, fix=fix)
        bare = {} if "source" in table else {"basis": "assumed", "note": "bare weights"}
        basis, source, note = self._basis({**bare, **table}, path, True)
        shown = ", ".join(f"{name} {weight:g}" for name, weight in kept.items())
        self.quantities.append(Quantity(path, kept, shown, "1", spec.doc, basis, source, note))
        extras = {"source": source} if source else {"basis": basis}
        return kept, {**kept, **extras, **({"note": note} if note else {})}


def _needed(entry: Field[Any]) -> bool:
    """Whether a scenario has to give this entry."""
    return entry.default is MISSING and entry.default_factory is MISSING


def _in_words(value: bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(value) or "all"
