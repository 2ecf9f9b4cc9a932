"""What a scenario expects of years to come: measures by year, and what records would show, the targets of ``validate``,
frozen before there are any records.

Which models are recorded nobody knows before. So the last years on record lend theirs: as many rows of each sector at
the same dates in the year, with compute and cost known of the same ones.
"""

from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.experiment.draws import on_draw
from sim.experiment.notes import AskedNotes
from sim.experiment.path import WorldPath
from sim.experiment.pool import Progress, gathered
from sim.history.foretold import COLUMNS, FORETOLD, band, foretold, inside
from sim.history.observation import observed
from sim.history.records import Records, packaged
from sim.history.sample import recorded
from sim.history.seen import Kept, ShownPast
from sim.history.targets import TARGETS, TRAILING, Target, told_of
from sim.measures import registry
from sim.results.statistics import FEWEST
from sim.scenario import Scenario

VERSIONS = 2000  # of the records, over all draws


@dataclass(frozen=True)
class Recorded:
    """A target on record, and what was foretold of it, in the target's unit."""

    target: Target
    record: float
    low: float
    median: float
    high: float

    @property
    def covered(self) -> bool | None:
        """Whether the record lies in the band; None without a band."""
        return inside(self.record, self.low, self.high)


def lent(scenario: Scenario, first: int, last: int) -> Records:
    """The last rows that come with the project, moved to the years of a forecast and those before that count in it."""
    rows = packaged()
    return replace(rows, time=rows.time + (last - rows.years[1])).between(
        max(scenario.time.start, first - int(TRAILING)), last
    )


class Drawn(NamedTuple):
    """What one replicate of a forecast shows, on luck and assumptions of its own."""

    replicate: int
    measures: Array  # (measure, year) of FORETOLD
    targets: Array  # (target, version)


def expected(
    scenario: Scenario, first: int, last: int, *, workers: int = 1, progress: Progress[Drawn] | None = None
) -> pd.DataFrame:
    """Median and 90 % band of FORETOLD by calendar year, as ``foretold`` has them, and of the targets of these years
    together.

    Each replicate of the scenario, which ends with ``last``, has luck and assumptions of its own. ``progress`` wraps
    the iterator of finished ones. Raises KeyboardInterrupt where it is cut short.
    """
    rows, replicates = lent(scenario, first, last), scenario.run.replicates
    real = recorded(rows)
    every = tuple(one for one in told_of(scenario, first, last) if one.of(real) is not None)
    work = partial(_drawn, scenario, (first, last), rows, every, ceil(VERSIONS / replicates))
    done, interrupted = gathered(work, range(replicates), workers, progress)
    if interrupted:
        raise KeyboardInterrupt
    done.sort(key=lambda one: one.replicate)
    values = np.concatenate([one.targets for one in done], axis=1)
    lines = []
    for target, own in zip(every, values, strict=True):
        low, median, high, _ = band(own)
        ends = (low, median, high) if replicates >= FEWEST else (np.nan, median, np.nan)
        lines.append((target.name, target.unit, last, *ends, replicates))
    measured = foretold(scenario, first, last, np.array([one.measures for one in done]))
    return pd.concat([measured, pd.DataFrame(lines, columns=COLUMNS)], ignore_index=True)


def _drawn(
    scenario: Scenario, years: tuple[int, int], rows: Records, every: tuple[Target, ...], versions: int, replicate: int
) -> Drawn:
    """Simulate one replicate of a forecast, on luck and assumptions of its own."""
    *_, (values, past) = on_draw(
        [scenario], scenario.run.seed, replicate, lambda worlds: _watched(worlds[0], replicate, years), observed=True
    )
    sample, nothing = observed(past, rows, versions), np.full(versions, np.nan)
    targets = [nothing if (found := one.of(sample)) is None else found for one in every]
    return Drawn(replicate, values.T, np.array(targets).reshape(len(every), versions))


def _watched(world: Scenario, replicate: int, years: tuple[int, int]) -> tuple[Array, ShownPast]:
    """FORETOLD of a world by (year, measure), and what records could show of it."""
    measures = registry(*world.reported_on)
    first, last = years
    path = WorldPath(world, replicate, AskedNotes([measures[id] for id in FORETOLD], range(first, last + 1)))
    kept = Kept(path.world, world.years)
    path.notes.watch = kept.add
    path.finish()
    return path.notes.values, kept.past


def held(table: pd.DataFrame, scenario: Scenario, records: Records) -> list[Recorded]:
    """The targets that were foretold, beside records of the forecast's years; none where its last year has none."""
    first, last = int(table["year"].min()), int(table["year"].max())
    real, of = recorded(records), table[table["measure"].isin(TARGETS)].set_index("measure")
    if int(records.time.max()) < last:
        return []
    found = []
    for target in told_of(scenario, first, last):
        value = target.of(real)
        if target.name in of.index and value is not None and np.isfinite(value[0]):
            low, median, high = (float(of.loc[target.name, name]) for name in ("low", "median", "high"))
            found.append(Recorded(target, float(value[0]), low, median, high))
    return found
