"""A number for each year as written: a list, a fall by points, the packaged data or a table of the user's."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from math import inf, isfinite
from typing import Any

from sim.errors import InputError, shown, unknown
from sim.plurals import counted
from sim.quantity import LINEAR, STEPS, Quantity, Series, Spec, factor
from sim.scenario.data import SERIES, yearly
from sim.scenario.examples import a_series
from sim.scenario.moments import years_fix
from sim.scenario.money import converted, moneys
from sim.scenario.numbers import Numbers, ReadEntry
from sim.scenario.ranges import unit_meant
from sim.scenario.tablefile import own_table
from sim.scenario.usertable import TABLE_KEYS, read_table

FALL_KEYS = {"from", "value", "base", "falls"}
SERIES_KEYS = {"years", "values", "data", "entity", "between", "year", "unit", "source", "basis", "note"}
YEARS = (1800, 2300)  # calendar years that a series may hold
FALL = '{ from = 2024, value = 100, falls = 4.3, unit = "%" }'
WAYS = {STEPS: "in steps", LINEAR: "along a line"}  # from year to year
MOST_SHOWN = 12  # values that are written out
WRITTEN, CONVERTED = 6, 4  # significant figures of values that are shown
ALMOST_NOTHING = 1e-9  # of the largest value: where a fall ends


def refuse_loose_years(raw: Any, spec: Spec, path: str, data: dict[str, Any]) -> None:
    """Refuse a number by year that is written as a list alone, or with years as keys: say how it is written."""
    if isinstance(raw, list) or (isinstance(raw, dict) and any(str(key).isdigit() for key in raw)):
        fix = f"write {a_series(data, path, spec)}"
        raise InputError("amounts without years", found=raw, allowed="a number, or years and values", fix=fix)


class YearlyNumbers(Numbers):
    """Reads yearly series, and keeps the record of them."""

    def series(self, spec: Spec, raw: Any, path: str, facts: bool = True) -> tuple[Series, Any]:
        """A series in base units, and its entry in full: with all numbers, in USD of 2023. A choice need not have a
        source. Raises InputError."""
        if isinstance(raw, dict) and "file" not in raw and ("values" in raw or "data" in raw):
            return self.once(raw, spec, path, facts, lambda: self._series(spec, raw, path, facts))
        return self.noted(self._series(spec, raw, path, facts))

    def _series(self, spec: Spec, raw: Any, path: str, facts: bool) -> ReadEntry:
        """A series, its entry in full and its record. Raises InputError."""
        alone = (isinstance(raw, dict) and "value" in raw and "falls" not in raw) or type(raw) in (int, float)
        if alone and spec.form == "series":
            raw = self._constant(raw, path)
        if not isinstance(raw, dict) or ("value" in raw and "falls" not in raw):
            fix = f"write {a_series(self.tree.data, path, spec)}, with what it rests on"
            raise InputError("not a yearly series", found=raw, allowed="years and values", fix=fix)
        self._known_keys(raw, spec)
        usual = LINEAR if facts else STEPS
        between = self._between(raw, usual)
        listed = self._listed(raw, spec, path)
        left_out, astray, cells = listed.pop("left_out", ""), listed.pop("astray", ""), listed.pop("cells", [])
        entry = converted(listed, spec)
        turned = entry is not listed
        years, values = self._years(entry, whole=facts or between == LINEAR), entry.get("values")
        if not isinstance(values, list) or len(values) != len(years):
            found = f"{counted(len(years), 'year')}, values {shown(values)}"
            fix = "give as many values as years; decimals follow a point: 14.5"
            raise InputError("a value for each year", found=found, allowed="lists of one length", fix=fix)
        scale, unit = self.factor(entry, spec)
        with self.as_written(turned and entry.get("note")):
            numbers = list[float]()
            for at, (year, value) in enumerate(zip(years, values, strict=True)):
                typed = {**listed, "value": listed["values"][at]}
                place = _in_cell(*cells[at]) if cells else self.as_written("" if alone else f"in {year:g}")
                with place, unit_meant(spec, typed, listed=not alone):
                    numbers.append(self.checked(value, spec, scale, unit, path, listed=True))
        if between == LINEAR and not all(map(isfinite, numbers)):
            fix = 'write between = "steps"'
            raise InputError("no straight line leads to no limit", found=values, allowed="finite values", fix=fix)
        basis, source, note = self.basis(entry, facts)
        series = Series(tuple(years), tuple(number * scale for number in numbers), between)
        other = moneys(listed, entry, spec)
        text = _in_words(years, values, between, CONVERTED if other else WRITTEN, facts)
        record = Quantity(path, series, text, unit, spec.doc, basis, source, note, converted=other)
        record = record._replace(left_out=left_out, astray=astray)
        kept = {**entry, "unit": unit}
        kept = {**kept, "between": between} if between != usual or "between" in raw else kept
        return ReadEntry(spec, series, kept, record)

    def _known_keys(self, raw: dict[str, Any], spec: Spec) -> None:
        allowed = SERIES_KEYS - ({"between"} if spec.form == "path" else set())
        if "falls" in raw:
            allowed = FALL_KEYS | {"year", "unit", "source", "basis", "note"}
        elif "file" in raw:
            allowed = (allowed | TABLE_KEYS) - {"data"}
        for key in raw:
            if key not in allowed:
                raise unknown("key of a yearly series", key, allowed)

    def _between(self, raw: dict[str, Any], usual: str) -> str:
        """What holds between given years."""
        if "falls" in raw:
            return STEPS
        between = raw.get("between", usual)
        if between not in (LINEAR, STEPS):
            raise unknown("way from year to year", between, (LINEAR, STEPS))
        return str(between)

    def _listed(self, raw: dict[str, Any], spec: Spec, path: str) -> dict[str, Any]:
        """The entry with a list of years and values, in whatever form it is written."""
        if "data" in raw:
            return self._packaged(raw, path)
        if "file" in raw:
            return self._from_table(raw, spec, path)
        entry = _falling(raw, spec) if "falls" in raw else dict(raw)
        entry.pop("between", None)
        return entry

    def _from_table(self, raw: dict[str, Any], spec: Spec, path: str) -> dict[str, Any]:
        """The entry with the years and values of a table of the user's."""
        if "years" in raw or "values" in raw:
            fix = "take out file, or years and values"
            raise InputError("both a file and a list", found=raw, allowed="one of them", fix=fix)
        found = read_table(self.tree.where(path)["file"], self.tree.file, raw, spec)
        kept = {key: value for key, value in raw.items() if key not in TABLE_KEYS and key != "between"}
        said = f"{kept['note']}; {found.note}" if isinstance(kept.get("note"), str) else found.note
        money = {} if found.year is None or "year" in raw else {"year": found.year}
        values = {"years": found.years, "values": found.values, "cells": found.cells}
        told = {"left_out": found.left_out, "astray": found.astray}
        return {**kept, **money, "unit": found.unit, **values, **told, "note": said}

    def _constant(self, raw: Any, path: str) -> dict[str, Any]:
        """One number for all years, as a series that ends with the horizon."""
        entry = dict(raw) if isinstance(raw, dict) else {"value": raw}
        if self.bare(entry, path):
            entry |= {"basis": "assumed", "note": "one number for all years"}
        end = self.tree.data.get("time", {}).get("end")
        end = end.get("value") if isinstance(end, dict) else end
        last = end if isinstance(end, int) and YEARS[0] <= end <= YEARS[1] else 2100
        return {"years": [last], "values": [entry.pop("value")], **entry}

    def _packaged(self, raw: dict[str, Any], path: str) -> dict[str, Any]:
        """The entry with the years and values of the packaged data it names."""
        if "years" in raw or "values" in raw:
            fix = "take out data and entity, or years and values"
            raise InputError("both packaged data and a list", found=raw, allowed="one of them", fix=fix)
        name, entity = raw["data"], raw.get("entity")
        if not isinstance(name, str) or name not in SERIES:
            raise unknown("data file", name, SERIES, otherwise=own_table(name, self.tree.where(path)["file"]))
        table = yearly(name)
        if not isinstance(entity, str) or entity not in table:
            raise unknown("entity", "" if entity is None else entity, table)
        unit = SERIES[name]
        if raw.get("unit", unit) != unit:
            fix = f'write unit = "{unit}", or leave it out'
            raise InputError("the packaged data have a unit of their own", found=raw["unit"], allowed=unit, fix=fix)
        kept = {key: value for key, value in raw.items() if key not in ("data", "entity", "between")}
        return {**kept, "unit": unit, "years": list(table[entity]), "values": list(table[entity].values())}

    def _years(self, entry: dict[str, Any], whole: bool) -> list[float]:
        years = entry.get("years")
        kinds, words = ((int,), "whole years") if whole else ((int, float), "years")
        if not isinstance(years, list) or not years or any(type(year) not in kinds for year in years):
            raise InputError("a yearly series needs years", found=years, allowed=words, fix=years_fix(years))
        if not all(YEARS[0] <= year <= YEARS[1] for year in years):
            allowed = f"calendar years, {YEARS[0]} to {YEARS[1]}"
            raise InputError("years out of range", found=years, allowed=allowed, fix="correct the year")
        twice = next((year for at, year in enumerate(years) if year in years[:at]), None)
        if twice is not None:
            problem, fix = f"{twice:g} is there twice", "keep one of the two, with its value"
            raise InputError(problem, found=years, allowed="each year once, in rising order", fix=fix)
        if any(a > b for a, b in pairwise(years)):
            raise InputError("years out of order", found=years, allowed="rising years", fix="sort them")
        return years


def in_unit_of(series: Series, worth: float, facts: bool) -> str:
    """A series in words, in a unit that is worth so much in base units."""
    values = [float(f"{value / worth:.12g}") for value in series.values]
    return _in_words(list(series.years), values, series.between, WRITTEN, facts)


def _in_words(years: list[float], values: list[Any], between: str, places: int, facts: bool) -> str:
    text = _ends(years, values, places) if facts else _all(years, values, between, places)
    usual = facts and between == LINEAR
    return text if len(set(values)) == 1 or usual else f"{WAYS[between]}: {text}"


@contextmanager
def _in_cell(place: str, text: str) -> Iterator[None]:
    """Says in a refusal where a number stands in a table, and what is written there."""
    try:
        yield
    except InputError as error:
        comes_to = f" ({error.found})" if " = " in str(error.found) else ""
        error.problem, error.found = f"{place}: {error.problem}", f"{text}{comes_to}"
        raise


def _falling(raw: dict[str, Any], spec: Spec) -> dict[str, Any]:
    """The entry with a list of years for what falls by points of its base each year, down to the least allowed."""
    first = raw.get("from")
    if type(first) is not int or not YEARS[0] <= first <= YEARS[1]:
        allowed = f"a calendar year, {YEARS[0]} to {YEARS[1]}"
        raise InputError("a fall by points begins in a year", found=first, allowed=allowed, fix=f"write {FALL}")
    value = _size("value", raw.get("value"))
    base = _size("base", raw.get("base", value))
    years_of, points_of = _points(raw["falls"])
    least = _least(raw.get("unit", spec.unit), spec)
    years, values, fallen = [first], [value], 0.0
    for year in range(first + 1, YEARS[1] + 1):
        given = [points for since, points in zip(years_of, points_of, strict=True) if since <= year]
        fallen += given[-1] if given else 0.0
        years.append(year)
        values.append(max(value - base * fallen / 100.0, least))
        if values[-1] <= least or (given == points_of and given[-1] == 0.0):
            break
    kept = {key: each for key, each in raw.items() if key not in FALL_KEYS}
    return {**kept, "years": years, "values": values}


def _size(name: str, number: Any) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < inf:
        raise InputError(f"the {name} of a fall by points", found=number, allowed="above 0", fix=f"write {FALL}")
    return float(number)


def _least(unit: Any, spec: Spec) -> float:
    """The least that is allowed, in a unit; 0 for money of another currency, and for what is refused later."""
    try:
        return spec.low * (1.0 + 1e-9) * factor(spec.unit, spec.unit) / factor(str(unit), spec.unit)
    except ValueError:
        return 0.0


def _points(falls: Any) -> tuple[list[int], list[float]]:
    """Points of the base by which a number falls, from which year on."""
    if isinstance(falls, dict) and set(falls) == {"years", "values"}:
        years, values = falls["years"], falls["values"]
        lists = isinstance(years, list) and isinstance(values, list) and len(years) == len(values) > 0
        if lists and all(type(y) is int for y in years) and years == sorted(set(years)):
            return years, [_point(each) for each in values]
    elif not isinstance(falls, dict | list):
        return [YEARS[0]], [_point(falls)]
    allowed = "a number, or { years = [2024, 2028], values = [4.3, 4.4] }"
    raise InputError("points of the base for each year", found=falls, allowed=allowed, fix=f"write {FALL}")


def _point(number: Any) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 100:
        allowed, fix = "0 to 100 points of the base a year", f"write {FALL}"
        raise InputError("points of the base for each year", found=number, allowed=allowed, fix=fix)
    return float(number)


def _ends(years: list[float], values: list[Any], places: int) -> str:
    """The first and the last value with their years; of a constant its value alone."""
    if len(set(values)) == 1:
        return f"{values[0]:.{places}g}"
    last = f"{values[-1]:.{places}g}"
    if 0 < abs(values[-1]) < ALMOST_NOTHING * max(map(abs, values)):
        last = "almost 0"
    return f"{values[0]:.{places}g} ({years[0]:g}) to {last} ({years[-1]:g})"


def _all(years: list[float], values: list[Any], between: str, places: int) -> str:
    """Every value of a path with its year, or its ends where they are many."""
    if len(values) > 1 and len(set(values)) == 1:
        return _ends(years, values, places)
    if len(values) > MOST_SHOWN:
        return _ends(years, values, places)
    before = "from" if between == STEPS else "in"
    each = (f"{value:.{places}g} {before} {year:g}" for year, value in zip(years, values, strict=True))
    return ", ".join(each)
