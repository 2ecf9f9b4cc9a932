"""Directories with a plan, by the command that wrote them: how they are opened, asked for more, read and written."""

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.arguments import whole_or
from sim.errors import InputError
from sim.mechanisms.theories import THEORIES
from sim.outputs.provenance import as_command
from sim.store.plan import read_plan
from sim.study import sensitivity, sweep
from sim.study.planned import Planned
from sim.study.repeated import Repeated
from sim.study.study import Study, require

if TYPE_CHECKING:
    import pandas as pd

    from sim.history.kept import Calibrated

Writer = Callable[[Any, float], tuple[Any, Any]]  # of a directory, in so many seconds: what was found and its summary


class PlannedKind(NamedTuple):
    """What is done with the directories of one command."""

    opened: Callable[[Path, dict[str, Any]], Planned]
    found: Callable[[Any], Any]  # what a finished one amounts to
    writer: Callable[[], Writer]  # what writes that; asking for it imports what draws
    table: Callable[[Any], "pd.DataFrame"] = attrgetter("table")  # of what was found
    extend: Callable[[Any, int], None] | None = None  # asks for more samples, where it has some


def _calibrated(directory: Path, plan: dict[str, Any]) -> "Calibrated":
    from sim.history.kept import Calibrated

    return Calibrated(directory, plan)


def _calibrations() -> Writer:
    from sim.outputs.calibration import write_calibrated

    return write_calibrated


def _scores_or_ensemble(found: Any) -> "pd.DataFrame":
    from sim.outputs.calibration import table

    return table(found)


def _study(directory: Path, plan: dict[str, Any]) -> Study:
    require()
    return Study(directory, plan)


def _studies() -> Writer:
    from sim.outputs.studies import write_study

    return write_study


def _first(kept: Repeated) -> Any:
    return kept.found()[0][1]


def _runs() -> Writer:
    from sim.outputs.run import write_run

    def write(kept: Repeated, seconds: float) -> tuple[Any, Any]:
        found, command = _first(kept), as_command(kept.plan["command"])
        return found, write_run(found, kept.directory, command, seconds, figures=kept.plan["more"]["figures"])

    return write


def _decompositions() -> Writer:
    from sim.outputs.decomposition import write_decomposition

    def write(kept: Repeated, seconds: float) -> tuple[Any, Any]:
        found = _first(kept)
        return found, write_decomposition(found, kept.directory, as_command(kept.plan["command"]), seconds)

    return write


def _comparisons() -> Writer:
    from sim.outputs.comparison import write_comparison

    def write(kept: Repeated, seconds: float) -> tuple[Any, Any]:
        (_, found), *others = kept.found()
        theories = {name: one for name, one in others if name in THEORIES}
        laws = {name: one for name, one in others if name not in THEORIES}
        command = as_command(kept.plan["command"])
        return found, write_comparison(found, laws, kept.directory, command, seconds, theories)

    return write


COMPARED = PlannedKind(Repeated, _first, _comparisons)
KINDS = {
    "run": PlannedKind(Repeated, _first, _runs, attrgetter("series")),
    "compare": COMPARED,
    "laws": COMPARED,
    "decompose": PlannedKind(Repeated, _first, _decompositions),
    sweep.KIND: PlannedKind(_study, sweep.found, _studies, extend=sweep.extend),
    sensitivity.KIND: PlannedKind(_study, sensitivity.found, _studies, extend=sensitivity.extend),
    "calibrate": PlannedKind(_calibrated, lambda kept: kept.found(), _calibrations, _scores_or_ensemble),
}


def opened(directory: Path) -> Planned:
    """What is kept in a directory, by its plan. Raises InputError, also for a plan that is not whole."""
    plan = read_plan(directory)
    return KINDS[plan.get("kind", "run")].opened(directory, plan)


def extend(planned: Planned, replicates: int | None = None, samples: int | None = None) -> None:
    """Ask for more replicates, or for more samples of a study. Raises InputError for fewer than there are, and where
    there are none."""
    replicates, samples = whole_or(None, "replicates", replicates, 1), whole_or(None, "samples", samples, 1)
    more = KINDS[planned.kind].extend
    if samples is not None and more is None:
        problem, allowed = f"`{planned.kind}` has no samples", "samples of a sweep or sensitivity"
        raise InputError(problem, key="--samples", found=samples, allowed=allowed, fix="ask for more --replicates")
    if replicates is not None:
        planned.extend(replicates)
    if samples is not None and more is not None:
        more(planned, samples)


def write_planned(planned: Planned, seconds: float) -> tuple[Any, Any]:
    """Write what a directory amounts to, the record last; what was found and its summary. Raises InputError."""
    return KINDS[planned.kind].writer()(planned, seconds)
