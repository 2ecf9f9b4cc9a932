"""How unequal compute is."""

from math import nan

import numpy as np

from sim.measures.base import measure
from sim.mechanisms.product import Array
from sim.period import Period


def gini(values: Array) -> float:
    """Gini index of non-negative values, shape (n,): 0 when all are equal, (n - 1) / n when one has all.

    G = 2 sum_i i x_(i) / (n sum x) - (n + 1) / n over values in rising order. NaN when the sum is zero.
    """
    ordered = np.sort(values)
    n, total = ordered.size, float(ordered.sum())
    if not total > 0:
        return nan
    rank = np.arange(1, n + 1)
    return float(2.0 * (rank * (ordered / total)).sum() / n - (n + 1) / n)


@measure(
    "compute_gini", "Gini of compute", "index", "Gini index of the year's training compute over all actors",
    order=5, better="lower",
)  # fmt: skip
def compute_gini(p: Period) -> float:
    return gini(p.compute)
