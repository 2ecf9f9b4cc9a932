"""How unequal compute and capability are, over all actors that take part and within and between kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import nan

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Rows
from sim.compiled import loop
from sim.economy.observe import Period
from sim.mathematics import log, total
from sim.measures.base import measure
from sim.measures.ids import gini_of
from sim.registry import UNLISTED

COMPUTE_GINI = gini_of("compute")
TOP = 0.1  # the top of a distribution: a tenth of the actors


def gini(values: Array) -> float:
    """Gini index of non-negative values, shape (n,): 0 when all are equal, (n - 1) / n when one has all.

    G = 2 sum_i i x_(i) / (n sum x) - (n + 1) / n over values in rising order. NaN when the sum is zero. Rounding
    does not take it below 0.
    """
    return _gini_of_ordered(np.sort(values))


@loop
def _gini_of_ordered(ordered: Array) -> float:
    n, whole, ranked = ordered.size, total(ordered), np.empty(ordered.size)
    if not whole > 0.0:
        return nan
    for i in range(n):
        ranked[i] = (i + 1.0) * (ordered[i] / whole)
    return max(0.0, 2.0 * total(ranked) / n - (n + 1.0) / n)


def theil(groups: Sequence[Array]) -> tuple[float, float, float]:
    """Theil's T of non-negative values that come in groups, its part within groups and its part between them.

    T = mean of x/m ln(x/m), m the mean; T = sum_g s_g T_g + sum_g s_g ln(s_g / n_g), with s_g a group's share of the
    sum and n_g of the number (Theil 1967). NaN when the sum is zero.
    Rounding takes none of them below 0.
    """
    values = np.concatenate(groups)
    whole, n = total(values), values.size
    if not whole > 0:
        return nan, nan, nan
    within = between = 0.0
    for part in groups:
        share = total(part) / whole if part.size else 0.0
        if share > 0:
            within += share * _theil(part)
            between += share * float(log(share / (part.size / n)))
    return max(0.0, _theil(values)), max(0.0, within), max(0.0, between)


@loop
def _theil(values: Array) -> float:
    mean, held = total(values) / values.size, np.empty(values.size)
    for i in range(values.size):
        ratio = values[i] / mean
        held[i] = ratio * log(ratio) if ratio > 0.0 else 0.0
    return total(held) / values.size


def top_share(values: Array, top: float = TOP) -> float:
    """Share of the sum held by the ``top`` part of non-negative values, (n,), one at the border counted in part."""
    return _top_of_ordered(np.sort(values), top)


@loop
def _top_of_ordered(ordered: Array, top: float) -> float:
    n, whole, count = ordered.size, total(ordered), top * ordered.size
    if not whole > 0.0:
        return nan
    wholly = int(count)
    rest = (count - wholly) * ordered[n - 1 - wholly] if wholly < n else 0.0
    return (total(ordered[n - wholly :]) + rest) / whole


@loop
def hhi(values: Array) -> float:
    """Herfindahl-Hirschman index: sum of squared shares, from 1/n to 1. NaN when the sum is zero."""
    whole, squares = total(values), np.empty(values.size)
    if not whole > 0.0:
        return nan
    for i in range(values.size):
        squares[i] = (values[i] / whole) * (values[i] / whole)
    return total(squares)


@dataclass(frozen=True)
class Held:
    """What actors hold, (n,), and who takes part: a place whose startup failed, and stays empty, holds nothing."""

    values: Array
    takes_part: NDArray[np.bool_]

    def of(self, rows: slice | Rows) -> Array:
        """What those of some rows hold who take part."""
        return np.asarray(self.values[rows][self.takes_part[rows]])


def compute(p: Period) -> Held:
    """The year's training compute [FLOP]."""
    return Held(p.compute, p.alive | (p.compute > 0))


def capability(p: Period) -> Held:
    """1 / error at hand: half the error is twice the capability."""
    return Held(1.0 / p.access, p.alive)


Of = Callable[[Period], Held]
ALL = slice(None)


def _values(p: Period, of: Of) -> Array:
    """What all hold who take part."""
    values: Array = p.once((of, "values"), lambda: p.once(of, lambda: of(p)).of(ALL))
    return values


def _ordered(p: Period, of: Of) -> Array:
    """The same in rising order."""
    ordered: Array = p.once((of, "ordered"), lambda: np.sort(_values(p, of)))
    return ordered


def _gini(p: Period, of: Of) -> float:
    return float(_gini_of_ordered(_ordered(p, of)))


def _theil_part(p: Period, of: Of, part: int) -> float:
    def parts() -> tuple[float, float, float]:
        held: Held = p.once(of, lambda: of(p))
        return theil([held.of(rows) for rows in p.groups.kinds.values()])

    return float(p.once((of, "theil"), parts)[part])


def _top(p: Period, of: Of) -> float:
    return float(_top_of_ordered(_ordered(p, of), TOP))


def _hhi(p: Period, of: Of) -> float:
    return float(hhi(_values(p, of)))


def _bottom_labs(p: Period, of: Of) -> float:
    held: Held = p.once(of, lambda: of(p))
    labs, whole = held.of(p.groups.of("academia")), total(_values(p, of))
    return float(np.sort(labs)[: labs.size // 2].sum()) / whole if whole > 0 and labs.size else nan


THINGS = (
    ("compute", compute, "the year's training compute", "year", "counted with nothing while they exist"),
    ("capability", capability, "capability, which is 1 over the error at hand", "year-end", "use what is released"),
)
for _name, _of, _words, _over, _idle in THINGS:
    _declare = partial(measure, over=_over, idle=_idle)
    _declare(
        gini_of(_name), f"Gini of {_name}", "index", f"Gini index of {_words}, over all actors", better="lower",
        order=6 if _name == "compute" else UNLISTED,
    )(partial(_gini, of=_of))  # fmt: skip
    for _part, _suffix in enumerate(("", "_within", "_between")):
        _which = f" {_suffix[1:]} kinds" if _suffix else ""
        _declare(
            f"{_name}_theil{_suffix}", f"Theil of {_name}{_which}", "index", f"Theil's T of {_words}{_which}",
            better="lower",
        )(partial(_theil_part, of=_of, part=_part))  # fmt: skip
    _declare(
        f"{_name}_top10_share", f"Top tenth's share of {_name}", "fraction",
        f"share of the tenth of actors with most in {_words}", better="lower",
    )(partial(_top, of=_of))  # fmt: skip
    _declare(
        f"{_name}_hhi", f"Concentration of {_name}", "index",
        f"Herfindahl-Hirschman index (sum of squared shares) of {_words}", better="lower",
    )(partial(_hhi, of=_of))  # fmt: skip
    _declare(
        f"{_name}_share_bottom_half_labs", f"Lower half of labs' share of {_name}", "fraction",
        f"share of the half of academic labs with least in everyone's, of {_words}", better="higher",
    )(partial(_bottom_labs, of=_of))  # fmt: skip
