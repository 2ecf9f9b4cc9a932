"""Pairs of worlds that the page answers from: their values by year, and what a policy changes in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.app.members import Both
from sim.arrays import Array
from sim.measures import Known, registry
from sim.measures.base import Scale
from sim.results.statistics import FEWEST, Effect, effects, ranges
from sim.scenario import Scenario

Change = dict[str, list[Effect | None]]  # by measure and year


@dataclass(frozen=True)
class PairedWorlds:
    """So many pairs of worlds, on draws of luck alone or of luck and assumptions."""

    baseline: Scenario
    policy: Scenario
    found: Sequence[Both]
    drawn: bool
    luck: Sequence[Both] = ()  # beside drawn ones: on the assumptions as they stand

    @property
    def standing(self) -> Sequence[Both]:
        """The pairs that sizes and levels are of: on the assumptions as they stand, where there are any."""
        return self.luck or self.found

    @cached_property
    def as_they_stand(self) -> "PairedWorlds":
        """The same of these pairs alone."""
        return replace(self, found=self.standing, luck=(), drawn=self.drawn and not self.luck)

    @property
    def years(self) -> list[int]:
        """Calendar years simulated."""
        time = self.baseline.time
        return list(range(time.start, time.end + 1))

    @cached_property
    def known(self) -> Change:
        """Changes that were asked for."""
        return {}

    @cached_property
    def measures(self) -> Known:
        """All measures, in the order of columns."""
        return registry(*self.baseline.reported_on)

    @cached_property
    def columns(self) -> dict[str, int]:
        """The column of each measure."""
        return {id: column for column, id in enumerate(self.measures)}

    def unit(self, id: str) -> str:
        """The unit of a measure in these worlds."""
        return self.measures[id].unit_under(self.baseline.law)

    def values(self, id: str, world: int) -> Array:
        """Values by (pair, year) of a measure in the baseline, 0, or the policy world, 1."""
        return self._values(self.found, id, world)

    def _values(self, found: Sequence[Both], id: str, world: int) -> Array:
        column = self.columns[id]
        return np.array([both.values[world][:, column] for both in found])

    def is_bound(self, id: str, world: int) -> list[bool]:
        """By year, whether most values of a measure are only lower bounds."""
        column = self.columns[id]
        flags = np.array([both.bounds[world][:, column] for both in self.standing])
        return [bool(share > 0.5) for share in flags.mean(axis=0)]

    def changes(self, ids: Sequence[str]) -> Change:
        """What the policy changes, by measure and year: of the size that it has in pairs as they stand, and as sure as
        the drawn ones make it."""
        new = [id for id in ids if id not in self.known]
        if new:
            pairs, scales = self._pair(self.found, new), self._scales(new)
            standing = self._pair(self.luck, new) if self.luck else None
            self.known.update(self.by_year(new, changes(pairs, scales, drawn=self.drawn, standing=standing)))
        return {id: self.known[id] for id in ids}

    def middles(self, id: str) -> tuple[list[float], list[float]]:
        """By year where a measure stands in the baseline and in the policy world."""
        before, after = (self._values(self.standing, id, world) for world in (0, 1))
        return middles((before, after), self.changes([id])[id])

    def level(self, id: str, world: int) -> Array:
        """By year where a measure stands in a world."""
        return np.array(self.middles(id)[world])

    def lucky(self, ids: Sequence[str]) -> Change:
        """The same on luck alone, beside the drawn ones; nothing where there are too few pairs of it."""
        if len(self.luck) < FEWEST:
            return {}
        return self.by_year(ids, effects(self._pair(self.luck, ids), None, self._scales(ids)))

    def by_year(self, ids: Sequence[str], found: list[Effect | None]) -> Change:
        """Effects of a row of measures and years, by measure."""
        size = len(self.years)
        return {id: found[i * size : (i + 1) * size] for i, id in enumerate(ids)}

    def _pair(self, found: Sequence[Both], ids: Sequence[str]) -> tuple[Array, Array]:
        before, after = (np.hstack([self._values(found, id, world) for id in ids]) for world in (0, 1))
        return before, after

    def _scales(self, ids: Sequence[str]) -> list[Scale]:
        """Of measures and years in a row."""
        return [self.measures[id].scale for id in ids for _ in self.years]


def middles(standing: tuple[Array, Array], found: Sequence[Effect | None]) -> tuple[list[float], list[float]]:
    """By column of values (pair, column) the median in the baseline, and what the policy makes of it: that median with
    the change of the median pair, so that both and the change fit. Where that is no relative one, the median of the
    policy worlds."""
    before, after = (ranges(values)[0].tolist() for values in standing)
    for i, change in enumerate(found):
        if change is not None and change.is_relative:
            after[i] = before[i] * (1.0 + change.luck.relative.middle)
    return before, after


def changes(
    pair: tuple[Array, Array],
    scales: Sequence[Scale],
    *,
    drawn: bool,
    standing: tuple[Array, Array] | None = None,
) -> list[Effect | None]:
    """What changes in columns of values (pair, column): where they are drawn, as sure as that interval alone has it,
    and of the size that it has in ``standing`` pairs, where there are any."""
    return [_by_draws(change) for change in effects(standing or pair, pair if drawn else None, scales)]


def _by_draws(change: Effect | None) -> Effect | None:
    """The same, so that words follow from draws alone where there are any: without an interval of luck, and as many
    pairs as there are of them, of however few its size is."""
    if change is None or change.draws is None:
        return change
    return replace(change, luck=change.luck.bare, replicates=change.draws)
