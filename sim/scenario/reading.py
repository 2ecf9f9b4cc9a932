"""From the tables of a tree to parts of a scenario: every entry read once, every mistake kept."""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from itertools import pairwise
from typing import Any

from sim.errors import InputError, nearest, together, unknown
from sim.quantity import Quantity, Series, Spec
from sim.scenario.data import data_files, data_unit, yearly
from sim.scenario.numbers import Numbers
from sim.scenario.tree import GROUP_KEYS

SERIES_KEYS = {"years", "values", "data", "entity", "unit", "source", "basis", "note"}
WEIGHT_KEYS = {"source", "basis", "note"}
YEARS = (1800, 2300)  # calendar years that a series may hold


@dataclass
class Reader(Numbers):
    """Reads tables of a tree into dataclasses; keeps what it read, for ``explain`` and for the resolved file."""

    resolved: dict[str, Any] = field(default_factory=dict)
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
            return self._told(self._typed(raw, str, "text"), spec, path), raw
        if spec.form == "flag":
            return self._told(self._typed(raw, bool, "true or false"), spec, path), raw
        if spec.form == "names":
            listed = self._typed(raw, list, "a list of names")
            for name in listed:
                self._typed(name, str, "a list of names")
            return self._told(tuple(listed), spec, path), raw
        return self.number(spec, raw, path, facts)

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

    def _typed(self, raw: Any, kind: type, words: str) -> Any:
        if not isinstance(raw, kind):
            fix = f"write {words}"
            raise InputError("wrong type", found=raw, allowed=words, fix=fix)
        return raw

    def _series(self, spec: Spec, raw: Any, path: str) -> tuple[Series, Any]:
        alone = (isinstance(raw, dict) and "value" in raw) or type(raw) in (int, float)
        if alone and spec.form == "series":
            raw = self._constant(raw, path)
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
        scale, unit = self.factor(entry, spec)
        numbers = [self.checked(value, spec, scale, unit, path) for value in values]
        basis, source, note = self.basis(entry, True)
        series = Series(tuple(years), tuple(number * scale for number in numbers))
        shown = f"{values[0]:g} ({years[0]}) to {values[-1]:g} ({years[-1]})"
        self.quantities.append(Quantity(path, series, shown, unit, spec.doc, basis, source, note))
        return series, {**entry, "unit": unit}

    def _constant(self, raw: Any, path: str) -> dict[str, Any]:
        """One number for all years, as a series that ends with the horizon."""
        entry = dict(raw) if isinstance(raw, dict) else {"value": raw}
        if self.bare(entry, path):
            entry |= {"basis": "assumed", "note": "one number for all years"}
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
        table = self._typed(raw, dict, words)
        regions = self.tree.data.get("region", {})
        kept = {}
        for name, value in table.items():
            if name in WEIGHT_KEYS:
                continue
            if name not in regions and f"region.{name}" not in self.tree.dropped:
                raise unknown("region", name, regions)
            weight = self.checked(value, spec, 1.0, spec.unit, f"{path}.{name}")
            if name in regions:
                kept[name] = weight
        if not sum(kept.values()) > 0:
            fix = "give a weight to a region of this scenario"
            raise InputError("at home nowhere", found=table, allowed=spec.allowed, fix=fix)
        bare = {} if "source" in table else {"basis": "assumed", "note": "bare weights"}
        basis, source, note = self.basis({**bare, **table}, True)
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
