"""From the tables of a tree to parts of a scenario: every entry read once, every mistake kept."""

import re
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest, together, unknown
from sim.quantity import CONVERT, Quantity, Spec, default_of, written
from sim.records import Unchanging
from sim.scenario.examples import a_number
from sim.scenario.series import YearlyNumbers, refuse_loose_years
from sim.scenario.tree import GROUP_KEYS, THE_PAGE, is_series

ENTRY = re.compile(r'\{ value = ([^,{}]+), unit = "([^"]+)"(?:, year = (\d+))? \}')  # in a fix, as a file has it
UNIT = re.compile(rf'(?<!, )(?:write |add )?unit = "([^"]+)"(?:, year = (\d+))?({CONVERT})?')
WEIGHTS = re.compile(r"^write (\{ (?!value = )[^{}]+ \})$")
VARIED, VALUES = "--vary", "VALUES"  # what is varied has several
ROUNDING = 1e-9
WEIGHT_KEYS = {"source", "basis", "note"}


def _unknown_key(key: str, known: list[str]) -> InputError:
    return unknown("key", key, known)


@dataclass
class Reader(YearlyNumbers):
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
        by_year: list[str] | None = None,
        stranger: Callable[[str, list[str]], InputError] = _unknown_key,
        **given: Any,
    ) -> Any:
        """A ``cls`` from a table. ``facts`` need a source or a note; choices do not, and those in ``by_year`` may be
        series. ``stranger`` is the error for a key beside those known. None where something is wrong."""
        offered = {f.name: f for f in fields(cls) if f.init and f.name != "id" and (only is None or f.name in only)}
        before = len(self.mistakes)
        for key in raw:
            if key not in offered and key not in also:
                self._refuse(stranger(key, [*offered, *also]), f"{path}.{key}")
        values, kept = {}, {key: raw[key] for key in also if key in raw}
        missing = [name for name, entry in offered.items() if raw.get(name) is None and _needed(entry)]
        if missing:
            self._refuse(self._missing(offered, missing, path), f"{path}.{missing[0]}")
        for name, entry in offered.items():
            if name not in missing:
                try:
                    read = self._entry
                    if by_year is not None and is_series(raw.get(name)):
                        read = self._by_year(by_year)
                    elif by_year is not None and name in by_year:
                        refuse_loose_years(raw.get(name), entry.metadata["spec"], f"{path}.{name}", self.tree.data)
                    values[name], kept[name] = read(entry, raw.get(name), f"{path}.{name}", facts)
                except InputError as error:
                    self._refuse(error, f"{path}.{name}", raw.get(name))
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

    def _refuse(self, error: InputError, path: str, raw: Any = None) -> None:
        if error.file is None:
            where = self.tree.where(error.key or path)
            error.file, error.key = where["file"], where["key"]
            error.fix = error.fix and _as_typed(error.fix, path, raw, where["file"])
        self.mistakes.append(error)

    def _entry(self, entry: Field[Any], raw: Any, path: str, facts: bool) -> tuple[Any, Any]:
        spec: Spec = entry.metadata["spec"]
        if raw is None:
            return self._default(entry, spec, path, facts)
        if spec.form in ("series", "path") or (spec.by_year and is_series(raw)):
            return self.series(spec, raw, path)
        if spec.form == "weights":
            return self._weights(spec, raw, path)
        if spec.form == "choice":
            if raw not in spec.options:
                raise unknown("choice", raw, spec.options)
            return self._told(raw, spec, path), raw
        if spec.form == "text":
            return self._told(self._typed(raw, str, "text"), spec, path), raw
        if spec.form == "flag":
            return self._told(self._typed(raw, bool, "true or false"), spec, path), raw
        if spec.form == "names":
            if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
                raise self._no_names(raw, path)
            return self._told(tuple(raw), spec, path), raw
        if is_series(raw):
            raise self._one_for_all_years(raw, spec, path)
        if spec.by_year:
            refuse_loose_years(raw, spec, path, self.tree.data)
        return self.number(spec, raw, path, facts)

    def _one_for_all_years(self, raw: Any, spec: Spec, path: str) -> InputError:
        """The error for numbers by year where there is one for all years, with the entry beside it that makes it
        grow."""
        table, _, key = path.rpartition(".")
        group, _, member = table.partition(".")
        entries = self.tree.data.get(group, {})
        beside = entries.get(member, {}) if member and isinstance(entries, dict) else entries
        grows = next((name for name in (f"{key}_growth", f"{key.partition('_')[0]}_growth") if name in beside), None)
        fix = f"write {a_number(self.tree.data, path, spec)}" + (f"; {grows} says how it changes" if grows else "")
        return InputError(f"{key} is one number for all years", found=raw, allowed=spec.allowed, fix=fix)

    def _by_year(self, by_year: list[str]) -> Callable[..., tuple[Any, Any]]:
        """Reads a choice that is written as a series, where it is one of those that may be."""

        def read(entry: Field[Any], raw: Any, path: str, facts: bool) -> tuple[Any, Any]:
            if entry.name not in by_year:
                allowed = f"one number; by year: {', '.join(by_year)}"
                fix = f"write one number, or give {by_year[0]} by year"
                raise InputError(f"{entry.name} is no series", found=raw, allowed=allowed, fix=fix)
            return self.series(entry.metadata["spec"], raw, path, facts)

        return read

    def _told(self, value: Any, spec: Spec, path: str) -> Any:
        """Keep a choice that is not a number, for ``explain``; labels are no choice."""
        if not path.endswith(".label"):
            shown = value if isinstance(value, str) else _in_words(value, spec)
            self.quantities.append(Quantity(path, value, shown, "1", spec.doc, "choice"))
        return value

    def _no_names(self, raw: Any, path: str) -> InputError:
        """The error for what should be a list of kinds or regions, with those of the scenario that are meant."""
        key = path.rpartition(".")[2]
        known = list(self.tree.data.get(key.removesuffix("s"), {}))
        given = raw.split(",") if isinstance(raw, str) else raw if isinstance(raw, list) else []
        near = [name for each in given if isinstance(each, str) and (name := nearest(each.strip(), known))]
        listed = ", ".join(f'"{name}"' for name in near or known[:2])
        fix = f"write {key} = [{listed}]" if near else f"write names of {key} in a list, e.g. {key} = [{listed}]"
        allowed = f"a list of names: {', '.join(known)}"
        return InputError("names stand in a list", found=raw, allowed=allowed, fix=fix)

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
            said = default_of(entry)
            note = "default of the simulator" if facts else None
            basis = "assumed" if facts else "choice"
            self.quantities.append(Quantity(path, value, said, spec.unit, spec.doc, basis, None, note))
            if facts:
                return value, {"value": said, "unit": spec.unit, "basis": "assumed", "note": note}
            return value, said
        if spec.form in ("choice", "flag", "names", "text"):
            self._told(value, spec, path)
        return value, list(value) if isinstance(value, tuple) else value

    def _typed(self, raw: Any, kind: type, words: str) -> Any:
        if not isinstance(raw, kind):
            fix = f"write {words}"
            raise InputError("wrong type", found=raw, allowed=words, fix=fix)
        return raw

    def _weights(self, spec: Spec, raw: Any, path: str) -> tuple[dict[str, float], Any]:
        regions = self.tree.data.get("region", {})
        table = self._typed(raw, dict, _shares(raw, list(regions)))
        kept: dict[str, float] = {}
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
        kept = Unchanging(kept)
        bare = {} if "source" in table else {"basis": "assumed", "note": "bare weights"}
        basis, source, note = self.basis({**bare, **table}, True)
        shown = ", ".join(f"{name} {weight:g}" for name, weight in kept.items())
        self.quantities.append(Quantity(path, kept, shown, "1", spec.doc, basis, source, note))
        extras = {"source": source} if source else {"basis": basis}
        return kept, {**kept, **extras, **({"note": note} if note else {})}


def _as_typed(fix: str, path: str, raw: Any, origin: Path) -> str:
    """A fix with numbers as they are typed where the entry was: 60 % for { value = 60, unit = "%" } in a file."""
    option = f"{origin} " if str(origin).startswith("--") else ""
    if not option and origin != THE_PAGE:
        return fix

    said = raw.get("year") if isinstance(raw, dict) and "value" in raw else None  # of its money, which a fix keeps

    def amount(number: Any, unit: str) -> str:
        of_year = f" of {said}" if said and " of " not in unit else ""
        return f"{option}'{path}={number} {unit}{of_year}'" if option else f"{number} {unit}"

    value, varied = raw.get("value") if isinstance(raw, dict) else None, str(origin) == VARIED
    number = VALUES if varied else written(value) if isinstance(value, int | float) else ""

    def dated(number: Any, unit: str, year: str, otherwise: str) -> str:
        return amount(number, f"{unit} of {year}") if option else otherwise  # the page takes USD of 2023 alone

    def one(found: re.Match[str]) -> str:
        told = found[1]
        if varied:  # as often as the one at fault is written so, all of them are
            times = float(told) / value if isinstance(value, int | float) and value else 1.0
            told = VALUES if abs(times - 1.0) < ROUNDING else f"{VALUES}*{times:.12g}"
        return dated(told, found[2], found[3], found[0]) if found[3] else amount(told, found[2])

    def given(found: re.Match[str]) -> str:
        unit, year, converts = found.groups()
        if converts:
            return f"give it in {unit}"
        as_it_is = re.sub("^(write|add) ", "", found[0])
        return f"write {dated(number, unit, year, as_it_is) if year else amount(number, unit)}"

    if option:
        key = path.rpartition(".")[2]
        fix = re.sub(rf"\b{key} = (\[[^\]]*\])", lambda found: f"{option}'{path}={found[1]}'", fix)
        fix = WEIGHTS.sub(lambda found: f"write {option}'{path}={found[1]}'", fix)
    fix = ENTRY.sub(one, fix)
    if not number:  # of several years, whose unit stands beside them
        return fix
    return UNIT.sub(given, fix)


def _shares(raw: Any, regions: list[str]) -> str:
    """Weights as a file has them, of the regions that are named without any, or else of some."""
    named = [name for name in (raw if isinstance(raw, list) else [raw]) if name in regions]
    return f"{{ {', '.join(f'{name} = 1' for name in named or regions[:2])} }}"


def _needed(entry: Field[Any]) -> bool:
    """Whether a scenario has to give this entry."""
    return entry.default is MISSING and entry.default_factory is MISSING


def _in_words(value: bool | tuple[str, ...], spec: Spec) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(value) or spec.none
