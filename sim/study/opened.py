"""What stands in a directory, by its plan, and how more of it is asked for."""

from pathlib import Path

from sim.arguments import whole_or
from sim.errors import InputError
from sim.store.plan import read_plan
from sim.study import sensitivity, sweep
from sim.study.planned import Planned
from sim.study.repeated import KINDS, Repeated
from sim.study.study import Study, require

MORE = {sweep.KIND: sweep.extend, sensitivity.KIND: sensitivity.extend}


def opened(directory: Path) -> Planned:
    """The study, run, comparison or decomposition in a directory. Raises InputError."""
    plan = read_plan(directory)
    if plan.get("kind") in KINDS:
        return Repeated(directory, plan)
    require()
    return Study(directory, plan)


def extend(planned: Planned, replicates: int | None = None, samples: int | None = None) -> None:
    """Ask for more replicates, or for more samples of a study. Raises InputError for fewer than there are, and where
    there are none."""
    replicates, samples = whole_or(None, "replicates", replicates, 1), whole_or(None, "samples", samples, 1)
    if samples is not None and not isinstance(planned, Study):
        problem, allowed = f"`{planned.kind}` has no samples", "samples of a sweep or sensitivity"
        raise InputError(problem, key="--samples", found=samples, allowed=allowed, fix="ask for more --replicates")
    if replicates is not None:
        planned.extend(replicates)
    if samples is not None and isinstance(planned, Study):
        MORE[planned.kind](planned, samples)
