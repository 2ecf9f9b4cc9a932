"""Theories weighed by the scores that calibrations wrote."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InputError
from sim.history.evidence import evidence
from sim.history.fitted import fitted
from sim.history.kept import Calibrated
from sim.history.origins import ORIGINS, forecasts
from sim.history.points import PointsWork
from sim.history.records import Records
from sim.history.validation import held_against
from sim.history.weights import common, weights
from sim.mechanisms.theories import THEORIES
from sim.outputs.planned import opened
from sim.scenario import Scenario
from sim.scenario.ensemble import Ensemble
from sim.store.plan import resuming

if TYPE_CHECKING:
    import pandas as pd

SCORES = "scores.csv"
KEY = ["target", "fitted_to", "first", "last"]
SCORED = ["log_score", "crps", "interval_score", "ahead"]
MIDDLE = 2  # replicates of the world in the middle
FORECAST = 4  # worlds of the small forecast
POINTS = (0.35, 0.5, 0.65)  # shares of the ranges that are fitted, of the points of its ensemble


def weighed(directories: Sequence[Path]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """A row for each theory: its weight, its scores over the targets that all were judged by, ``middle`` and
    ``forecast``; and the scores by target that these follow from. Raises InputError where a directory holds no such
    calibration, or not each theory has one."""
    import pandas as pd

    read = {planned.scenario.law_table.theory: (planned, table) for planned, table in map(_scores, directories)}
    tables = {name: table for name, (_, table) in read.items()}
    if len(tables) < len(directories) or set(tables) != set(THEORIES):
        allowed, fix = f"one of each: {', '.join(THEORIES)}", "python run.py calibrate ... --all --set law.theory=NAME"
        raise InputError("theories are weighed against each other", found=", ".join(tables), allowed=allowed, fix=fix)
    by_target = {name: table["log_score"].to_dict() for name, table in tables.items()}
    shared = common(list(by_target.values()))
    if not shared:
        raise InputError("no target that all theories were judged by", allowed="fits to the same records",
                         fix="calibrate each with the same --records")  # fmt: skip
    scores = pd.concat({name: tables[name].loc[shared, SCORED] for name in THEORIES}, names=["theory"]).reset_index()
    found = summed(scores)
    for guard in (middle, forecast):
        found[guard.__name__] = [guard(read[name][0].scenario, read[name][0].records) for name in THEORIES]
    return found, scores


def summed(scores: "pd.DataFrame") -> "pd.DataFrame":
    """A row for each theory, from scores by theory and target: its weight and its scores over all of them."""
    import pandas as pd

    by_theory = {name: own.set_index(KEY) for name, own in scores.groupby("theory", sort=False)}
    share = weights({name: own["log_score"].to_dict() for name, own in by_theory.items()})
    return pd.DataFrame([
        {"theory": name, "weight": share[name], "log_score": own["log_score"].sum(), "crps": own["crps"].mean(),
         "interval_score": own["interval_score"].mean(), "ahead": int(own["ahead"].sum()), "targets": len(own)}
        for name, own in by_theory.items()
    ])  # fmt: skip


def middle(scenario: Scenario, records: Records) -> float:
    """Chi-square of the world in the middle of the ranges that are fitted. It stays what it was as long as model,
    scenario, ranges and records are those that the theory was weighed with."""
    said, known = evidence(scenario, records, scenario.time.end), fitted(scenario)
    world = PointsWork(scenario, known, said, np.full((1, len(known.facts)), 0.5), MIDDLE)
    return float(np.nansum((world(0).mean(axis=0) - said.value) ** 2 / said.variance))


def forecast(scenario: Scenario, records: Records) -> float:
    """Summed log score of a small forecast from the first origin: a few worlds over an ensemble of a few points that
    stand evenly in the ranges. It stays what it was as long as forecasts are made as when the theory was weighed."""
    known, until = fitted(scenario), ORIGINS[0][0]
    points = [known.values(np.full(len(known.facts), share)) for share in POINTS]
    ends = np.arange(1, len(POINTS) + 1) / len(POINTS)
    ensemble = Ensemble("", tuple(points[0]), (), (), ends, np.array([list(one.values()) for one in points]))
    work = forecasts(scenario, ensemble, records, ORIGINS[0], FORECAST)
    shown = np.array([work(number) for number in range(FORECAST)])
    found = held_against(work.scenario, records, (until + 1, ORIGINS[0][1]), work.targets, shown)
    return float(sum(one.model.log_score for one in found.scored))


def _scores(directory: Path) -> "tuple[Calibrated, pd.DataFrame]":
    """A calibration, and its scores by target and year."""
    import pandas as pd

    planned, file = opened(directory), directory / SCORES
    if not isinstance(planned, Calibrated) or not planned.rolling or not file.exists():
        allowed, fix = "a finished `calibrate --all`", f"{resuming(directory)}, or calibrate with --all"
        raise InputError("no scores of forecasts", file=directory, found=planned.kind, allowed=allowed, fix=fix)
    try:
        table = pd.read_csv(file)
    except (OSError, ValueError):  # of a file that cannot be read, is empty, or no text
        table = pd.DataFrame()
    columns = [*KEY, *SCORED]
    if not set(columns) <= set(table):
        allowed, fix = f"a table with {', '.join(columns)}", "calibrate again with this version"
        raise InputError("no scores of this version", file=file, found=", ".join(table), allowed=allowed, fix=fix)
    return planned, table.set_index(KEY)
