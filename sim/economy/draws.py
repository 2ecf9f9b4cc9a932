"""Draws of chance for every actor, from streams that depend on what they are for."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, Rows, unwritten
from sim.rng import brief_stream, key_of, uniform


class KindPlaces(NamedTuple):
    """Where some kinds lie among all actors."""

    ids: list[str]
    counts: Rows  # of their actors
    begins: Rows  # their first rows
    n: int  # all actors


@dataclass(frozen=True)
class Draws:
    """The source of all chance in one replicate: draws for all actors at once, from one stream per kind.

    A draw depends on (seed, replicate, purpose, year) alone, so it can be made at any time and by any fork.
    """

    seed: int
    replicate: int
    counts: tuple[tuple[str, int], ...]  # kinds and their numbers of actors, in the order of rows
    _drawn: dict[tuple[str, frozenset[str] | None], tuple[int, Array]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )  # the last of each purpose and kinds: its year and numbers, not to be written to
    _known: dict[frozenset[str] | None, KindPlaces] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )  # where some kinds lie

    def normal(self, purpose: str, year: int) -> Array:
        """A standard normal for every actor, (n,)."""
        return np.concatenate([self.of_kind(purpose, id, year).standard_normal(n) for id, n in self.counts])

    def uniform(self, purpose: str, year: int, kinds: frozenset[str] | None = None) -> Array:
        """A number between 0 and 1 for every actor, (n,). Where a purpose has to do with some ``kinds`` alone, others
        have 0, and are not drawn for."""
        drawn = self._drawn.get((purpose, kinds))
        if drawn is None or drawn[0] != year:
            ids, counts, begins, n = self._places(kinds)
            keys = [key_of(self.seed, self.replicate, f"{purpose} of {id}", year) for id in ids]
            drawn = self._drawn[purpose, kinds] = (year, unwritten(uniform(keys, counts, begins, n)))
        return drawn[1]

    def _places(self, kinds: frozenset[str] | None) -> KindPlaces:
        """Where some kinds lie, or all."""
        found = self._known.get(kinds)
        if found is None:
            begin, ids, counts, begins = 0, list[str](), list[int](), list[int]()
            for id, n in self.counts:
                if kinds is None or id in kinds:
                    ids, counts, begins = [*ids, id], [*counts, n], [*begins, begin]
                begin += n
            found = KindPlaces(ids, np.array(counts, dtype=np.intp), np.array(begins, dtype=np.intp), begin)
            self._known[kinds] = found
        return found

    def of_kind(self, purpose: str, kind: str, year: int = 0) -> np.random.Generator:
        """The stream of one kind, by its id."""
        return brief_stream(self.seed, self.replicate, f"{purpose} of {kind}", year)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.seed, self.replicate, self.counts)  # what was drawn can be drawn again
