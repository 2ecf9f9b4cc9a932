"""The finished replicates of a run as tables, and the summary a reader wants first."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.economy.observe import Period
from sim.economy.state import World
from sim.measures import Measure, headline, registry
from sim.report.words import change_sentences, scope_sentences
from sim.scenario import Scenario
from sim.scenario.writing import policy_texts

POLICY_MEASURES = (  # in the short table where a policy moves them
    "public_outlay", "policy_revenue", "permit_price", "compute_permit_price", "spend_bound_by_ceiling",
)  # fmt: skip
AFTER = 3  # years from a policy's start to the year that shows it
REFERENCE_YEAR = 2024  # shown between start and end when the horizon holds it
LOW, HIGH = 5.0, 95.0  # percentiles of the 90 % range over replicates


@dataclass(frozen=True)
class Replicate:
    """One finished replicate: values by (year, measure), flags alike, values by (step, measure), actor tables."""

    replicate: int
    yearly: NDArray[np.float64]
    flags: NDArray[np.bool_]
    by_step: NDArray[np.float64]
    times: NDArray[np.float64]
    actors: list[pd.DataFrame]
    outcomes: dict[str, int]
    flows: list[dict[tuple[str, str, str], float]] = field(default_factory=list)  # USD by year: payer, payee, purpose


@dataclass(frozen=True)
class Result:
    """All finished replicates of a scenario, in order."""

    scenario: Scenario
    replicates: list[Replicate]
    interrupted: bool = False

    @property
    def years(self) -> list[int]:
        """Calendar years simulated."""
        return list(range(self.scenario.time.start, self.scenario.time.end + 1))

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """All measures of the scenario, by id, in the order of the columns."""
        return registry(self.scenario.region_ids, self.scenario.kind_ids)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Long and annual: scenario, replicate, year, measure, unit, value. A value that does not exist has no row."""
        return self._long(self.years, "year", [replicate.yearly for replicate in self.replicates])

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The same for every step; ``time`` is the end of the step, flows are sums over it."""
        times = self.replicates[0].times.tolist() if self.replicates else []
        return self._long(times, "time", [replicate.by_step for replicate in self.replicates])

    @cached_property
    def actors(self) -> pd.DataFrame:
        """One row per actor in the first year, every tenth calendar year, and the last."""
        tables = [table for replicate in self.replicates for table in replicate.actors]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=ACTOR_COLUMNS)

    def _long(self, moments: list[Any], name: str, blocks: list[NDArray[np.float64]]) -> pd.DataFrame:
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
                "unit": np.tile([self._unit(measure, name) for measure in measures], len(moments) * len(blocks)),
                "value": np.concatenate([block.ravel() for block in blocks]),
            }
        )
        finite: pd.DataFrame = frame[np.isfinite(frame["value"])].reset_index(drop=True)
        return finite

    def _unit(self, measure: Measure, moment: str) -> str:
        """The unit of a value: what flows in a year is per year, what flows in a step is a plain amount."""
        unit = measure.unit_under(self.scenario.law)
        return unit if moment == "year" else unit.removesuffix("/yr")

    def summary(self) -> dict[str, Any]:
        """The headline table with 90 % ranges, its sentences, and counts of what is missing or flagged."""
        at = self._shown_years()
        outcomes: Counter[str] = Counter()
        for replicate in self.replicates:
            outcomes.update(replicate.outcomes)
        total = sum(outcomes.values())
        rows = [self._row(id, at) for id in self.shown()] if self.replicates else []
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "question": self.scenario.question,
            "interrupted": self.interrupted,
            "replicates": len(self.replicates),
            "replicates_asked": self.scenario.run.replicates,
            "seed": self.scenario.run.seed,
            "years": [self.scenario.time.start, self.scenario.time.end],
            "steps_per_year": self.scenario.time.steps_per_year,
            "actors": {kind.label or kind.id: kind.count for kind in self.scenario.kinds},
            "policies": policy_texts(self.scenario),
            "notes": list(self.scenario.notes),
            "range": "5th to 95th percentile over replicates",
            "sentences": change_sentences(self._paths()) if self.replicates else [],
            "headline": rows,
            "evidence": self._evidence(),
            "scope": scope_sentences(asdict(self.scenario.mechanisms)),
            "market_outcomes": {name: count / total for name, count in sorted(outcomes.items())} if total else {},
            "missing": self._counts(lambda values: ~np.isfinite(values)),
            "flagged_as_lower_bound": self._flags(),
        }

    def _evidence(self) -> dict[str, Any]:
        """Down to which error the scaling law has evidence, and the year in which the typical frontier passes it."""
        best = self.scenario.law.best_error
        below = np.zeros(len(self.years), dtype=bool)
        if self.replicates:
            below = np.median(self._values("frontier_error"), axis=0) < best
        first = self.years[int(below.argmax())] if below.any() else None
        return {"best_error": best, "unit": self.scenario.law.unit, "extrapolated_from": first}

    def shown(self) -> list[str]:
        """Measures of the short table: the headline, and what policies move beside it."""
        moved = [id for id in POLICY_MEASURES if self.scenario.policies and np.nansum(np.abs(self._values(id))) > 0]
        return [*headline(), *moved]

    def _shown_years(self) -> list[int]:
        starts = [int(policy.start) + AFTER for policy in self.scenario.policies if np.isfinite(policy.start)]
        years = [self.years[0], REFERENCE_YEAR, *starts[:1], self.years[-1]]
        return sorted({year for year in years if year in self.years})

    def _values(self, id: str) -> NDArray[np.float64]:
        """Values of a measure by (replicate, year)."""
        column = list(self.measures).index(id)
        return np.stack([replicate.yearly[:, column] for replicate in self.replicates])

    def _paths(self) -> dict[str, Any]:
        """Start, end and their values over replicates for each measure, for sentences."""
        stacks = {id: self._values(id) for id in headline()}
        values = {id: (stack[:, 0], stack[:, -1]) for id, stack in stacks.items()}
        return {"start": self.years[0], "end": self.years[-1], "error_unit": self.scenario.law.unit, "values": values}

    def _row(self, id: str, at: list[int]) -> dict[str, Any]:
        measure, column = self.measures[id], list(self.measures).index(id)
        stack = self._values(id)
        flags = np.stack([replicate.flags for replicate in self.replicates])[:, :, column]
        cells = []
        for year in at:
            i = year - self.years[0]
            values = stack[:, i][np.isfinite(stack[:, i])]
            cell: dict[str, Any] = {"year": year, "count": int(values.size)}
            if values.size:
                low, mid, high = np.percentile(values, [LOW, 50.0, HIGH])
                cell |= {"median": float(mid), "low": float(low), "high": float(high)}
            cell["at_least"] = bool(flags[:, i].any())
            cells.append(cell)
        unit = measure.unit_under(self.scenario.law)
        return {"measure": id, "label": measure.label, "unit": unit, "better": measure.better, "values": cells}

    def _counts(self, test: Any) -> dict[str, int]:
        counts = {
            id: sum(int(test(r.yearly[:, i]).sum()) for r in self.replicates) for i, id in enumerate(self.measures)
        }
        return {id: count for id, count in counts.items() if count}

    def _flags(self) -> dict[str, int]:
        counts = {id: sum(int(r.flags[:, i].sum()) for r in self.replicates) for i, id in enumerate(self.measures)}
        return {id: count for id, count in counts.items() if count}


ACTOR_COLUMNS = [
    "scenario", "replicate", "year", "actor", "kind", "region", "alive", "compute_flop", "inference_flop",
    "largest_run_flop", "spending_usd", "research_usd", "means_usd", "operational_tco2e", "embodied_tco2e", "error",
    "access_error", "knowledge", "cash_usd", "market_share",
]  # fmt: skip
KG_PER_TONNE = 1000.0


def actor_table(scenario: Scenario, world: World, period: Period, replicate: int, year: int) -> pd.DataFrame:
    """One row per actor: flows are sums over the year, the rest holds at its end."""
    kinds = np.repeat(scenario.kind_ids, [kind.count for kind in scenario.kinds])
    numbers = np.concatenate([np.arange(1, kind.count + 1) for kind in scenario.kinds])
    homes = np.asarray(scenario.region_ids)[world.fixed.traits.home]
    columns = [
        scenario.name, replicate, year, numbers, kinds, homes, period.alive,
        period.compute, period.inference, period.largest_run, period.paid, period.research,
        period.means * period.years, period.emissions.sum(axis=0) / KG_PER_TONNE, period.embodied / KG_PER_TONNE,
        period.error, period.access, world.actors.knowledge, world.actors.cash, world.sellers.share,
    ]  # fmt: skip
    return pd.DataFrame(dict(zip(ACTOR_COLUMNS, columns, strict=True)))
