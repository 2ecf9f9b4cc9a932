"""Reading records and series at a time."""

from itertools import pairwise
from math import inf

from sim.quantity import Series


def best(record: list[tuple[float, float]], when: float) -> float:
    """The best error of a record at a time, between entries at constant decline; infinite before the first."""
    if not record or when < record[0][0]:
        return inf
    for (t0, e0), (t1, e1) in pairwise(record):
        if t0 <= when < t1:
            return e0 if e0 in (inf, e1) else e0 * (e1 / e0) ** ((when - t0) / (t1 - t0))
    return record[-1][1]


def read(series: Series, after: float, when: float, straight: bool) -> float:
    """A series held before the first given year, straight or at constant growth up to the last, then on at a rate."""
    points = list(zip(series.years, series.values, strict=True))
    for (y0, v0), (y1, v1) in pairwise(points):
        if y0 <= when < y1:
            passed = (when - y0) / (y1 - y0)
            return v0 + (v1 - v0) * passed if straight else v0 * (v1 / v0) ** passed
    (first, value), (last, end) = points[0], points[-1]
    return value if when < first else end * (1 + after) ** (when - last)
