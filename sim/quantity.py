"""A number's unit, range, meaning and source; conversion once, at the border.

Scenario files declare numbers in units that people write; the model sees base units only: USD of 2023, FLOP,
kWh, kgCO2e, years and plain fractions.
"""

from bisect import bisect_right
from dataclasses import MISSING, Field, dataclass, field
from functools import cache
from math import floor, inf
from numbers import Real
from typing import Any, NamedTuple

from sim.errors import InputError, unknown
from sim.imports import absent
from sim.mathematics import power
from sim.rangewords import range_in_words
from sim.unitwords import as_unit, spelled

# Factors between units, for all that speaks in others than the model's own.
KG_PER_TONNE = G_PER_KG = KWH_PER_MWH = WATTS_PER_KILOWATT = 1000.0
KG_PER_POUND = 0.45359237
TONNES_PER_POUND = KG_PER_POUND / KG_PER_TONNE
SECONDS_PER_HOUR, HOURS_PER_DAY = 3600.0, 24.0
HOURS_PER_YEAR = 365.0 * HOURS_PER_DAY
FLOP_PER_TFLOP, FLOP_PER_EFLOP = 1e12, 1e18

# Declared units: what a bare number in a scenario file means, in words, with an example to copy.
UNITS = {
    "1": ("a plain number or a percentage", "%"),
    "%/yr": ("a rate per year", "%/yr"),
    "1/yr": ("a rate per year", "1/yr"),
    "yr": ("a length of time", "yr"),
    "year": ("a calendar year", "year"),
    "USD": ("an amount of money", "USD"),
    "USD/yr": ("money per year", "USD/yr"),
    "FLOP": ("an amount of compute", "FLOP"),
    "FLOP/yr": ("compute per year", "FLOP/yr"),
    "FLOP/USD": ("compute per dollar", "FLOP/USD"),
    "FLOP/kWh": ("compute per kilowatt-hour", "FLOP/kWh"),
    "USD/kWh": ("a price per kilowatt-hour", "USD/kWh"),
    "USD/tCO2": ("a price per tonne", "USD/tCO2"),
    "USD/EFLOP": ("a price of compute", "USD/EFLOP"),
    "gCO2e/kWh": ("a carbon intensity of electricity", "gCO2e/kWh"),
    "tCO2e": ("an amount of carbon", "tCO2e"),
    "kgCO2e": ("an amount of carbon", "kgCO2e"),
    "W": ("electric power", "W"),
    "tCO2e/yr": ("emissions per year", "tCO2e/yr"),
    "TWh/yr": ("energy per year", "TWh/yr"),
    "GW/yr": ("electric power added in a year", "GW/yr"),
}
BASE_UNITS = (
    "1", "1/yr", "yr", "USD", "USD/yr", "FLOP", "FLOP/yr", "FLOP/USD", "FLOP/kWh", "USD/kWh", "USD/kgCO2e", "USD/FLOP",
    "kgCO2e/kWh", "kgCO2e", "kgCO2e/yr", "kWh/yr", "kWh/yr/yr",
)  # fmt: skip

_DEFINITIONS = f"""
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
billion- = 1e9 = B-
tera- = 1e12 = T-
peta- = 1e15 = P-
exa- = 1e18 = E-
zetta- = 1e21 = Z-
yotta- = 1e24 = Y-
USD = [money]
yr = [time] = _ = year = years
month = yr / 12 = _ = months
FLOP = [compute] = _ = FLOPs
kWh = [energy]
MWh = 1000 * kWh
GWh = 1e6 * kWh
TWh = 1e9 * kWh
hour = yr / {HOURS_PER_YEAR} = _ = hours
day = 24 * hour = _ = days
week = 7 * day = _ = weeks
W = kWh / 1000 / hour
kgCO2e = [carbon] = _ = kgCO2
gCO2e = kgCO2e / 1000 = _ = gCO2
tCO2e = 1000 * kgCO2e = _ = tCO2
lbCO2e = {KG_PER_POUND} * kgCO2e = _ = lbCO2
percent = 0.01 = %
"""


CONVERT = ", and convert the number"  # behind a unit that does not count in as many as the one that was given


@cache
def _registry() -> Any:
    with absent("dask"):  # half of the time that pint takes, for arrays that no scenario holds
        import pint

    registry: Any = pint.UnitRegistry(None)
    for line in _DEFINITIONS.strip().splitlines():
        registry.define(line)
    return registry


@cache
def factor(unit: str, declared: str) -> float:
    """What one ``unit`` is worth in base units.

    Raises ValueError when ``unit`` cannot be read or measures something else than ``declared`` does.
    """
    if not _fits(unit, declared):
        phrase, example = UNITS[declared]
        raise ValueError(f"'{unit}' is not {phrase}; write e.g. '{meant(unit, declared) or example}'")
    return _worth(_parsed(unit))


def _fits(unit: str, declared: str) -> bool:
    """Whether a unit measures what the declared one does."""
    if "year" in (declared, unit) and unit != declared and declared not in ("yr", "1/yr", "%/yr"):
        return False  # a date is no length of time
    found = _parsed(unit)
    return found is not None and bool(found.dimensionality == _parsed(declared).dimensionality)


def written(number: float) -> str:
    """A number with all the digits that someone typed."""
    return f"{number:.15g}"


def meant(unit: str, declared: str) -> str | None:
    """The unit to write where one does not fit, which counts in as many as that one does: MUSD/yr for MUSD and for
    million dollars, MtCO2e/yr for Mt. None where it cannot be told."""
    said, example = as_unit(unit, declared), UNITS[declared][1]
    with_tail = said.split("/")[0].strip() + example[len(example.split("/")[0]) :]
    fits, tailed = _fits(said, declared), _fits(with_tail, declared)
    if fits:
        return with_tail if tailed and _worth(_parsed(with_tail)) == _worth(_parsed(said)) else said
    over = said.partition("/")[2]
    return with_tail if tailed and (not over or (over == "yr" and "/" not in example)) else None


@cache
def upside_down(unit: str, declared: str) -> float | None:
    """What one ``unit`` is worth in base units where it measures one over what ``declared`` does: USD/EFLOP for
    FLOP/USD. Else None."""
    found, wanted = _parsed(unit), _parsed(declared)
    turned = found is not None and bool(found.dimensionality) and found.dimensionality == (1 / wanted).dimensionality
    return _worth(found) if turned else None


@cache
def money(unit: str) -> int:
    """The power of money in a unit: 1 in USD/tCO2, -1 in FLOP/USD, 0 where there is none or it cannot be read."""
    found = _parsed(unit)
    return 0 if found is None else int(found.dimensionality.get("[money]", 0))


def readable(unit: str) -> bool:
    """Whether a text is a unit of anything."""
    return _parsed(unit) is not None


def _parsed(unit: str) -> Any:
    """The unit as people write it: kwh and KWH, Mt CO2, tCO2eq, M USD; None where it is none."""
    registry = _registry()
    try:
        return registry.parse_units("" if unit == "1" else spelled(unit))
    except Exception:  # pint raises many kinds of its own for text that is no unit
        return None


def _worth(found: Any) -> float:
    return float(_registry().Quantity(1.0, found).to_base_units().magnitude)


@cache
def base_unit(unit: str) -> str:
    """The unit of the model for what is written in ``unit``: a value in it is taken as it is, to the bit."""
    if unit in ("1", "year"):
        return unit
    found = _parsed(unit).dimensionality
    return next(base for base in BASE_UNITS if _parsed(base).dimensionality == found)


@dataclass(frozen=True)
class Spec:
    """What a scenario key may hold: declared unit, hard range in that unit, meaning."""

    unit: str
    doc: str
    low: float = -inf
    high: float = inf
    form: str = "number"  # number, series, integer, choice, flag, names, text, weights
    options: tuple[str, ...] = ()
    none: str = ""  # what a list without names stands for
    unlimited: float | None = None  # the one infinite value that may stand beside the range: no limit
    typical: float = 0.0  # such a number, for a slider where no scenario has one; assumed; 0 where none is said
    by_year: bool = False  # whether a series of the world may stand in place of one number
    default: float | None = None  # a number that holds where none is written, in the declared unit

    @property
    def allowed(self) -> str:
        """The range in words."""
        return range_in_words(self.form, self.unit, self.low, self.high, self.options, self.unlimited)


SHAPES = ("triangular", "uniform", "log-uniform")  # how a number may be drawn between low and high


class Quantity(NamedTuple):
    """One number of a scenario as written, with where it comes from. ``base`` is its value in base units."""

    path: str
    base: Any
    value: Any
    unit: str
    doc: str
    basis: str  # "source", "assumed" or "choice"
    source: str | None = None
    note: str | None = None
    low: float | None = None
    high: float | None = None
    draw: str | None = None  # one of SHAPES, where a scenario declares it
    converted: tuple[tuple[str, int], ...] = ()  # currencies and years of the other money that it was written in
    fact: str | None = None  # that it tells of, with others: they are drawn as one; "-name" where it moves against them
    left_out: str = ""  # "in 2022": years at the ends of the table it was read from whose cells are empty
    astray: str = ""  # "2052 in row 3 stands between 2024 and 2030": of that table, a year that is none of its place

    @property
    def is_date(self) -> bool:
        """Whether it is a moment, which has no size: 2030 is three years after 2027, not 0.15 % more."""
        return self.unit == "year" or self.path in ("time.start", "time.end")

    @property
    def scale(self) -> float:
        """What one of its unit is worth in base units: as its value was converted, where that tells."""
        number = isinstance(self.base, float) and isinstance(self.value, int | float)
        return self.base / self.value if number and 0 < abs(self.value) < inf else factor(self.unit, self.unit)


LINEAR, STEPS = "linear", "steps"  # between given years


@dataclass(frozen=True)
class Series:
    """Yearly values in base units. Outside the given years the first or the last value holds."""

    years: tuple[float, ...]  # whole, but for steps within a year
    values: tuple[float, ...]
    between: str = LINEAR

    def at(self, time: float) -> float:
        """Value at a time [year]: that of its calendar year, between given years along a straight line; with steps that
        of the given year before."""
        if self.between == STEPS:
            return self._around(time)[0][1]
        year = floor(time)
        (y0, v0), (y1, v1) = self._around(year)
        return v0 + (v1 - v0) * (year - y0) / (y1 - y0) if y1 > y0 else v0

    def along(self, time: float) -> float:
        """Value at a moment when values stand at the starts of their years, between them at constant growth."""
        (y0, v0), (y1, v1) = self._around(time)
        return float(v0 * power(v1 / v0, (time - y0) / (y1 - y0))) if y1 > y0 else v0

    def years_after(self, time: float) -> float:
        """Years since the last given one, at a time [year]: whole ones, since values stand for calendar years."""
        return float(max(0, floor(time - self.years[-1])))

    def _around(self, time: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """The given years before and after a time, with their values; one of them twice outside the given years."""
        after = bisect_right(self.years, time)
        before, after = max(after - 1, 0), min(after, len(self.years) - 1)
        return (self.years[before], self.values[before]), (self.years[after], self.values[after])


def amounts(number: float | Series) -> tuple[float, ...]:
    """All values that a number may take: those of its years, or the one that it is."""
    return number.values if isinstance(number, Series) else (number,)


def quantity(
    unit: str, doc: str, *, low: float, high: float, default: Any = MISSING, form: str = "number", typical: float = 0.0,
    by_year: bool = False,
) -> Any:  # fmt: skip
    """A dataclass field that holds a number (or a yearly series, or with ``by_year`` either) of the declared unit.

    Both bounds are finite, so that what a scenario holds can be computed with; an infinite default means no limit. All
    are in the declared unit; the field's own default is in base units, as what is read from a scenario.
    Raises InputError for a unit that there is none of, for a range that is not finite, and for a default or a typical
    number that is not in it.
    """
    where: dict[str, Any] = {"key": f"quantity of '{doc}'"}
    if unit not in UNITS:
        raise unknown("unit", unit, UNITS, **where)
    if not -inf < low <= high < inf:
        problem, fix = "a quantity needs a finite range", "give low=..., high=..., both finite, low first"
        raise InputError(problem, found=[low, high], allowed="finite numbers, low <= high", fix=fix, **where)
    unlimited = default if default in (inf, -inf) else None
    said = float(default) if isinstance(default, Real) and unlimited is None else None
    spec = Spec(unit, doc, low, high, form, unlimited=unlimited, typical=typical, by_year=by_year, default=said)
    if said is not None and not low <= said <= high:
        problem, fix = "a default beyond its own range", "let low and high include it"
        raise InputError(problem, found=default, allowed=spec.allowed, fix=fix, **where)
    if typical and not max(low, 0.0) <= typical <= high:
        problem, fix = "a typical number beyond its own range", "give one within it, above 0"
        raise InputError(problem, found=typical, allowed=spec.allowed, fix=fix, **where)
    return field(default=default if said is None else _in_base(said, unit), metadata={"spec": spec})


def _in_base(number: float, unit: str) -> float:
    """A number of a declared unit in base units, as one of a scenario is; units that are the same are not looked up."""
    return number * factor(unit, unit) if number and unit not in (*BASE_UNITS, "year") else number


def default_of(entry: "Field[Any]") -> Any:
    """The default of such a field as a scenario would write it: a number in the declared unit."""
    said = entry.metadata["spec"].default
    return entry.default if said is None else said


def integer(doc: str, *, low: int, high: int, default: Any = MISSING) -> Any:
    """A dataclass field that holds a whole number."""
    return field(default=default, metadata={"spec": Spec("1", doc, low, high, "integer")})


def choice(doc: str, options: tuple[str, ...] = (), *, default: Any = MISSING) -> Any:
    """A dataclass field that holds one of the options (or any text when there are none)."""
    form = "choice" if options else "text"
    return field(default=default, metadata={"spec": Spec("1", doc, form=form, options=options)})


def flag(doc: str, *, default: Any = MISSING) -> Any:
    """A dataclass field that holds true or false."""
    return field(default=default, metadata={"spec": Spec("1", doc, form="flag")})


def names(doc: str, *, none: str = "all") -> Any:
    """A dataclass field that holds a list of names; ``none`` says what an empty one stands for."""
    spec = Spec("1", f"{doc}; {none} where none is named", form="names", none=none)
    return field(default=(), metadata={"spec": spec})


def weights(doc: str) -> Any:
    """A dataclass field that holds a table of names and weights."""
    return field(metadata={"spec": Spec("1", doc, 0.0, 1e12, form="weights")})
