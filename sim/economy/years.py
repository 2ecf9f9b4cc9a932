"""What calendar years saw: emissions and compute, which shares of a year before and permits given away go by."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from sim.arrays import Array, Block, Mask, Rows, Table
from sim.compiled import loop
from sim.mathematics import total
from sim.records import record


@record
class Usage:
    """What was emitted and bought in a calendar year, by actor (n,) or by kind (kinds,)."""

    emissions: Array  # (regions, n) kgCO2e operational, or (regions, kinds)
    training: Array  # FLOP
    serving: Array  # FLOP

    @classmethod
    def nothing(cls, regions: int, n: int) -> "Usage":
        """That of a year that begins."""
        return cls(np.zeros((regions, n)), np.zeros(n), np.zeros(n))

    def by_kind(self, starts: Rows) -> "Usage":
        """Sums over kinds; ``starts`` as in ``Groups``."""
        kinds = [slice(first, end) for first, end in pairwise(starts)]
        return Usage(
            np.array([[total(region[rows]) for rows in kinds] for region in self.emissions]),
            np.array([total(self.training[rows]) for rows in kinds]),
            np.array([total(self.serving[rows]) for rows in kinds]),
        )

    def without(self, rows: Mask) -> "Usage":
        """With nothing in some rows."""
        return Usage(*(np.where(rows, 0.0, column) for column in (self.emissions, self.training, self.serving)))


@record
class Years:
    """The calendar year that runs, the one before, and all whole ones."""

    now: Usage  # since the year began, by actor
    last: Usage | None  # of the year before, by actor; a startup founded since has none. None in the first year
    whole: Mapping[int, Usage]  # by kind, of every whole calendar year, with all who were there

    def after(self, emissions: Array, training: Array, serving: Array, dt: float) -> "Years":
        """With a step of ``dt`` years: kgCO2e/yr by region and actor (regions, n), FLOP/yr by actor (n,)."""
        emitted, bought = np.empty(emissions.shape), np.empty((2, training.size))
        _add(self.now.emissions, self.now.training, self.now.serving, emissions, training, serving, dt, emitted, bought)
        return Years(Usage(emitted, *bought), self.last, self.whole)

    def closed(self, year: int, starts: Rows, new: Mask) -> "Years":
        """At the end of a calendar year, with who is ``new`` (n,) in the place of another."""
        whole = {**self.whole, year: self.now.by_kind(starts)}
        return Years(Usage.nothing(*self.now.emissions.shape), self.now.without(new), whole)


@loop
def _add(
    before: Table, trained: Array, served: Array, emissions: Table, training: Array, serving: Array, dt: float,
    emitted: Block, bought: Block,
) -> None:  # fmt: skip
    """What there was before and what a step of ``dt`` years adds, into ``emitted`` and ``bought``."""
    for region in range(emissions.shape[0]):
        for i in range(training.size):
            emitted[region, i] = before[region, i] + emissions[region, i] * dt
    for i in range(training.size):
        bought[0, i] = trained[i] + training[i] * dt
        bought[1, i] = served[i] + serving[i] * dt
