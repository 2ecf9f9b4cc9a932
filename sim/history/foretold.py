"""Dated forecasts: what a scenario expects of the years to come, over draws of luck and assumptions, and what became
of the largest of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.errors import InputError
from sim.history.naive import fitted
from sim.history.records import Records
from sim.history.scores import BAND, Forecast, forecast
from sim.history.targets import PER_YEAR
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.access import ACADEMIA_SHARE, TOP_SHARE
from sim.measures.carbon import ENERGY
from sim.measures.economy import FRONTIER_COST, FRONTIER_FLOP
from sim.plurals import counted
from sim.results.statistics import ranges
from sim.rng import stream
from sim.scenario import Scenario

FORETOLD = (FRONTIER_FLOP, FRONTIER_COST, DIVIDE, TOP_SHARE, ACADEMIA_SHARE, FRONTIER_ERROR, ENERGY, EMISSIONS)
GROWTH = "frontier_run_growth"
COLUMNS = ["measure", "unit", "year", "low", "median", "high", "draws"]
VERSIONS = 2000  # of the naive forecast
BEFORE = 10  # years whose largest runs it goes by


def foretold(scenario: Scenario, first: int, last: int, values: Array) -> pd.DataFrame:
    """Median and 90 % band of FORETOLD by calendar year, and of the growth of the largest run [powers of ten/yr], from
    their values (draw, measure, year)."""
    measures = registry(*scenario.reported_on)
    rows = [
        (id, measures[id].unit_under(scenario.law), year, *band(values[:, i, year - first]))
        for i, id in enumerate(FORETOLD) for year in range(first, last + 1)
    ]  # fmt: skip
    if last > first:
        largest = np.log10(values[:, FORETOLD.index(FRONTIER_FLOP)])
        rows.append((GROWTH, PER_YEAR, last, *band((largest[:, -1] - largest[:, 0]) / (last - first))))
    return pd.DataFrame(rows, columns=COLUMNS)


def band(values: Array) -> tuple[float, float, float, int]:
    """Low, median, high and how many values there are; of too few there is no band."""
    median, low, high = ranges(values[:, None], ((1 - BAND) / 2, (1 + BAND) / 2))[:, 0].tolist()
    return low, median, high, int(np.isfinite(values).sum())


def inside(record: float, low: float, high: float) -> bool | None:
    """Whether a record lies in a band; None where draws were too few for one."""
    return low <= record <= high if isfinite(low) and isfinite(high) else None


@dataclass(frozen=True)
class Largest:
    """The largest run on record in a calendar year [log10 FLOP], what was foretold of it, and what the trend said."""

    year: int
    record: float
    low: float
    median: float
    high: float
    naive: Forecast | None

    @property
    def covered(self) -> bool | None:
        """Whether the record lies in the band; None without a band."""
        return inside(self.record, self.low, self.high)


def largest(table: pd.DataFrame, records: Records, years: Sequence[int]) -> list[Largest]:
    """The largest recorded run of each year that has one, beside the table of a forecast, and beside a line through
    those of the years before it."""
    first = int(table["year"].min())
    line = fitted(*_yearly_largest(records.between(first - BEFORE, first - 1)))
    of = table[table["measure"] == FRONTIER_FLOP].set_index("year")
    found = []
    times, tops = _yearly_largest(records)
    for time, record in zip(times, tops, strict=True):
        year = int(time)
        if year not in years or year not in of.index:
            continue
        luck = stream(0, 0, "naive largest", year)
        said = None if line is None else line.drawn(np.array([time]), luck, VERSIONS, trend=True)[:, 0]
        naive = None if said is None else forecast(record, said)
        low, median, high = (float(np.log10(of.loc[year, name])) for name in ("low", "median", "high"))
        found.append(Largest(year, float(record), low, median, high, naive))
    return found


def _yearly_largest(records: Records) -> tuple[Array, Array]:
    """The middle of each calendar year with a known run, and the largest of it [log10 FLOP]."""
    known = np.isfinite(records.compute)
    years, runs = records.time[known].astype(int), records.compute[known]
    every = np.unique(years)
    return every + 0.5, np.array([runs[years == year].max() for year in every])


def scored_years(table: pd.DataFrame, records: Records) -> tuple[int, int]:
    """First and last year of a forecast that records have. Raises InputError where they have none."""
    first, last = int(table["year"].min()), int(table["year"].max())
    inside = records.between(first, last).time.astype(int)
    if not inside.size:
        years = records.time.astype(int)
        raise InputError(
            f"no record of the forecast's years, {first} to {last}", file=records.file,
            found=f"{counted(years.size, 'row')} from {years.min()} to {years.max()}",
            allowed="records of some of these years",
            fix="score it when there are records, or name a later file",
        )  # fmt: skip
    return int(inside.min()), int(inside.max())
