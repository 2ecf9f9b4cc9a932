"""What calendar years saw: emissions and compute, which shares of a year before and permits given away go by."""

from collections.abc import Mapping

import numpy as np

from sim.arrays import Array, Block, Rows, Table
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


@record
class Years:
    """The calendar year that runs, the one before, and all whole ones."""

    now: Usage  # since the year began, by actor
    last: Usage | None  # of the year before, by actor; a startup founded since has none. None in the first year
    whole: Mapping[int, Usage]  # by kind, of every whole calendar year, with all who were there

    def after(self, emissions: Array, training: Array, serving: Array, dt: float) -> "Years":
        """With a step of ``dt`` years: kgCO2e/yr by region and actor (regions, n), FLOP/yr by actor (n,)."""
        emitted, bought = np.empty(emissions.shape), np.empty((2, training.size))
        before, trained, served = self.now.emissions, self.now.training, self.now.serving
        _add(before, trained, served, emissions, training, serving, dt, emitted, bought)
        return Years(Usage(emitted, *bought), self.last, self.whole)

    def closed(self, year: int, starts: Rows, new: Rows) -> "Years":
        """At the end of a calendar year, with those who are ``new`` in the place of others."""
        shape, now = self.now.emissions.shape, self.now
        emitted, bought = np.empty((shape[0], starts.size - 1)), np.empty((2, starts.size - 1))
        kept, used = np.empty(shape), np.empty((2, shape[1]))
        _close(starts, now.emissions, now.training, now.serving, new, emitted, bought, kept, used)
        whole = {**self.whole, year: Usage(emitted, *bought)}
        return Years(Usage.nothing(*shape), Usage(kept, *used), whole)


def without(values: Array, rows: Rows) -> Array:
    """A copy of values (..., n) with nothing in some rows."""
    left = values.copy()
    left[..., rows] = 0.0
    return left


@loop
def _close(
    starts: Rows, emissions: Table, training: Array, serving: Array, new: Rows, emitted: Block, bought: Block,
    kept: Block, used: Block,
) -> None:  # fmt: skip
    """Sums over kinds into ``emitted`` (regions, kinds) and ``bought`` (training and serving, kinds); what each had,
    with nothing of those who are new, into ``kept`` (regions, n) and ``used`` (2, n)."""
    for region in range(emissions.shape[0]):
        for kind in range(starts.size - 1):
            emitted[region, kind] = total(emissions[region, starts[kind] : starts[kind + 1]])
        for i in range(training.size):
            kept[region, i] = emissions[region, i]
        for row in new:
            kept[region, row] = 0.0
    for part, values in enumerate((training, serving)):
        for kind in range(starts.size - 1):
            bought[part, kind] = total(values[starts[kind] : starts[kind + 1]])
        for i in range(values.size):
            used[part, i] = values[i]
        for row in new:
            used[part, row] = 0.0


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
