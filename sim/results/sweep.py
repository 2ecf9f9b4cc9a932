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

        rows = []
        for id in self.measures:
            for i, point in enumerate(self.points.to_dict("records")):
                found = self.effect(id, i)
                if found is None:
                    continue
                at = {path: point[path] for path in self.axes}
                rows.append({
                    "point": i, **at, "measure": id, "unit": self.measure_units[id], "value": found.policy,
                    "base": found.baseline, "difference": found.difference, "ci_low": found.low, "ci_high": found.high,
                    "relative": found.relative, "relative_low": found.relative_low,
                    "relative_high": found.relative_high, "replicates": found.replicates,
                })  # fmt: skip
        return pd.DataFrame(rows, columns=["point", *self.axes, *COLUMNS])


COLUMNS = ["measure", "unit", "value", "base", "difference", "ci_low", "ci_high", "relative", "relative_low",
           "relative_high", "replicates"]  # fmt: skip
