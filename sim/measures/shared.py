"""What several measures ask for, worked out once for a period."""

from collections.abc import Callable
from math import nan

import numpy as np

from sim.arrays import Mask, Rows
from sim.economy.observe import Period
from sim.mathematics import highest, mean_ln, median, total, total_at


def whole(p: Period, column: str) -> float:
    """The sum of a column of the period over all actors."""
    return p.wholes[column]


def part(p: Period, column: str, group: str) -> float:
    """The sum of a column over a rule or sector."""
    return float(p.once((column, group), lambda: total_at(getattr(p, column), p.groups.of(group))))


def living(p: Period, group: str) -> Rows:
    """Rows of those of a group who take part at the end."""

    def found() -> Rows:
        rows = p.groups.of(group)
        return np.asarray(rows[p.alive[rows]])

    rows: Rows = p.once(("living", group), found)
    return rows


def middle(p: Period, column: str, group: str) -> float:
    """The median of a column over those of a group who take part at the end; NaN without any."""

    def found() -> float:
        rows = living(p, group)
        return median(getattr(p, column)[rows]) if rows.size else nan

    return float(p.once(("middle", column, group), found))


def mean_ln_run(p: Period, group: str) -> float:
    """The mean of ln of the largest runs of a group; NaN without any."""
    return float(mean_ln(p.largest_run, p.groups.of(group)))


def best(p: Period) -> int:
    """The first row with the lowest error of all."""
    return int(p.once("best", lambda: p.error.argmin()))


def largest_run(p: Period) -> float:
    """The largest run of all [FLOP]."""
    return float(p.once("largest", lambda: highest(p.largest_run)))


def asked(p: Period, function: Callable[[Period], float]) -> float:
    """What a function of the period gives."""
    return float(p.once(function, lambda: function(p)))
