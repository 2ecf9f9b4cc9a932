"""What the page says of a pair in words: the clock, cards of headline measures, a sentence. No browser."""

from dataclasses import dataclass
from math import floor, isfinite

from sim.app.pair import Pair
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, Measure, Verdict, registry, told, verdict
from sim.measures.access import ACADEMIA_SHARE
from sim.report import everyday, words

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
SAME = 1e-9  # relative difference that is rounding


@dataclass(frozen=True)
class Card:
    """One figure of merit: value with unit, the baseline's, and the change in words."""

    id: str
    label: str
    meaning: str
    value: str
    unit: str
    baseline: str
    arrow: str  # the direction of the change
    change: str
    verdict: str  # better, worse, or nothing where neither can be said


def clock(pair: Pair) -> str:
    """The time reached in words: January 2012, June 2036."""
    month = floor(round(pair.at * 12, 6))
    year, name = divmod(month - (1 if pair.baseline.times else 0), 12)
    return f"{MONTHS[name]} {year}"


def cards(pair: Pair) -> list[Card]:
    """The headline measures over the last year, policy world first."""
    return [_card(pair, measure) for measure in told("card").values()]


def _card(pair: Pair, measure: Measure) -> Card:
    id, change = measure.id, measure.words.comparatives
    before, after, unit = pair.baseline.now(id), pair.policy.now(id), pair.policy.unit(id)
    before_least, after_least = pair.baseline.is_bound(id), pair.policy.is_bound(id)
    text, suffix = split(after, unit)
    was = words.bounded(words.number(before, unit), before_least)
    arrow, difference = "", ""
    found, moved = verdict(measure, lambda each: _moved(pair, each)), _moved(pair, id)
    if isfinite(before) and isfinite(after):
        if (before_least and moved >= 0) or (after_least and moved <= 0):  # the other may be larger, or smaller
            found, difference = Verdict(""), "no difference that can be told"
        elif not moved:
            difference = "no difference"
        else:
            arrow, word = ("▲", change[0]) if moved > 0 else ("▼", change[1])
            size = f"{'at least ' if before_least or after_least else ''}{_size(before, after, unit)}"
            difference = f"{size} {word}{f', but {found.but}' if found.but else ''}"
    now = words.bounded(text, after_least)
    return Card(id, measure.heading, measure.meaning, now, suffix, was, arrow, difference, found.word)


def _moved(pair: Pair, id: str) -> float:
    """By how much a measure differs from the baseline; 0 where that is rounding."""
    before, after = pair.baseline.now(id), pair.policy.now(id)
    return 0.0 if abs(after - before) <= SAME * abs(before) else after - before


def _size(before: float, after: float, unit: str) -> str:
    """How far two values lie apart, without the sign: months and money from nothing as amounts, the rest in percent."""
    if unit == "months" or not before:
        return words.number(abs(after - before), unit)
    share = after / before - 1
    return f"{words.plain(after / before)} times" if words.is_factor(share) else f"{words.plain(abs(100 * share))} %"


def split(value: float, unit: str) -> tuple[str, str]:
    """A number for people and its unit apart: 9.40 M and tCO2e/yr."""
    text = words.number(value, unit)
    for part in (" tCO2e/yr", " tCO2e", " months", " FLOP", "/EFLOP"):
        if text.endswith(part):
            return text.removesuffix(part), part.strip()
    return text, "a year" if unit == "USD/yr" and text != words.NONE else ""


def headline(pair: Pair) -> str:
    """What the pair shows now, in a sentence; its words follow from the numbers."""
    if not pair.policy.times:
        return "Press Play. Both worlds start alike, from the same seed."
    divide, *others = [registry()[id] for id in (DIVIDE, ACADEMIA_SHARE, EMISSIONS, FRONTIER_ERROR)]
    name = divide.heading[:1].lower() + divide.heading[1:]
    before, after = (track.now(divide.id) for track in pair.tracks)
    if not (isfinite(before) and isfinite(after)):
        return f"In {clock(pair)} nobody trains in industry or in academia, so {name} cannot be stated."
    if not any(_moved(pair, one.id) for one in (divide, *others)):
        return (
            f"In {clock(pair)} industry's typical largest run is {words.number(after, 'ratio')} academia's, "
            "with the policy world's settings and without them."
        )
    said = [f"{one.subject} {one.be} {_compared(pair, one)}" for one in others]
    return (
        f"With these settings {name} in {clock(pair)} is {words.number(after, 'ratio')}, against "
        f"{words.number(before, 'ratio')} without them. {said[0][:1].upper()}{said[0][1:]}, "
        f"{said[1]}, and {said[2]}.{_pictured(pair)}"
    )


def _pictured(pair: Pair) -> str:
    """The policy world's emissions in plain comparisons, in a sentence; empty without any."""
    tonnes = pair.policy.now(EMISSIONS)
    return f" Emissions of a year are {everyday.emissions(tonnes)}." if tonnes > 0 else ""


def _compared(pair: Pair, measure: Measure) -> str:
    before, after = (track.now(measure.id) for track in pair.tracks)
    if not (isfinite(before) and isfinite(after)):
        return "not to be stated"
    if not _moved(pair, measure.id) or not before:
        return "the same"
    more, less = measure.words.comparatives
    return f"{_size(before, after, '1')} {more if after > before else less}"
