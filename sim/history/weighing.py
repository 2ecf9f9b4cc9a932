"""Theories weighed by how their fits forecast: which fits can be held beside each other, and what they come to."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.errors import InputError, Notice
from sim.history.calibration import WORLDS_A_MINUTE
from sim.history.evidence import evidence
from sim.history.fitted import fitted
from sim.history.kept import Calibrated
from sim.history.origins import ORIGINS, forecasts
from sim.history.points import PointsWork
from sim.history.records import Records
from sim.history.validation import held_against
from sim.history.weights import common, weights
from sim.mechanisms.theories import THEORIES
from sim.scenario import Scenario
from sim.scenario.differences import differences
from sim.scenario.ensemble import THEORY, Ensemble
from sim.store.shards import digest

if TYPE_CHECKING:
    import pandas as pd

KEY = ["target", "fitted_to", "first", "last"]
SCORED = ["log_score", "crps", "interval_score", "ahead"]
MIDDLE = 2  # replicates of the world in the middle
FORECAST = 4  # worlds of the small forecast
POINTS = (0.35, 0.5, 0.65)  # shares of the ranges that are fitted, of the points of its ensemble
OF_THEORIES = {THEORY, *(f"law.{number.name}" for theory in THEORIES.values() for number in fields(theory))}
SHORT = 12  # digits of a hash


class Fit(NamedTuple):
    """A finished calibration from each origin, and its scores by KEY."""

    planned: Calibrated
    table: "pd.DataFrame"


def weighed(fits: Sequence[Fit]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """A row for each theory: its weight, its scores over the targets that all were judged by, ``middle`` and
    ``forecast``; and the scores by target that these follow from. Raises InputError where not each theory has one fit,
    and where fits differ in more than the theory."""
    import pandas as pd

    by_theory = {fit.planned.scenario.law_table.theory: fit for fit in fits}
    if len(by_theory) < len(fits) or set(by_theory) != set(THEORIES):
        found, allowed = ", ".join(by_theory), f"one of each: {', '.join(THEORIES)}"
        fix = "python run.py calibrate ... --all --set law.theory=NAME"
        raise InputError("theories are weighed against each other", found=found, allowed=allowed, fix=fix)
    for fit in fits[1:]:
        _alike(fits[0].planned, fit.planned)
    shared = common([fit.table["log_score"].to_dict() for fit in fits])
    if not shared:
        raise InputError("no target that all theories were judged by", allowed="fits to the same records",
                         fix="calibrate each with the same --records")  # fmt: skip
    scores = pd.concat({name: by_theory[name].table.loc[shared, SCORED] for name in THEORIES}, names=["theory"])
    scores = scores.reset_index()
    found = summed(scores)
    for guard in (middle, forecast):
        known = [by_theory[name].planned for name in THEORIES]
        found[guard.__name__] = [guard(one.scenario, one.records) for one in known]
    return found, scores


def _alike(one: Calibrated, other: Calibrated) -> None:
    """Raises InputError where two fits differ in more than their theory; warns where their code does."""
    for key, allowed, found in _apart(one, other):
        problem = "theories are weighed by fits that differ in nothing else"
        fix = f"calibrate it anew as {one.directory} was, with another law.theory alone"
        raise InputError(problem, file=other.directory, key=key, found=found, allowed=allowed, fix=fix)
    if one.plan["code"] != other.plan["code"]:
        text = f"fits are of other code each, which may forecast otherwise: {one.directory}, {other.directory}"
        warnings.warn(text, Notice, stacklevel=2)


def _apart(one: Calibrated, other: Calibrated) -> Iterator[tuple[str, str, str]]:
    """In what: what it is called, and what stands in each."""
    plans = one.plan, other.plan
    yield from _unlike("--records", [f"records of hash {digest(plan['records']['text'])[:SHORT]}" for plan in plans])
    yield from _unlike("--seed", [str(plan["seed"]) for plan in plans])
    yield from _unlike("--budget", [f"{int(plan['worlds']) / WORLDS_A_MINUTE:g}" for plan in plans])
    for each in differences(one.scenario, other.scenario):
        if each.key not in OF_THEORIES:
            yield each.key, each.first, each.second


def _unlike(key: str, values: list[str]) -> Iterator[tuple[str, str, str]]:
    if values[0] != values[1]:
        yield key, values[0], values[1]


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
