"""What several measures ask for, worked out once for a period."""

from math import nan
from typing import Any, NamedTuple

from sim.economy.observe import Period
from sim.mathematics import exp, highest, mean_ln, median_at, total, total_at

LN_LARGEST = 709.0  # ln of about the largest number that floating point holds


def whole(p: Period, column: str) -> float:
    """The sum of a column of the period over all actors."""
    known = p.wholes
    return known[column] if column in known else p.once(_whole, column)


def _whole(p: Period, column: str) -> float:
    return float(total(getattr(p, column)))


def part(p: Period, column: str, group: str) -> float:
    """The sum of a column over a rule or sector."""
    return p.once(_part, column, group)


def _part(p: Period, column: str, group: str) -> float:
    return float(total_at(getattr(p, column), p.groups.of(group)))


def ratio_of(ln: float) -> float:
    """exp(ln); NaN beyond floating point."""
    return float(exp(ln)) if ln < LN_LARGEST else nan


def middle(p: Period, column: str, group: str) -> float:
    """The median of a column over those of a group who take part at the end; NaN without any."""
    return p.once(_middle, column, group)


def _middle(p: Period, column: str, group: str) -> float:
    return float(median_at(getattr(p, column), p.groups.of(group), p.alive))


def mean_ln_run(p: Period, group: str) -> float:
    """The mean of ln of the largest runs of a group; NaN without any."""
    return mean_ln(p.largest_run, p.groups.of(group))


class Frontier(NamedTuple):
    """ln of effective compute [FLOP] on the way of the frontier's error."""

    start: float  # that reaches the error at the start
    now: float  # that reaches what was reached
    halving: float  # that halves the lowest error there is


def frontier(p: Period) -> Frontier:
    """What the frontier's errors take."""
    return p.once(_frontier)


def _frontier(p: Period) -> Frontier:
    errors: list[Any] = [p.past.errors[0], p.past.at(p.end), p.error[best(p)] / 2.0]  # sooner one by one
    return Frontier(*[float(p.law.ln_compute_for(error)) for error in errors])


def best(p: Period) -> int:
    """The first row with the lowest error of all."""
    return p.once(_best)


def _best(p: Period) -> int:
    return int(p.error.argmin())


def largest_run(p: Period) -> float:
    """The largest run of all [FLOP]."""
    return p.once(_largest)


def _largest(p: Period) -> float:
    return float(highest(p.largest_run))
