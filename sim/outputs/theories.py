"""Calibrations of theories, read to be weighed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.history import weighing
from sim.history.kept import Calibrated
from sim.history.weighing import KEY, SCORED, Fit
from sim.outputs.planned import opened
from sim.outputs.provenance import PROVENANCE, unsealed
from sim.store.place import hash_of
from sim.store.plan import resuming

if TYPE_CHECKING:
    import pandas as pd

SCORES = "scores.csv"


def weighed(directories: Sequence[Path]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """What the calibrations in directories, one for each theory and seed, come to: see ``weighing.weighed``. Raises
    InputError where a directory holds no finished one, or one that is not as it was written."""
    return weighing.weighed([_fit(directory) for directory in directories])


def _fit(directory: Path) -> Fit:
    import pandas as pd

    planned, file = opened(directory), directory / SCORES
    done = (directory / PROVENANCE).exists() and file.exists()
    if not isinstance(planned, Calibrated) or not planned.rolling or not done:
        allowed, fix = "a finished `calibrate --all`", "calibrate with --all, and name that directory"
        if isinstance(planned, Calibrated) and planned.rolling:
            fix = f"go on where it stopped: {resuming(directory)}"
        raise InputError("no scores of forecasts", file=directory, found=planned.kind, allowed=allowed, fix=fix)
    written, found = unsealed(directory / PROVENANCE)[1].get(SCORES), hash_of(file)
    if found != written:
        problem, fix = "scores are not as they were written", f"remove {PROVENANCE}, then: {resuming(directory)}"
        raise InputError(problem, file=file, key="sha256", found=found, allowed=written or "none", fix=fix)
    try:
        table = pd.read_csv(file)
    except (OSError, ValueError):  # of a file that cannot be read, is empty, or no text
        table = pd.DataFrame()
    columns = [*KEY, *SCORED]
    if not set(columns) <= set(table):
        allowed, fix = f"a table with {', '.join(columns)}", "calibrate again with this version"
        raise InputError("no scores of this version", file=file, found=", ".join(table), allowed=allowed, fix=fix)
    return Fit(planned, table.set_index(KEY))
