"""Runs that had to be reported, and those that are known."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Rows
from sim.records import record

NEVER = -1.0  # before all years
AT_ONCE = 1e-9  # years that rounding may take from a lag


class Due(NamedTuple):
    """Runs that were reported and are not known yet."""

    when: float  # they become known [year]
    rows: Rows  # who made them
    flop: float  # the largest of them


@record
class Reports:
    """What was reported, and what of it is known."""

    made: Array  # calendar year of each actor's last run that had to be reported, (n,); NEVER without one
    known: Array  # when a run of each last became known [year], (n,); NEVER before
    due: tuple[Due, ...]
    largest: float  # FLOP of the largest run that is known; 0 before any

    @classmethod
    def none(cls, n: int) -> "Reports":
        """Before any."""
        return cls(np.full(n, NEVER), np.full(n, NEVER), (), 0.0)

    @property
    def any(self) -> bool:
        """Whether anything had to be reported so far."""
        return bool(self.due) or self.largest > 0.0

    def reported(self, rows: Rows, lags: Array, runs: Array, year: int, time: float) -> "Reports":
        """With the runs [FLOP] of some rows, made up to ``time``, which become known after each one's lag [yr]."""
        made = self.made.copy()
        made[rows] = year
        groups = [(float(lag), rows[lags == lag], float(runs[lags == lag].max())) for lag in np.unique(lags)]
        return Reports(made, self.known, (*self.due, *(Due(time + lag, who, flop) for lag, who, flop in groups)),
                       self.largest)  # fmt: skip

    def told(self, time: float) -> tuple["Reports", Array]:
        """After what is due by ``time`` became known; and of how many runs of each that is so, (n,)."""
        counts, now = np.zeros(self.known.size), [due for due in self.due if due.when <= time + AT_ONCE]
        if not now:
            return self, counts
        known = self.known.copy()
        for due in now:
            known[due.rows], counts[due.rows] = time, counts[due.rows] + 1.0
        later = tuple(due for due in self.due if due.when > time + AT_ONCE)
        return Reports(self.made, known, later, max([self.largest, *(due.flop for due in now)])), counts

    def without(self, new: Rows) -> "Reports":
        """After others took some places, of whom nothing is known: what those before them reported is not theirs."""
        made, known = self.made.copy(), self.known.copy()
        made[new], known[new] = NEVER, NEVER
        due = tuple(each._replace(rows=np.setdiff1d(each.rows, new)) for each in self.due) if new.size else self.due
        return Reports(made, known, due, self.largest)
