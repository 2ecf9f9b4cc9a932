"""What records show of the compute divide: points for a chart of it."""

from functools import cache
from typing import NamedTuple

import numpy as np

from sim.history.evidence import windows
from sim.history.records import LAST_RECORD, packaged
from sim.history.sample import recorded, resampled
from sim.history.scores import INTERVAL
from sim.history.targets import RATIO, targets
from sim.history.validation import DRAWS

PERIODS = windows(LAST_RECORD)  # those that a calibration is held against


class DividePoint(NamedTuple):
    """What the records of some years show of the divide."""

    year: float  # the middle of the years
    years: str
    ratio: float
    low: float  # of the 95 % interval of the bootstrap
    high: float


@cache
def divide() -> tuple[DividePoint, ...]:
    """Industry's geometric mean over academia's of the records' training compute, by period."""
    found = []
    for first, last in PERIODS:
        rows = packaged().between(first, last)
        target = next(one for one in targets(first, last) if one.name == RATIO)
        ratio, again = target.of(recorded(rows)), target.of(resampled(rows, DRAWS))
        if ratio is None or again is None:
            continue
        ends = np.nanquantile(again, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
        low, high = (float(10.0**end) for end in ends)
        found.append(DividePoint((first + last) / 2, f"{first} to {last}", float(10.0 ** ratio[0]), low, high))
    return tuple(found)
