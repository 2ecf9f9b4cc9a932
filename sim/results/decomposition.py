"""What each part of a world contributes: paired differences between worlds with and without it."""

from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.mathematics import log
from sim.measures import Measure, registry, told
from sim.plurals import counted
from sim.records import Portable
from sim.results.run import INTERRUPTED
from sim.results.statistics import NAN, Interval, Spread, student
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

ALONE, OUT = "alone", "out"  # added alone to the world with nothing, or left out of the whole
INTERACTION = "interaction"
Variant = tuple[str, str]  # what is done ("all", "nothing", "alike", "off", "on") to which part


@dataclass(frozen=True, eq=False)
class Parts:
    """One replicate: the measures of the last year in each world."""

    replicate: int
    last: list[Array]


@dataclass(frozen=True)
class Part:
    """One part of a world."""

    id: str
    group: str  # mechanism or endowment
    meaning: str


@dataclass(frozen=True)
class Contribution:
    """What a part adds, in logarithms of the measure where those exist, else in its unit: the mean, which adds up, with
    the interval of luck."""

    part: str
    group: str  # mechanism, endowment or interaction
    added: float
    low: float
    high: float

    @property
    def few(self) -> bool:
        """Whether it rests on too few replicates for an interval, a direction, or the word that there is none."""
        return not isfinite(self.low)

    @property
    def certain(self) -> bool:
        """Whether the interval leaves out no contribution at all."""
        return Interval(self.low, self.high).one_way


@dataclass(frozen=True)
class Breakdown:
    """One measure of the last year taken apart."""

    measure: Measure
    unit: str
    logs: bool  # contributions are logarithms of factors
    whole: float  # in the scenario
    nothing: float  # with nothing of it
    alike: float  # with all endowments alike
    alone: list[Contribution]  # to the world with nothing; the interaction comes last
    out: list[Contribution]  # missing when left out of the whole; the interaction comes last
    total: Contribution
    unexplained: Contribution  # what is left of the total when all endowments are alike
    beyond: Contribution  # what it has then over the whole
    left_out: int = 0  # replicates without a value in some world


@dataclass(frozen=True, eq=False)
class Decomposition(Portable):
    """A world, the world with nothing of it, and the parts between the two."""

    scenario: Scenario
    parts: list[Part]
    worlds: list[Variant]
    columns: list[str]  # ids of measures
    replicates: list[Parts]
    replicates_asked: int
    interrupted: bool
    chosen: tuple[str, ...] = ()

    def __repr__(self) -> str:
        worlds, done = counted(len(self.worlds), "world"), counted(len(self.replicates), "replicate")
        cut = f"{len(self.replicates)} of {counted(self.replicates_asked, 'replicate')}"
        many = f"{cut} of {worlds}{INTERRUPTED}" if self.interrupted else f"{done} of {worlds}"
        return f"<Decomposition of {self.scenario.name}: {many}>"

    @property
    def measures(self) -> dict[str, Measure]:
        """The measures that are taken apart, by id."""
        known = registry(*self.scenario.reported_on)
        return {id: known[id] for id in self.chosen or told("parts")}

    @cached_property
    def _last(self) -> Array:
        """All measures in the last year, (replicates, worlds, measures)."""
        shape = len(self.replicates), len(self.worlds), len(self.columns)
        return np.array([one.last for one in self.replicates], dtype=float).reshape(shape)

    def values(self, measure: str, done: str, part: str = "") -> Array:
        """The measure in the last year of a world, by replicate: those that have a value in every world, so that parts
        add up."""
        last = self._last[:, :, self.columns.index(measure)]
        return last[np.isfinite(last).all(axis=1), self.worlds.index((done, part))]

    @cached_property
    def _logs(self) -> dict[str, bool]:
        return {id: all((self.values(id, *world) > 0).all() for world in self.worlds) for id in self.measures}

    def in_logs(self, measure: str) -> bool:
        """Whether contributions are logarithms of factors: where the measure is above zero in all worlds."""
        return self._logs[measure]

    def _placed(self, measure: str, done: str, part: str = "") -> Array:
        values = self.values(measure, done, part)
        return log(values) if self.in_logs(measure) else values

    def level(self, measure: str, done: str) -> float:
        """The measure in a world: the median over replicates; NaN of none."""
        return Spread.of(self.values(measure, done)).median

    def total(self, measure: str) -> Array:
        """All that the parts add together, by replicate."""
        return self._placed(measure, "all") - self._placed(measure, "nothing")

    def contributions(self, measure: str, way: str) -> list[Contribution]:
        """What each part adds ``alone`` to the world with nothing, or what is missing when it is left ``out`` of the
        whole; and the interaction that is left of the total. They add up to the total in every replicate."""
        found, rest = [], self.total(measure)
        for part in self.parts:
            if way == ALONE:
                added = self._placed(measure, "on", part.id) - self._placed(measure, "nothing")
            else:
                added = self._placed(measure, "all") - self._placed(measure, "off", part.id)
            rest = rest - added
            found.append(_contribution(part.id, part.group, added))
        return [*found, _contribution(INTERACTION, INTERACTION, rest)]

    def breakdown(self, measure: str) -> Breakdown:
        """All that is known of a measure."""
        of = self.measures[measure]
        return Breakdown(
            measure=of,
            unit=of.unit_under(self.scenario.law),
            logs=self.in_logs(measure),
            whole=self.level(measure, "all"),
            nothing=self.level(measure, "nothing"),
            alike=self.level(measure, "alike"),
            alone=self.contributions(measure, ALONE),
            out=self.contributions(measure, OUT),
            total=_contribution("all", "all", self.total(measure)),
            unexplained=_contribution(
                "alike", "mechanism", self._placed(measure, "alike") - self._placed(measure, "nothing")
            ),
            beyond=_contribution("alike", "mechanism", self._placed(measure, "alike") - self._placed(measure, "all")),
            left_out=len(self.replicates) - self.total(measure).size,
        )

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Columns: measure, unit, way, part, group, contribution, ci_low, ci_high, scale (log or unit), replicates."""
        import pandas as pd

        rows = [
            {
                "measure": id,
                "unit": measure.unit_under(self.scenario.law),
                "way": way,
                "part": one.part,
                "group": one.group,
                "contribution": one.added,
                "ci_low": one.low,
                "ci_high": one.high,
                "scale": "log" if self.in_logs(id) else "unit",
                "replicates": self.total(id).size,
            }
            for id, measure in self.measures.items()
            for way in (ALONE, OUT)
            for one in self.contributions(id, way)
        ]
        return pd.DataFrame(rows)


def _contribution(part: str, group: str, added: Array) -> Contribution:
    return Contribution(part, group, *(student(added) if added.size else (NAN, NAN, NAN)))
