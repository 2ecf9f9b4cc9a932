"""What each part of a world contributes: paired differences between worlds with and without it."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.measures import Measure, registry
from sim.results.comparison import student
from sim.scenario import Scenario

Array = NDArray[np.float64]
DEFAULT = ("compute_ratio_industry_academia", "emissions_total", "frontier_error")


@dataclass(frozen=True)
class Parts:
    """One replicate: the measures of the last year in each world."""

    replicate: int
    last: list[Array]


class Contribution(NamedTuple):
    """What a part adds, in logarithms of the measure where those exist, else in its unit; with the interval of luck."""

    part: str
    group: str  # mechanism, endowment or interaction
    added: float
    low: float
    high: float


@dataclass(frozen=True)
class Decomposition:
    """A world, the world with nothing of it, and the parts between the two."""

    scenario: Scenario
    parts: list[tuple[str, str, str]]  # id, group, meaning
    worlds: list[tuple[str, str]]  # what is done ("all", "nothing", "alike", "off", "on") to which part
    columns: list[str]  # ids of measures
    replicates: list[Parts]
    asked: int
    interrupted: bool
    chosen: tuple[str, ...] = ()

    @property
    def measures(self) -> dict[str, Measure]:
        """The measures that are taken apart, by id."""
        known = registry(self.scenario.region_ids, self.scenario.kind_ids)
        return {id: known[id] for id in self.chosen or DEFAULT}

    def values(self, measure: str, done: str, part: str = "") -> Array:
        """The measure in the last year of a world, by replicate."""
        world, column = self.worlds.index((done, part)), self.columns.index(measure)
        return np.array([one.last[world][column] for one in self.replicates])

    @cached_property
    def _logs(self) -> dict[str, bool]:
        return {
            id: all(bool((self.values(id, *world) > 0).all()) for world in self.worlds) for id in self.measures
        }  # fmt: skip

    def in_logs(self, measure: str) -> bool:
        """Whether contributions are logarithms of factors: where the measure is above zero in all worlds."""
        return self._logs[measure]

    def _placed(self, measure: str, done: str, part: str = "") -> Array:
        values = self.values(measure, done, part)
        return np.log(values) if self.in_logs(measure) else values

    def level(self, measure: str, done: str) -> float:
        """The measure in a world: the mean over replicates, geometric where contributions are factors."""
        middle = float(self._placed(measure, done).mean())
        return float(np.exp(middle)) if self.in_logs(measure) else middle

    def whole(self, measure: str) -> Contribution:
        """All that the parts add together."""
        return _contribution("all", "all", self.total(measure))

    def total(self, measure: str) -> Array:
        """All that the parts add together, by replicate."""
        return self._placed(measure, "all") - self._placed(measure, "nothing")

    def contributions(self, measure: str, way: str) -> list[Contribution]:
        """What each part adds ``alone`` to the world with nothing, or what is missing when it is left ``out`` of the
        whole; and the interaction that is left of the total. They add up to the total in every replicate."""
        found, rest = [], self.total(measure)
        for id, group, _ in self.parts:
            if way == "alone":
                added = self._placed(measure, "on", id) - self._placed(measure, "nothing")
            else:
                added = self._placed(measure, "all") - self._placed(measure, "off", id)
            rest = rest - added
            found.append(_contribution(id, group, added))
        return [*found, _contribution("interaction", "interaction", rest)]

    def unexplained(self, measure: str) -> Contribution:
        """What is left of the total when all endowments are alike: what emerges from the mechanisms."""
        return _contribution("alike", "mechanism", self._placed(measure, "alike") - self._placed(measure, "nothing"))

    @cached_property
    def table(self) -> pd.DataFrame:
        """Columns: measure, unit, way, part, group, contribution, ci_low, ci_high, scale (log or unit), replicates."""
        rows = []
        for id, measure in self.measures.items():
            unit, scale = measure.unit_under(self.scenario.law), "log" if self.in_logs(id) else "unit"
            for way in ("alone", "out"):
                found = self.contributions(id, way)
                rows += [(id, unit, way, *one, scale, len(self.replicates)) for one in found]
        columns = [
            "measure", "unit", "way", "part", "group", "contribution", "ci_low", "ci_high", "scale", "replicates",
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)


def _contribution(part: str, group: str, added: Array) -> Contribution:
    both = added[np.isfinite(added)]
    if not both.size:
        return Contribution(part, group, float("nan"), float("nan"), float("nan"))
    return Contribution(part, group, *student(both))
