"""Who gains and who loses: training compute of kinds, and of the tenths of a kind that had the least to the most."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.actors import Kind
from sim.arrays import Array

WHOLE = 0  # in the place of a tenth: all of a kind


def parts(kinds: Sequence[Kind]) -> list[tuple[str, int]]:
    """Kinds and their tenths, from 1 to 10, all of the kind first."""
    return [(kind.id, tenth) for kind in kinds for tenth in (WHOLE, *np.unique(_tenths(np.zeros(kind.count))).tolist())]


def by_part(kinds: Sequence[Kind], first: Array, last: Array) -> list[float]:
    """The sum of ``last`` over the actors of each of ``parts``, whose tenths are by ``first``; both (actors,)."""
    ends, found = np.cumsum([kind.count for kind in kinds])[:-1], list[float]()
    for kind, before, after in zip(kinds, np.split(first, ends), np.split(last, ends), strict=True):
        of = _tenths(before)
        found += [float((after[of == tenth] if tenth else after).sum()) for _, tenth in parts([kind])]
    return found


def _tenths(compute: Array) -> NDArray[np.intp]:
    """To which tenth of them each belongs, from 1 for those with the least compute to 10."""
    rank = np.empty(compute.size)
    rank[np.argsort(compute, kind="stable")] = np.arange(1, compute.size + 1) / compute.size
    return np.clip(np.ceil(10 * rank), 1, 10).astype(np.intp)
