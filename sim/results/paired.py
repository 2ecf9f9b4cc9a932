"""Values and effects of scenarios that are simulated on the same luck, replicate by replicate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arguments import DISCOUNT, refused
from sim.arrays import Array, unwritten
from sim.measures import Known, Measure, require_known
from sim.measures.base import Scale
from sim.plurals import counted
from sim.records import Portable
from sim.results.once import by_name, once, other_by_name
from sim.results.run import Replicate, Run
from sim.results.statistics import Effect, effects
from sim.scenario import Scenario
from sim.scenario.scenario import setting_apart

WINDOWS = (FINAL, TOTAL, MEAN) = "final", "total", "mean"


@dataclass(frozen=True, eq=False)
class Paired:
    """One replicate of all scenarios: on the assumptions as they stand, and on a draw of them."""

    replicate: int
    luck: list[Replicate]  # by scenario
    wide: list[Replicate]  # by scenario; empty when assumptions were not drawn
    assumptions: dict[str, float]  # base units, by path
    thrown_away: int  # draws that made no possible world

    def __repr__(self) -> str:
        drawn = ", with drawn numbers" if self.wide else ""
        return f"<Paired replicate {self.replicate} of {counted(len(self.luck), 'scenario')}{drawn}>"

    def worlds(self, *, wide: bool) -> list[Replicate]:
        """By scenario, on a draw of the assumptions or as they stand."""
        return self.wide if wide else self.luck


@dataclass(frozen=True, eq=False)
class PairedValues(Portable):
    """Scenarios beside the first of them: their values, and what each changes in a measure."""

    scenarios: list[Scenario]  # distinct names; the first is the baseline
    pairs: list[Paired]
    replicates_asked: int
    interrupted: bool = False
    discount: float = DISCOUNT  # 1/yr, of costs
    asked_measures: tuple[str, ...] = ()  # that reports tell of beside the usual ones
    held: str = ""  # of the market, where scaling laws are compared: accuracy or compute; else nothing

    @cached_property
    def results(self) -> list[Run]:
        """The replicates of each scenario, on the assumptions as they stand."""
        return self._runs(wide=False)

    def _runs(self, *, wide: bool) -> list[Run]:
        return [
            Run(scenario, [pair.worlds(wide=wide)[i] for pair in self.pairs], self.interrupted)
            for i, scenario in enumerate(self.scenarios)
        ]

    @property
    def years(self) -> list[int]:
        """Calendar years simulated."""
        return self.results[0].years

    @cached_property
    def measures(self) -> Known:
        """The measures that were simulated, by id, in the order of columns."""
        return self.results[0].measures

    @cached_property
    def first_year(self) -> int:
        """The year from which totals and means count: in which the earliest policy starts that not all scenarios have,
        or the first year where policies do not set them apart."""
        starts = [policy.start for policy in setting_apart(self.scenarios) if not policy.neutral]
        start, end = self.years[0], self.years[-1]
        return int(min(max(min(starts, default=start), start), end))

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {id: column for column, id in enumerate(self.measures)}

    def _column(self, id: str, window: str = FINAL) -> int:
        """The place of a measure. Raises InputError for what is none, and for a window in which it means nothing."""
        require_known([id], self.measures, "measure=")
        if window not in (allowed := self.windows(self.measures[id])):
            raise refused("window", window, f"{' or '.join(allowed)}, which {id} has")
        return self._columns[id]

    @by_name
    def paths(self, scenario: int, measure: str, *, wide: bool = False) -> Array:
        """Values by (replicate, year) of a measure in a scenario; to be read alone."""
        return np.asarray(self._paths(scenario, wide)[:, self._column(measure)])

    @once
    def _paths(self, scenario: int, wide: bool) -> Array:
        """Values by (replicate, measure, year). Raises InputError where numbers were not drawn and are asked for."""
        if wide and self.pairs and not self.drawn:
            raise refused("wide", wide, "False where no numbers were drawn (assumptions=False)")
        blocks = [pair.worlds(wide=wide)[scenario].yearly.T for pair in self.pairs]
        return unwritten(np.array(blocks).reshape(len(blocks), len(self.measures), len(self.years)))

    @by_name
    def values(self, scenario: int, measure: str, window: str = FINAL, *, wide: bool = False) -> Array:
        """One value by replicate: of the last year, or summed or averaged from ``first_year`` on; to be read alone."""
        return np.asarray(self._values(scenario, window, wide)[:, self._column(measure, window)])

    @once
    def _values(self, scenario: int, window: str, wide: bool) -> Array:
        """``values`` of all measures, (replicates, measures)."""
        paths = self._paths(scenario, wide)
        if window == FINAL:
            return np.asarray(paths[:, :, -1])
        part = paths[:, :, self.years.index(self.first_year) :]
        return unwritten(np.asarray(part.sum(axis=-1) if window == TOTAL else part.mean(axis=-1)))

    @property
    def drawn(self) -> bool:
        """Whether assumptions were drawn."""
        return bool(self.pairs) and bool(self.pairs[0].wide)

    @other_by_name
    def effect(self, scenario: int, measure: str, window: str = FINAL) -> Effect | None:
        """What a scenario changes in a measure; None where no pair of values exists."""
        return self._effects(scenario, window)[self._column(measure, window)]

    @once
    def _effects(self, scenario: int, window: str) -> list[Effect | None]:
        """What a scenario changes, by measure."""
        scales = [measure.scale for measure in self.measures.values()]
        return self._changes(lambda i, wide: self._values(i, window, wide), scenario, scales)

    def _changes(self, of: Callable[[int, bool], Array], scenario: int, scales: Sequence[Scale]) -> list[Effect | None]:
        """The effects in columns of values by (replicate, column), which ``of`` gives for a scenario on the assumptions
        as they stand, or as they are drawn."""
        wide = (of(0, True), of(scenario, True)) if self.drawn else None
        return effects((of(0, False), of(scenario, False)), wide, scales)

    def windows(self, measure: Measure) -> tuple[str, ...]:
        """Windows in which a measure means something: sums only of what flows."""
        return WINDOWS if measure.flows else (FINAL, MEAN)
