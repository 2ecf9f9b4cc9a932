"""All replicates of one scenario. What comes out does not depend on workers, order or hash seed."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from sim.arguments import whole_or, wrapper, yes_or_no
from sim.errors import InputError
from sim.experiment.draws import on_draw
from sim.experiment.duration import TimePlan, replicate_pace, time_plan
from sim.experiment.path import simulate
from sim.experiment.pool import Progress, Work, gathered
from sim.measures import registry, require_claimed
from sim.results.run import Replicate, Run
from sim.scenario import Scenario, read


def run(
    scenario: Scenario | str | Path,
    *,
    workers: int | None = None,
    every_step: bool = False,
    ensemble: bool = False,
    progress: Progress[Replicate] | None = None,
) -> Run:
    """Simulate all replicates of a scenario or file, as ``sim.run`` says."""
    scenario, workers = read(scenario), whole_or(None, "workers", workers, 1)
    every_step, ensemble = yes_or_no("every_step", every_step), yes_or_no("ensemble", ensemble)
    wanted, progress = scenario.run.replicates, wrapper("progress", progress)
    workers = (
        planned(scenario, every_step=every_step, ensemble=ensemble).workers if workers is None else min(workers, wanted)
    )
    done, interrupted = gathered(replicate_of(scenario, every_step, ensemble), range(wanted), workers, progress)
    done.sort(key=lambda replicate: replicate.replicate)
    return Run(scenario, done, interrupted)


def planned(
    scenario: Scenario, *, workers: int | None = None, every_step: bool = False, ensemble: bool = False
) -> TimePlan:
    """How long it takes to ``run`` a scenario, and with how many workers."""
    once = replicate_pace(scenario, every_step).lasts(scenario.years)
    return time_plan(2 * once if ensemble else once, scenario.run.replicates, workers)


def replicate_of(scenario: Scenario, every_step: bool = False, ensemble: bool = False) -> Work[Replicate]:
    """What simulates a replicate of a scenario, by its number. Raises InputError where it is to draw from an ensemble
    and the scenario names none."""
    if ensemble:
        require_ensemble(scenario)
    measures = registry(*scenario.reported_on)
    require_claimed(scenario.policies, measures)
    return partial(_simulated, scenario, every_step, ensemble, tuple(measures))


def require_ensemble(scenario: Scenario) -> None:
    """Raises InputError where a scenario names no ensemble."""
    if scenario.ensemble is None:
        fix = "run the scenario.toml that `calibrate` wrote, or one that extends it; or leave --ensemble out"
        allowed = 'a scenario with [ensemble] file = "..."'
        problem, file = "this scenario names no ensemble", scenario.file
        raise InputError(problem, file=file, key="ensemble", allowed=allowed, fix=fix)


def _simulated(
    scenario: Scenario, every_step: bool, ensemble: bool, measures: tuple[str, ...], replicate: int
) -> Replicate:
    """One replicate, in measures (ids) that are declared where the work is given out."""
    one = simulate(scenario, replicate, every_step, measures=measures)
    if not ensemble:
        return one
    values, _, drawn = on_draw(
        [scenario], scenario.run.seed, replicate,
        lambda worlds: simulate(worlds[0], replicate, actor_years=(), measures=measures).yearly,
    )  # fmt: skip
    return replace(one, drawn=drawn, assumptions=values)
