"""Numbers for people, and sentences whose words follow from the numbers."""

import re
from collections.abc import Callable, Iterable, Sequence
from math import floor, isfinite, log10

import numpy as np

from sim.pasting import pasted
from sim.plurals import counted
from sim.policies import Policy
from sim.policies.levers import EMITTED, LEVERS, PRICES
from sim.results.certainty import NEAR, SMALL
from sim.results.statistics import FEWEST, Middle, Spread
from sim.scenario.data import laws
from sim.scenario.schema import Mechanisms

MINUS = "−"
POINTS = " percentage points"
STEPS = {1: "years", 4: "quarters", 12: "months"}  # by how many there are in a year
SCALES = ((1e12, " T"), (1e9, " B"), (1e6, " M"), (1e3, " k"))
TONNE_SCALES = SCALES[1:]
ENERGY_SCALES = ((1e6, " TWh/yr"), (1e3, " GWh/yr"), (1.0, " MWh/yr"), (1e-3, " kWh/yr"))
COUNT_SCALES = ((1e9, " billion"), (1e6, " million"))
LIVES = ("car lives", "car lives/yr")  # told in plain numbers, since anybody is to picture them
SUFFIX = {"ratio": "×", "yr": " years"}  # others stand as they are
UNSAID = ("1", "index", "year", "USD/yr", "MWh/yr")  # said by the sign or scale of the number, or not at all
COUNTED = ("actors", "actors/yr")  # in whole numbers
SMALLEST, LARGEST = 1e-4, 1e7  # between them digits are easier to read than a power of ten
FEW = 10  # replicates below which a range over them says little
LEAST = 1e-5  # relative changes below this are printed as 0
ALL = f"{MINUS}100"  # a change by all there was, in percent
TENFOLD = 9.99  # relative change from which a factor reads better than percent: ten, but for rounding
LEAST_FACTOR = 0.2  # size of a relative change below which it is told in percent also beside factors
MOST_NINES = 4  # decimals of a fall to almost nothing
NO_CLEANER = "Nobody buys cleaner power because of a price or cap of carbon, or of support for it"
SWITCH = (
    ", which is a switch of the model; another comparison tells what changes where buyers can "
    "(--set mechanisms.abatement=true)"
)
LESS_RENT = "; where compute is scarce, a carbon price lowers the scarcity rent before emissions"
SCARCE = 0.01  # what is left of a fall to almost nothing
MOST_LABELS = 4  # in a sentence
NONE = "–"
POWER = re.compile(rf"10\^([{MINUS}-]?\d+(?:\.\d+)?)")  # as ``power`` writes it, in a text
SYMBOL = re.compile(r"^[a-z]+: ")  # begins what a number means that has a symbol in the equations


def plain(value: float, places: int = 3) -> str:
    """So many significant figures, thousands separated, a real minus sign; a power of ten where that is unreadable."""
    size = abs(float(f"{value:.{places}g}"))
    if size == 0:
        return "0"
    if not SMALLEST <= size < LARGEST:
        return (MINUS if value < 0 else "") + power(size)
    digits = places - 1 - int(np.floor(log10(size)))
    return f"{round(value, digits):,.{max(digits, 0)}f}".replace("-", MINUS)


def power(value: float) -> str:
    """A power of ten with one decimal: 10^27.4."""
    return f"10^{log10(value):.1f}".replace("-", MINUS)


def unit_text(unit: str) -> str:
    """What stands behind a number of this unit; dollars have their sign before it."""
    if unit in UNSAID:
        return ""
    return unit.removeprefix("USD") if unit.startswith("USD") else SUFFIX.get(unit, f" {unit}")


def figures(values: list[float], unit: str, places: int = 3) -> tuple[list[str], str]:
    """Several numbers of one unit, all on the scale of the first, and the suffix that goes behind it once. Counts are
    whole."""
    if unit in COUNTED:
        texts = [count(value) for value in values]
        return texts, unit_text(unit).replace("actors", "actor" if texts[0] == "1" else "actors")
    leading = abs(float(f"{values[0]:.3g}"))  # as it will be printed
    if unit == "fraction":
        return [plain(100 * value, places) for value in values], " %"
    beyond = 1e12 if unit.startswith("tCO2e") else 1e15
    if unit in ("FLOP", "FLOP/yr") or (leading >= beyond and min(values) > 0):
        texts = [power(value) if value > 0 else "0" for value in values]
        return texts, f" {unit}" if unit == "MWh/yr" else unit_text(unit)
    scales: tuple[tuple[float, str], ...] = ()
    if unit in ("USD", "USD/yr") or (unit in ("ratio", "yr") and leading >= 1e6):
        scales = SCALES
    elif unit in ("tCO2e", "tCO2e/yr"):
        scales = TONNE_SCALES
    elif unit == "MWh/yr":
        scales = ENERGY_SCALES
    elif unit in LIVES:
        scales = COUNT_SCALES
    smallest = ENERGY_SCALES[-1] if unit == "MWh/yr" else (1.0, "")
    scale, letter = next(((s, name) for s, name in scales if leading >= s), smallest)
    return [plain(value / scale, places) for value in values], letter + unit_text(unit)


def spaced(name: str) -> str:
    """A name of the code as words: carbon_tax is "carbon tax"."""
    return name.replace("_", " ")


def region_name(id: str) -> str:
    """A region's id as people write it: United States, Isle of Man, EU."""
    if id == id.lower():
        return id.upper() if len(id) < 4 else spaced(id).title().replace(" Of ", " of ")
    return spaced(id)


def whose(meaning: str, paths: Sequence[str]) -> str:
    """What numbers mean, and whose they are: policies, kinds or regions, where their paths say so."""
    parts = [path.split(".") for path in paths if path.count(".") == 2]
    owners = [region_name(owner) if group == "region" else spaced(owner) for group, owner, _ in parts]
    return f"{meaning} ({', '.join(owners)})" if owners else meaning


def count(value: float) -> str:
    """A whole number, thousands separated; a half, as medians may be, goes up."""
    return f"{floor(value + 0.5):,}".replace("-", MINUS)


def bounded(text: str, at_least: bool) -> str:
    """A value; ``at_least`` where it is only a lower bound."""
    return f"≥ {text}" if at_least else text


def pair(first: float, second: float, unit: str) -> tuple[str, str]:
    """Two numbers for people in the same words: where one count is a mean, the other is told as one, too."""
    mean = any(isfinite(value) and value % 1 for value in (first, second))
    return number(first, unit, mean=mean), number(second, unit, mean=mean)


def number(value: float, unit: str, places: int = 3, *, mean: bool = False) -> str:
    """One number for people: $3.90 B, 3.70 %, 33.0×, 10^27.4 FLOP. A count that is not whole is a mean, and says so, as
    does one that is a ``mean``."""
    if not isfinite(value):
        return NONE
    if unit in COUNTED and (mean or value % 1):
        return f"{plain(value, places)}{unit_text(unit)} on average"
    (text,), suffix = figures([abs(value)], unit, places)
    sign, dollar = MINUS if value < 0 and text != "0" else "", "$" if unit.startswith("USD") else ""
    return f"{sign}{dollar}{text}{suffix}"


def is_factor(relative: float) -> bool:
    """Whether a relative change is so large that it is told as a factor instead of in percent."""
    return relative >= TENFOLD


def change_text(relative: float, places: int = 3) -> str:
    """A relative change in percent with its sign and without the unit: 0 where it is nothing, −100 where it is all."""
    if not isfinite(relative):
        return NONE
    text = _apart(100 * relative, plain, places) if abs(relative) >= LEAST else "0"
    if text == ALL and relative > -1:
        text = f"{MINUS}{_nearly_all(relative)}"
    return text if text.startswith(MINUS) or text == "0" else f"+{text}"


def _nearly_all(relative: float) -> str:
    """A change that leaves less than a percent, in percent without its sign, so that it is told from all."""
    left = 100 * (1 + relative)
    places = min(-int(np.floor(log10(left))), MOST_NINES)
    return f"{min(100 - left, 100 - 10.0**-places):.{places}f}"


def rough(relative: float) -> str:
    """The size of a relative change in whole percent, or so that it is told from nothing and from all: 5 %, 0.3 %,
    99.9 %; from tenfold on as a factor, 21-fold."""
    if is_factor(relative):
        return _times(relative, 2)
    size, left = 100 * abs(relative), 100 * (1 + relative)
    if size < 0.01:
        return "0 %"
    if 0 < left < 1:
        return f"{_nearly_all(relative)} %"
    if 1 <= size < 100:
        return f"{_apart(size, lambda value, places: f'{value:.{places}f}', 0)} %"
    return f"{_apart(size, plain, 1 if size < 1 else 2)} %"


def _times(relative: float, figures: int) -> str:
    """A change as a factor, in so many figures: 21-fold."""
    return f"{plain(1 + relative, figures)}-fold"


def _apart(percent: float, text: Callable[[float, int], str], places: int) -> str:
    """A text of so many places, or of as many more as keep the number on its side of what effects are compared to."""
    for edge in (100 * SMALL, 100 * NEAR):
        while 0.5 * edge < abs(percent) < edge and float(text(abs(percent), places)) >= edge:
            places += 1
    return text(percent, places)


def on_one_scale(size: float, of: Middle, places: int = 0, *, marked: bool = False) -> tuple[str, str, str]:
    """The size of a relative change without its sign, the middle of a range and that range: in percent, or as factors
    where one of them is told so, all but what is hardly a factor. 71 % and 30 to 80 %; 5 % and −43 to +230 %; 29-fold
    and 18-fold to 730-fold; 2 % and 1 % to 17-fold. In whole percent, or in so many figures. Ends
    have signs of percents where the range goes both ways, or is ``marked``: then the lower end comes first, and else
    the nearer one. So has the middle, unless it goes the way of the size, which a word says."""
    middle, low, high = of
    fold = any(map(is_factor, (size, *of)))
    both = low < 0 < high

    def text(relative: float) -> str:
        if fold and abs(relative) >= LEAST_FACTOR:
            return _times(relative, places or 2)
        in_figures = places and 1 + relative >= SCARCE
        return f"{change_text(relative, places).lstrip(f'+{MINUS}')} %" if in_figures else rough(relative)

    def signed_text(relative: float) -> str:
        written = text(relative)
        sign = "+" if relative > 0 else MINUS
        bare = written in ("0", "0 %") or written.endswith("-fold")
        return f"{sign}{written}" if (both or marked) and not bare else written

    first, last = (low, high) if both or marked else sorted((low, high), key=abs)
    one_way = not marked and (middle > 0) == (size > 0)  # as the word does that stands before the size
    told = text(middle) if one_way else signed_text(middle)
    return text(size), told, reach(signed_text(first), signed_text(last))


def reach(least: str, most: str) -> str:
    """From one size to another, with a unit that both have, but for money, said once: 30 to 80 %, 0.1 to 5 percentage
    points, 18-fold to 730-fold, $30 B to $40 B."""
    unit = most.partition(" ")[2]
    return f"{least.removesuffix(f' {unit}') if unit and '$' not in most else least} to {most}"


def signed(value: float, unit: str) -> str:
    """A number for people with its sign."""
    if not isfinite(value):
        return NONE
    text = number(abs(value), unit)
    return text if value == 0 else f"{MINUS if value < 0 else '+'}{text}"


def ranged(
    values: Spread, unit: str, *, at_least: bool = False, wide: Spread | None = None, brackets: str = "[]"
) -> str:
    """A value with its range, on one scale: $3.90 B [3.10, 4.70]; ``at_least`` where it is a lower bound. Of too few
    values there is no range. Below it the ``wide`` range, where there is one, behind its own median and on its own
    scale: $9.20 B (1.20, 19.1)."""
    if not values.count:
        return NONE
    said = bounded(_with_ends(values, unit, brackets), at_least)
    return f"{said}\n{_with_ends(wide, unit, '()')}" if wide is not None and isfinite(wide.low) else said


def _with_ends(values: Spread, unit: str, brackets: str) -> str:
    """A median, and both ends in brackets where there are any."""
    ends = [values.low, values.high] if isfinite(values.low) else []
    (middle, *texts), suffix = figures([values.median, *ends], unit)
    span = f" {brackets[0]}{', '.join(texts)}{brackets[1]}" if texts else ""
    return f"{'$' if unit.startswith('USD') else ''}{middle}{suffix}{span}"


def error_sentence(benchmark: str) -> str:
    """What the errors of a world are."""
    return f"Errors are {laws()['errors'][benchmark]}."


def evidence_sentence(best_error: float, unit: str, extrapolated_from: int | None) -> str:
    """Where the scaling law is carried beyond its evidence; empty where it is not."""
    if not extrapolated_from:
        return ""
    best = number(best_error, unit)
    return f"From {extrapolated_from} on the frontier is below {best}, where the law's evidence ends: extrapolated."


def cap_sentence(capped_from: int | None) -> str:
    """Where the market for AI products is full; empty where it is not."""
    if not capped_from:
        return ""
    return (
        f"From {capped_from} on the AI product market stands at its limit, which is assumed (product.cap): what grows "
        "or shrinks it then hardly shows."
    )


def scope_sentences(on: Mechanisms, policies: Iterable[Policy] | None = None) -> list[str]:
    """What emissions hold, whether buyers can emit less for each FLOP, and how supply answers: from the mechanisms.
    Where ``policies`` are known, that on carbon only where some are to lower it, with the switch behind it."""
    every = [one for policy in policies or () for one in map(LEVERS.__getitem__, policy.levers)]
    levers = [one for one in every if one.acts_on == EMITTED]
    capped = policies is None or bool(levers)
    priced = policies is None or any(lever.group == PRICES or lever.permits for lever in levers)
    of = "training and serving customers" if on.inference else "training only"
    made = "" if on.embodied_carbon else ", without making the hardware"
    also = ", and of making the hardware" if on.embodied_carbon else ""
    if on.capacity_response:
        supply = "Capacity for compute follows demand at a bounded rate"
    else:
        supply = "Capacity for compute is an assumed path"
    return [
        f"Emissions are those of electricity for {of}{also or made}.",
        *([f"{NO_CLEANER}{SWITCH if levers else ''}."] if capped and not on.abatement else []),
        f"{supply}{LESS_RENT if priced else ''}.",
    ]


def range_sentence(replicates: int, *, drawn: bool = False) -> str:
    """What a number in a table is, what the brackets are, and how far they can be trusted."""
    if replicates < FEWEST:
        return f"Medians over replicates with all numbers as they stand. {too_few(replicates)}"
    few = f" With fewer than {FEW} it is rough." if replicates < FEW else ""
    below = "median and ( ) 90 % range over luck, the ensemble of fitted numbers and the ranges of others"
    wide = f" Below it: {below}." if drawn else ""
    return (
        f"Medians over {counted(replicates, 'replicate')} with all numbers as they stand, [ ] 90 % ranges in the same "
        f"unit, which say nothing of assumptions.{wide}{few}"
    )


def too_few(replicates: int) -> str:
    """That there are too few replicates for a range, or for a word on direction, and how many to ask for."""
    count = f"{counted(replicates, 'replicate')} {'is' if replicates == 1 else 'are'}"
    return f"{count} too few for a range or a direction: ask for at least {FEWEST} (--replicates {FEWEST})."


def policy_sentence(policies: list[str]) -> str:
    """What one run cannot say about its policies; empty without any."""
    if not policies:
        return ""
    return (
        "This is one world, and its changes through time are not what its policies change: compare it with the world "
        f"without them (`{pasted('compare')}`). In it: {'; '.join(policies)}."
    )


def market_sentence(outcomes: dict[str, float], steps_per_year: int) -> str:
    """How often compute was scarce: its market cleared by a rent, or rationed; empty when nothing was simulated."""
    steps = STEPS.get(steps_per_year, "steps")
    told = {"cleared": "compute was scarce and its price rose", "rationed": "compute was rationed"}
    parts = [f"in {rough(outcomes[how])} of the {steps} {what}" for how, what in told.items() if outcomes.get(how)]
    said = "; ".join(parts) if parts else f"in none of the {steps} was compute scarce"
    return f"{said[0].upper()}{said[1:]}." if outcomes else ""


def outside_sentence(outside: int, values: int, labels: Sequence[str]) -> str:
    """That medians over replicates lie outside the range over the ensemble, of how many values, and of what."""
    more = len(labels) - MOST_LABELS
    named = ", ".join(labels[:MOST_LABELS]) + (f" and {more} more" if more > 0 else "")
    return (
        f"Of {counted(values, 'value')} by year of the short table's measures, {outside} have their median over "
        f"replicates outside the range ( ) over the ensemble: {named}. Either the scenario's own numbers lie at an "
        "edge of what fits records, or replicates are few: tell the range ( ), not the median alone."
    )
