"""What a year shows beside its measures: by kind and country what a FLOP costs, by country labs, energy and firms."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.arrays import Array, Mask, Rows
from sim.economy.observe import Period
from sim.experiment.notes import ReplicateNotes
from sim.experiment.path import WorldPath
from sim.mechanisms.scaling import AnchoredLaw
from sim.scenario import Scenario

BY_KIND_AND_REGION = ("ln_cost",)  # USD/FLOP in full
BY_KIND = ("knowledge",)  # ln of effective compute per FLOP, over the start
BY_REGION = ("ln_error", "ln_access", "energy", "sales", "researchers")  # the first two of labs; kWh/yr, USD/yr
OVERALL = ("ln_largest", "ln_capacity")  # FLOP of the year's largest run; FLOP/yr on offer


@dataclass(frozen=True)
class Columns:
    """Where each quantity stands in a row."""

    kinds: tuple[str, ...]
    regions: tuple[str, ...]

    def of(self, name: str) -> slice:
        """The columns of a quantity: kinds by regions, kinds, regions, or one. Raises KeyError for what is none."""
        start = 0
        for names, wide in self._parts:
            for one in names:
                if one == name:
                    return slice(start, start + wide)
                start += wide
        raise KeyError(name)

    @property
    def _parts(self) -> tuple[tuple[tuple[str, ...], int], ...]:
        kinds, regions = len(self.kinds), len(self.regions)
        return ((BY_KIND_AND_REGION, kinds * regions), (BY_KIND, kinds), (BY_REGION, regions), (OVERALL, 1))


def columns_of(scenario: Scenario) -> Columns:
    """The columns of a scenario's rows."""
    return Columns(tuple(scenario.kind_ids), tuple(scenario.region_ids))


@dataclass(frozen=True)
class Seen:
    """The rows (year, column) of one world, and what a run in it takes."""

    rows: Array
    law: AnchoredLaw
    start_error: float  # of the best at the start
    run_share: float  # typical part of a year's compute in its largest run


MemberPath = WorldPath[ReplicateNotes]  # of a member of an ensemble


def watch(path: MemberPath) -> None:
    """Have a path that has not begun keep such a row of each year beside its measures."""
    traits = path.world.fixed.traits
    columns = columns_of(path.scenario)
    path.notes.watch = partial(
        _row, kind=traits.kind_index, home=traits.home, academic=traits.academic, columns=columns
    )


def seen(path: MemberPath) -> tuple[Array, Array, Seen]:
    """Measures (year, measure) of a finished path, where they are only lower bounds, and its rows of places."""
    notes, scenario = path.notes, path.scenario
    own = Seen(np.array(notes.watched), path.world.fixed.law, scenario.start_error, scenario.training.run_share)
    return np.array(notes.yearly), np.array(notes.flags), own


def _row(p: Period, *, kind: Rows, home: Rows, academic: Mask, columns: Columns) -> Array:
    kinds, regions = len(columns.kinds), len(columns.regions)
    alive, labs = p.alive.astype(float), p.alive * academic.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([
            _mean(kind * regions + home, np.log(p.unit_cost), alive, kinds * regions),
            _mean(kind, p.knowledge, alive, kinds),
            _mean(home, np.log(p.error), labs, regions),
            _mean(home, np.log(p.access), labs, regions),
            p.energy / p.years,
            np.bincount(home, p.sales, regions) / p.years,
            np.bincount(home, p.research, regions) / p.years / p.yardsticks.wage,
            [np.log(p.largest_run.max()), np.log(p.capacity / p.years)],
        ])  # fmt: skip


def _mean(group: Rows, values: Array, weight: Array, size: int) -> Array:
    """Means by group over those that count; NaN over nobody."""
    counted = np.where(weight > 0, values, 0.0)
    mean: Array = np.bincount(group, counted * weight, size) / np.bincount(group, weight, size)
    return mean
