"""How long a simulation will take here, told from its first steps, and how many processes are worth starting for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from time import perf_counter

from sim.arrays import added
from sim.compiled import prepare
from sim.economy.observe import observe
from sim.economy.start import begin
from sim.economy.step import advance
from sim.experiment.pool import enough_workers, starts
from sim.measures import Measure, registry
from sim.processors import processors
from sim.scenario import Scenario

STEPS_TIMED = 3  # the median of them leaves out what holds one of them up
# Measured: seconds for tables, figures and report of a result, and for a byte that is read again.
WRITING, BYTE = 4.0, 1.5e-8


@dataclass(frozen=True)
class TimePlan:
    """How long it will take [s], and in how many processes."""

    seconds: float
    workers: int


@dataclass(frozen=True)
class ReplicatePace:
    """What a replicate of a world takes here."""

    start: float  # [s], to begin it
    year: float  # [s], for each calendar year

    def lasts(self, years: int, worlds: int = 1) -> float:
        """Seconds for so many worlds that are simulated for so many years in all."""
        return worlds * self.start + years * self.year


def replicate_pace(scenario: Scenario, every_step: bool = False) -> ReplicatePace:
    """Take the time of the first steps of a scenario's first replicate, and of what is measured in them, once these
    steps were taken before: what is compiled is slow when it is called first."""
    measures = registry(*scenario.reported_on).values()  # first, since some of them are compiled too
    prepare()  # which is done once and would be counted for every replicate
    _first_steps(scenario, measures)
    start, stepping, measuring = _first_steps(scenario, measures)
    steps = scenario.time.steps_per_year
    windows = 1 + steps if every_step else 1
    return ReplicatePace(start, steps * stepping + windows * measuring)


def _first_steps(scenario: Scenario, measures: Iterable[Measure]) -> tuple[float, float, float]:
    """Seconds to begin a replicate, for a step, and for all measures of one."""
    began = perf_counter()
    world = begin(scenario, scenario.run.seed, 0)
    start = perf_counter() - began
    stepping, measuring = [], []
    for _ in range(STEPS_TIMED):
        began = perf_counter()
        world, step = advance(world)
        between = perf_counter()
        window = observe(world, [step])
        for measure in measures:
            measure(window)
        stepping.append(between - began)
        measuring.append(perf_counter() - between)
    return start, median(stepping), median(measuring)


def time_plan(each: float, tasks: int, workers: int | None = None) -> TimePlan:
    """For tasks that take ``each`` so many seconds; ``workers`` None chooses by the amount of work."""
    workers = enough_workers(each * tasks, tasks) if workers is None else min(workers, tasks)
    if workers == 1:
        return TimePlan(each * tasks, 1)
    at_once = min(workers, processors())
    return TimePlan(starts() + each * ceil(tasks / at_once), workers)


def reading(directory: Path) -> float:
    """Seconds until the tables of a directory are read."""
    return BYTE * float(added(table.stat().st_size for table in directory.glob("*.csv")))


def in_turn(plans: Iterable[TimePlan]) -> TimePlan:
    """Plans carried out one after the other."""
    done = list(plans)
    return TimePlan(float(added(one.seconds for one in done)), max(one.workers for one in done))
