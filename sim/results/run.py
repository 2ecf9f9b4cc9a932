"""The finished replicates of a run, as tables."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.measures import FRONTIER_ERROR, Known, Measure, chosen, registry, require_known
from sim.measures.economy import MARKET
from sim.plurals import counted
from sim.quantity import base_unit
from sim.records import Portable
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Actors = dict[str, NDArray[Any]]  # columns of ``ACTOR_COLUMNS``, one value for each actor and year

FULL = 0.98  # of the market's cap, from which on it counts as reached


@dataclass(frozen=True, eq=False, kw_only=True)
class Replicate:
    """One finished replicate: values by (year, measure), flags alike, values by (step, measure), tables of
    actors."""

    replicate: int
    measures: tuple[str, ...]  # ids, in the order of columns
    yearly: NDArray[np.float64]
    flags: NDArray[np.bool_]
    by_step: NDArray[np.float64]
    times: NDArray[np.float64]
    actors: list[Actors]
    outcomes: dict[str, int]
    flows: list[dict[tuple[str, str, str], float]] = field(default_factory=list)  # USD by year: payer, payee, purpose
    trained: dict[int, NDArray[np.float64]] = field(default_factory=dict)  # FLOP by actor in the first and last year
    drawn: NDArray[np.float64] | None = None  # yearly values (year, measure) with drawn numbers, where that was asked
    assumptions: Mapping[str, float] = field(default_factory=dict)  # these numbers in base units, by path

    def __repr__(self) -> str:
        years, measures = len(self.yearly), counted(len(self.measures), "measure")
        return f"<Replicate {self.replicate}: {counted(years, 'year')} of {measures}>"


INTERRUPTED = ", interrupted"  # behind how much there is of what was asked for


@dataclass(frozen=True, eq=False)
class Run(Portable):
    """All finished replicates of a scenario, in order."""

    scenario: Scenario
    replicates: list[Replicate]
    interrupted: bool = False

    def __repr__(self) -> str:
        many = counted(len(self.replicates), "replicate")
        cut = f" of {self.scenario.run.replicates}{INTERRUPTED}" if self.interrupted else ""
        return f"<Run of {self.scenario.name}: {many}{cut}>"

    @property
    def years(self) -> list[int]:
        """Calendar years simulated."""
        return list(range(self.scenario.time.start, self.scenario.time.end + 1))

    @cached_property
    def measures(self) -> Known:
        """The measures that were simulated, by id, in the order of the columns: all of the scenario that were declared
        then. Raises InputError where replicates have different ones."""
        of = self.scenario.reported_on
        if not self.replicates:
            return registry(*of)
        first, *others = dict.fromkeys(one.measures for one in self.replicates)
        if others:
            problem, fix = "some replicates have measures that others have not", "simulate all of them again"
            found = ", ".join(sorted(set(first).symmetric_difference(others[0])))
            raise InputError(problem, key="measure", found=found, allowed="the same in all", fix=fix)
        return MappingProxyType(chosen(first, *of))

    @cached_property
    def series(self) -> "pd.DataFrame":
        """Long and annual: scenario, replicate, year, measure, unit, value. A value that does not exist has no row."""
        return self._long(self.years, "year", [replicate.yearly for replicate in self.replicates])

    @property
    def drawn(self) -> bool:
        """Whether each replicate was also simulated with drawn numbers."""
        return bool(self.replicates) and self.replicates[0].drawn is not None

    @cached_property
    def drawn_series(self) -> "pd.DataFrame":
        """``series`` with numbers drawn anew in each replicate."""
        return self._long(self.years, "year", [one.drawn for one in self.replicates if one.drawn is not None])

    @cached_property
    def assumptions(self) -> "pd.DataFrame":
        """The numbers that these rest on: replicate, path, value, and the unit that it is in, as a scenario takes
        both."""
        return drawn_numbers([self.scenario], ((one.replicate, one.assumptions) for one in self.replicates))

    @cached_property
    def steps(self) -> "pd.DataFrame":
        """``series`` for every step; ``time`` is the end of the step, flows are sums over it."""
        times = self.replicates[0].times.tolist() if self.replicates else []
        return self._long(times, "time", [replicate.by_step for replicate in self.replicates])

    @cached_property
    def actors(self) -> "pd.DataFrame":
        """One row per actor in the first year, every tenth calendar year, and the last."""
        import pandas as pd

        tables = [table for replicate in self.replicates for table in replicate.actors]
        return pd.DataFrame(below_each_other(tables), columns=None if tables else ACTOR_COLUMNS)

    def _long(self, moments: Sequence[float], name: str, blocks: list[NDArray[np.float64]]) -> "pd.DataFrame":
        import pandas as pd

        measures = list(self.measures.values())
        columns = ["scenario", "replicate", name, "measure", "unit", "value"]
        if not blocks or not blocks[0].size:
            return pd.DataFrame(columns=columns)
        rows = len(moments) * len(measures)
        frame = pd.DataFrame(
            {
                "scenario": self.scenario.name,
                "replicate": np.repeat([replicate.replicate for replicate in self.replicates], rows),
                name: np.tile(np.repeat(moments, len(measures)), len(blocks)),
                "measure": np.tile([measure.id for measure in measures], len(moments) * len(blocks)),
                "unit": np.tile([self.unit(measure, name) for measure in measures], len(moments) * len(blocks)),
                "value": np.concatenate([block.ravel() for block in blocks]),
            }
        )
        finite: pd.DataFrame = frame[np.isfinite(frame["value"])].reset_index(drop=True)
        return finite

    def unit(self, measure: Measure, moment: str = "year") -> str:
        """The unit of a value: what flows in a year is per year, what flows in a step is a plain amount."""
        in_a_step = moment != "year" and measure.flows
        return measure.amount_unit if in_a_step else measure.unit_under(self.scenario.law)

    def values(self, id: str) -> NDArray[np.float64]:
        """Values of a measure by (replicate, year); there is at least one replicate."""
        return np.stack([replicate.yearly[:, self._column(id)] for replicate in self.replicates])

    def values_in(self, id: str, year: int) -> NDArray[np.float64]:
        """Those of a calendar year, by replicate."""
        return self.values(id)[:, self.years.index(year)]

    def drawn_values(self, id: str) -> NDArray[np.float64]:
        """``values`` with drawn numbers, where they were drawn."""
        return np.stack([one.drawn[:, self._column(id)] for one in self.replicates if one.drawn is not None])

    def flags(self, id: str) -> NDArray[np.bool_]:
        """Whether a value is only a lower bound, by (replicate, year)."""
        return np.stack([replicate.flags[:, self._column(id)] for replicate in self.replicates])

    def _column(self, id: str) -> int:
        """The place of a measure. Raises InputError for what is none."""
        require_known([id], self.measures, "id=")
        return list(self.measures).index(id)

    @property
    def missing(self) -> dict[str, int]:
        """How many values do not exist, by measure; those of which all exist are left out."""
        return self._counts(lambda replicate, i: ~np.isfinite(replicate.yearly[:, i]))

    @property
    def lower_bounds(self) -> dict[str, int]:
        """How many values are only lower bounds, by measure; those without any are left out."""
        return self._counts(lambda replicate, i: replicate.flags[:, i])

    def _counts(self, which: Callable[[Replicate, int], NDArray[np.bool_]]) -> dict[str, int]:
        counts = {id: sum(int(which(r, i).sum()) for r in self.replicates) for i, id in enumerate(self.measures)}
        return {id: count for id, count in counts.items() if count}

    @property
    def market_outcomes(self) -> dict[str, float]:
        """Shares of all steps in which the compute market was slack, cleared or rationed."""
        outcomes: Counter[str] = Counter()
        for replicate in self.replicates:
            outcomes.update(replicate.outcomes)
        total = sum(outcomes.values())
        return {name: count / total for name, count in sorted(outcomes.items())} if total else {}

    @property
    def extrapolated_from(self) -> int | None:
        """The first year in which the typical frontier is below the errors for which the law has evidence."""
        below = np.zeros(len(self.years), dtype=bool)
        if self.replicates:
            below = np.median(self.values(FRONTIER_ERROR), axis=0) < self.scenario.law.best_error
        return self.years[int(below.argmax())] if below.any() else None

    @property
    def capped(self) -> NDArray[np.bool_]:
        """By year whether the typical market for AI products is as large as the cap on it lets it get."""
        product = self.scenario.product
        if not self.replicates:
            return np.zeros(len(self.years), dtype=bool)
        return np.asarray(np.median(self.values(MARKET), axis=0) >= FULL * product.size * product.cap)

    @property
    def capped_from(self) -> int | None:
        """The first year in which it is."""
        return self.years[int(self.capped.argmax())] if self.capped.any() else None


def drawn_numbers(scenarios: Iterable[Scenario], draws: Iterable[tuple[int, Mapping[str, float]]]) -> "pd.DataFrame":
    """What replicates drew, by path in base units, as a table: replicate, path, value and unit."""
    import pandas as pd

    units = {number.path: base_unit(number.unit) for scenario in scenarios for number in scenario.quantities}
    rows = [(replicate, path, value, units[path]) for replicate, values in draws for path, value in values.items()]
    return pd.DataFrame(rows, columns=["replicate", "path", "value", "unit"])


def below_each_other(tables: Sequence[Actors]) -> Actors:
    """Tables of actors as one; nothing without any."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]} if tables else {}


ACTOR_COLUMNS = [
    "scenario", "replicate", "year", "actor", "kind", "region", "alive", "compute_flop", "inference_flop",
    "largest_run_flop", "spending_usd", "research_usd", "means_usd", "operational_tco2e", "embodied_tco2e", "error",
    "access_error", "knowledge", "cash_usd", "market_share",
]  # fmt: skip
