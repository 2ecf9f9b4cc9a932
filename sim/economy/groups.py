"""Which rows are whose: actors by kind, by rule and by sector."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from sim.actors import Kind, registry
from sim.actors.base import SECTORS
from sim.arrays import Array, Rows
from sim.errors import unknown
from sim.records import found_once

NOBODY: Rows = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows of actors: by kind, by rule and by sector."""

    kinds: Mapping[str, slice]
    rules: Mapping[str, Rows]
    sectors: Mapping[str, Rows]
    size: int

    def of(self, name: str) -> Rows:
        """Rows of a rule or a sector; empty when the scenario has none. Raises InputError for what is neither."""
        return self._named[name] if name in self._named else _nobody(name)

    @found_once
    def _named(self) -> dict[str, Rows]:
        return {**self.sectors, **self.rules}

    def rows(self, kinds: Iterable[Kind]) -> list[tuple[Kind, slice]]:
        """Each kind with its rows."""
        return [(kind, self.kinds[kind.id]) for kind in kinds]

    def per_actor(self, values: ArrayLike) -> Array:
        """Values per kind (..., kinds), spread over its actors: (..., n)."""
        counts = [rows.stop - rows.start for rows in self.kinds.values()]
        return np.repeat(np.asarray(values, dtype=float), counts, axis=-1)

    @found_once
    def starts(self) -> Rows:
        """Where the rows of each kind begin, and where the last end, (kinds + 1,)."""
        return np.array([0, *(rows.stop for rows in self.kinds.values())], dtype=np.intp)


@cache
def _nobody(name: str) -> Rows:
    """The rows of a rule or a sector that a scenario does not have. Raises InputError where there is none such."""
    known = (*SECTORS, *registry())
    if name not in known:
        raise unknown("rule or sector", name, known, key=f"groups.of({name!r})")
    return NOBODY
