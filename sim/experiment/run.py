"""All replicates of one scenario. What comes out does not depend on workers, order or hash seed."""

from dataclasses import dataclass

from sim.experiment.duration import Plan, pace, plan
from sim.experiment.path import simulate
from sim.experiment.pool import Progress, Work, gathered
from sim.results.run import Replicate, Run
from sim.scenario import Scenario


def run(
    scenario: Scenario,
    *,
    workers: int | None = None,
    every_step: bool = False,
    progress: Progress[Replicate] | None = None,
) -> Run:
    """Simulate all replicates of a scenario (its own seed and number of replicates).

    ``workers`` None chooses by the amount of work. ``progress`` wraps the iterator of finished replicates, given
    their number. On KeyboardInterrupt the finished replicates are returned, marked interrupted.
    """
    wanted = scenario.run.replicates
    workers = planned(scenario).workers if workers is None else min(workers, wanted)
    done, interrupted = gathered(replicate_of(scenario, every_step), range(wanted), workers, progress)
    done.sort(key=lambda replicate: replicate.replicate)
    return Run(scenario, done, interrupted)


def planned(scenario: Scenario, *, workers: int | None = None, every_step: bool = False) -> Plan:
    """How long it takes to ``run`` a scenario, and with how many workers."""
    return plan(pace(scenario, every_step).lasts(scenario.years), scenario.run.replicates, workers)


def replicate_of(scenario: Scenario, every_step: bool = False) -> Work[Replicate]:
    """What simulates a replicate of a scenario, by its number."""
    return _Simulation(scenario, every_step)


@dataclass(frozen=True)
class _Simulation:
    scenario: Scenario
    every_step: bool

    def __call__(self, replicate: int) -> Replicate:
        return simulate(self.scenario, replicate, self.every_step)
