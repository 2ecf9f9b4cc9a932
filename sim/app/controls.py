"""Controls of policies, built from the registry: parameters as written, their units, ranges and help."""

from dataclasses import dataclass, fields
from functools import cache
from math import isfinite, log10
from typing import Any

from sim.app.byyear import is_by_year, text_of
from sim.policies import Policy, registry
from sim.policies.levers import LEVERS
from sim.quantity import Spec, factor
from sim.report import words
from sim.scenario import Scenario, load, shipped
from sim.scenario.variants import entry_of

SCHEDULE = ("name", "id", "start", "end", "since")  # given by the clock of the page
WIDE = 30.0  # how far a slider reaches to both sides of a value without an upper limit
NEAR = 25.0  # how far a closed range may reach beyond the usual value on a slider without logarithms
STEPS = 200  # of a slider
NOTHING, VAST = 1e-2, 1e9  # the end of a range below and above them says nothing to people
UNIT_WORDS = (
    ("USD/tCO2", "USD per tonne of CO2"), ("tCO2e", "tonnes of CO2e"), ("1/yr", "times a year"), ("/yr", " a year"),
    ("yr", "years"),
)  # fmt: skip


@dataclass(frozen=True)
class Control:
    """One parameter of a policy."""

    key: str
    label: str
    spec: Spec
    default: Any

    by_year: bool = False  # whether it may be given by year

    @property
    def help(self) -> str:
        """What it means, and for a number what it may be."""
        doc = f"{self.spec.doc[:1].upper()}{self.spec.doc[1:]}."
        return f"{doc} {allowed(self.spec)}." if self.spec.form == "number" else doc


def allowed(spec: Spec) -> str:
    """The range of a number for people: from 0 to 10,000 USD per tonne of CO2."""
    share = spec.unit == "1" and spec.high <= 1
    low, high = (f"{100 * end if share else end:,g}".replace("-", words.MINUS) for end in (spec.low, spec.high))
    unit = " %" if share else "" if spec.unit == "1" else f" {in_words(spec.unit)}"
    open_, tiny = spec.high >= VAST, 0 < spec.low <= (1 if spec.high >= VAST else NOTHING)
    none = "" if spec.unlimited is None else "; none: no limit"
    if open_:
        return f"Above 0{unit}{none}" if tiny else f"{low}{unit} or more{none}"
    return f"Up to {high}{unit}{none}" if tiny else f"From {low} to {high}{unit}{none}"


def in_words(unit: str) -> str:
    """A unit for people: USD per tonne of CO2, % a year."""
    for mark, word in UNIT_WORDS:
        unit = unit.replace(mark, word)
    return unit


def label(name: str) -> str:
    """A name of the code for people: carbon_tax, Carbon tax."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def controls(policy: type[Policy]) -> list[Control]:
    """The parameters of a policy that the page offers, in the order of the code; the schedule is the page's."""
    found = {f.name: f for f in fields(policy)}
    return [
        Control(key, label(key), found[key].metadata["spec"], found[key].default, key in policy.by_year())
        for key in policy.parameters()
        if key not in SCHEDULE
    ]


def in_force(scenario: Scenario, name: str, at: float) -> dict[str, Any] | None:
    """The parameters of a policy as written, in force at a time or yet to come; None when it is off."""
    entry = entry_of(scenario, name, at)
    if entry is None:
        return None
    written: dict[str, Any] = scenario.tables[f"policy.{entry.id}"]
    return {key: value for key, value in written.items() if key not in SCHEDULE}


@cache
def suggested(name: str) -> dict[str, Any]:
    """The parameters of the shipped scenario of a policy: what a switch turns on."""
    scenario = load(shipped() / f"{name}.toml")
    entry = next(policy for policy in scenario.policies if policy.name == name)
    written = scenario.tables[f"policy.{entry.id}"]
    return {key: value for key, value in written.items() if key not in SCHEDULE}


def strength(policy: type[Policy], parameters: dict[str, Any]) -> str:
    """The key that gives the strength: the amount, or the share of the year before where that is given."""
    return policy.relative if policy.relative and isfinite(number(parameters[policy.relative])[0]) else policy.strength


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
    """The unit of a number as written, or the declared one."""
    unit = number(written)[1] or control.spec.unit
    return "" if unit == "1" else unit


def shown(control: Control, written: Any) -> str:
    """A number with its unit for people: 100 USD/tCO2, 45.0 %."""
    value, unit = number(written)[0], unit_of(control, written)
    if is_by_year(written):
        return f"{text_of(written)} {in_words(unit)}".strip()
    if not isfinite(value):
        return "none"
    if unit.startswith("USD"):
        rest = unit.removeprefix("USD").replace("/yr", " a year").replace("/", " per ")
        return f"{words.number(value, 'USD')}{rest}"
    return f"{words.plain(value)} {unit}".strip()


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

    @property
    def step(self) -> float:
        """The slider's step."""
        return (self.place(self.high) - self.place(self.low)) / STEPS


def slide(policy: type[Policy], control: Control, written: Any, usual: float) -> Slide:
    """The slider of a policy's strength: over its range where that is closed and not far beyond the ``usual`` value,
    else around the usual value."""
    spec, unit = control.spec, number(written)[1] or control.spec.unit
    scale = factor(spec.unit, spec.unit) / factor(unit, spec.unit)
    low = max(spec.low * scale, LEVERS[policy.levers[0]].low / factor(unit, spec.unit))
    high = spec.high * scale
    if isfinite(high) and high <= NEAR * usual:
        return Slide(max(low, 0.0), high, False)
    return Slide(max(low, usual / WIDE, 1e-300), min(high, usual * WIDE), True)


def policies() -> dict[str, type[Policy]]:
    """All policies, by name."""
    return registry()
