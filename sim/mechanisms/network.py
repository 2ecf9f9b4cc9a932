"""The knowledge network: who is linked to whom, as a sparse matrix in compressed rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Links, Noted, Rows
from sim.compiled import inner, loop


@dataclass(frozen=True)
class Graph:
    """An undirected graph of n actors. Row i's neighbours are ``indices[starts[i]:starts[i + 1]]``, in order,
    itself among them."""

    starts: Links  # (n + 1,)
    indices: Links

    @property
    def pairs(self) -> NDArray[np.intp]:
        """Every link once, (links, 2), the smaller row first."""
        rows = np.repeat(np.arange(self.starts.size - 1), np.diff(self.starts))
        once = rows < self.indices
        return np.column_stack([rows[once], self.indices[once]])

    def neighbours(self, row: int) -> Links:
        """Rows that an actor is linked to."""
        own = self.indices[self.starts[row] : self.starts[row + 1]]
        return np.asarray(own[own != row])


@inner
def best_linked(starts: Links, indices: Links, values: Array, found: Array) -> None:
    """The highest value among an actor and its neighbours, (n,), into ``found``; see ``Graph`` for the links."""
    for row in range(found.size):
        best = values[row]
        for at in range(starts[row], starts[row + 1]):
            best = max(best, values[indices[at]])
        found[row] = best


def build(n: int, pairs: Sequence[tuple[Rows, Rows]]) -> Graph:
    """The network of n actors with the given links; links to oneself and repeated ones are left out."""
    one, other = (np.concatenate([np.zeros(0, dtype=np.intp), *side]) for side in zip(*pairs, strict=True))
    starts, indices = np.zeros(n + 1, dtype=np.int32), np.empty(n + 2 * one.size, dtype=np.int32)
    count = _join(one, other, starts, indices)
    return Graph(starts, indices[:count].copy())


@loop
def _join(one: Rows, other: Rows, starts: Noted, ordered: Noted) -> int:
    """Compressed rows of an undirected graph with the given links, repeated ones once, nodes linked to themselves:
    where each begins, into ``starts`` (n + 1,), and neighbours, into ``ordered``; how many these are. Each row's
    neighbours are noted in its own turn, so that they come out in order."""
    n = starts.size - 1
    begins = np.zeros(n + 1, dtype=np.int64)
    for row in range(n):
        begins[row + 1] = 1
    for link in range(one.size):
        apart = one[link] != other[link]
        begins[one[link] + 1] += apart
        begins[other[link] + 1] += apart
    for row in range(n):
        begins[row + 1] += begins[row]
    filled, linked = begins[:n].copy(), np.empty(begins[n], dtype=np.int32)
    for row in range(n):
        linked[filled[row]] = row
        filled[row] += 1
    for link in range(one.size):
        a, b = one[link], other[link]
        if a != b:
            linked[filled[a]], linked[filled[b]] = b, a
            filled[a] += 1
            filled[b] += 1
    filled = begins[:n].copy()
    for row in range(n):
        for at in range(begins[row], begins[row + 1]):
            to = linked[at]
            if filled[to] == begins[to] or ordered[filled[to] - 1] != row:
                ordered[filled[to]] = row
                filled[to] += 1
    count = 0
    for row in range(n):
        for at in range(begins[row], filled[row]):
            ordered[count] = ordered[at]
            count += 1
        starts[row + 1] = count
    return count


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
    chance, partner = rng.random(origin.size), np.empty_like(origin)
    for side, pool in ((inside, own), (~inside, others)):
        partner[side] = _drawn(pool, weight, chance[side])
    return origin, partner


def _drawn(pool: Rows, weight: Array, chance: Array) -> Rows:
    if not chance.size:
        return pool[:0]
    cumulated = np.cumsum(weight[pool] / weight[pool].max())
    found = np.empty(chance.size, dtype=np.int32)
    _place(cumulated, chance, found)
    return np.asarray(pool[found])


@loop
def _place(cumulated: Array, chance: Array, found: Noted) -> None:
    """Positions among ``cumulated`` weights of uniform draws: of the first that is above its part of the whole.

    A table of where to look first makes it quick (Chen, Asau 1974, On generating random variates from an empirical
    distribution).
    """
    n, whole = cumulated.size, cumulated[-1]
    guide, at = np.zeros(n + 1, dtype=np.int64), 0
    for part in range(n + 1):
        while at < n - 1 and cumulated[at] <= part / n * whole:
            at += 1
        guide[part] = at
    for i in range(chance.size):
        looked = chance[i] * whole
        at = guide[int(chance[i] * n)]
        while at > 0 and cumulated[at - 1] > looked:
            at -= 1
        while at < n - 1 and cumulated[at] <= looked:
            at += 1
        found[i] = at
