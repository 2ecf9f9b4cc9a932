"""Replicates of one scenario. The result depends on (scenario, seed) alone: not on workers, order or hash seed."""

from collections import Counter
from collections.abc import Collection
from concurrent.futures import CancelledError
from dataclasses import dataclass

import numpy as np

from sim.experiment.pool import CalledOff, Progress, enough_workers, gathered
from sim.measures import registry
from sim.model import ComputeEconomy
from sim.period import Step
from sim.results import Replicate, Result, actor_table
from sim.scenario import Scenario
from sim.world import observe

SECONDS_PER_STEP, SECONDS_PER_ACTOR_STEP = 1.5e-3, 0.5e-6  # measured, for the choice of workers only


def run(
    scenario: Scenario,
    *,
    workers: int | None = None,
    every_step: bool = False,
    progress: Progress[Replicate] | None = None,
) -> Result:
    """Simulate all replicates of a scenario (its own seed and number of replicates).

    ``workers`` None chooses by the amount of work. ``progress`` wraps the iterator of finished replicates, given
    their number. On KeyboardInterrupt the finished replicates are returned, marked interrupted.
    """
    wanted = scenario.run.replicates
    workers = enough_workers(wanted * seconds(scenario), wanted) if workers is None else min(workers, wanted)
    done, interrupted = gathered(_Simulation(scenario, every_step), range(wanted), workers, progress)
    done.sort(key=lambda replicate: replicate.replicate)
    return Result(scenario, done, interrupted)


@dataclass(frozen=True)
class _Simulation:
    scenario: Scenario
    every_step: bool

    def __call__(self, replicate: int, called_off: CalledOff | None) -> Replicate:
        return simulate(self.scenario, replicate, self.every_step, called_off)


def simulate(
    scenario: Scenario,
    replicate: int,
    every_step: bool = False,
    called_off: CalledOff | None = None,
    actor_years: Collection[int] | None = None,
) -> Replicate:
    """One replicate from start to end, measured by calendar year (and by step).

    ``actor_years`` None keeps all actors of the first year, of every tenth and of the last.
    Raises CancelledError at the start of a year in which ``called_off`` says so.
    """
    model = ComputeEconomy(scenario, scenario.run.seed, replicate, collect=False)
    measures = list(registry(scenario.region_ids, scenario.kind_ids).values())
    yearly, flags, by_step, times, actors, outcomes = [], [], [], [], [], Counter[str]()
    flows: list[dict[tuple[str, str, str], float]] = []
    per_year = scenario.time.steps_per_year
    first, last = scenario.time.start, scenario.time.end
    if actor_years is None:
        actor_years = {first, last, *(year for year in range(first, last) if year % 10 == 0)}
    for year in range(first, last + 1):
        if called_off and called_off():
            raise CancelledError
        steps: list[Step] = []
        for _ in range(per_year):
            model.step()
            assert model.last is not None
            steps.append(model.last)
            outcomes[model.last.outcome] += 1
            if every_step:
                window = observe(model.world, [model.last])
                by_step.append([measure(window) for measure in measures])
                times.append(window.end)
        period = observe(model.world, steps)
        yearly.append([measure(period) for measure in measures])
        flags.append([measure.flag is not None and measure.flag(period) for measure in measures])
        flows.append(_flows(steps))
        if year in actor_years:
            actors.append(actor_table(scenario, model.world, period, replicate, year))
    return Replicate(
        replicate,
        np.array(yearly),
        np.array(flags),
        np.array(by_step),
        np.array(times),
        actors,
        dict(outcomes),
        flows,
    )


def _flows(steps: list[Step]) -> dict[tuple[str, str, str], float]:
    """Money in USD by payer, payee and purpose, over some steps."""
    total: dict[tuple[str, str, str], float] = {}
    for step in steps:
        for key, amount in step.flows.items():
            total[key] = total.get(key, 0.0) + amount * step.dt
    return total


def seconds(scenario: Scenario) -> float:
    """About how long a replicate takes [s]."""
    actors = sum(kind.count for kind in scenario.kinds)
    return scenario.steps * (SECONDS_PER_STEP + SECONDS_PER_ACTOR_STEP * actors)
