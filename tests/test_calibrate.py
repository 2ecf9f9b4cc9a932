"""Calibration: known numbers come back from what their world shows, and a directory is the same from the same seed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.history import calibration
from sim.history import fitted as declared
from sim.history.calibration import WORLDS_A_MINUTE, Calibration, Evidence, calibrate, evidence, windows
from sim.history.emulator import emulated
from sim.history.fitted import fitted
from sim.history.observation import observed
from sim.history.records import packaged
from sim.history.seen import past
from sim.outputs.calibration import write_calibration
from sim.scenario import Scenario, load
from sim.scenario.variants import with_values
from tests.records import PACKAGED
from tests.saying import Say, refused
from tests.worlds import BASELINE, SMALL, small

UNTIL, WORLDS = 2016, 600
CANDIDATES = 2**11  # a small cloud is soon judged
# Six of the facts, one of each part of the model: a fit of all of them takes three times the worlds.
SOME = ("size of the market", "firms' first plans", "labs' first plans", "law's first error", "law's first compute",
        "shortfall of what is recorded")  # fmt: skip
MOST_MISSED = 1  # of six facts, in intervals of 95 %: more has a chance of one in thirty


@pytest.fixture(scope="module")
def world() -> Iterator[Scenario]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "CANDIDATES", CANDIDATES)
        patch.setattr(declared, "FACTS", {name: declared.FACTS[name] for name in SOME})
        yield small(until=UNTIL)


def synthetic(world: Scenario, shares: np.ndarray) -> Evidence:
    """What the records would say if a world with numbers at these shares of their ranges had made them."""
    truth = with_values(world, fitted(world).values(shares))
    real = packaged().between(2012, UNTIL)
    shown = observed(past(truth, 99, UNTIL), real, 1)
    made = replace(real, industry=shown.industry[0], compute=shown.anyone[0], cost=np.full(real.time.size, np.nan))
    said = evidence(world, made, UNTIL)
    best = {f"best_error_{first}_{last}": shown.best[last][0] for first, last in windows(UNTIL)}
    value = [best.get(target.name, old) for target, old in zip(said.targets, said.value, strict=True)]
    return replace(said, value=np.array(value))


@pytest.fixture(scope="module")
def recovered(world: Scenario) -> tuple[np.ndarray, Calibration]:
    shares = np.random.default_rng(3).uniform(0.25, 0.75, len(fitted(world).facts))
    return shares, calibrate(world, synthetic(world, shares), WORLDS)


def test_known_numbers_come_back_inside_their_intervals(recovered: tuple[np.ndarray, Calibration]) -> None:
    truth, found = recovered
    low, high = found.interval()
    missed = [name for name, t, a, b in zip(found.fitted.names, truth, low, high, strict=True) if not a <= t <= b]
    assert len(missed) <= MOST_MISSED, missed
    assert (high - low).min() < 0.8  # records say something of some number
    assert found.weight.sum() == pytest.approx(1.0)


def test_numbers_of_one_fact_move_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that the scenario declares so, too; one that moves against them from its other end."""
    monkeypatch.setattr(declared, "FACTS", {"knowledge": ("knowledge.public_rate",)})
    world = load(BASELINE)
    known = declared.fitted(world)
    low, high = (known.values(np.array([share])) for share in (0.0, 1.0))
    assert low.keys() == {"law.fitted_progress", "knowledge.public_rate"}
    assert all(low[path] < high[path] for path in low)
    one = known.facts["knowledge"][0]
    against = declared.Fitted({"knowledge": (one._replace(fact="-progress"),)})
    assert against.values(np.zeros(1))[one.path] == pytest.approx(high[one.path])


def test_an_emulator_tells_mean_and_luck() -> None:
    luck = np.random.default_rng(1)
    shares = luck.random((600, 2))
    truth = 2 + shares[:, 0] - 3 * shares[:, 1] ** 2
    spread = np.exp(shares[:, 0])
    made = truth[:, None] + spread[:, None] * luck.standard_normal((600, 8))
    mean, variance, unknown = emulated(shares, made).at(shares)
    assert np.abs(mean - truth).max() < 0.3
    assert np.corrcoef(variance, spread**2)[0, 1] > 0.9
    assert (unknown > 0).all()


def test_a_fitted_scenario_runs_and_is_the_same_whoever_works(
    recovered: tuple[np.ndarray, Calibration], tmp_path: Path
) -> None:
    _, found = recovered
    again = calibrate(found.scenario, found.evidence, WORLDS, workers=2)  # as another process would, from the seed
    for name, one in (("one", found), ("two", again)):
        (tmp_path / name).mkdir()
        write_calibration(one, tmp_path / name, Path(SMALL[0]))
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "ensemble.csv" in files
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    fit = load(tmp_path / "one" / "scenario.toml")
    changed = [one for one in fit.quantities if one.source == "fitted"]
    paths = {one.path for numbers in found.fitted.facts.values() for one in numbers}
    assert {one.path for one in changed} == paths
    assert all(one.low is not None and one.high is not None for one in changed)


def test_a_used_directory_and_a_year_before_the_start_are_refused(say: Say, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    common = ("calibrate", SMALL[0], "--records", PACKAGED, "--budget", 1)
    refused(say(*common, "--out", tmp_path), "the directory is not empty", file=tmp_path, key="--out")
    refused(say(*common, "--until", 1999), "the years end before they begin")


def test_too_few_worlds_are_refused(world: Scenario) -> None:
    with pytest.raises(Exception, match="too small a budget"):
        calibrate(world, evidence(world, packaged(), UNTIL), WORLDS_A_MINUTE // 5)
