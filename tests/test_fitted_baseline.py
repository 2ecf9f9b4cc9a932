"""The shipped baseline, and the world of language models, are the best points of their shipped ensembles, and the model
still gives what it gave there; and the same of the ensembles of other theories of progress."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import load
from sim.cli.calibrate import EXAMPLE
from sim.experiment.run import run
from sim.history.calibration import WORLDS_A_MINUTE
from sim.history.evidence import evidence
from sim.history.fitted import fitted
from sim.history.kept import Calibrated, CalibrationWanted
from sim.history.observation import observed
from sim.history.points import DRAWS
from sim.history.records import packaged, read_records
from sim.history.seen import past
from sim.measures.carbon import ENERGY
from sim.mechanisms.theories import THEORIES
from sim.scenario import Scenario
from sim.scenario.law import USUAL
from tests.records import PACKAGED
from tests.worlds import SCENARIOS

FITTED = SCENARIOS / "fitted"
ROOT = Path(__file__).parents[1]
CHECKED = 8  # replicates in which the calibration checked a point
CLOSE = 0.05  # standard deviations; numbers of the baseline are rounded to four digits
AGAIN = "calibrate the file from before the fit anew (docs/trust.md) and take its ensemble, targets and best point"
BEFORE = {"baseline": "before_fit", "language": "language_before_fit"}  # fitted worlds, and where their fit began
OTHERS = pytest.mark.parametrize("theory", [name for name in THEORIES if name != USUAL])


@pytest.fixture(scope="module")
def ensemble() -> pd.DataFrame:
    return pd.read_csv(FITTED / "baseline.csv")


@pytest.mark.parametrize("name", BEFORE)
def test_a_fitted_world_is_the_best_point_of_its_ensemble(name: str) -> None:
    table = pd.read_csv(FITTED / f"{name}.csv")
    best = table.loc[table.chi_square.idxmin()]
    columns = {name.partition(" ")[0]: name for name in table.columns[2:]}
    world = {one.path: one for one in load(SCENARIOS / f"{name}.toml").quantities}
    numbers = {path: one for path, one in world.items() if one.source == "fitted" and one.path in columns}
    assert set(numbers) == set(columns)
    for path, one in numbers.items():
        assert one.value == pytest.approx(best[columns[path]], rel=1e-3)
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.value <= one.high


@pytest.mark.parametrize("name", BEFORE)
def test_an_ensemble_is_of_the_numbers_that_a_calibration_fits(name: str) -> None:
    before, after = (load(SCENARIOS / f"{file}.toml") for file in (BEFORE[name], name))
    assert before.ensemble is None
    assert after.ensemble is not None
    assert after.ensemble.own == after.ensemble.changed == ()
    paths = {one.path for numbers in fitted(before).facts.values() for one in numbers}
    assert paths == {name.partition(" ")[0] for name in pd.read_csv(FITTED / f"{name}.csv").columns[2:]}


@pytest.mark.parametrize("name", BEFORE)
def test_the_model_gives_what_it_gave_when_it_was_fitted(name: str) -> None:
    """Fails when code or scenario no longer are those of the fit; pins no value of its own."""
    gives(load(SCENARIOS / f"{name}.toml"), name)


@OTHERS
def test_each_theory_has_an_ensemble_of_its_own_fit(theory: str) -> None:
    before = load(SCENARIOS / "before_fit.toml", [f"law.theory={theory}"])
    ensemble = load(SCENARIOS / "baseline.toml", [f"law.theory={theory}"]).ensemble
    assert ensemble is not None
    assert set(ensemble.paths) == {one.path for numbers in fitted(before).facts.values() for one in numbers}
    assert ensemble.text == (FITTED / f"{theory}.csv").read_text(encoding="utf-8")
    assert ensemble.own == ensemble.changed == ()


@OTHERS
def test_each_theory_gives_what_it_gave_when_it_was_fitted(theory: str) -> None:
    table = pd.read_csv(FITTED / f"{theory}.csv")
    best = table.loc[table.chi_square.idxmin()]
    point = [f"{name.partition(' ')[0]}={float(best[name])!r}" for name in table.columns[2:]]
    gives(load(SCENARIOS / "baseline.toml", [f"law.theory={theory}", *point]), theory)


def gives(world: Scenario, name: str) -> None:
    """Whether a world still shows the targets that its calibration wrote."""
    told, said = pd.read_csv(FITTED / f"{name}_targets.csv"), evidence(world, packaged(), 2021)
    assert [one.name for one in said.targets] == list(told.target)
    seen = [observed(past(world, replicate, said.last), said.records, DRAWS) for replicate in range(CHECKED)]
    found = np.array([np.mean([np.nanmean(target.of(one)) for one in seen]) for target in said.targets])
    assert np.abs((found - told.best) / np.sqrt(said.variance)).max() < CLOSE, AGAIN
    assert told.record.to_numpy() == pytest.approx(said.value, rel=1e-4), AGAIN


def test_the_page_of_trust_says_how_good_fit_and_sample_are(ensemble: pd.DataFrame) -> None:
    told = pd.read_csv(FITTED / "baseline_targets.csv")
    page = " ".join((ROOT / "docs" / "trust.md").read_text(encoding="utf-8").split())
    assert f"a chi-square of {ensemble.chi_square.min():.1f} on {len(told)} targets" in page
    equal = of_equal_weight(ensemble)
    assert f"The effective size of the sample is {equal:.0f}." in page


def of_equal_weight(table: pd.DataFrame) -> float:
    """As how many points of equal weight an ensemble is; a point that it holds more than once is one."""
    weight = table.groupby(list(table.columns[1:])).weight.sum()
    return float(weight.sum() ** 2 / (weight**2).sum())


def test_the_page_of_trust_says_how_many_known_numbers_came_back() -> None:
    back = pd.read_csv(FITTED / "baseline_recovery.csv")
    page = " ".join((ROOT / "docs" / "trust.md").read_text(encoding="utf-8").split())
    held, of = int(back.inside.sum()), int(back.truths.sum())
    assert f"{held} of {of} numbers ({held / of:.0%})".replace("%", " %") in page
    worst = back.loc[back.inside.idxmin()]
    assert f"Fewest were held of the {worst.fact} ({worst.inside} of {worst.truths})" in page


def test_the_page_of_trust_says_how_well_each_theory_meets_the_records() -> None:
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    for theory in THEORIES:
        name = "baseline" if theory == USUAL else theory
        told, table = (pd.read_csv(FITTED / f"{name}{end}.csv") for end in ("_targets", ""))
        equal = of_equal_weight(table)
        label = rf"`{theory}`[^|]*"
        assert re.search(
            rf"\| {label} \| {table.chi_square.min():.1f} \| {told.inside.sum()} \| {equal:.0f} \|", page
        ), theory


def test_the_page_of_trust_says_what_theories_weigh() -> None:
    page = " ".join((ROOT / "docs" / "trust.md").read_text(encoding="utf-8").split())
    shared, meek, scale = pd.read_csv(ROOT / "sim" / "data" / "theories.csv").set_index("theory").weight[list(THEORIES)]
    assert f"a weight of {shared:.2f} to progress that all share, {meek:.2f} to meek models and {scale:.2f} to" in page


def test_the_page_of_trust_tells_the_electricity_that_was_foretold() -> None:
    page = " ".join((ROOT / "docs" / "trust.md").read_text(encoding="utf-8").split())
    told = pd.read_csv(ROOT / "docs" / "forecasts" / "unequal-2026" / "forecast.csv")
    (row,) = told[(told.measure == ENERGY) & (told.year == 2030)].itertuples()
    assert f"2030 is {row.median / 1e6:.3g} TWh" in page
    assert f"between {row.low / 1e6:.3g} and {row.high / 1e6:.3g}." in page


def test_documents_say_how_many_targets_the_fit_meets() -> None:
    inside = pd.read_csv(FITTED / "baseline_targets.csv").inside
    for page in ("README.md", "docs/trust.md", "docs/conclusions.md"):
        assert f"{inside.sum()} of {len(inside)} targets" in (ROOT / page).read_text(encoding="utf-8"), page


def test_the_model_page_says_how_fast_knowledge_grows_beside_what_the_law_takes_it_to() -> None:
    scenario = load(SCENARIOS / "baseline.toml", replicates=CHECKED, until=2021)
    found = run(scenario, workers=1)
    first, last = (found.years.index(year) for year in (2012, 2021))

    def grown(measure: str) -> np.ndarray:
        values = np.log(found.values(measure))
        return np.asarray(values[:, last] - values[:, first])

    public, frontier = (np.median(grown(name)) / 9 for name in ("public_efficiency_factor", "efficiency_factor"))
    exponent = np.median(grown("frontier_run_flop") / -grown("frontier_error"))
    page = " ".join((ROOT / "docs" / "model.md").read_text(encoding="utf-8").split())
    assert f"public knowledge grows by {public:.2f} a year to 2021 and the frontier's by {frontier:.2f}" in page
    assert f"for a g_A of {scenario.law_table.fitted_progress:.2f}" in page
    assert f"as if the published exponent were {exponent:.1f} in place of" in page


def test_records_that_ranges_rest_on_are_said_to_be_used_twice(tmp_path: Path) -> None:
    baseline, before = (load(SCENARIOS / f"{name}.toml", until=2021) for name in ("baseline", "before_fit"))
    (line,) = fitted(baseline).used_twice()
    assert line.startswith("Records are used twice")
    assert "the ranges of 18 of 18 numbers that are fitted" in line
    assert re.findall(r"scenarios/(\w+)\.toml", line) == list(BEFORE.values())
    assert fitted(before).used_twice() == []
    CalibrationWanted(baseline, read_records(PACKAGED), WORLDS_A_MINUTE, 2021).write(tmp_path, ["calibrate"])
    assert Calibrated(tmp_path).intention().startswith(line)  # before anybody waits
    assert Path(EXAMPLE.split()[1]).name == before.file.name
