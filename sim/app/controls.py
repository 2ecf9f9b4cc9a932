"""Controls of policies, built from the registry: parameters as written, their units, ranges and help."""

import re
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cache
from math import isclose, isfinite, log10
from typing import Any

from sim.app.byyear import is_by_year, text_of
from sim.app.typed import SCALES, amount_of, plain
from sim.errors import InputError
from sim.policies import Policy, registry
from sim.policies.levers import LEVERS
from sim.quantity import Spec, default_of, factor
from sim.report import words
from sim.report.words import LARGEST
from sim.scenario import Scenario, load, shipped

SCHEDULE = ("name", "id", "start", "end", "since")  # what is no parameter: which entry it is, and when it holds
WIDE = 30.0  # how far a slider reaches to both sides of a value without an upper limit
REACH = WIDE**2  # the same about a number that no shipped scenario gives
NEAR = 25.0  # how far a closed range may reach beyond the usual value on a slider without logarithms
STEPS = 200  # of a slider
NOTHING, VAST = 1e-2, 1e9  # the end of a range below and above them says nothing to people
UNIT_WORDS = (
    ("/tCO2", " per tonne of CO2"), ("tCO2e", "tonnes of CO2e"), ("1/yr", "times a year"), ("/yr", " a year"),
    ("yr", "years"), ("/", " per "),
)  # fmt: skip
NO_TONNES = re.compile(r"\$|USD|(?<![a-z])t\s*$", re.IGNORECASE)  # tonnes are told without: 5 t are no trillions
PREFIXES = {"k": "thousand", "M": "million", "G": "billion", "B": "billion", "T": "trillion"}
PREFIXED = re.compile(r"([kMGBT])(?=USD|tCO2)")
LABELS = {
    "allotment": "Division", "cap_share": "Cap, over the year before", "findings": "Findings published",
    "kinds": "Kinds of actor", "ramp": "Ramp up", "weights": "Release of models", "weights_lag": "Time to the release",
}  # fmt: skip
AMOUNTS = ("USD", "USD/yr", "tCO2e", "tCO2e/yr")  # units of sums, of which people speak in millions and billions
TIMES = {"ratio": "times a year"}  # numbers without a unit that say nothing without one
OF = {"cap_share": " of the year before"}  # what a share is one of, where its label does not stand beside it
WHOLES = {
    "cap_share": {"carbon_cap": " of its emissions", "compute_cap": " of its compute"},
    "share": {"public_compute": " of all compute"},
    "rate": {"compute_levy": " of the price of hardware"},
}  # what a share is one of, by lever, beside its label
EXACT = 15  # significant figures of a number that a field repeats
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Control:
    """One parameter of a policy."""

    key: str
    label: str
    spec: Spec
    default: Any

    by_year: bool = False  # whether it may be given by year
    whole: str = ""  # what it is a share of, beside its label

    @property
    def is_share(self) -> bool:
        """Whether it is a share of something, which people read in percent."""
        return self.spec.form == "number" and self.spec.unit == "1" and (self.spec.high <= 1 or bool(self.whole))

    @property
    def help(self) -> str:
        """What it means, and for a number what it may be."""
        doc = f"{self.spec.doc[:1].upper()}{self.spec.doc[1:]}."
        return f"{doc} {allowed(self.spec, self.is_share)}." if self.spec.form == "number" else doc


def allowed(spec: Spec, share: bool = False) -> str:
    """The range of a number for people, that of a share in percent: from 0 to 10,000 USD per tonne of CO2."""
    low, high = (_whole(100 * end if share else end) for end in (spec.low, spec.high))
    unit = " %" if share else in_words(spec.unit)
    unit = f" {unit}" if unit and not share else unit
    open_ = spec.high >= VAST
    tiny = 0 < spec.low <= (1 if open_ and spec.unit != "1" else NOTHING)
    none = "" if spec.unlimited is None else "; none means no limit"
    if open_:
        return f"Above 0{unit}{none}" if tiny else f"{low}{unit} or more{none}"
    return f"Up to {high}{unit}{none}" if tiny else f"From {low} to {high}{unit}{none}"


def _whole(value: float) -> str:
    """A number for people with all its digits, a vast or tiny one with its power of ten: 1,000,000."""
    text = f"{value:,.{EXACT}g}".replace("-", words.MINUS)
    return said(value) if "e" in text else text


def in_words(unit: str) -> str:
    """A unit for people: USD per tonne of CO2, % a year, million USD a year."""
    if unit in ("1", "year"):
        return ""
    unit = PREFIXED.sub(lambda found: f"{PREFIXES[found[1]]} ", unit)
    for mark, word in UNIT_WORDS:
        unit = unit.replace(mark, word)
    return unit


def label(name: str) -> str:
    """A name of the code for people: carbon_tax, Carbon tax."""
    text = LABELS.get(name, name.replace("_", " "))
    return text[:1].upper() + text[1:]


def controls(policy: type[Policy]) -> list[Control]:
    """The parameters of a policy that the page offers, in the order of the code; the schedule is the page's."""
    found = {f.name: f for f in fields(policy)}
    specs: dict[str, Spec] = {key: found[key].metadata["spec"] for key in found}
    lever, main = LEVERS[policy.levers[0]], specs[policy.strength]
    least = max(main.low, lever.low / factor(main.unit, main.unit))
    specs[policy.strength] = replace(main, low=least)
    return [
        Control(
            key,
            label(key),
            specs[key],
            default_of(found[key]),
            key in policy.by_year(),
            WHOLES.get(key, {}).get(policy.levers[0], ""),
        )
        for key in policy.parameters()
        if key not in SCHEDULE
    ]


@cache
def suggested(name: str) -> dict[str, Any]:
    """The parameters of the shipped scenario of a policy: what a switch turns on."""
    return given(load(shipped() / f"{name}.toml"), name)


def given(scenario: Scenario, name: str) -> dict[str, Any]:
    """The parameters that a scenario gives a policy."""
    entry = next(policy for policy in scenario.policies if policy.name == name)
    written = scenario.tables[f"policy.{entry.id}"]
    return {key: value for key, value in written.items() if key not in SCHEDULE}


def strength(policy: type[Policy], parameters: dict[str, Any]) -> str:
    """The key that gives the strength: the share of the year before or a sum of money where that is given."""
    known = policy.__dataclass_fields__
    given = [key for key in policy.may_give()[1:] if number(parameters[key])[0] != default_of(known[key])]
    return given[0] if given else policy.strength


def number(written: Any) -> tuple[float, str | None]:
    """Value and unit of a number as written (by year: of its first); None where it has no unit of its own."""
    if is_by_year(written):
        return float(written["values"][0]), written.get("unit")
    if isinstance(written, dict):
        return float(written["value"]), written.get("unit")
    return float(written), None


def rewritten(written: Any, value: float) -> Any:
    """The number with another value, in the unit it had."""
    unit = number(written)[1]
    return {"value": value, "unit": unit} if unit else value


def unit_of(control: Control, written: Any) -> str:
    """The unit of a number as people read it: that it was written in, or the declared one; a share is in percent."""
    unit = number(written)[1]
    if unit is None and control.is_share:
        return "%"
    return TIMES.get(control.key, "") or in_words(unit or control.spec.unit)


def _percent(control: Control, written: Any) -> float:
    """What a number is multiplied by for people: a hundred where a share was written as a fraction."""
    return 100.0 if number(written)[1] is None and control.is_share else 1.0


def shown(control: Control, written: Any) -> str:
    """A number with its unit for people: 100 USD per tonne of CO2, 45.0 %."""
    unit = unit_of(control, written)
    if is_by_year(written):
        return f"{text_of(written, _percent(control, written))} {unit}".strip()
    value = number(written)[0] * _percent(control, written)
    if control.spec.unit in AMOUNTS and value >= LARGEST and isfinite(value):
        scale = max(one for one in SCALES.values() if one <= value)
        word = next(word for word, one in SCALES.items() if one == scale and len(word) > 1)
        return f"{words.plain(value / scale)} {word} {unit}"
    return f"{said(value)} {unit}".strip() if isfinite(value) else "none"


def alone(control: Control, written: Any) -> str:
    """The same beside the name of its policy alone: 370 % of the year before."""
    return shown(control, written) + OF.get(control.key, "")


def said(value: float) -> str:
    """A number for people, a vast one with its power of ten: 100,000, 2.5 × 10²⁵."""
    text = words.plain(value)
    if "^" not in text:
        return text
    digits, _, power = f"{value:.2e}".partition("e")
    digits, raised = digits.rstrip("0").rstrip("."), str(int(power)).translate(RAISED)
    return f"10{raised}" if digits == "1" else f"{digits} × 10{raised}".replace("-", words.MINUS)


def field_text(control: Control, written: Any) -> str:
    """A number as a field of the page shows it, by year where it is given so."""
    if is_by_year(written):
        return text_of(written, _percent(control, written))
    value = number(written)[0] * _percent(control, written)
    return f"{value:.{EXACT}g}".replace("e+", "e") if isfinite(value) else "none"


def typed_number(control: Control, written: Any, text: str) -> Any:
    """The number that a text says, in the unit it had; a sum may be told as 5 B or $5 billion, whatever its unit.
    Raises ValueError."""
    if text.strip() in ("none", ""):
        return rewritten(written, float("inf"))
    with suppress(ValueError):
        return rewritten(written, plain(text) / _percent(control, written))
    unit = control.spec.unit
    if unit not in AMOUNTS or ("USD" not in unit and NO_TONNES.search(text)):
        raise ValueError(text)
    return rewritten(written, amount_of(text) * factor(unit, unit) / factor(number(written)[1] or unit, unit))


MONEY_OF_A_YEAR = re.compile(  # which no field takes
    r"[Ww]rite (?:\{ value = [^{}]*, year = (\d+) \}|unit = \"[^\"]*\", year = (\d+)), with the year[^.]*"
)
FILE_WORDS = re.compile(  # remedies of files alone
    r",? or (?:(?:raise |lower )?time\.steps_per_year(?: = \d+)?|write unit = \"[^\"]*\""
    r"|\{ value = [^{}]* \} for those of [A-Z]{3})"
)


def without_file_words(text: str) -> str:
    """A text of a refusal without what can be done in a file alone, and without marks of code."""
    return MONEY_OF_A_YEAR.sub(r"Convert it to USD of \1\2", FILE_WORDS.sub("", text)).replace("`", "")


def in_page_words(error: InputError, policy: type[Policy]) -> str:
    """A refusal for people: what is wrong, and what to do, without names of the code."""
    fix = error.fix or ""
    text = named_as_shown(f"{error.problem}. {fix[:1].upper()}{fix[1:]}.", policy).replace("..", ".")
    return text[:1].upper() + text[1:]


def named_as_shown(text: str, policy: type[Policy]) -> str:
    """A text in which parameters of a policy have the names that the page shows."""
    text = without_file_words(text)
    for key in sorted((key for key in policy.parameters() if "_" in key), key=len, reverse=True):
        text = re.sub(rf"(?<![\w.])(policy\.\w+\.)?{key}(?![\w])", label(key).lower().replace(",", ""), text)
    return text


@dataclass(frozen=True)
class Slide:
    """A slider over a number: as it is, or over its logarithm where the range is open or wide."""

    low: float
    high: float
    logarithmic: bool

    def place(self, value: float) -> float:
        """Where the value stands on the slider."""
        return log10(value) if self.logarithmic else value

    def value(self, place: float) -> float:
        """The value of a place, with three figures."""
        return float(f"{10**place if self.logarithmic else place:.3g}")


def slide(policy: type[Policy], control: Control, written: Any, usual: Any) -> Slide:
    """The slider of a policy's strength, whatever the value: over its range where that is closed and not far beyond the
    ``usual`` number, else around that; where none is usual, around a typical one, or up to the end of its range."""
    spec, unit = control.spec, number(written)[1] or control.spec.unit
    value, of = (0.0, None) if usual is None else number(usual)
    given = isfinite(value) and value > 0
    value, reach = (value, WIDE) if given else (spec.typical or spec.high / REACH, REACH)
    one, base = (
        factor(unit, spec.unit),
        factor(spec.unit, spec.unit),
    )  # in base units, as ends and middle are here first
    least, high = spec.low, spec.high
    if unit != spec.unit:
        least, high = least * base / one, high * base / one
    least = max(least, LEVERS[policy.levers[0]].low / one)
    middle = value * (factor(of, spec.unit) if given and of else base) / one
    if isfinite(high) and high <= NEAR * middle:
        return Slide(max(least, 0.0), high, False)
    upper = middle * reach
    upper = high if upper > high or isclose(upper, high) else upper  # the very end of the range, to the bit
    return Slide(max(least, middle / reach, 1e-300), upper, True)


def policies() -> dict[str, type[Policy]]:
    """All policies, by name."""
    return registry()
