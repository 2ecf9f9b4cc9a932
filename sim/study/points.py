"""The points of a study: which worlds there are beside luck, and how each is made of the scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.rng import HIGHEST_SEED
from sim.scenario import Scenario
from sim.scenario.drawing import drawn, uncertain
from sim.scenario.variants import changed, with_values
from sim.store.as_json import json_text
from sim.study.axes import FROM_VARY

if TYPE_CHECKING:
    import pandas as pd

Point = dict[str, Any]  # entries by path


class BlockPlace(NamedTuple):
    """Where a point of blocks stands."""

    block: int
    row: int
    variant: int


@dataclass(frozen=True)
class Blocks:
    """Points that move from a start to an end, one fact after the other, in blocks that each have a luck of their own.

    A fact is one or more numbers that have one share of their ranges: the chance at which each is drawn. With
    ``orders`` the facts stay where they have moved to, in the order of the block (Morris). Without, each moves alone,
    then all others without it, and in the last row all do (Saltelli 2002, Comput. Phys. Commun. 145:280). Each row is
    simulated in every variant, one after the other.
    """

    facts: Sequence[Sequence[str]]  # paths
    variants: Sequence[Mapping[str, Any]]  # entries that are added to the scenario; the first has none
    starts: Sequence[Sequence[float]]  # shares, by (block, fact)
    ends: Sequence[Sequence[float]]
    orders: Sequence[Sequence[int]] | None = None
    _bases: dict[tuple[int, int], Scenario] = field(default_factory=dict, compare=False, repr=False)

    @property
    def rows(self) -> int:
        """Points of a block in one variant."""
        return len(self.facts) + 1 if self.orders is not None else 2 * len(self.facts) + 2

    def __len__(self) -> int:
        return len(self.starts) * len(self.variants) * self.rows

    def place(self, number: int) -> BlockPlace:
        """Block, row and variant of a point."""
        rest, variant = divmod(number, len(self.variants))
        return BlockPlace(*divmod(rest, self.rows), variant)

    @property
    def side_by_side(self) -> int:
        """How many points in a row are simulated together where that can be: a row in all variants."""
        return len(self.variants)

    def past(self, number: int) -> str:
        """What points that differ in policies alone have in common, and so a past until these part: block and row."""
        return str(number // len(self.variants))

    def shares(self, block: int, row: int) -> list[float]:
        """The share of each fact."""
        start, end, facts = self.starts[block], self.ends[block], len(self.facts)
        if self.orders is not None:
            moved = set(self.orders[block][:row])
        else:
            moved = {row - 1} if row <= facts else set(range(facts)) - {row - 1 - facts}
        return [end[i] if i in moved else start[i] for i in range(facts)]

    def text(self, number: int) -> str:
        """What makes a point what it is, beside the scenario: luck, shares by fact and what the variant adds."""
        block, row, variant = self.place(number)
        return self._facts + json_text([block, self.shares(block, row), dict(self.variants[variant])])

    @cached_property
    def _facts(self) -> str:
        return json_text(self.facts)

    def world(self, scenario: Scenario, number: int) -> Scenario:
        """The scenario with the luck of the block, what the variant adds, and the numbers of the row. Raises InputError
        where these make no possible world."""
        block, row, variant = self.place(number)
        base = self._bases.get((block, variant))  # threads may share them, and another one clear them at any moment
        if base is None:
            if len(self._bases) > len(self.variants):
                self._bases.clear()
            entries = {**self.variants[variant], "run.seed": (scenario.run.seed + block) % (HIGHEST_SEED + 1)}
            base = self._bases[block, variant] = changed(scenario, entries, origin=FROM_VARY)
        ranges = uncertain(scenario)
        values = {
            path: drawn(ranges[path], share)
            for fact, share in zip(self.facts, self.shares(block, row), strict=True)
            for path in fact
        }
        return with_values(base, values)

    def record(self) -> dict[str, Any]:
        """What the plan holds of them beside their number: starts, ends and orders, from which all points follow."""
        names = ("facts", "variants", "starts", "ends", "orders")
        return {"blocks": {name: getattr(self, name) for name in names}}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.record()["blocks"], "_bases": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    @property
    def table(self) -> "pd.DataFrame":
        """One row for each point: its number, block, row and variant."""
        import pandas as pd

        places = product(range(len(self.starts)), range(self.rows), range(len(self.variants)))
        table = pd.DataFrame(list(places), columns=list(BlockPlace._fields))
        table.insert(0, "point", range(len(self)))
        return table
