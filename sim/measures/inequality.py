"""How unequal compute and capability are, over all actors that take part and within and between kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import nan

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Rows
from sim.economy.observe import Period
from sim.measures.base import measure
from sim.registry import UNLISTED

COMPUTE_GINI = "compute_gini"
TOP = 0.1  # the top of a distribution: a tenth of the actors


def gini(values: Array) -> float:
    """Gini index of non-negative values, shape (n,): 0 when all are equal, (n - 1) / n when one has all.

    G = 2 sum_i i x_(i) / (n sum x) - (n + 1) / n over values in rising order. NaN when the sum is zero. Rounding
    does not take it below 0.
    """
    ordered = np.sort(values)
    n, total = ordered.size, float(ordered.sum())
    if not total > 0:
        return nan
    rank = np.arange(1, n + 1)
    return max(0.0, float(2.0 * (rank * (ordered / total)).sum() / n - (n + 1) / n))


def theil(groups: Sequence[Array]) -> tuple[float, float, float]:
    """Theil's T of non-negative values that come in groups, its part within groups and its part between them.

    T = mean of x/m ln(x/m), m the mean; T = sum_g s_g T_g + sum_g s_g ln(s_g / n_g), with s_g a group's share of the
    sum and n_g of the number (Theil 1967). NaN when the sum is zero.
    Rounding takes none of them below 0.
    """
    values = np.concatenate(groups)
    total, n = float(values.sum()), values.size
    if not total > 0:
        return nan, nan, nan
    within = between = 0.0
    for part in groups:
        share = float(part.sum()) / total if part.size else 0.0
        if share > 0:
            within += share * _theil(part)
            between += share * float(np.log(share / (part.size / n)))
    return max(0.0, _theil(values)), max(0.0, within), max(0.0, between)


def _theil(values: Array) -> float:
    ratio = values / values.mean()
    held = ratio[ratio > 0]
    return float((held * np.log(held)).sum()) / values.size


def top_share(values: Array, top: float = TOP) -> float:
    """Share of the sum held by the ``top`` part of non-negative values, (n,), one at the border counted in part."""
    total, count = float(values.sum()), top * values.size
    if not total > 0:
        return nan
    ordered = np.sort(values)[::-1]
    whole = int(count)
    rest = (count - whole) * ordered[whole] if whole < values.size else 0.0
    return float(ordered[:whole].sum() + rest) / total


def hhi(values: Array) -> float:
    """Herfindahl-Hirschman index: sum of squared shares, from 1/n to 1. NaN when the sum is zero."""
    total = float(values.sum())
    return float(((values / total) ** 2).sum()) if total > 0 else nan


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


def _gini(p: Period, of: Of) -> float:
    return gini(of(p).of(ALL))


def _theil_part(p: Period, of: Of, part: int) -> float:
    held = of(p)
    return theil([held.of(rows) for rows in p.groups.kinds.values()])[part]


def _top(p: Period, of: Of) -> float:
    return top_share(of(p).of(ALL))


def _hhi(p: Period, of: Of) -> float:
    return hhi(of(p).of(ALL))


def _bottom_labs(p: Period, of: Of) -> float:
    held = of(p)
    labs, total = held.of(p.groups.of("academia")), float(held.of(ALL).sum())
    return float(np.sort(labs)[: labs.size // 2].sum()) / total if total > 0 and labs.size else nan


THINGS = (
    ("compute", compute, "the year's training compute", "year", "counted with nothing while they exist"),
    ("capability", capability, "capability, which is 1 over the error at hand", "year-end", "use what is released"),
)
for _name, _of, _words, _over, _idle in THINGS:
    _declare = partial(measure, over=_over, idle=_idle)
    _declare(
        f"{_name}_gini", f"Gini of {_name}", "index", f"Gini index of {_words}, over all actors", better="lower",
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
