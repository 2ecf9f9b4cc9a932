"""The knowledge network: who is linked to whom, as a sparse matrix in compressed rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Rows
from sim.compiled import inner


@dataclass(frozen=True)
class Network:
    """An undirected graph of n actors. Row i's neighbours are ``indices[starts[i]:starts[i + 1]]``, itself first."""

    starts: Rows  # (n + 1,)
    indices: Rows

    @property
    def pairs(self) -> NDArray[np.intp]:
        """Every link once, (links, 2), the smaller row first."""
        rows = np.repeat(np.arange(self.starts.size - 1), np.diff(self.starts))
        once = rows < self.indices
        return np.column_stack([rows[once], self.indices[once]])

    def neighbours(self, row: int) -> Rows:
        """Rows that an actor is linked to."""
        own = self.indices[self.starts[row] : self.starts[row + 1]]
        return np.asarray(own[own != row])


@inner
def best_linked(starts: Rows, indices: Rows, values: Array, found: Array) -> None:
    """The highest value among an actor and its neighbours, (n,), into ``found``; see ``Network`` for the links."""
    for row in range(found.size):
        best = values[row]
        for at in range(starts[row], starts[row + 1]):
            best = max(best, values[indices[at]])
        found[row] = best


def build(n: int, pairs: Sequence[tuple[Rows, Rows]]) -> Network:
    """The network of n actors with the given links; links to oneself and repeated ones are left out."""
    a = np.concatenate([np.arange(n), *(side for one, other in pairs for side in (one, other))])
    b = np.concatenate([np.arange(n), *(side for one, other in pairs for side in (other, one))])
    keys = np.unique(a.astype(np.int64) * n + b)
    rows, indices = np.divmod(keys, n)
    starts = np.searchsorted(rows, np.arange(n + 1))
    return Network(starts.astype(np.intp), indices.astype(np.intp))


class Linking(NamedTuple):
    """How actors make links."""

    mean: float  # links that each makes
    within: float  # share of them within the own sector


def links(
    rng: np.random.Generator, makers: Rows, own: Rows, others: Rows, weight: Array, linking: Linking
) -> tuple[Rows, Rows]:
    """Links that ``makers`` make: to ``own``, the own sector, and to ``others``.

    Partners are drawn in proportion to ``weight`` (n,). With an empty side, all links go to the other one.
    """
    mean, within = linking
    made = int(mean) + (rng.random(makers.size) < mean - int(mean))
    origin = np.repeat(makers, made)
    inside = rng.random(origin.size) < (within if others.size else 1.0)
    chance = rng.random(origin.size)
    partner = np.where(inside, _drawn(own, weight, chance), _drawn(others if others.size else own, weight, chance))
    return origin, partner


def _drawn(pool: Rows, weight: Array, chance: Array) -> Rows:
    cumulated = np.cumsum(weight[pool] / weight[pool].max())
    places = np.searchsorted(cumulated, chance * cumulated[-1], side="right")
    return np.asarray(pool[np.minimum(places, pool.size - 1)])
