"""What is written of a plan that was carried out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results import Run
from sim.store.plan import read_plan
from sim.study import opened as known
from sim.study.planned import Planned
from sim.study.repeated import Repeated
from sim.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

CALIBRATE = "calibrate"


def opened(directory: Path) -> Planned:
    """What stands in a directory with a plan. Raises InputError."""
    plan = read_plan(directory)
    if plan.get("kind") != CALIBRATE:
        return known.opened(directory)
    from sim.history.kept import Calibrated

    return Calibrated(directory, plan)


def writer_of(planned: Planned) -> Callable[[Any, float], tuple[Any, Any]]:
    """What writes a directory of this kind; finding it imports what draws."""
    if isinstance(planned, Repeated):
        from sim.outputs.repeated import write_repeated

        return write_repeated
    if planned.kind == CALIBRATE:
        from sim.outputs.calibration import write_calibrated

        return write_calibrated
    from sim.outputs.studies import write_study

    return write_study


def write_planned(planned: Planned, seconds: float) -> tuple[Any, Any]:
    """Write what a directory amounts to, the record last; what was found and its summary. Raises InputError."""
    return writer_of(planned)(planned, seconds)


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
