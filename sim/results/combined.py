"""Do policies add up? What several do combined, beside what each does alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.policies import Policy
from sim.results.comparison import Comparison
from sim.results.run import Replicate

NONE = np.array(False)


class Combination(NamedTuple):
    """A scenario that has the policies of some others, by their places, and nothing else."""

    place: int
    parts: list[int]


def combinations(found: Comparison) -> list[Combination]:
    """The scenarios of a comparison whose policies are those of two or more others of it combined."""
    first, *others = found.scenarios
    own = {
        place: frozenset(set(one.policies) - set(first.policies))
        for place, one in enumerate(others, start=1)
        if one.is_same_world(first) and set(first.policies) <= set(one.policies)
    }
    found_parts = {
        place: _parts(policies, {other: some for other, some in own.items() if some and some < policies})
        for place, policies in own.items()
    }
    return [Combination(place, parts) for place, parts in found_parts.items() if parts]


def _parts(policies: frozenset[Policy], others: dict[int, frozenset[Policy]]) -> list[int]:
    """Those of ``others`` that have all the policies between them, and none twice; the first such, or none."""
    if not policies:
        return []
    for place, some in others.items():
        if some <= policies:
            rest = policies - some
            more = _parts(rest, {other: own for other, own in others.items() if other > place and own <= rest})
            if more or not rest:
                return [place, *more]
    return []


def beside_sum(found: Comparison, one: Combination) -> Comparison:
    """A comparison of a scenario with what its parts come to by ``as_sum``, in the place of the baseline. Only measures
    can be asked of it."""
    known = found.measures.values()
    money, shares = np.array([one.told.money for one in known]), np.array([one.is_share for one in known])

    def pair(worlds: Sequence[Replicate]) -> list[Replicate]:
        if not worlds:
            return []
        sum_ = as_sum(worlds[0].yearly, [worlds[part].yearly for part in one.parts], money, shares)
        return [replace(worlds[0], yearly=sum_), worlds[one.place]]

    scenarios = [found.scenarios[0], found.scenarios[one.place]]
    return replace(
        found, scenarios=scenarios, pairs=[replace(p, luck=pair(p.luck), wide=pair(p.wide)) for p in found.pairs]
    )


def as_sum(base: Array, others: Sequence[Array], money: NDArray[np.bool_], shares: NDArray[np.bool_] = NONE) -> Array:
    """What values (year, measure) come to where each of ``others`` does to ``base`` what it does alone: factors are
    multiplied, those of ``shares`` as odds, so that none comes to more than all. Amounts are added where there is no
    factor (``base`` nothing or less) and of public ``money``."""
    total, odds, factors = base.copy(), _odds(base, shares), (base > 0) & np.logical_not(money)
    product = odds
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for other in others:
            total = total + (other - base)
            product = product * (_odds(other, shares) / odds)
            factors &= np.logical_not(other < 0)
        return np.where(factors, np.where(shares, product / (1.0 + product), product), total)


def _odds(values: Array, shares: NDArray[np.bool_]) -> Array:
    """Values, and of shares below one their odds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shares, values / (1.0 - values), values)
