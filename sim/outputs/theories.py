"""Theories weighed by the scores that calibrations wrote."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.history.kept import Calibrated
from sim.history.weights import common, weights
from sim.mechanisms.theories import THEORIES
from sim.outputs.planned import opened

if TYPE_CHECKING:
    import pandas as pd

SCORES = "scores.csv"


def weighed(directories: Sequence[Path]) -> "pd.DataFrame":
    """A row for each theory: its weight, and its scores over the targets that all were judged by. Raises InputError
    where a directory holds no such calibration, or not each theory has one."""
    import pandas as pd

    tables = dict(_scores(directory) for directory in directories)
    if len(tables) < len(directories) or set(tables) != set(THEORIES):
        allowed, fix = f"one of each: {', '.join(THEORIES)}", "python run.py calibrate ... --all --set law.theory=NAME"
        raise InputError("theories are weighed against each other", found=", ".join(tables), allowed=allowed, fix=fix)
    by_target = {name: table["log_score"].to_dict() for name, table in tables.items()}
    shared = common(list(by_target.values()))
    if not shared:
        raise InputError("no target that all theories were judged by", allowed="fits to the same records",
                         fix="calibrate each with the same --records")  # fmt: skip
    share, rows = weights(by_target), []
    for name in THEORIES:
        own = tables[name].loc[shared]
        rows.append({
            "theory": name, "weight": share[name], "log_score": own["log_score"].sum(), "crps": own["crps"].mean(),
            "interval_score": own["interval_score"].mean(), "ahead": int(own["ahead"].sum()), "targets": len(own),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _scores(directory: Path) -> "tuple[str, pd.DataFrame]":
    """The theory of a calibration, and its scores by target and year."""
    import pandas as pd

    planned, file = opened(directory), directory / SCORES
    if not isinstance(planned, Calibrated) or not planned.rolling or not file.exists():
        allowed, fix = "a finished `calibrate --all`", f"python run.py resume {directory}, or calibrate with --all"
        raise InputError("no scores of forecasts", file=directory, found=planned.kind, allowed=allowed, fix=fix)
    table = pd.read_csv(file).set_index(["target", "fitted_to", "first", "last"])
    if "log_score" not in table:
        fix = "calibrate again with this version"
        raise InputError("no log score", file=file, found=", ".join(table), allowed="a column log_score", fix=fix)
    return planned.scenario.law_table.theory, table
