"""Draws of chance for every actor, from streams that depend on what they are for."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.rng import key_of, stream, uniform


@dataclass(frozen=True)
class Draws:
    """The source of all chance in one replicate: draws for all actors at once, from one stream per kind.

    A draw depends on (seed, replicate, purpose, year) alone, so it can be made at any time and by any fork.
    """

    seed: int
    replicate: int
    counts: tuple[tuple[str, int], ...]  # kinds and their numbers of actors, in the order of rows
    _drawn: dict[str, tuple[int, Array]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )  # the last of each purpose: its year and numbers, not to be written to

    def normal(self, purpose: str, year: int) -> Array:
        """A standard normal for every actor, (n,)."""
        return np.concatenate([self.of_kind(purpose, id, year).standard_normal(n) for id, n in self.counts])

    def uniform(self, purpose: str, year: int, kinds: Collection[str] | None = None) -> Array:
        """A number between 0 and 1 for every actor, (n,). Where a purpose has to do with some ``kinds`` alone, others
        have 0, and are not drawn for."""
        drawn = self._drawn.get(purpose)
        if drawn is None or drawn[0] != year:
            counts = [(id, n) for id, n in self.counts if kinds is None or id in kinds]
            keys = [key_of(self.seed, self.replicate, f"{purpose} of {id}", year) for id, _ in counts]
            numbers = uniform(keys, [n for _, n in counts])
            if kinds is not None:
                numbers = self._placed(numbers, kinds)
            numbers.setflags(write=False)
            drawn = self._drawn[purpose] = (year, numbers)
        return drawn[1]

    def _placed(self, numbers: Array, kinds: Collection[str]) -> Array:
        """Numbers of some kinds, one behind the other, at the rows of these, and 0 for others, (n,)."""
        parts, taken = list[Array](), 0
        for id, n in self.counts:
            parts.append(numbers[taken : taken + n] if id in kinds else np.zeros(n))
            taken += n if id in kinds else 0
        return np.concatenate(parts)

    def of_kind(self, purpose: str, kind: str, year: int = 0) -> np.random.Generator:
        """The stream of one kind, by its id."""
        return stream(self.seed, self.replicate, f"{purpose} of {kind}", year)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.seed, self.replicate, self.counts)  # what was drawn can be drawn again
