"""What the page says of the steps from the published price to the model's."""

from collections.abc import Callable, Mapping
from math import isfinite

from sim.evidence.bridge import OF_SOURCE, Bridge, BridgeStep
from sim.evidence.page import grid
from sim.plurals import counted
from sim.report.words import number
from sim.results.statistics import Spread
from sim.scenario.law import USUAL

FIGURE = "quintillions/bridge.png"
READABLE = 15.0  # powers of ten up to which an amount is written out


def section(built: Mapping[str, tuple[Bridge, Bridge]], error: float, year: int, until: int) -> str:
    """The figure, both tables, and where other theories end. ``built`` by theory; simulated to the year ``until``."""
    both, percent = built[USUAL], f"{100 * error:g} %"
    said = [
        f"## From the published price of {percent} to the model's",
        "Each step is told in powers of ten: minus is cheaper, −1 a tenth. The start is the study's own number, before "
        "it was rounded to 10^20, in the model's dollars (of 2023), and pounds as tonnes. The first steps go to what "
        f"the leader of the model knows and pays at the end of {year}; the last one goes on to the year in which the "
        f"first run reaches {percent}.",
        f"![From the published price to the model's]({FIGURE})",
        *map(_table_of(year), both),
        f"{reached(both[0], until)}. Ranges of the last two lines are of those that reach it.",
        "Where each theory ends, medians and ranges over draws from its own fit:",
        grid([_under(name, *own, until) for name, own in built.items()],
             ["theory", f"cost with the technology of {year} [USD]", "its carbon [t CO2e]",
              "cost of the first such run [USD]", "half of the draws reach it"]),
    ]  # fmt: skip
    return "\n\n".join(said)


def first_run(cost: Bridge, carbon: Bridge, until: int) -> str:
    """What the first run that reaches the error costs and emits, and when."""
    if cost.reached is None:
        return f"by {until} no run reaches it."
    return f"the first run that does, in {cost.reached}, costs {money(cost.last)} and emits {tonnes(carbon.last)}."


def reached(bridge: Bridge, until: int) -> str:
    """How many draws reach the error, and by when half of them do."""
    half = bridge.reached_by(0.5)
    when = f", half of all by {half}" if half else ""
    return f"{len(bridge.years)} of {counted(bridge.draws, 'draw')} reach it by {until}{when}"


def money(power: float) -> str:
    """Dollars, from their power of ten."""
    return number(10.0**power, "USD") if power < READABLE else f"{ten(power)} USD"


def tonnes(power: float) -> str:
    """Tonnes, from their power of ten."""
    return number(10.0**power, "tCO2e").removesuffix("CO2e") if power < READABLE else f"{ten(power)} t"


def _table_of(year: int) -> Callable[[Bridge], str]:
    def table(bridge: Bridge) -> str:
        rows = [[f"published, technology of {OF_SOURCE}", "", ten(bridge.start), ""], *map(_row, bridge.steps)]
        rows.append([f"**with the technology of {year}**", "", ten(bridge.end), _span(bridge.end_over, ten)])
        if bridge.reached is not None:
            rows += [
                _row(bridge.later),
                [f"**first such run, in {bridge.reached}**", "", ten(bridge.last), _span(bridge.last_over, ten)],
            ]
        return grid(rows, [bridge.unit, "what it is", "power of ten", "90 % range"])

    return table


def _row(step: BridgeStep) -> list[str]:
    return [step.name, step.meaning, _signed(step.power), _span(step.over, _signed)]


def _under(name: str, cost: Bridge, carbon: Bridge, until: int) -> list[str]:
    half = cost.reached_by(0.5)
    ends = [f"{ten(over.median)} {_span(over, ten)}" for over in (cost.end_over, carbon.end_over, cost.last_over)]
    return [f"`{name}`", *ends, f"by {half}" if half else f"not by {until}"]


def ten(value: float) -> str:
    """A power of ten."""
    return f"10^{value:.1f}".replace("-", "−")


def _signed(value: float) -> str:
    text = f"{value:+.1f}".replace("-", "−")
    return "0.0" if text[1:] == "0.0" else text


def _span(over: Spread, text: Callable[[float], str]) -> str:
    return f"[{text(over.low)}, {text(over.high)}]" if isfinite(over.low) else ""
