"""Do policies add up? What several do combined, beside what each does alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.results.comparison import Comparison
from sim.results.run import Replicate


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
    sums = []
    for place, policies in own.items():
        left, parts = policies, list[int]()
        for other, some in own.items():
            if some and some != policies and some <= left:
                parts.append(other)
                left -= some
        if not left and len(parts) > 1:
            sums.append(Combination(place, parts))
    return sums


def beside_sum(found: Comparison, one: Combination) -> Comparison:
    """A comparison of a scenario with what its parts would come to if their effects added up, in the place of the
    baseline: measures that are told in logarithms are multiplied. Only measures can be asked of it."""
    logs = np.array([measure.logs for measure in found.measures.values()])

    def pair(worlds: Sequence[Replicate]) -> list[Replicate]:
        if not worlds:
            return []
        sum_ = as_sum(worlds[0].yearly, [worlds[part].yearly for part in one.parts], logs)
        return [replace(worlds[0], yearly=sum_), worlds[one.place]]

    scenarios = [found.scenarios[0], found.scenarios[one.place]]
    return replace(
        found, scenarios=scenarios, pairs=[replace(p, luck=pair(p.luck), wide=pair(p.wide)) for p in found.pairs]
    )


def as_sum(base: Array, others: Sequence[Array], logs: Array) -> Array:
    """What values (year, measure) come to where the effects of ``others`` on ``base`` add up, or multiply where
    ``logs`` says so by measure."""
    total, factor = base.copy(), np.ones_like(base)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for other in others:
            total = total + (other - base)
            factor = factor * (other / base)
        return np.where(logs, base * factor, total)
