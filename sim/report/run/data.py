"""What the figures of a run are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.economy.start import begin
from sim.economy.state import World
from sim.history.records import LAST_RECORD
from sim.measures import FRONTIER_ERROR
from sim.measures.ids import called
from sim.report.colours import look_of
from sim.report.origin import Dated, FigureOrigin
from sim.results.statistics import ranges
from sim.scenario import Scenario
from sim.scenario.data import laws

if TYPE_CHECKING:
    import networkx as nx

WIDE = "median and 90 % range over {} replicates; dotted, light: with drawn numbers"


@dataclass(frozen=True)
class RunData:
    """A run's tables, as in memory or read from its files, with its scenario."""

    scenario: Scenario
    series: pd.DataFrame
    actors: pd.DataFrame
    fingerprint: str  # that figures bear, or nothing
    drawn: pd.DataFrame | None = None  # the series with drawn numbers, where they were drawn

    @cached_property
    def origin(self) -> FigureOrigin:
        """Where figures come from."""
        time = self.scenario.time
        return FigureOrigin(
            title=self.scenario.title,
            replicates=self.series["replicate"].nunique(),
            seed=self.scenario.run.seed,
            fingerprint=self.fingerprint,
            years=(time.start, time.end),
            policies=tuple(Dated(one.id, one.start, one.end) for one in self.scenario.policies),
            trends_end=self.scenario.trends_end,
            evidence_ends=min(float(LAST_RECORD), self.scenario.trends_end),
            **({} if self.drawn is None else {"spread": WIDE}),
        )

    @property
    def by_law(self) -> FigureOrigin:
        """Where figures of errors come from: what the law has evidence for may end before records do."""
        best = self.of(FRONTIER_ERROR).groupby("year")["value"].median()
        below = best.index[best < self.scenario.law.best_error]
        ends = float(below[0]) - 1.0 if len(below) else inf
        return replace(self.origin, evidence_ends=min(self.origin.evidence_ends, ends))

    def bands(self, measure: str) -> pd.DataFrame:
        """Median and ranges by year of a measure: columns low, mid, high, and the same with drawn numbers,
        wide_low, wide_mid, wide_high; empty where it has no values."""
        table = bands(self.of(measure))
        if self.drawn is None or table.empty:
            return table
        wide = bands(self.drawn[self.drawn["measure"] == measure])
        return table.join(wide.add_prefix("wide_")) if len(wide) else table

    def of(self, measure: str) -> pd.DataFrame:
        """The rows of a measure; none where it has no values."""
        return self.series.iloc[self._rows.get(measure, [])]

    @cached_property
    def _rows(self) -> dict[Any, Any]:
        return dict(self.series.groupby("measure", sort=False).indices)

    @property
    def benchmark(self) -> str:
        """The benchmark of errors, for people."""
        name = self.scenario.law_table.benchmark
        return str(laws()["labels"].get(name, name))

    @property
    def labels(self) -> dict[str, str]:
        """Kinds for people, by id."""
        return called(self.scenario.kinds)

    @property
    def looks(self) -> dict[str, str]:
        """Names of the looks of kinds, by id."""
        return {kind.id: look_of(kind) for kind in self.scenario.kinds}

    def graph(self, shown: Sequence[int] | None = None) -> "nx.Graph":
        """The knowledge network of the first replicate: of all actors, or of some rows."""
        from sim.economy.network import graph

        return graph(self._start, shown)

    @cached_property
    def _start(self) -> World:
        return begin(self.scenario, self.scenario.run.seed, int(self.actors["replicate"].min()))


def bands(values: pd.DataFrame) -> pd.DataFrame:
    """Median and 90 % range over replicates by year of a measure's rows: columns low, mid, high; empty without any. Of
    too few values there is no range."""
    wide = values.pivot(index="replicate", columns="year", values="value")
    mid, low, high = ranges(wide.to_numpy())
    return pd.DataFrame({"low": low, "mid": mid, "high": high}, index=wide.columns)
