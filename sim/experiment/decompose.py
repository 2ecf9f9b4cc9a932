"""A world taken apart: each part out in turn, and each alone in, all on the same luck."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sim.arguments import TAKEN_APART, texts, whole_or, wrapper
from sim.arguments import whole as whole_number
from sim.arrays import Array
from sim.experiment.duration import TimePlan, replicate_pace, time_plan
from sim.experiment.factors import ENDOWMENT, Factor, factors, without
from sim.experiment.notes import AskedNotes
from sim.experiment.path import WorldPath
from sim.experiment.pool import Progress, Work, gathered
from sim.measures import chosen, registry, require_known
from sim.results.decomposition import Decomposition, Part, Parts
from sim.scenario import Scenario, read


def decompose(
    scenario: Scenario | str | Path,
    *,
    measures: Sequence[str] = (),
    replicates: int = TAKEN_APART,
    workers: int | None = None,
    progress: Progress[Parts] | None = None,
) -> Decomposition:
    """Take a scenario apart, as ``sim.decompose`` says."""
    whole, measures = read(scenario), tuple(texts("measures", measures))
    replicates, workers = whole_number("replicates", replicates, 1), whole_or(None, "workers", workers, 1)
    progress = wrapper("progress", progress)
    require_known(measures, registry(*whole.reported_on))
    workers = planned(whole, replicates=replicates).workers if workers is None else min(workers, replicates)
    done, interrupted = gathered(replicate_of(whole), range(replicates), workers, progress)
    done.sort(key=lambda part: part.replicate)
    return decomposition(whole, done, replicates, measures, interrupted=interrupted)


def replicate_of(whole: Scenario) -> Work[Parts]:
    """What simulates a replicate of all worlds that a scenario is taken apart into, by its number."""
    measures = tuple(registry(*whole.reported_on))
    return partial(_decomposed, list(worlds(whole, factors(whole)).values()), measures)


def decomposition(
    whole: Scenario, done: list[Parts], asked: int, measures: tuple[str, ...] = (), *, interrupted: bool = False
) -> Decomposition:
    """What finished replicates amount to, of so many that were asked for."""
    parts = factors(whole)
    columns = list(registry(*whole.reported_on))
    about = [Part(part.id, part.group, part.meaning) for part in parts]
    return Decomposition(whole, about, list(_left_out(parts)), columns, done, asked, interrupted, measures)


def planned(whole: Scenario, *, replicates: int = TAKEN_APART, workers: int | None = None) -> TimePlan:
    """How long it takes to ``decompose`` a scenario, and with how many workers."""
    count = len(_left_out(factors(whole)))
    return time_plan(replicate_pace(whole).lasts(count * whole.years, count), replicates, workers)


def worlds(whole: Scenario, parts: list[Factor]) -> dict[tuple[str, str], Scenario]:
    """The worlds to simulate, by what is done to which part: all of it, nothing of it, no endowment, each part off and
    each alone on."""
    return {name: without(whole, left_out) if left_out else whole for name, left_out in _left_out(parts).items()}


def _left_out(parts: list[Factor]) -> dict[tuple[str, str], list[Factor]]:
    """What each world is without."""
    endowment = [part for part in parts if part.group == ENDOWMENT]
    found = {("all", ""): [], ("nothing", ""): parts, ("alike", ""): endowment}
    for part in parts:
        found["off", part.id] = [part]
        found["on", part.id] = [other for other in parts if other is not part]
    return found


def _decomposed(variants: list[Scenario], measures: tuple[str, ...], replicate: int) -> Parts:
    """One replicate of all worlds: the last year of each, in measures (ids) that are declared where the work is given
    out."""
    return Parts(replicate, [_last_year(variant, replicate, measures) for variant in variants])


def _last_year(scenario: Scenario, replicate: int, ids: Sequence[str]) -> Array:
    """Measures of a replicate's last year. Those before are not looked at."""
    measures = chosen(ids, *scenario.reported_on)
    path = WorldPath(scenario, replicate, AskedNotes(list(measures.values()), (scenario.time.end,)))
    path.finish()
    return np.array(path.notes.found[0])
