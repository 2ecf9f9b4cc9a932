"""What a sweep found: at each point a measure, and its paired differences to the base point."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.measures import Measure
from sim.results.statistics import Array, Effect, Spread, effect

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Sweep:
    """Values of the last year by (point, replicate), NaN where there is none; point 0 is the base point."""

    axes: list[str]  # paths
    asked: list[str]  # measures that were asked for beside the usual ones
    units: dict[str, str]  # of the varied numbers, by path
    meanings: dict[str, str]  # of the varied entries, by path
    points: "pd.DataFrame"  # point, and a column for each path
    measures: dict[str, Measure]
    measure_units: dict[str, str]
    values: Mapping[str, Array]  # by measure
    year: int

    def effect(self, measure: str, point: int) -> Effect | None:
        """What a point changes beside the base point, in pairs; None where there is no pair of values."""
        found = self.values[measure]
        return effect(found[0], found[point], None, logs=self.measures[measure].logs)

    def spread(self, measure: str, point: int) -> Spread:
        """Median and range over replicates."""
        return Spread.of(self.values[measure][point])

    @cached_property
    def moving(self) -> list[str]:
        """Paths of the entries that differ between points; the first one where none does."""
        return [path for path in self.axes if self.points[path].iloc[1:].nunique() > 1] or self.axes[:1]

    @property
    def replicates(self) -> int:
        """Replicates of each point that were asked for."""
        return int(next(iter(self.values.values())).shape[1])

    @property
    def impossible(self) -> list[int]:
        """Points that make no possible world."""
        have = np.any([np.isfinite(found).any(axis=1) for found in self.values.values()], axis=0)
        return [int(point) for point in np.flatnonzero(~have)]

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row for each point and measure: what is varied, the median, and the difference to the base point."""
        import pandas as pd

        parts = [part for id in self.measures if len(part := self._of(id))]
        empty = pd.DataFrame(columns=["point", *self.axes, *COLUMNS])
        return pd.concat(parts, ignore_index=True) if parts else empty

    def _of(self, measure: str) -> "pd.DataFrame":
        """The rows of a measure, column by column: there may be a hundred thousand points."""
        numbers = np.full((len(NUMBERS), len(self.points)), np.nan)
        pairs = np.zeros(len(self.points), dtype=np.int64)
        for i in range(len(self.points)):
            found = self.effect(measure, i)
            if found is not None:
                numbers[:, i] = [getattr(found, name) for name in NUMBERS.values()]
                pairs[i] = found.replicates
        table = self.points[["point", *self.axes]].assign(measure=measure, unit=self.measure_units[measure])
        return table.assign(**dict(zip(NUMBERS, numbers, strict=True)), replicates=pairs)[pairs > 0]


NUMBERS = {  # columns, and what they are of an effect
    "value": "policy", "base": "baseline", "difference": "difference", "ci_low": "low", "ci_high": "high",
    "relative": "relative", "relative_low": "relative_low", "relative_high": "relative_high",
}  # fmt: skip
COLUMNS = ["measure", "unit", "value", "base", "difference", "ci_low", "ci_high", "relative", "relative_low",
           "relative_high", "replicates"]  # fmt: skip
