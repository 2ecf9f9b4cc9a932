"""Runs that had to be reported, and those that are known."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Rows
from sim.records import record

NEVER = -1.0  # before all years
AT_ONCE = 1e-9  # years that rounding may take from a lag, or add to a date
FRESH = 1.0  # years for which the methods of a known run are published


class Due(NamedTuple):
    """Runs that were reported."""

    when: float  # they become known, or became so [year]
    rows: Rows  # who made them
    methods: Array  # share of research that each publishes for a time from then on, (rows,)
    flop: float  # the largest of them

    def is_fresh(self, time: float) -> bool:
        """Whether its methods are published in a step that begins at a time, when it has become known before."""
        return self.when > time - FRESH + AT_ONCE

    def without(self, new: Rows) -> "Due":
        """Those of others than some rows."""
        others = ~np.isin(self.rows, new)
        return self._replace(rows=self.rows[others], methods=self.methods[others])


@record
class Reports:
    """What was reported, and what of it is known."""

    made: Array  # calendar year of each actor's last run that had to be reported, (n,); NEVER without one
    due: tuple[Due, ...]  # not known yet
    recent: tuple[Due, ...]  # known for no more than ``FRESH``
    largest: float  # FLOP of the largest run that is known; 0 before any

    @classmethod
    def none(cls, n: int) -> "Reports":
        """The books of n actors before anybody reported a run."""
        return cls(np.full(n, NEVER), (), (), 0.0)

    @property
    def any(self) -> bool:
        """Whether anything had to be reported so far."""
        return bool(self.due) or self.largest > 0.0

    def reported(self, rows: Rows, lags: Array, methods: Array, runs: Array, year: int, time: float) -> "Reports":
        """With the runs [FLOP] of some rows, made up to ``time``, which become known after each one's lag [yr]."""
        made = self.made.copy()
        made[rows] = year
        due = [
            Due(time + float(lag), rows[lags == lag], methods[lags == lag], float(runs[lags == lag].max()))
            for lag in np.unique(lags)
        ]
        return Reports(made, (*self.due, *due), self.recent, self.largest)

    def told(self, time: float) -> tuple["Reports", Array]:
        """After what is due by ``time`` became known; and of how many runs of each that is so, (n,)."""
        counts, now = np.zeros(self.made.size), [due for due in self.due if due.when <= time + AT_ONCE]
        for due in now:
            counts[due.rows] += 1.0
        later = tuple(due for due in self.due if due.when > time + AT_ONCE)
        fresh = (due for due in self.recent if due.is_fresh(time))
        recent = (*fresh, *(due._replace(when=time) for due in now))
        return Reports(self.made, later, recent, max([self.largest, *(due.flop for due in now)])), counts

    def without(self, new: Rows) -> "Reports":
        """After others took some places, of whom nothing is known: what those before them reported is not theirs."""
        made = self.made.copy()
        made[new] = NEVER
        due, recent = (tuple(each.without(new) for each in group) for group in (self.due, self.recent))
        return Reports(made, due, recent, self.largest)
