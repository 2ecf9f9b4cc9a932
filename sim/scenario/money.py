"""Amounts in other currencies and of other years, turned into the money of the model: USD of 2023."""

import re
from functools import cache
from typing import Any, NamedTuple

from sim.arguments import is_number
from sim.errors import InputError, shown, unknown
from sim.mathematics import power
from sim.quantity import CONVERT, UNITS, Spec, factor, meant, money, readable, upside_down
from sim.scenario.data import currencies
from sim.scenario.moneywords import NAMES, NOMINAL, SIGNS, code, in_letters, refuse_cents, year_of_money
from sim.scenario.slips import amount_of, beside_list

LAST = 2300  # calendar year that a value of a nominal series may be of
PREFIXES = {"k": "thousand", "M": "million", "B": "billion", "T": "trillion"}
LARGE = re.compile(rf"([{''.join(PREFIXES)}])\s*(?:[A-Z]{{3}}(?![A-Za-z])|[^\w\s/])")  # how an amount of money begins
WHOSE = "the year whose money it is"
AMOUNTS = ("value", "low", "high", "base")
A_LINE = 'as { years = [2026, 2035], values = [20, 110], between = "linear", unit = ... }'


class Worth(NamedTuple):
    """What one unit of a currency in the money of a year is worth."""

    rate: float  # USD of that year
    prices: float  # USD of the model's year for one of that year
    assumed: bool  # whether it rests on years to come

    @property
    def in_model(self) -> float:
        """USD of the model's year."""
        return self.rate * self.prices


@cache
def worth(currency: str, year: int) -> Worth:
    """Of one unit of a currency in a year. Raises InputError where the table does not reach so far back."""
    table = currencies()
    years: list[int] = table["years"]
    if not years[0] <= year <= LAST:
        allowed = f"{years[0]} to {years[-1]}, and later at an assumed inflation; {', '.join(known())}"
        fix = f"convert it to {table['currency']} of {table['year']}, and say how in a note"
        raise InputError(f"no {currency} of {year} in the table of money", found=year, allowed=allowed, fix=fix)
    at, later = years.index(min(year, years[-1])), max(0, year - years[-1])
    prices: list[float] = table["prices"][table["currency"]]
    level = prices[at] * power(1.0 + table["inflation"], float(later)) if later else prices[at]
    rate = 1.0 if currency == table["currency"] else 1.0 / table["rates"][currency][at]
    return Worth(rate, prices[years.index(table["year"])] / level, later > 0)


def known() -> list[str]:
    """Currencies of the table."""
    return sorted([currencies()["currency"], *currencies()["rates"]])


def sources() -> list[str]:
    """What the table of money rests on, a line for each part of it."""
    table = currencies()
    first, last = table["years"][0], table["years"][-1]
    said = [f"{of['by']}: {of['title']}, {first} to {last}. {of['note']}" for of in table["sources"].values()]
    later = f"prices rise by {100 * table['inflation']:g} % a year, and exchange rates stay what they were in {last}"
    return [*said, f"Assumed after {last}: {later}. {table['inflation_basis']['note']}"]


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])([kMGBT]|kilo|mega|giga|billion|tera)?({'|'.join(known())})(?![A-Za-z])")


def converted(entry: dict[str, Any], spec: Spec) -> dict[str, Any]:
    """An entry in USD of 2023, with a note that says how; the same entry where it is that already.

    Raises InputError for money without a year, of a year that the table lacks, in a currency that it lacks, and for a
    year beside what is no money.
    """
    unit, year = entry.get("unit", spec.unit), entry.get("year")
    if not isinstance(unit, str):
        return entry
    if not money(spec.unit):
        if year is not None:
            problem, fix = "only money has a year", "take out year"
            raise InputError(problem, found=year, allowed=f"an amount of {spec.unit} without a year", fix=fix)
        return entry
    found, typed = _pattern().search(unit), amount_of(unit)
    refuse_cents(entry.get("value"), typed["unit"], typed.get("year", year), spec)
    if "year" in typed:
        fix = beside_list(**beside(unit, spec) or typed)
        raise InputError("the year of money stands beside its unit", found=unit, allowed="a unit of money", fix=fix)
    if found is None:
        _refuse_unknown(unit, spec, dated=year is not None)
        return entry
    currency, model = found[2], currencies()
    if year is None and currency == model["currency"]:
        return entry
    _refuse_unlike(unit, currency, spec, dated=year is not None)
    whole = {key: value for key, value in entry.items() if key != "year"}
    if "years" in entry:
        moments = _years_of(entry, year if year is not None else NOMINAL)
    else:
        moments = [_one_year(entry, year, currency)]
    if all(moment == model["year"] for moment in moments) and currency == model["currency"]:
        return whole
    worths = [worth(currency, moment) for moment in moments]
    whole["unit"] = unit[: found.start(2)] + model["currency"] + unit[found.end(2) :]
    upward = money(whole["unit"]) > 0
    if "years" in entry:
        values = entry.get("values")
        if isinstance(values, list) and len(values) == len(worths):
            whole["values"] = [_times(value, one, upward) for value, one in zip(values, worths, strict=True)]
    else:
        whole |= {key: _times(entry[key], worths[0], upward) for key in AMOUNTS if key in entry}
    said = _in_words(entry, unit, currency, moments, whole)
    whole["note"] = f"{entry['note']}; {said}" if isinstance(entry.get("note"), str) else said
    return whole


def beside(unit: str, spec: Spec) -> dict[str, Any] | None:
    """What stands beside a number whose unit is as typed: the unit as ``meant``, and the year of its money, that of the
    model's where it needs one and has none. None where it measures something else."""
    typed = amount_of(unit)
    typed["unit"] = in_letters(typed["unit"])
    typed["unit"] = _meant(typed["unit"], spec) or typed["unit"]
    for found in (typed, {"year": currencies()["year"], **typed}):
        try:
            in_base(found["unit"], found.get("year"), spec)
        except (InputError, ValueError):
            continue
        return found
    return None


def _meant(unit: str, spec: Spec) -> str | None:
    """The unit that is meant, in whatever currency: EUR/tCO2 for EUR/t."""
    found = _pattern().search(unit)
    if found is None:
        return meant(unit, spec.unit)
    model = currencies()["currency"]
    turned = meant(unit[: found.start(2)] + model + unit[found.end(2) :], spec.unit)
    return turned.replace(model, found[2], 1) if turned else None


def in_base(unit: str, year: int | None, spec: Spec) -> float:
    """What one of a unit is worth in base units, where it is money in that of a year."""
    one = _one(unit, year, spec)
    return float(one["value"]) * factor(one["unit"], spec.unit)


def in_unit_typed(base: float, unit: str, year: int | None, spec: Spec) -> float:
    """An amount in base units as a number of the unit that is typed, also of one over what it measures: 2 USD/EFLOP
    for FLOP/USD."""
    one = _one(unit, year, spec)
    turned = upside_down(one["unit"], spec.unit)
    if turned is None:
        return base / (float(one["value"]) * factor(one["unit"], spec.unit))
    return 1.0 / (base * float(one["value"]) * turned)


def _one(unit: str, year: int | None, spec: Spec) -> dict[str, Any]:
    """The entry of one of a unit, in USD of 2023 where it is money."""
    return converted({"value": 1.0, "unit": unit, **({} if year is None else {"year": year})}, spec)


def moneys(entry: dict[str, Any], turned: dict[str, Any], spec: Spec) -> tuple[tuple[str, int], ...]:
    """Currencies and years of what an entry was converted from; none where it was not."""
    found = _pattern().search(entry.get("unit", spec.unit)) if turned is not entry else None
    if found is None:
        return ()
    years = _years_of(entry, entry.get("year", NOMINAL)) if "years" in entry else [int(entry["year"])]
    return tuple((found[2], year) for year in years)


def own_money() -> str:
    """What a dollar sign stands for in all that the simulator says."""
    return f"$ is {currencies()['currency']} of {currencies()['year']}, whatever money was typed in."


def rates(used: set[tuple[str, int]]) -> tuple[list[str], list[list[str]]]:
    """The part of the table of money for some currencies and years: a heading, and a row for each year."""
    table = currencies()
    others = sorted({currency for currency, _ in used} - {table["currency"]})
    head = ["year", *(f"{table['currency']} for one {other}" for other in others), f"prices up to {table['year']}", ""]
    rows = []
    for year in sorted({year for _, year in used}):
        given = [f"{worth(other, year).rate:.4g}" if (other, year) in used else "" for other in others]
        one = worth(table["currency"], year)
        rows.append([str(year), *given, f"× {one.prices:.4g}", "assumed" if one.assumed else ""])
    if not any(row[-1] for row in rows):
        return head[:-1], [row[:-1] for row in rows]
    return head, rows


def _years_of(entry: dict[str, Any], year: Any) -> list[int]:
    """The year of the money of each value of a series."""
    years = entry["years"] if isinstance(entry["years"], list) else []
    if year == NOMINAL:
        return [int(each) for each in years if isinstance(each, int | float) and abs(each) <= LAST]
    return [year_of_money(year)] * len(years)


def _one_year(entry: dict[str, Any], year: Any, currency: str) -> int:
    if year is None:
        value = f"{entry['value']:g}" if isinstance(entry["value"], int | float) else shown(entry["value"])
        dated = f'value = {value}, unit = "{entry["unit"]}", year = {currencies()["year"]}'
        fix = f"write {{ {dated} }}, with {WHOSE}"
        problem = f"an amount in {currency} needs the year of its money"
        raise InputError(
            problem, found=f"{value} {entry['unit']}", allowed="an amount with the calendar year of its money", fix=fix
        )
    if year == NOMINAL:
        problem = "one amount is of one year"
        fix = "write the year; a series may be nominal, each value of its own year"
        raise InputError(problem, found=year, allowed="a calendar year", fix=fix)
    return year_of_money(year)


def _times(value: Any, one: Worth, upward: bool) -> Any:
    """A number in the money of the model; what is none is left for who checks it."""
    if not is_number(value):
        return value
    try:
        return value * one.in_model if upward else value / one.in_model
    except OverflowError:
        return value


def _refuse_unknown(unit: str, spec: Spec, *, dated: bool) -> None:
    """Refuse a unit that would be right with another currency in the place of one that the table lacks."""
    table = currencies()
    found = (word for word in re.findall(r"[^\W\d_]+", unit) if word.upper() not in ("K", "M", "B", "T"))
    words = [word for word in found if not _means_something(word)]
    for word in words:
        if word[0] in "kKmMbBtT" and word[1:].upper() in known():
            _refuse_unlike(unit.replace(word, word[0] + word[1:].upper(), 1), word[1:].upper(), spec, unit, dated=dated)
    signs = sorted(SIGNS, key=len, reverse=True)
    for token in (*signs, *words):
        if token in unit and _fits(unit.replace(token, table["currency"], 1), spec.unit):
            error = unknown("currency", token, known())
            error.fix = f"convert it to {table['currency']} of {table['year']}, and say how in a note"
            if code(token) in known():
                error.fix = _dated(f'write unit = "{unit.replace(token, code(token))}"', dated)
            raise error
    for token in (*signs, *(word for word in words if word.casefold() in NAMES)):
        if token in unit:
            _refuse_unlike(unit, token, spec, dated=dated)


def _dated(fix: str, dated: bool) -> str:
    """A fix that tells a unit of money, with a year beside it where that is in another currency and none is given."""
    model, year = currencies()["currency"], currencies()["year"]
    said = re.search(r'unit = "([^"]*)"', fix)
    if dated or said is None or model in said[1]:
        return fix
    return f"{fix.replace(said[0], f'{said[0]}, year = {year}')}, with {WHOSE}"


def _means_something(word: str) -> bool:
    """Whether a word is a unit of another kind than money, or the lower part of one: kWh."""
    return readable(word) and not money(word)


def _refuse_unlike(unit: str, currency: str, spec: Spec, typed: str = "", *, dated: bool) -> None:
    """Refuse a unit of money that measures something else, with the right one in the same currency. What is not
    ``dated`` needs a year too where it is in another currency."""
    model, other = currencies()["currency"], unit.replace(currency, currencies()["currency"], 1)
    if not _fits(other, spec.unit):
        phrase, example = UNITS[spec.unit]
        found = meant(other, spec.unit)
        example = (found or example).replace(model, code(currency))
        problem = f"'{typed or unit}' is not {phrase}; write e.g. '{example}'"
        fix = in_unit(found and example, example, spec)
        fix = _dated(fix, dated) if found else fix
        raise InputError(problem, found=typed or unit, allowed=phrase, fix=fix)


def in_unit(found: str | None, example: str, spec: Spec) -> str:
    """How to mend a unit: by the one that was meant, or by another one that is allowed."""
    if not found and spec.unit == "%/yr":
        return f'a percentage a year, unit = "{example}"; what changes by an amount a year is written {A_LINE}'
    large = LARGE.match(found or "")
    tail = f": {large[1]} is {PREFIXES[large[1]]}" if large else "" if found else CONVERT
    return f'unit = "{found or example}"{tail}'


def _fits(unit: str, declared: str) -> bool:
    try:
        return bool(factor(unit, declared))
    except ValueError:
        return upside_down(unit, declared) is not None


def _in_words(entry: dict[str, Any], unit: str, currency: str, moments: list[int], whole: dict[str, Any]) -> str:
    """How an entry was converted."""
    table, amounts, results = currencies(), entry.get("values", [entry.get("value")]), whole.get("values")
    assumed = f", {100 * table['inflation']:g} % inflation a year assumed after {table['years'][-1]}"
    tail = assumed if any(worth(currency, moment).assumed for moment in moments) else ""
    if len(set(moments)) == 1:
        one = worth(currency, moments[0])
        rate = f"{one.rate:.4g} {table['currency']} for one {currency}, " if currency != table["currency"] else ""
        what = f"{amounts[0]:g} {unit}" if len(amounts) == 1 and is_number(amounts[0]) else f"in {unit}"
        return f"{what} of {moments[0]}, at {rate}{one.prices:.4g} for prices up to {table['year']}{tail}"
    pairs = zip(moments, amounts, results or amounts, strict=False)
    each = [f"{a:g} of {moment} is {b:.4g}" for moment, a, b in pairs if is_number(a) and is_number(b)]
    return f"in {unit} of each year: {', '.join(each)}{tail}"
