"""Which numbers move a measure, and which move what a policy changes in it."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.measures import Measure

if TYPE_CHECKING:
    import pandas as pd

TOP = 10  # numbers that are told
STEADY = 0.8  # share of resamples in which a number has to be among the first
ENOUGH = 0.8  # share of the first that have to be steady and differ from no effect
LEAST = {"morris": 10, "sobol": 64}  # samples below which resampling them says too little of what others would give
NEXT_TO_NOTHING = 0.1  # of what moves one policy's effect: what moves another's is told beside it from there on
NARROW = 0.1  # half of the widest 95 % interval that shares of the variance may have to be called known


@dataclass(frozen=True)
class Fact:
    """One or more numbers of the world that move together."""

    name: str
    paths: tuple[str, ...]
    ranges: tuple[str, ...]  # by path, ready to print
    meanings: tuple[str, ...]  # by path
    against: tuple[bool, ...]  # by path, whether it falls where the fact rises


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """What moves a measure in one world, or the difference of the measure between two; arrays by fact.

    Importance and ``alone`` are in the unit of the measure, or of its logarithm with ``logs``, under Morris, and shares
    of the variance under Sobol, which also has those of each two facts together.
    """

    measure: Measure
    unit: str
    logs: bool  # whether it is measured in logarithms, so that effects are relative
    policy: str  # whose effect; nothing for the world itself
    against: str  # beside which other policy; nothing for the world without any
    blocks: int  # that could be used
    importance: Array  # Morris: mean absolute effect; Sobol: total share of the variance
    half: Array  # half of its 95 % interval
    alone: Array  # Morris: mean effect, with its sign; Sobol: share of the variance of the number by itself
    interaction: Array  # Morris: standard deviation of the effect; Sobol: what the total has beyond ``alone``
    pairs: Array  # Sobol: share of the variance of two facts beyond what each does by itself, (fact, fact); else (0, 0)
    pairs_half: Array  # half of its 95 % interval
    among: Array  # share of resamples in which it is among the first
    course: Array  # importance by (number of blocks, fact), in ``at``
    at: list[int]  # numbers of blocks

    @property
    def ends(self) -> tuple[Array, Array]:
        """The ends of importance's 95 % intervals, none below nothing; NaN where there is none."""
        return np.maximum(self.importance - self.half, 0.0), self.importance + self.half

    @property
    def order(self) -> list[int]:
        """Facts, the most important first."""
        return [int(i) for i in np.argsort(-self.importance, kind="stable")]

    @property
    def first(self) -> list[int]:
        """Those that are told: the first, as far as they move anything."""
        return [i for i in self.order[: top(self.importance.size)] if self.importance[i] > 0]

    @property
    def in_pairs(self) -> list[tuple[int, int]]:
        """Each two facts, those first that do most together."""
        return sorted(combinations(range(len(self.pairs)), 2), key=lambda pair: -float(self.pairs[pair]))

    @property
    def steady(self) -> int:
        """How many of the first stay among them in most resamples."""
        return int((self.among[self.first] >= STEADY).sum())

    @property
    def clear(self) -> int:
        """How many of the first have an interval that leaves out no effect."""
        return int((self.half[self.first] < self.importance[self.first]).sum())

    @property
    def narrow(self) -> bool:
        """Whether the intervals of the first are no wider than shares of the variance may have."""
        return bool((self.half[self.first] <= NARROW).all())

    def enough(self, method: str) -> bool:
        """Whether the samples suffice to say which numbers are the first, and under Sobol their shares."""
        if not self.first or self.blocks < LEAST[method] or (method == "sobol" and not self.narrow):
            return False
        return min(self.steady, self.clear) >= ENOUGH * len(self.first)


def top(facts: int) -> int:
    """How many of so many facts are told."""
    return max(1, min(TOP, facts // 2))


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What was found, for each measure: in the world, for each policy, and for each two of them."""

    method: str
    facts: list[Fact]
    found: list[Found]
    samples: int  # blocks that were simulated
    replicates: int
    year: int

    @property
    def told(self) -> list[Found]:
        """What was found, without the difference of two policies where one of them changes next to nothing: it would be
        what the other changes, told once more."""
        sizes = {(one.measure.id, one.policy): one.importance.max(initial=0.0) for one in self.found if not one.against}

        def alike(one: Found) -> bool:
            both = [float(sizes.get((one.measure.id, policy), 0.0)) for policy in (one.policy, one.against)]
            return min(both) >= NEXT_TO_NOTHING * max(both)

        return [one for one in self.found if not one.against or self.method == "sobol" or alike(one)]

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row for each measure, world or policy, and number, the most important first."""
        import pandas as pd

        rows = [
            {
                "measure": one.measure.id, "policy": one.policy, "against": one.against,
                "unit": one.unit if self.method == "morris" else "fraction",
                "logarithm": one.logs, "rank": rank, "number": self.facts[i].name,
                "importance": one.importance[i], "ci_low": one.ends[0][i], "ci_high": one.ends[1][i],
                "alone": one.alone[i], "interaction": one.interaction[i],
                "among_first": one.among[i], "samples": one.blocks,
            }
            for one in self.found
            for rank, i in enumerate(one.order, start=1)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=COLUMNS)

    @cached_property
    def pairs(self) -> "pd.DataFrame":
        """A row for each measure, world or policy, and two numbers, those that do most together first: of Sobol."""
        import pandas as pd

        rows = [
            (one.measure.id, one.policy, one.against, self.facts[i].name, self.facts[j].name, one.pairs[i, j],
             one.pairs[i, j] - one.pairs_half[i, j], one.pairs[i, j] + one.pairs_half[i, j])
            for one in self.found
            for i, j in one.in_pairs
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=PAIRS)

    @property
    def numbers(self) -> "pd.DataFrame":
        """A row for each number that moves: which fact it is part of, with how many others, its range, and whether it
        rises or falls as the fact does."""
        import pandas as pd

        rows = [
            (fact.name, path, len(fact.paths), span, "falls" if against else "rises", meaning)
            for fact in self.facts
            for path, span, against, meaning in zip(fact.paths, fact.ranges, fact.against, fact.meanings, strict=True)
        ]
        return pd.DataFrame(rows, columns=["number", "path", "members", "range", "moves", "meaning"])


COLUMNS = ["measure", "policy", "against", "unit", "logarithm", "rank", "number", "importance", "ci_low", "ci_high",
           "alone", "interaction", "among_first", "samples"]  # fmt: skip
PAIRS = ["measure", "policy", "against", "first", "second", "share", "ci_low", "ci_high"]
