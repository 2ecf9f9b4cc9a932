"""A directory with a plan: what stands in it, how more of it is asked for, and what is written when all is there."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.arguments import whole_or
from sim.errors import InputError
from sim.mechanisms.theories import THEORIES
from sim.outputs.provenance import as_command
from sim.results import Run
from sim.store.plan import read_plan
from sim.study import sensitivity, sweep
from sim.study.planned import Planned
from sim.study.repeated import KINDS, Repeated
from sim.study.study import Study, require

if TYPE_CHECKING:
    import pandas as pd

CALIBRATE = "calibrate"
MORE_SAMPLES = {sweep.KIND: sweep.extend, sensitivity.KIND: sensitivity.extend}  # what asks a study for more


def opened(directory: Path) -> Planned:
    """The study, calibration, run, comparison or decomposition in a directory, by its plan. Raises InputError."""
    plan = read_plan(directory)
    if plan.get("kind") in KINDS:
        return Repeated(directory, plan)
    if plan.get("kind") == CALIBRATE:
        from sim.history.kept import Calibrated

        return Calibrated(directory, plan)
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
        MORE_SAMPLES[planned.kind](planned, samples)


def writer_of(planned: Planned) -> Callable[[Any, float], tuple[Any, Any]]:
    """What writes a directory of this kind; finding it imports what draws."""
    if isinstance(planned, Repeated):
        return write_repeated
    if planned.kind == CALIBRATE:
        from sim.outputs.calibration import write_calibrated

        return write_calibrated
    from sim.outputs.studies import write_study

    return write_study


def write_planned(planned: Planned, seconds: float) -> tuple[Any, Any]:
    """Write what a directory amounts to, the record last; what was found and its summary. Raises InputError."""
    return writer_of(planned)(planned, seconds)


def write_repeated(kept: Repeated, seconds: float) -> tuple[Any, Any]:
    """Write the directory of a run, comparison or decomposition, made of the replicates that are kept in it; what was
    found and its summary. Raises InputError."""
    (_, found), *others = kept.found()
    out, command = kept.directory, as_command(kept.plan["command"])
    if kept.kind == "run":
        from sim.outputs.run import write_run

        return found, write_run(found, out, command, seconds, figures=kept.plan["more"]["figures"])
    if kept.kind == "decompose":
        from sim.outputs.decomposition import write_decomposition

        return found, write_decomposition(found, out, command, seconds)
    from sim.outputs.comparison import write_comparison

    theories = {name: one for name, one in others if name in THEORIES}
    laws = {name: one for name, one in others if name not in THEORIES}
    return found, write_comparison(found, laws, out, command, seconds, theories)


def found_in(planned: Planned) -> Any:
    """What a finished directory amounts to; ``table`` of a study or comparison and ``series`` of a run hold it,
    and ``table_of`` gives it."""
    if isinstance(planned, Repeated):
        return planned.found()[0][1]
    if planned.kind == CALIBRATE:
        from sim.history.kept import Calibrated

        assert isinstance(planned, Calibrated)
        return planned.found()
    assert isinstance(planned, Study)
    from sim.outputs.studies import found_in

    return found_in(planned)


def table_of(planned: Planned, found: Any) -> "pd.DataFrame":
    """The table of what was found: the series of a run, the ensemble or the scores of a calibration."""
    if planned.kind == CALIBRATE:
        from sim.outputs.calibration import table

        return table(found)
    result: pd.DataFrame = found.series if isinstance(found, Run) else found.table
    return result
