"""How unequal compute and capability are, over all actors that take part and within and between kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, nan
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask, Rows
from sim.compiled import equation, inner, loop
from sim.economy.observe import Period
from sim.mathematics import log, total
from sim.measures.base import Words, measure
from sim.measures.ids import gini_of
from sim.registry import UNLISTED

COMPUTE_GINI = gini_of("compute")
TOP = 0.1  # the top of a distribution: a tenth of the actors


class Indices(NamedTuple):
    """How unequal some values are; see the functions of these names. They are NaN where the sum is zero
    or not finite."""

    whole: float  # the sum
    gini: float
    theil: float
    within: float
    between: float
    top_share: float
    hhi: float


def gini(values: Array) -> float:
    """Gini index of non-negative values, shape (n,): 0 when all are equal, (n - 1) / n when one has all.

    G = 2 sum_i i x_(i) / (n sum x) - (n + 1) / n over values in rising order. Rounding does not take it below 0.
    """
    return indices([values]).gini


def theil(groups: Sequence[Array]) -> tuple[float, float, float]:
    """Theil's T of non-negative values that come in groups, its part within groups and its part between them.

    T = mean of x/m ln(x/m), m the mean; T = sum_g s_g T_g + sum_g s_g ln(s_g / n_g), with s_g a group's share of the
    sum and n_g of the number (Theil 1967). Rounding takes none of them below 0.
    """
    found = indices(groups)
    return found.theil, found.within, found.between


def top_share(values: Array) -> float:
    """Share of the sum held by the tenth with most of non-negative values, (n,), one at the border counted in part."""
    return indices([values]).top_share


def hhi(values: Array) -> float:
    """Herfindahl-Hirschman index: sum of squared shares, from 1/n to 1."""
    return indices([values]).hhi


def lorenz(values: Array) -> tuple[Array, Array]:
    """Shares of who holds values that are not negative, and what those with least hold of the sum; both from 0 to 1.
    Twice the area between them and equal shares is the Gini index."""
    sums = np.concatenate([[0.0], np.cumsum(np.sort(values))])
    return np.linspace(0.0, 1.0, sums.size), sums / (sums[-1] if sums[-1] > 0 else 1.0)


def partaking(alive: Mask, trained: Array) -> Mask:
    """Who is counted in what is said of a year's training compute: who exists at its end, or trained in it."""
    counted: Mask = alive | (trained > 0)
    return counted


def indices(groups: Sequence[Array]) -> Indices:
    """All of them at once, of non-negative values that come in groups."""
    values, starts = np.concatenate(groups), np.zeros(len(groups) + 1, dtype=np.intp)
    np.cumsum([len(group) for group in groups], out=starts[1:])
    return _of_groups(values, starts)


def _of_groups(values: Array, starts: Rows) -> Indices:
    """The indices of values that lie group by group, each from one of ``starts`` to the next."""
    return Indices(*_indices(values, np.sort(values), starts))


@equation
def known(whole: float) -> bool:
    """Whether values with this sum have shares in it: not where it is zero, or too large for a number."""
    return 0.0 < whole < inf


@loop
def _indices(values: Array, ordered: Array, starts: Rows) -> tuple[float, ...]:
    """Columns of ``Indices``, of values that lie group by group and the same in rising order."""
    whole, work = total(values), np.empty(values.size)
    if not known(whole):
        return whole, nan, nan, nan, nan, nan, nan
    within, between = 0.0, 0.0
    for group in range(starts.size - 1):
        part = values[starts[group] : starts[group + 1]]
        share = total(part) / whole
        if share > 0.0:
            within += share * _theil(part, work)
            between += share * log(share / (part.size / values.size))
    theil = max(0.0, _theil(values, work))
    within, between = max(0.0, within), max(0.0, between)
    return whole, _gini(ordered, work), theil, within, between, _top(ordered), _hhi(values, whole, work)


@inner
def _gini(ordered: Array, work: Array) -> float:
    """The Gini index of values in rising order; ``work`` is room for it."""
    n, whole = ordered.size, total(ordered)
    for i in range(n):
        work[i] = (i + 1.0) * (ordered[i] / whole)
    return max(0.0, 2.0 * total(work) / n - (n + 1.0) / n)


@inner
def _theil(values: Array, work: Array) -> float:
    """Theil's T of values whose sum is above zero."""
    mean = total(values) / values.size
    for i in range(values.size):
        ratio = values[i] / mean
        held = ratio * log(ratio)
        work[i] = held if ratio > 0.0 else 0.0
    return total(work[: values.size]) / values.size


@inner
def _top(ordered: Array) -> float:
    """The top's share of values in rising order."""
    n, count = ordered.size, TOP * ordered.size
    wholly = int(count)
    rest = (count - wholly) * ordered[n - 1 - wholly] if wholly < n else 0.0
    return (total(ordered[n - wholly :]) + rest) / total(ordered)


@inner
def _hhi(values: Array, whole: float, work: Array) -> float:
    """The sum of squared shares in the ``whole``."""
    for i in range(values.size):
        work[i] = (values[i] / whole) * (values[i] / whole)
    return total(work)


@dataclass(frozen=True)
class Held:
    """What actors hold, (n,), and who takes part: a place whose startup failed, and stays empty, holds nothing."""

    values: Array
    takes_part: Mask

    def of(self, rows: Rows) -> Array:
        """What those of some rows hold who take part."""
        return np.asarray(self.values[rows][self.takes_part[rows]])


@loop
def _kept(values: Array, takes_part: Mask, starts: Rows, kept: Block, bounds: Block) -> None:
    """Those who take part, group by group, into ``kept`` (1, n), and where each group begins among them."""
    count = 0
    for group in range(starts.size - 1):
        bounds[0, group] = count
        for i in range(starts[group], starts[group + 1]):
            if takes_part[i]:
                kept[0, count] = values[i]
                count += 1
    bounds[0, starts.size - 1] = count


def compute(p: Period) -> Held:
    """The year's training compute [FLOP]."""
    return Held(p.compute, partaking(p.alive, p.compute))


def capability(p: Period) -> Held:
    """1 / error at hand: half the error is twice the capability."""
    return Held(1.0 / p.access, p.alive)


Of = Callable[[Period], Held]


def _indices_of(p: Period, of: Of) -> Indices:
    """The indices of what all hold who take part, in groups by kind."""
    held, starts = p.once(of), p.groups.starts
    kept, bounds = np.empty((1, held.values.size)), np.empty((1, starts.size))
    _kept(held.values, held.takes_part, starts, kept, bounds)
    groups = bounds[0].astype(np.intp)
    return _of_groups(kept[0, : groups[-1]], groups)


def _index(p: Period, of: Of, name: str) -> float:
    return float(getattr(p.once(_indices_of, of), name))


def _bottom_labs(p: Period, of: Of) -> float:
    labs, whole = np.sort(p.once(of).of(p.groups.of("academia"))), p.once(_indices_of, of).whole
    return total(labs[: labs.size // 2]) / whole if known(whole) and labs.size else nan


THINGS = (
    ("compute", compute, "the year's training compute", "year", "counted with nothing while they exist"),
    ("capability", capability, "capability, which is 1 over the error at hand", "year-end", "use what is released"),
)
for _name, _of, _words, _over, _idle in THINGS:
    _declare = partial(measure, over=_over, idle=_idle)
    _declare(
        gini_of(_name), f"Gini of {_name}", "index", f"Gini index of {_words}, over all actors", better="lower",
        words=Words(f"the Gini index of {_name}"), order=6 if _name == "compute" else UNLISTED,
    )(partial(_index, of=_of, name="gini"))  # fmt: skip
    for _part, _suffix in (("theil", ""), ("within", "_within"), ("between", "_between")):
        _which = f" {_part} kinds" if _suffix else ""
        _declare(
            f"{_name}_theil{_suffix}", f"Theil of {_name}{_which}", "index", f"Theil's T of {_words}{_which}",
            better="lower",
        )(partial(_index, of=_of, name=_part))  # fmt: skip
    _declare(
        f"{_name}_top10_share", f"Top tenth's share of {_name}", "fraction",
        f"share of the tenth of actors with most in {_words}", better="lower",
    )(partial(_index, of=_of, name="top_share"))  # fmt: skip
    _declare(
        f"{_name}_hhi", f"Concentration of {_name}", "index",
        f"Herfindahl-Hirschman index (sum of squared shares) of {_words}", better="lower",
    )(partial(_index, of=_of, name="hhi"))  # fmt: skip
    _declare(
        f"{_name}_share_bottom_half_labs", f"Lower half of labs' share of {_name}", "fraction",
        f"share of the half of academic labs with least in everyone's, of {_words}", better="higher",
    )(partial(_bottom_labs, of=_of))  # fmt: skip
