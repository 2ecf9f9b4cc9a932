"""What is typed behind --goal: a measure, and the level or the change against the base point that it is to come to."""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from shlex import join
from typing import Any, NoReturn

from sim.arguments import is_number, plain, refused, texts
from sim.errors import InputError
from sim.measures import Known, Measure, by_name
from sim.quantity import UNITS, Spec, factor, written
from sim.results.goals import AMOUNT, FACTOR, LEVEL, Goal
from sim.scenario import Scenario
from sim.scenario.money import beside, in_base
from sim.scenario.slips import amount_of, with_usual_digits, without_comma
from sim.study.axes import Axis
from sim.study.axes import plain as bare

KEY = "--goal"
NUMBER = r"(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
PERCENT = re.compile(rf"([-+])\s*({NUMBER})\s*(?:%|per ?cent)")
POINTS = re.compile(rf"([-+])\s*({NUMBER})\s*(?:%[- ]?points?|percentage points?|points?|pp)")
TIMES = re.compile(rf"(?:[x*]\s*({NUMBER})|({NUMBER})\s*(?:x|-?\s?fold|times))", re.IGNORECASE)
OF_UNIT = re.compile(rf"([-+]?)\s*({NUMBER})\s*([^\d\s.,].*)?")
SIGNED = re.compile(rf"(US\$|[$€£₹₩])\s*({NUMBER})\s*(.*)")  # $3 billion
SIGNS = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW"}
LIKE = str.maketrans({"−": "-", "–": "-", "×": "x", "·": "*"})
LEVELS = {"fraction": "5%", "USD/yr": "3 BUSD/yr", "tCO2e/yr": "100 MtCO2e/yr"}  # to show how they are typed, by unit
LIKE_PERCENT = 100  # up to which a signed number without a unit may be meant in percent
EXAMPLES = "--goal emissions_total=-30% or --goal public_outlay=3e9"


def read_goals(given: Sequence[str] | Mapping[str, Any], scenario: Scenario, known: Known) -> list[Goal]:
    """Goals from texts ``measure=value``, or from values by measure. Raises InputError."""
    listed = [_text(name, value) for name, value in given.items()] if isinstance(given, Mapping) else given
    return [_goal(text, scenario, known) for text in dict.fromkeys(texts("goals", listed))]


def _text(name: Any, value: Any) -> str:
    """A goal by its measure as a text; a number is a level."""
    number = plain(value)
    if is_number(number) and isfinite(number):
        return f"{name}={written(number)}"
    if not isinstance(value, str):
        raise refused("goals", value, 'a number or a text for each measure, e.g. {"emissions_total": "-30%"}')
    return f"{name}={value}"


def needs_one_line(axes: Sequence[Axis], design: str) -> None:
    """Raises InputError where what is varied is no line of numbers on which a goal has a place."""
    fix = f"e.g. --vary policy.carbon_tax.rate=0:1000:9 {KEY} emissions_total=-30%"
    allowed = "one --vary with two numbers or more"
    if design != "grid":
        fix = "leave --design and --samples out, and write --vary PATH=LOW:HIGH:STEPS"
        raise InputError("a goal needs a grid", key=KEY, found=f"--design {design}", allowed=allowed, fix=fix)
    if len(axes) > 1:
        fix = f"vary {axes[0].path} alone, and hold the others by --set"
        found = ", ".join(axis.path for axis in axes)
        raise InputError("a goal needs one number that is varied", key=KEY, found=found, allowed=allowed, fix=fix)
    values = [bare(value) for value in axes[0].values]
    other = [value for value in values if not (is_number(value) and isfinite(value))]
    if other:
        problem = "a goal needs numbers between which there are others"
        raise InputError(problem, key=KEY, found=other[0], allowed=allowed, fix=fix)
    if len(values) < 2:
        found = f"{axes[0].path}={written(values[0])} alone"
        fix = f"--vary {axes[0].path}=LOW:HIGH:STEPS"
        raise InputError("a goal needs two values or more", key=KEY, found=found, allowed=allowed, fix=fix)


def _goal(text: str, scenario: Scenario, known: Known) -> Goal:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name or not value:
        allowed = f"MEASURE=VALUE: {_allowed('the unit of the measure')}"
        raise InputError("not a goal", key=KEY, found=text, allowed=allowed, fix=f"e.g. {EXAMPLES}")
    measure = by_name(name, known, key=KEY)
    kind, number = _Reader(measure, measure.unit_under(scenario.law), value).read()
    return Goal(measure.id, kind, number, f"{measure.id}={value}")


def _allowed(unit: str) -> str:
    return f"a change against the base point (-30%, +20%, x2), or a level in {unit}"


class _Reader:
    """Reads what a measure is to come to."""

    def __init__(self, measure: Measure, unit: str, value: str) -> None:
        self.measure, self.unit, self.value = measure, unit, value
        self.text = with_usual_digits(value.translate(LIKE))
        self.declared = _declared(unit)

    def read(self) -> tuple[str, float]:
        """Its kind and number. Raises InputError."""
        points, percent = POINTS.fullmatch(self.text), PERCENT.fullmatch(self.text)
        times, number = TIMES.fullmatch(self.text), OF_UNIT.fullmatch(self.text)
        money = SIGNED.fullmatch(self.text)
        if points:
            if self.unit != "fraction":
                self._refuse("only shares change by percentage points", "-30%", "+30%")
            return AMOUNT, self._moved(float(f"{points[1]}{points[2]}") / 100)
        if percent:
            return FACTOR, self._times(1 + float(f"{percent[1]}{percent[2]}") / 100)
        if times:
            return FACTOR, self._times(float(times[1] or times[2]))
        if money:
            self._refuse("a sign of money before a number", self._typed(money[2], f"{money[3]} {SIGNS[money[1]]}"))
        if not number:
            comma = re.fullmatch(r"([-+]?)([\d,.]*,[\d,.]*)(.*)", self.text)
            way, _, why = (without_comma(comma[2]) or "" if comma else "").partition(":")
            right = [f"{comma[1]}{way.partition(' ')[0]}{comma[3]}"] if comma and way else self._examples()
            self._refuse("not a goal", *right, why=f":{why}" if why else "")
        amount = self._in_unit(number[2], (number[3] or "").strip(), number[1])
        return (AMOUNT, self._moved(float(f"{number[1]}1") * amount)) if number[1] else (LEVEL, self._level(amount))

    def _times(self, times: float) -> float:
        if times < 0:
            self._refuse("nothing falls by more than all there is", "-90%")
        return self._moved(times, 1.0)

    def _moved(self, number: float, nothing: float = 0.0) -> float:
        if number == nothing:
            self._refuse("no change is no goal", "-30%", "+20%", "x2")
        return number

    def _level(self, number: float) -> float:
        if self.unit == "fraction" and number > 1:
            self._refuse("a share is at most 1", f"{number:g}%")
        return number

    def _in_unit(self, number: str, unit: str, sign: str) -> float:
        """A number in the unit of the measure, given one in another, or in none."""
        value, percent = float(number), unit == "%" or unit.casefold() in ("percent", "per cent")
        if percent and self.declared != "1":  # without a sign, or it would be a change
            problem, why = "a percentage without a sign is a level, of a share", " for a fall or a rise"
            self._refuse(problem, f"-{number}%", f"+{number}%", why=why)
        if not unit:
            amount = self.declared not in (None, "1", "year", "yr")
            if sign and (self.unit == "fraction" or (amount and value < 1)):
                way = f"{sign}{100 * value:g}"
                points = [f"{way} points"] if self.unit == "fraction" else []
                self._refuse("a change by a part of what?", f"{way}%", *points)
            if sign and amount and value <= LIKE_PERCENT:
                self._refuse("by percent, or by an amount?", f"{sign}{number}%", f"{sign}{number} {self.unit}")
            return value
        if self.declared is None:
            if unit not in (self.unit, self.unit.partition("/")[0]):
                self._refuse(f"'{unit}' is not the unit of this measure", f"{sign}{number}")
            return value
        spec, typed = Spec(self.declared, self.measure.label), amount_of("%" if percent else unit)
        try:
            one = in_base(typed["unit"], typed.get("year"), spec)
        except (InputError, ValueError) as error:
            problem, _, way = (error.problem if isinstance(error, InputError) else str(error)).partition(
                "; write e.g. "
            )
            longer = way.strip("'")
            meant = longer if longer.startswith(unit) else unit  # BEUR/yr for BEUR
            self._refuse(problem, self._typed(f"{sign}{number}", meant))
        return value * one / _worth(self.unit, self.declared)

    def _typed(self, number: str, unit: str) -> str:
        """A number with the unit that is meant, as it is typed."""
        meant = beside(unit.strip(), Spec(self.declared, self.measure.label)) if self.declared else None
        if meant is None:
            return self._examples()[-1]
        year = f" of {meant['year']}" if "year" in meant else ""
        return f"{number} {meant['unit']}{year}"

    def _examples(self) -> list[str]:
        return ["-30%", *([LEVELS[self.unit]] if self.unit in LEVELS else [])]

    def _refuse(self, problem: str, *values: str, why: str = "") -> NoReturn:
        ways = " or ".join(join([KEY, f"{self.measure.id}={value}"]) for value in values)
        unit = "%" if self.unit == "fraction" else self.unit
        raise InputError(problem, key=KEY, found=self.value, allowed=_allowed(unit), fix=f"{ways}{why}")


def _declared(unit: str) -> str | None:
    """The unit of scenario files that measures what a measure does; None for what is counted in words."""
    if unit == "fraction":
        return "1"
    if unit in UNITS:
        return unit
    for declared in UNITS:
        try:
            factor(unit, declared)
        except ValueError:
            continue
        return declared
    return None


def _worth(unit: str, declared: str) -> float:
    """What one of a measure's unit is worth in base units."""
    return 1.0 if unit == "fraction" else factor(unit, declared)
