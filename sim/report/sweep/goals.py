"""What goals take of the number that a sweep varies, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf, isfinite, log10
from typing import Any

from sim.arrays import Array
from sim.measures import Measure
from sim.pasting import pasted
from sim.plurals import counted
from sim.quantity import written
from sim.report import words
from sim.report.sweep.words import BRACKETS, WIDE, entry_name, value
from sim.results.goals import AMOUNT, FACTOR, Goal, around
from sim.results.statistics import FEWEST
from sim.results.sweep import GoalAnswer, Sweep

PART_OF_A_PLACE = 100  # of an answer, or of the gap that it lies in, to which it is rounded
FOLD = 2.0  # from here on a change is told as times, and below in percent


@dataclass(frozen=True)
class GoalTold:
    """A goal and what it takes, ready to print."""

    goal: str  # what is wanted, in words
    answer: str
    remarks: list[str]  # how sure it is, and what it rests on
    go_on: str  # what to ask next; nothing where there is no more to ask
    command: str  # that asks it
    found: dict[str, Any]  # a row of goals.csv


def goals_told(found: Sweep) -> list[GoalTold]:
    """All goals of a sweep."""
    rows = found.goals_table.to_dict("records") if found.goals else []
    return [_told(found, answer, row) for answer, row in zip(found.answers, rows, strict=True)]


def _told(found: Sweep, answer: GoalAnswer, row: dict[Any, Any]) -> GoalTold:
    (path,) = found.axes
    go_on, command = _next(found, answer)
    remarks = [*_sureness(found, answer), *_gap(found, answer)]
    says = f"{entry_name(found, path)}: {_answer(found, answer)}"
    return GoalTold(_wanted(found, answer.goal), says[:1].upper() + says[1:], remarks, go_on, command, row)


def _wanted(found: Sweep, goal: Goal) -> str:
    """What is wanted, in words: emissions 30 % lower than at the base point (0 USD/tCO2), in 2040."""
    measure, unit, (path,) = found.measures[goal.measure], found.measure_units[goal.measure], found.axes
    if goal.kind not in (AMOUNT, FACTOR):
        return f"{measure.subject} at {words.number(goal.number, unit)}, in {found.year}"
    own = value(float(found.base[path]), found.units[path]) if _is_number(found.base[path]) else ""
    base = f" ({with_unit(own, found.units[path])})" if own else ""
    return f"{_changed(measure, unit, goal)} the base point{base}, in {found.year}"


def _changed(measure: Measure, unit: str, goal: Goal) -> str:
    more, less = measure.words.comparatives
    if goal.kind == AMOUNT:
        points = unit == "fraction"
        size = f"{100 * abs(goal.number):.6g}{words.POINTS}" if points else words.number(abs(goal.number), unit)
        return f"{measure.subject} {size} {more if goal.number > 0 else less} than at"
    if goal.number >= FOLD:
        return f"{measure.subject} {goal.number:.6g} times {'those' if measure.plural else 'that'} of"
    size = f"{100 * abs(goal.number - 1):.6g} %"
    return f"{measure.subject} {size} {more if goal.number > 1 else less} than at"


def _answer(found: Sweep, answer: GoalAnswer) -> str:
    """What it takes, with its range: about 640 USD/tCO2 (210, more than 1,000) or more."""
    (path,), spread, reached = found.axes, answer.spread, answer.reached
    unit, places = found.units[path], reached.places
    if not spread.count:
        return words.NONE
    if reached.never == spread.count:
        return f"at no value from {_at(places[0], unit)} to {with_unit(_at(places[-1], unit), unit)}"
    if spread.median != spread.median:
        return "half of the replicates are beyond one end of its values, and half beyond the other"
    known, brackets = isfinite(spread.median), WIDE if found.assumptions else BRACKETS
    holds = f" or {'less' if reached.downward else 'more'}" if known and answer.goal.wanted else ""
    middle = f"{'about ' if known else ''}{with_unit(_end(spread.median, found, answer), unit)}"
    ends = ", ".join(_end(end, found, answer) for end in (spread.low, spread.high))
    beyond = spread.low == spread.high and not known  # in the range of all
    span = f" {brackets[0]}{ends}{brackets[1]}" if spread.count >= FEWEST and not beyond else ""
    return f"{middle}{span}{holds}"


def _end(number: float, found: Sweep, answer: GoalAnswer) -> str:
    """A value of the axis, or that it lies beyond those that were simulated."""
    (path,), places = found.axes, answer.reached.places
    unit = found.units[path]
    if number == inf:
        return f"more than {_at(places[-1], unit)}"
    if number == -inf:
        return f"less than {_at(places[0], unit)}"
    if number != number:
        return words.NONE
    step = rounded_to(number, places, whole=found.goal_axis.whole)
    return _at(round(number / step) * step, unit)


def _at(number: float, unit: str) -> str:
    return value(float(f"{number:.12g}"), unit)


def with_unit(text: str, unit: str) -> str:
    """A value of the axis with its unit, if that has to be said."""
    return f"{text} {unit}" if unit and unit != "year" else text


def rounded_to(number: float, places: Array, *, whole: bool) -> float:
    """To what an answer is rounded: a power of ten far below it and the gap that it lies in, and of an entry that takes
    whole numbers alone to these."""
    below, above = around(places, number)
    size = min(above - below, abs(number) or above - below)
    fine = 10.0 ** floor(log10(size / PART_OF_A_PLACE))
    return max(fine, 1.0) if whole else fine


def _sureness(found: Sweep, answer: GoalAnswer) -> list[str]:
    """What the range holds, and how many replicates are not between two points."""
    (path,), reached, count = found.axes, answer.reached, answer.spread.count
    if not count:
        lacking = "a value at some point, or a value above 0 at the base point, of which the goal is a part"
        return [f"No replicate has an answer: all lack {lacking}."]
    many = counted(count, "replicate")
    if count < FEWEST:
        how = words.too_few(count)
    elif found.assumptions:
        how = f"The median of {many}, each with its own luck and draw of the uncertain numbers, and ( ) 90 % of them."
    else:
        how = (
            f"The median of {many} and [ ] 90 % of them: luck alone, which says nothing of the assumptions "
            "(--assumptions draws these as well)."
        )
    ends = _at(reached.places[0], found.units[path]), _at(reached.places[-1], found.units[path])
    first, last = ends[::-1] if reached.downward else ends
    all_beyond = reached.never == count
    also = [f"{_of(reached.already, count, 'reach')} it already at {first}."] if reached.already else []
    if reached.never:
        further = "less" if reached.downward else "more"
        verb = "does" if reached.never == 1 else "do"
        also.append(f"{reached.never} of {count} {verb} not reach it even at {last}: it takes {further}, if anything.")
    if reached.again:
        also.append(f"{_of(reached.again, count, 'lose')} it again further on: the first crossing counts.")
    if reached.left_out:
        lacking = "a value at some point, or a base for a change"
        also.append(f"{counted(reached.left_out, 'more replicate')} left out, which lack {lacking}.")
    return [" ".join([*([] if all_beyond else [how]), *also])]


def _of(some: int, count: int, verb: str) -> str:
    """So many replicates and what they do: 1 of 12 reaches, 3 of 12 lose."""
    return f"{some} of {count} {verb if some != 1 else f'{verb}es' if verb.endswith('h') else f'{verb}s'}"


def _gap(found: Sweep, answer: GoalAnswer) -> list[str]:
    if answer.gap is None:
        return []
    (path,), (below, above) = found.axes, answer.gap
    unit = found.units[path]
    return [
        f"Nothing was simulated between {_at(below, unit)} and {with_unit(_at(above, unit), unit)}, "
        "around the median: there a straight line stands for the measure."
    ]


def _next(found: Sweep, answer: GoalAnswer) -> tuple[str, str]:
    """What to ask next, and the command; from Python the values alone."""
    if answer.next_values is None:
        return "", ""
    (path,), (low, high, number) = found.axes, answer.next_values
    unit = found.units[path]
    logs = ":log" if found.goal_axis.even_in_logs else ""
    span = f"{written(float(f'{low:.6g}'))}:{written(float(f'{high:.6g}'))}:{number}{logs}"
    vary = f"{path}={span}{f' {unit}' if unit and unit != 'year' else ''}"
    beyond = not isfinite(answer.spread.median)
    said = "Further values" if beyond else "Finer"
    return said, again(found.command, vary)


def again(command: Sequence[str], vary: str) -> str:
    """The command of a sweep with other values of what is varied, into a directory of its own; the option alone where
    Python asked for it."""
    if list(command[:1]) != ["sweep"]:
        return f"--vary {vary}"
    found, rest = list[str](), iter(command)
    for word in rest:
        name, equals, _ = word.partition("=")
        option = next((one for one in ("--vary", "--out") if len(name) > 2 and one.startswith(name)), None)
        if option is None:
            found.append(word)
            continue
        if not equals:
            next(rest, None)
        found += ["--vary", vary] if option == "--vary" else []
    return pasted(*found)


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
