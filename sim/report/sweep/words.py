"""What a sweep's points and differences are called."""

import re
from collections.abc import Sequence
from math import isfinite
from typing import Any

from sim.report import words
from sim.report.comparison.effects import EffectScale, in_brackets, scale_of
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


def changes(found: Sequence[Effect | None], unit: str) -> list[str]:
    """Differences to the base point in one column, each with its interval or its range over draws: relative where that
    exists, and as factors where any of them is one."""
    there = [effect.told.relative for effect in found if effect is not None and isfinite(effect.relative)]
    relative, amounts = scale_of(unit, there), scale_of(unit, ())
    return [_change(effect, relative if effect and isfinite(effect.relative) else amounts) for effect in found]


def _change(effect: Effect | None, written: EffectScale) -> str:
    if effect is None:
        return words.NONE
    if effect.is_nothing:
        return "0"
    told = effect.told.on(relative=isfinite(effect.relative))
    return in_brackets(told, written, BRACKETS if effect.draws is None else WIDE)
