"""What a sweep's points and differences are called."""

import re
from math import isfinite
from typing import Any

from sim.report import words
from sim.results.statistics import Effect
from sim.results.sweep import Sweep

BRACKETS, WIDE = "[]", "()"  # of luck alone, and of luck and assumptions
ASIDE = re.compile(r"(; .*| \([^()]*\))$")  # ends what an entry means: an exception, an example


def value(of: Any, unit: str) -> str:
    """What a point has of a varied entry, without its unit; the thousands of a year are not separated."""
    if of is None or of != of:
        return words.NONE
    if isinstance(of, bool) or not isinstance(of, int | float):
        return str(of).lower() if isinstance(of, bool) else words.spaced(str(of))
    return f"{of:,.6g}" if abs(of) < 1e6 and unit != "year" else f"{of:.6g}"


def entry_name(found: Sweep, path: str) -> str:
    """A varied entry in words: what it means and whose it is, without asides."""
    meaning = ASIDE.sub("", words.SYMBOL.sub("", found.meanings[path])) or words.spaced(path.rpartition(".")[2])
    return words.whose(meaning, [path])


def axis_title(found: Sweep, path: str) -> str:
    """``entry_name`` with its unit, as the title of an axis."""
    unit = found.units[path]
    return f"{entry_name(found, path)}, {unit}" if unit else entry_name(found, path)


def entries(found: Sweep) -> list[str]:
    """Every varied entry as it is written in a scenario, with what it is called."""
    return [f"{path}: {entry_name(found, path)}" for path in found.axes]


def change(effect: Effect | None, unit: str) -> str:
    """A difference to the base point with its interval, or its range over draws: relative where that exists."""
    if effect is None:
        return words.NONE
    if effect.is_nothing:
        return "0"
    relative = isfinite(effect.relative)
    middle, low, high = effect.told.on(relative=relative)
    brackets = BRACKETS if effect.draws is None else WIDE
    opened, closed = brackets[0], brackets[1]
    if relative:
        if words.is_factor(middle):
            return f"{words.rough(middle)}"
        span = f" {opened}{words.change_text(low)}, {words.change_text(high)}{closed}" if isfinite(low) else ""
        return f"{words.change_text(middle)} %{span}"
    span = f" {opened}{words.signed(low, unit)}, {words.signed(high, unit)}{closed}" if isfinite(low) else ""
    return f"{words.signed(middle, unit)}{span}"
