"""What a sweep found: at each point a measure, and its paired differences to the base point.

There may be a million points with any number of replicates, so worlds are read some at a time, and what words and
pictures need is kept of some points alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.measures import Known, told
from sim.results.goals import Goal, Reached, around, next_range, reach
from sim.results.statistics import Effect, Spread, effects

if TYPE_CHECKING:
    import pandas as pd

MOST_SHOWN = 4  # measures in a table and a figure
MOST_ROWS = 1_000  # points in the short table
MOST_PLOTTED = 5_000  # points in a figure
CELLS = 400_000  # values that are read at a time
TOGETHER = 20_000  # points of which effects are held at a time
Read = Callable[[Sequence[str], range], Mapping[str, Array]]  # measures of points: values by (point, replicate)


@dataclass(frozen=True, eq=False)
class GoalAnswer:
    """What a goal takes of the one number that is varied."""

    goal: Goal
    reached: Reached
    spread: Spread  # of the value that it takes
    level: float  # that the measure is to come to, the median over replicates
    next_values: tuple[float, float, int] | None  # to try next: ends, and how many; None where there are none

    @property
    def gap(self) -> tuple[float, float] | None:
        """The values that were simulated on both sides of the median; None where it lies beyond them."""
        places = self.reached.places
        return around(places, self.spread.median) if isfinite(self.spread.median) and len(places) > 1 else None


@dataclass(frozen=True, kw_only=True)
class GoalAxis:
    """How the one number that is varied is spaced, for goals."""

    even_in_logs: bool = False
    whole: bool = False  # whether it takes whole numbers alone
    possible: Callable[[float], bool] = lambda _: True  # whether a world may have a value


@dataclass(frozen=True, eq=False, kw_only=True)
class Sweep:
    """Values of the last year, NaN where there is none; point 0 is the base point."""

    axes: list[str]  # paths
    asked_measures: list[str]  # in place of the usual ones
    units: dict[str, str]  # of the varied numbers, by path
    meanings: dict[str, str]  # of the varied entries, by path
    taken: dict[str, str]  # the values of these or their range, by path, as they are typed, without unit
    base: dict[str, str]  # what the base point has of them, by path, in the same way
    points: "pd.DataFrame"  # point, and a column for each path
    measures: Known
    measure_units: dict[str, str]
    replicates: int  # of each point that were asked for
    impossible: int  # how many points make no possible world
    lost: int  # worlds of other points that came to a market that cannot be cleared
    read: Read
    year: int
    why: str = ""  # what is most often wrong with points that make no possible world
    notes: tuple[str, ...] = ()  # what to know of its worlds
    assumptions: bool = False  # whether each replicate is a draw of the uncertain numbers, the same at all points
    goals: Sequence[Goal] = ()  # of one axis of numbers
    goal_axis: GoalAxis = GoalAxis()
    command: Sequence[str] = ()  # that asked for it, as it was typed

    @cached_property
    def shown(self) -> list[str]:
        """Measures of the short table and of the figures: those asked for, then those told by year."""
        ids = [*self.asked_measures, *(id for id in told("by_year", self.measures))]
        return list(dict.fromkeys(ids))[:MOST_SHOWN]

    @property
    def listed(self) -> "pd.DataFrame":
        """The points of the short table: the base point and the first of the others."""
        return self.points.iloc[: 1 + MOST_ROWS]

    @cached_property
    def plotted(self) -> "pd.DataFrame":
        """The points of a figure beside the base point: all, or so many drawn at random, the same each time."""
        points = self.points.iloc[1:]
        if len(points) <= MOST_PLOTTED:
            return points
        return points.iloc[np.sort(np.random.default_rng(1).choice(len(points), MOST_PLOTTED, replace=False))]

    def effect(self, measure: str, point: int) -> Effect | None:
        """What a point of a table or figure changes beside the base point, in pairs, in a measure that is shown; None
        where there is no pair of values."""
        return self._kept[1][measure, point]

    def spread(self, measure: str, point: int) -> Spread:
        """Median and range over replicates, of a point of a table or figure and a measure that is shown."""
        return self._kept[0][measure, point]

    @cached_property
    def answers(self) -> list[GoalAnswer]:
        """What each goal takes."""
        return [self._answer(goal) for goal in self.goals]

    def _answer(self, goal: Goal) -> GoalAnswer:
        (path,), spacing, measure = self.axes, self.goal_axis, self.measures[goal.measure]
        parts = [self.read([measure.id], points)[measure.id] for points in self._blocks(1)]
        base, *_ = values = np.concatenate(parts)
        places = self.points[path].iloc[1:].to_numpy(dtype=float)
        order, logs = np.argsort(places, kind="stable"), spacing.even_in_logs
        reached = reach(goal, base, values[1:][order], places[order], logs=measure.logs, even_in_logs=logs)
        spread, level = reached.spread, Spread.of(goal.targets(base)).median
        more = (
            next_range(reached.places, spread, even_in_logs=logs) if spread.count and len(reached.places) > 1 else None
        )
        if more and not (spacing.possible(more[0]) and spacing.possible(more[1])):
            more = None
        if more and spacing.whole and more[1] - more[0] <= 1:
            more = None
        return GoalAnswer(goal, reached, spread, level, more)

    @property
    def goals_table(self) -> "pd.DataFrame":
        """A row for each goal: inf is beyond the last value, -inf before the first."""
        import pandas as pd

        return pd.DataFrame([self._goal_row(answer) for answer in self.answers], columns=GOAL_COLUMNS)

    def _goal_row(self, answer: GoalAnswer) -> list[str | float]:
        (path,), reached, spread = self.axes, answer.reached, answer.spread
        below, above = answer.gap or (np.nan, np.nan)
        return [
            answer.goal.measure, answer.goal.typed, self.year, path, self.units[path], spread.median, spread.low,
            spread.high, "lower" if reached.downward else "higher", reached.already, reached.never, reached.again,
            spread.count, reached.left_out, below, above,
        ]  # fmt: skip

    @cached_property
    def moving(self) -> list[str]:
        """Paths of the entries that differ between points; the first one where none does."""
        return [path for path in self.axes if self.points[path].iloc[1:].nunique() > 1] or self.axes[:1]

    @cached_property
    def _kept(self) -> tuple[dict[tuple[str, int], Spread], dict[tuple[str, int], Effect | None]]:
        """Spreads and effects by measure and point, of the points of tables and figures."""
        wanted = np.union1d(self.listed["point"].to_numpy(), self.plotted["point"].to_numpy())
        spreads, changes = {}, {}
        for points in self._blocks(len(self.shown)):
            some = wanted[(wanted >= points.start) & (wanted < points.stop)]
            if not some.size:
                continue
            for id, values in self.read(self.shown, points).items():
                chosen = values[some - points.start]
                for point, own, change in zip(some.tolist(), chosen, self._changes(id, chosen), strict=True):
                    spreads[id, point], changes[id, point] = Spread.of(own), change
        return spreads, changes

    def _changes(self, measure: str, values: Array) -> list[Effect | None]:
        """The effect of each of some points, given values by (point, replicate)."""
        base = np.broadcast_to(self._base[measure][:, None], values.T.shape)
        pair, scales = (base, values.T), [self.measures[measure].scale] * len(values)
        found = effects(pair, pair if self.assumptions else None, scales)
        if not self.assumptions:
            return found
        return [one and replace(one, luck=one.luck.bare) for one in found]  # no two pairs have luck alone between them

    @cached_property
    def _base(self) -> Mapping[str, Array]:
        """The values of the base point by measure, (replicate,)."""
        return {id: values[0] for id, values in self.read(list(self.measures), range(1)).items()}

    def _blocks(self, measures: int) -> Iterator[range]:
        """All points, some at a time: as many as can be read of so many measures."""
        step = min(max(1, CELLS // (measures * self.replicates)), TOGETHER)
        for first in range(0, len(self.points), step):
            yield range(first, min(first + step, len(self.points)))

    @property
    def varied(self) -> "pd.DataFrame":
        """A row for each varied entry: its unit, what the base point has, what the others take, and what it means."""
        import pandas as pd

        columns = (self.units, self.base, self.taken, self.meanings)
        rows = [(path, *(of[path] for of in columns)) for path in self.axes]
        return pd.DataFrame(rows, columns=["key", "unit", "base", "values", "meaning"])

    @property
    def table(self) -> "pd.DataFrame":
        """A row for each point and measure: what is varied, the median, and the difference to the base point."""
        import pandas as pd

        parts = [part for part in self.parts() if len(part)]
        table = pd.concat(parts, ignore_index=True) if parts else self.empty
        if self.goals:
            table.attrs["goals"] = self.goals_table.to_dict("records")
        return table

    @property
    def empty(self) -> "pd.DataFrame":
        """The table without a row."""
        import pandas as pd

        return pd.DataFrame(columns=["point", *self.axes, *COLUMNS])

    def parts(self) -> Iterator["pd.DataFrame"]:
        """The table in parts, measure by measure: all measures are read at once where the points are few."""
        ids = list(self.measures)
        few = len(list(self._blocks(len(ids)))) == 1
        for some in [ids] if few else [[id] for id in ids]:
            for points in self._blocks(len(some)):
                for id, values in self.read(some, points).items():
                    yield self._of(id, points, values)

    def _of(self, measure: str, points: range, values: Array) -> "pd.DataFrame":
        """The rows of a measure at some points, column by column."""
        numbers = np.full((len(NUMBERS), len(points)), np.nan)
        pairs = np.zeros(len(points), dtype=np.int64)
        for i, found in enumerate(self._changes(measure, values)):
            if found is not None:
                numbers[:, i] = [getattr(found, name) for name in NUMBERS.values()]
                pairs[i] = found.replicates
        rows = self.points.iloc[points.start : points.stop]
        table = rows[["point", *self.axes]].assign(measure=measure, unit=self.measure_units[measure])
        return table.assign(**dict(zip(NUMBERS, numbers, strict=True)), replicates=pairs)[pairs > 0]


NUMBERS = {  # columns, and what they are of an effect
    "value": "policy", "base": "baseline", "difference": "difference", "ci_low": "low", "ci_high": "high",
    "relative": "relative", "relative_low": "relative_low", "relative_high": "relative_high",
    "wide_low": "wide_low", "wide_high": "wide_high", "wide_relative_low": "wide_relative_low",
    "wide_relative_high": "wide_relative_high",
}  # fmt: skip
GOAL_COLUMNS = [
    "measure", "goal", "year", "axis", "unit", "median", "low", "high", "towards", "already", "never", "more_than_once",
    "replicates", "left_out", "below", "above",
]  # fmt: skip
COLUMNS = ["measure", "unit", *NUMBERS, "replicates"]
