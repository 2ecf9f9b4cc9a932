"""What is written of a plan that was carried out."""

from typing import Any

from sim.outputs.repeated import write_repeated
from sim.study.planned import Planned
from sim.study.repeated import Repeated
from sim.study.study import Study

CALIBRATE = "calibrate"


def write_planned(planned: Planned, seconds: float) -> tuple[Any, Any]:
    """Write what a directory amounts to, the record last; what was found and its summary. Raises InputError."""
    if isinstance(planned, Repeated):
        return write_repeated(planned, seconds)
    if planned.kind == CALIBRATE:
        from sim.outputs.calibration import write_calibrated

        return write_calibrated(planned, seconds)
    assert isinstance(planned, Study)
    from sim.outputs.studies import write_study

    return write_study(planned, seconds)


def found_in(planned: Planned) -> Any:
    """What a finished directory amounts to; ``table`` of a study or comparison and ``series`` of a run hold it."""
    if isinstance(planned, Repeated):
        return planned.found()[0][1]
    assert isinstance(planned, Study)
    from sim.outputs.studies import found_in

    return found_in(planned)
