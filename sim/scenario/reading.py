"""From a merged tree to a Scenario: every number checked for type, unit, range and source, once."""

from dataclasses import MISSING, Field, dataclass, field, fields
from itertools import pairwise
from math import inf
from typing import Any

from sim.errors import InputError, unknown
from sim.quantity import UNITS, Quantity, Series, Spec, check_range, factor
from sim.scenario.data import data_files, yearly
from sim.scenario.files import Tree

NUMBER_KEYS = {"value", "unit", "source", "basis", "note", "low", "high"}
SERIES_KEYS = {"years", "values", "data", "entity", "unit", "source", "basis", "note"}
WEIGHT_KEYS = {"source", "basis", "note"}


@dataclass
class Reader:
    """Reads tables of a tree into dataclasses; keeps what it read, for ``explain`` and for the resolved file."""

    tree: Tree
    quantities: list[Quantity] = field(default_factory=list)
    resolved: dict[str, Any] = field(default_factory=dict)
    cited: set[str] = field(default_factory=set)

    def table(
        self,
        cls: type[Any],
        raw: dict[str, Any],
        path: str,
        *,
        facts: bool = True,
        also: tuple[str, ...] = (),
        only: list[str] | None = None,
    ) -> dict[str, Any]:
        """Values for the fields of ``cls`` from ``raw``. ``facts`` need a source or a note; choices do not."""
        offered = {f.name: f for f in fields(cls) if f.init and (only is None or f.name in only)}
        for key in raw:
            if key not in offered and key not in also:
                raise unknown("key", key, [*offered, *also], **self.tree.where(f"{path}.{key}"))
        values, kept = {}, {key: raw[key] for key in also if key in raw}
        for name, spec_field in offered.items():
            if name == "id":
                continue
            values[name], kept[name] = self._entry(spec_field, raw.get(name), f"{path}.{name}", facts)
        self.resolved[path] = kept
        return values

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
                raise unknown("choice", str(raw), spec.options, **self.tree.where(path))
            return raw, raw
        if spec.form == "text":
            return self._typed(raw, str, "text", path), raw
        if spec.form == "names":
            listed = self._typed(raw, list, "a list of names", path)
            for name in listed:
                self._typed(name, str, "a list of names", path)
            return tuple(listed), raw
        return self._number(spec, raw, path, facts)

    def _default(self, entry: Field[Any], spec: Spec, path: str, facts: bool) -> tuple[Any, Any]:
        if entry.default is MISSING and entry.default_factory is MISSING:
            fix = f"add it; it means: {spec.doc}"
            raise InputError("a value is missing", allowed=spec.allowed, fix=fix, **self.tree.where(path))
        value = entry.default if entry.default is not MISSING else {}
        if spec.form in ("number", "integer"):
            note = "default of the simulator" if facts else None
            basis = "assumed" if facts else "choice"
            self.quantities.append(Quantity(path, value, value, spec.unit, spec.doc, basis, None, note))
            if facts:
                return value, {"value": value, "unit": spec.unit, "basis": "assumed", "note": note}
        return value, list(value) if isinstance(value, tuple) else value

    def _typed(self, raw: Any, kind: type, words: str, path: str) -> Any:
        if not isinstance(raw, kind):
            fix = f"write {words}"
            raise InputError("wrong type", found=raw, allowed=words, fix=fix, **self.tree.where(path))
        return raw

    def _plain(self, raw: Any, spec: Spec, path: str) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            _, example = UNITS[spec.unit]
            fix = f'write a bare number or {{ value = 1, unit = "{example}" }}'
            raise InputError("not a number", found=raw, allowed=spec.allowed, fix=fix, **self.tree.where(path))
        return float(raw)

    def _factor(self, raw: dict[str, Any], spec: Spec, path: str) -> tuple[float, str]:
        unit = raw.get("unit", spec.unit)
        try:
            return factor(self._typed(unit, str, "text", path), spec.unit), unit
        except ValueError as error:
            phrase, example = UNITS[spec.unit]
            fix = f'unit = "{example}"'
            where = self.tree.where(path)
            raise InputError(str(error), found=unit, allowed=phrase, fix=fix, **where) from None

    def _number(self, spec: Spec, raw: Any, path: str, facts: bool) -> tuple[float | int, Any]:
        entry = raw if isinstance(raw, dict) else {"value": raw, "unit": spec.unit}
        if facts and not isinstance(raw, dict):
            entry |= {"basis": "assumed", "note": "a bare number without a source"}
        for key in entry:
            if key not in NUMBER_KEYS:
                raise unknown("key of a quantity", key, NUMBER_KEYS, **self.tree.where(path))
        if "value" not in entry:
            fix = 'write { value = 1, unit = "..." }'
            raise InputError(
                "a quantity needs a value", found=raw, allowed=spec.allowed, fix=fix, **self.tree.where(path)
            )
        basis, source, note = self._basis(entry, path, facts)
        scale, unit = self._factor(entry, spec, path)
        declared = factor(spec.unit, spec.unit)
        written = {key: self._plain(entry[key], spec, path) for key in ("value", "low", "high") if key in entry}
        for number in written.values():
            check_range(spec, number * scale / declared, **self.tree.where(path))
        value, low, high = written["value"], written.get("low"), written.get("high")
        if (low is not None and low > value) or (high is not None and high < value):
            found, allowed = f"low {low}, value {value}, high {high}", "low <= value <= high"
            fix = "put the value inside its own range"
            raise InputError("out of its own range", found=found, allowed=allowed, fix=fix, **self.tree.where(path))
        base: float | int = value * scale
        if spec.form == "integer":
            if base != int(base) if base < inf else True:
                fix = "write a whole number"
                raise InputError("not whole", found=value, allowed=spec.allowed, fix=fix, **self.tree.where(path))
            base = int(base)
        doc = spec.doc
        self.quantities.append(Quantity(path, base, entry["value"], unit, doc, basis, source, note, low, high))
        return base, ({**entry, "unit": unit} if facts else raw)

    def _basis(self, entry: dict[str, Any], path: str, facts: bool) -> tuple[str, str | None, str | None]:
        source, basis, note = entry.get("source"), entry.get("basis"), entry.get("note")
        where = self.tree.where(path)
        if source is not None:
            if source not in self.tree.sources:
                raise unknown("source", str(source), self.tree.sources, **where)
            self.cited.add(source)
            return "source", source, note
        if basis is None and not facts:
            return "choice", None, note
        if basis != "assumed" or not isinstance(note, str) or not note:
            fix = 'add source = "<key of sources.toml>", or basis = "assumed", note = "why this value"'
            allowed = 'a source, or basis = "assumed" with a note'
            found = {key: entry[key] for key in ("basis", "note") if key in entry} or "neither"
            raise InputError("a number needs a source or a note", found=found, allowed=allowed, fix=fix, **where)
        return "assumed", None, note

    def _series(self, spec: Spec, raw: Any, path: str) -> tuple[Series, Any]:
        where = self.tree.where(path)
        if isinstance(raw, bool) or not isinstance(raw, dict):
            fix = f'write {{ years = [2012, 2020], values = [1, 2], unit = "{spec.unit}", source = "..." }}'
            raise InputError("a yearly series", found=raw, allowed="years and values", fix=fix, **where)
        for key in raw:
            if key not in SERIES_KEYS:
                raise unknown("key of a yearly series", key, SERIES_KEYS, **where)
        entry = dict(raw)
        if "data" in entry:
            name, entity = entry.pop("data"), entry.pop("entity", None)
            if name not in data_files():
                raise unknown("data file", str(name), data_files(), **where)
            table = yearly(name)
            if entity not in table:
                raise unknown("entity", str(entity), table, **where)
            entry |= {"years": list(table[entity]), "values": list(table[entity].values())}
        years, values = entry.get("years"), entry.get("values")
        whole = isinstance(years, list) and all(isinstance(y, int) and not isinstance(y, bool) for y in years)
        if not (whole and years and isinstance(values, list) and len(values) == len(years)):
            fix = "give as many values as years"
            raise InputError("a yearly series", found=raw, allowed="lists of one length", fix=fix, **where)
        if any(a >= b for a, b in pairwise(years)):
            raise InputError("years out of order", found=years, allowed="rising years", fix="sort them", **where)
        basis, source, note = self._basis(entry, path, True)
        scale, unit = self._factor(entry, spec, path)
        numbers = [self._plain(value, spec, path) for value in values]
        for number in numbers:
            check_range(spec, number * scale / factor(spec.unit, spec.unit), **where)
            if number == inf:
                raise InputError("not finite", found=number, allowed=spec.allowed, fix="write a finite value", **where)
        series = Series(tuple(years), tuple(number * scale for number in numbers))
        shown = f"{values[0]:g} ({years[0]}) to {values[-1]:g} ({years[-1]})"
        self.quantities.append(Quantity(path, series, shown, unit, spec.doc, basis, source, note))
        return series, {**entry, "unit": unit}

    def _weights(self, spec: Spec, raw: Any, path: str) -> tuple[dict[str, float], Any]:
        where = self.tree.where(path)
        table = self._typed(
            raw, dict, 'names with weights, e.g. { france = 0.6, india = 0.4, basis = "assumed", ... }', path
        )
        basis, source, note = self._basis({"basis": "assumed", "note": "bare weights", **table}, path, True)
        found = {key: self._plain(value, spec, path) for key, value in table.items() if key not in WEIGHT_KEYS}
        regions = self.tree.data.get("region", {})
        kept = {}
        for name, weight in found.items():
            check_range(spec, weight, **where)
            if name in regions:
                kept[name] = weight
            elif f"region.{name}" not in self.tree.dropped:
                raise unknown("region", name, regions, **where)
        if not 0 < sum(kept.values()) < inf:
            allowed, fix = "at least one weight above zero", "give a weight to a region of this scenario"
            raise InputError("at home nowhere", found=table, allowed=allowed, fix=fix, **where)
        shown = ", ".join(f"{name} {weight:g}" for name, weight in kept.items())
        self.quantities.append(Quantity(path, kept, shown, "1", spec.doc, basis, source, note))
        extras = {"source": source} if source else {"basis": basis}
        return kept, {**kept, **extras, **({"note": note} if note else {})}
