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
from sim.pasting import pasted
from sim.plurals import counted
from sim.scenario import Scenario
from sim.scenario.differences import differences
from sim.scenario.ensemble import THEORY, Ensemble
from sim.store.shards import digest

if TYPE_CHECKING:
    import pandas as pd

KEY = ["target", "fitted_to", "first", "last"]
NAIVE = ["interval_score_trend", "interval_score_last_value"]
SCORED = ["log_score", "crps", "interval_score", *NAIVE]
MIDDLE = 2  # replicates of the world in the middle
FORECAST = 4  # worlds of the small forecast
POINTS = (0.35, 0.5, 0.65)  # shares of the ranges that are fitted, of the points of its ensemble
OF_THEORIES = {THEORY, *(f"law.{number.name}" for theory in THEORIES.values() for number in fields(theory))}
MAY_DIFFER = OF_THEORIES | {"run.seed"}
SHORT = 12  # digits of a hash


class Fit(NamedTuple):
    """A finished calibration from each origin, and its scores by KEY."""

    planned: Calibrated
    table: "pd.DataFrame"

    @property
    def theory(self) -> str:
        """The theory that it was fitted under."""
        return self.planned.scenario.law_table.theory

    @property
    def seed(self) -> int:
        """The seed of its worlds."""
        return int(self.planned.plan["seed"])


def weighed(fits: Sequence[Fit]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """A row for each theory: its weight and scores (see ``summed``), ``middle`` and ``forecast``; and the scores by
    theory, seed and target that these follow from, over the targets that all were judged by. Raises InputError where
    not each theory has one fit of each seed, and where fits differ in more than theory and seed."""
    import pandas as pd

    found = {(fit.theory, fit.seed): fit for fit in fits}
    seeds = sorted({seed for _, seed in found})
    _one_of_each(fits, seeds)
    for fit in fits[1:]:
        _alike(fits[0].planned, fit.planned)
    shared = common([fit.table["log_score"].to_dict() for fit in fits])
    if not shared:
        raise InputError("no target that all theories were judged by", allowed="fits to the same records",
                         fix="calibrate each with the same --records")  # fmt: skip
    each = {(name, seed): found[name, seed].table.loc[shared, SCORED] for name in THEORIES for seed in seeds}
    scores = pd.concat(each, names=["theory", "seed"]).reset_index()
    table = summed(scores)
    for guard in (middle, forecast):
        known = [found[name, seeds[0]].planned for name in THEORIES]
        table[guard.__name__] = [guard(one.scenario, one.records) for one in known]
    return table, scores


def _one_of_each(fits: Sequence[Fit], seeds: Sequence[int]) -> None:
    """Raises InputError where a theory lacks a fit of some seed, or has two of it."""
    there = [(fit.theory, fit.seed) for fit in fits]
    wanted = [(name, seed) for name in THEORIES for seed in seeds]
    if sorted(there) == sorted(wanted):
        return
    name, seed = next(one for one in [*wanted, *there] if there.count(one) != 1)
    many = counted(there.count((name, seed)), "fit")
    found, allowed = f"{many} of {name} by seed {seed}", f"one of each by each seed: {', '.join(THEORIES)}"
    fix = pasted("calibrate", "...", "--all", "--seed", seed, "--set", f"law.theory={name}")
    if there.count((name, seed)):
        fix = "name each directory once"
    raise InputError("theories are weighed against each other", found=found, allowed=allowed, fix=fix)


def _alike(one: Calibrated, other: Calibrated) -> None:
    """Raises InputError where two fits differ in more than theory and seed; warns where their code does."""
    for key, allowed, found in _apart(one, other):
        problem = "theories are weighed by fits that differ in nothing else"
        fix = f"calibrate it anew as {one.directory} was, with another law.theory or --seed alone"
        raise InputError(problem, file=other.directory, key=key, found=found, allowed=allowed, fix=fix)
    if one.plan["code"] != other.plan["code"]:
        text = f"fits are of other code each, which may forecast otherwise: {one.directory}, {other.directory}"
        warnings.warn(text, Notice, stacklevel=2)


def _apart(one: Calibrated, other: Calibrated) -> Iterator[tuple[str, str, str]]:
    """In what: what it is called, and what stands in each."""
    plans = one.plan, other.plan
    yield from _unlike("--records", [f"records of hash {digest(plan['records']['text'])[:SHORT]}" for plan in plans])
    yield from _unlike("--budget", [f"{int(plan['worlds']) / WORLDS_A_MINUTE:g}" for plan in plans])
    for each in differences(one.scenario, other.scenario):
        if each.key not in MAY_DIFFER:
            yield each.key, each.first, each.second


def _unlike(key: str, values: list[str]) -> Iterator[tuple[str, str, str]]:
    if values[0] != values[1]:
        yield key, values[0], values[1]


def summed(scores: "pd.DataFrame") -> "pd.DataFrame":
    """A row for each theory, from scores by theory, seed and target: its weight and its scores over all targets.

    ``weight_low`` and ``weight_high`` are its least and largest weight where fits of one seed alone are weighed.
    """
    import pandas as pd

    every = by_target(scores)
    share = _weights(every)
    alone = [_weights(own) for _, own in scores.groupby("seed")]
    return pd.DataFrame([
        {"theory": name, "weight": share[name], "weight_low": min(one[name] for one in alone),
         "weight_high": max(one[name] for one in alone), "log_score": own["log_score"].sum(),
         "crps": own["crps"].mean(), "interval_score": own["interval_score"].mean(),
         "ahead": int(own["ahead"].sum()), "targets": len(own), "fits": len(alone)}
        for name, own in every.groupby("theory", sort=False)
    ])  # fmt: skip


def by_target(scores: "pd.DataFrame") -> "pd.DataFrame":
    """A row for each theory and target, over the fits of all seeds.

    The log score is that of a forecast that takes each fit as likely as another: minus ln of the mean of their
    densities. CRPS and interval score are means over fits; ``ahead`` is whether the latter is below both naive
    forecasts', of those that there are.
    """
    found = scores.groupby(["theory", *KEY], sort=False)[SCORED].mean()
    found["log_score"] = scores.groupby(["theory", *KEY], sort=False)["log_score"].agg(_of_mixture)
    found["ahead"] = ~(found[NAIVE].min(axis=1) <= found["interval_score"])
    return found.reset_index()


def _of_mixture(log_scores: "pd.Series[float]") -> float:
    return float(np.log(len(log_scores)) - np.logaddexp.reduce(-log_scores.to_numpy()))


def _weights(scores: "pd.DataFrame") -> dict[str, float]:
    """Weights by a table that has one row for each theory and target."""
    return weights({
        str(name): own.set_index(KEY)["log_score"].to_dict() for name, own in scores.groupby("theory", sort=False)
    })  # fmt: skip


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
