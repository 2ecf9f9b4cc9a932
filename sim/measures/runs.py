"""How many large runs there are, and how many of them are known."""

from functools import partial

import numpy as np

from sim.arrays import Mask
from sim.economy.observe import Period
from sim.mathematics import count_at, total
from sim.measures.base import Words, measure
from sim.measures.ids import GROUPS, known_runs, runs_above
from sim.measures.shared import part, whole

THRESHOLDS = ("lower_threshold", "upper_threshold")  # of yardsticks
ONE = "of each actor the largest run of the year"
IDLE = "left out; they train nothing"
MANY = Words(verbs=("rise", "fall"))


def above(p: Period, threshold: str) -> Mask:
    """Whose largest run is above a threshold, (n,)."""
    return p.once(_above_it, threshold)


def _above_it(p: Period, threshold: str) -> Mask:
    return np.asarray(p.largest_run > getattr(p.yardsticks, threshold))


def _above(p: Period, threshold: str, group: str) -> float:
    found = above(p, threshold)
    return float(count_at(found, p.groups.of(group)) if group else np.count_nonzero(found))


def _known(p: Period, group: str) -> float:
    return part(p, "reports", group) if group else whole(p, "reports")


for _group in ("", *GROUPS):
    _of = f" of {GROUPS[_group]}" if _group else ""
    for _threshold in THRESHOLDS:
        _level = _threshold.partition("_")[0]
        measure(
            runs_above(_threshold, _group), f"Runs{_of} above the {_level} threshold", "runs/yr",
            f"training runs{_of} above yardsticks.{_threshold}, {ONE}", idle=IDLE, words=MANY,
        )(partial(_above, threshold=_threshold, group=_group))  # fmt: skip
    measure(
        known_runs(_group), f"Runs{_of} that became known", "runs/yr",
        f"training runs{_of} that became known in the year by a duty to report them, {ONE}", idle=IDLE, words=MANY,
    )(partial(_known, group=_group))  # fmt: skip


@measure(
    "known_run_flop", "Largest run that is known", "FLOP",
    "largest training run that a duty to report has made known so far; 0 while none is", over="year-end", idle=IDLE,
)  # fmt: skip
def known_run(p: Period) -> float:
    return p.known_run


def reported(p: Period, rows: slice) -> float:
    """Runs of some rows that became known."""
    return float(total(p.reports[rows]))
