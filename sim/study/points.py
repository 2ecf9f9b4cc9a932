"""The points of a study: which worlds there are beside luck, and how each is made of the scenario."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sim.scenario import Scenario
from sim.scenario.drawing import drawn, uncertain
from sim.scenario.variants import changed, with_values
from sim.store.records import json_text
from sim.study.axes import FROM_USER

if TYPE_CHECKING:
    import pandas as pd

Point = dict[str, Any]  # entries by path


class Points(Protocol):
    """What a study simulates, by number."""

    def __len__(self) -> int: ...

    def text(self, number: int) -> str:
        """What makes a point what it is, beside the scenario."""

    def world(self, scenario: Scenario, number: int) -> Scenario:
        """The scenario at a point. Raises InputError where it makes no possible world."""

    def record(self) -> dict[str, Any]:
        """What the plan holds of them."""


@dataclass(frozen=True)
class Listed:
    """Points written one by one: entries by path, as a file would write them."""

    points: Sequence[Point]

    def __len__(self) -> int:
        return len(self.points)

    def text(self, number: int) -> str:
        """The entries."""
        return json_text(self.points[number])

    def world(self, scenario: Scenario, number: int) -> Scenario:
        """The scenario with the entries of a point."""
        point = self.points[number]
        return changed(scenario, point, origin=FROM_USER) if point else scenario

    def record(self) -> dict[str, Any]:
        """All of them."""
        return {"points": list(self.points)}


class Place(NamedTuple):
    """Where a point of blocks stands."""

    block: int
    variant: int
    row: int


@dataclass(frozen=True)
class Blocks:
    """Points that move from a start to an end, one fact after the other, in blocks that each have a luck of their own.

    A fact is one or more numbers that have one share of their ranges: the chance at which each is drawn. With
    ``orders`` the facts stay where they have moved to, in the order of the block (Morris); without, each moves alone,
    and in the last row all do (Saltelli). Each block is simulated in every variant.
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
        return len(self.facts) + (1 if self.orders is not None else 2)

    def __len__(self) -> int:
        return len(self.starts) * len(self.variants) * self.rows

    def place(self, number: int) -> Place:
        """Block, variant and row of a point."""
        rest, row = divmod(number, self.rows)
        return Place(*divmod(rest, len(self.variants)), row)

    def shares(self, block: int, row: int) -> list[float]:
        """The share of each fact."""
        start, end = self.starts[block], self.ends[block]
        if self.orders is not None:
            moved = set(self.orders[block][:row])
        else:
            moved = {row - 1} if row <= len(self.facts) else set(range(len(self.facts)))
        return [end[i] if i in moved else start[i] for i in range(len(self.facts))]

    def text(self, number: int) -> str:
        """Luck, shares by fact and what the variant adds."""
        block, variant, row = self.place(number)
        return self._facts + json_text([block, self.shares(block, row), dict(self.variants[variant])])

    @cached_property
    def _facts(self) -> str:
        return json_text(self.facts)

    def world(self, scenario: Scenario, number: int) -> Scenario:
        """The scenario with the luck of the block, what the variant adds, and the numbers of the row."""
        block, variant, row = self.place(number)
        if (block, variant) not in self._bases:
            if len(self._bases) > len(self.variants):
                self._bases.clear()
            entries = {**self.variants[variant], "run.seed": scenario.run.seed + block}
            self._bases[block, variant] = changed(scenario, entries, origin=FROM_USER)
        ranges = uncertain(scenario)
        values = {
            path: drawn(ranges[path], share)
            for fact, share in zip(self.facts, self.shares(block, row), strict=True)
            for path in fact
        }
        return with_values(self._bases[block, variant], values)

    def record(self) -> dict[str, Any]:
        """Starts, ends and orders, from which all points follow."""
        names = ("facts", "variants", "starts", "ends", "orders")
        return {"blocks": {name: getattr(self, name) for name in names}}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.record()["blocks"], "_bases": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    @property
    def table(self) -> "pd.DataFrame":
        """One row for each point: its number, block, variant and row."""
        import pandas as pd

        places = product(range(len(self.starts)), range(len(self.variants)), range(self.rows))
        table = pd.DataFrame(list(places), columns=list(Place._fields))
        table.insert(0, "point", range(len(self)))
        return table


def read_points(plan: Mapping[str, Any]) -> Listed | Blocks:
    """The points of a plan."""
    return Blocks(**plan["blocks"]) if "blocks" in plan else Listed(plan["points"])
