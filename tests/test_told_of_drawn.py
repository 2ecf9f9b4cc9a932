"""What runs, forecasts and reports say of what was drawn, fitted, assumed or not given."""

import json
from pathlib import Path

import pytest

import sim
from sim.evidence import SOURCES
from sim.evidence.figures import GALLERY as PUBLISHED
from sim.measures.carbon import EMISSIONS
from sim.report import everyday
from sim.report.comparison.figures import GALLERY as COMPARISON
from sim.report.decomposition.figures import GALLERY as DECOMPOSITION
from sim.report.run.figures import GALLERY as RUN
from sim.report.run.summary import FEW_DRAWN, summarize
from sim.report.sensitivity.figures import GALLERY as SENSITIVITY
from sim.report.sweep.figures import GALLERY as SWEEP
from sim.results.statistics import Spread
from sim.scenario import load
from sim.scenario.tally import tally
from sim.scenario.writing import assumed, inputs
from tests.saying import Say
from tests.worlds import BASELINE, FEW, SCENARIOS, small

WORDS = [word for setting in FEW for word in ("--set", setting)]


@pytest.fixture(scope="module")
def drawn() -> sim.Run:
    return sim.run(small(until=2014), replicates=6, workers=1, ensemble=True)


def test_sentences_of_a_run_say_what_drawn_numbers_make_of_them(drawn: sim.Run) -> None:
    """49 million cars stood there, where drawn numbers say 13, and nothing told them apart."""
    told = " ".join(summarize(drawn).sentences)
    over = Spread.of(drawn.drawn_values(EMISSIONS)[:, -1])
    low, middle, high = map(everyday.emissions, (over.low, over.median, over.high))
    assert f"With drawn numbers emissions are {middle}; nine of ten draws lie between {low} and {high}." in told
    plain = sim.run(small(until=2014), replicates=6, workers=1)
    assert "drawn numbers" not in " ".join(summarize(plain).sentences)


@pytest.mark.parametrize("ensemble", [True, False])
def test_scarcity_is_told_as_of_numbers_as_they_stand(ensemble: bool) -> None:
    run = sim.run(load(BASELINE, until=2026), replicates=1, workers=1, ensemble=ensemble)
    (told,) = [one for one in summarize(run).notes if "is scarce" in one]
    assert told.endswith(", with all numbers as they stand.") is ensemble


def test_few_draws_are_said_to_have_no_range(drawn: sim.Run) -> None:
    few = sim.run(small(until=2013), replicates=2, workers=1, ensemble=True)
    assert FEW_DRAWN in summarize(few).notes
    assert FEW_DRAWN not in summarize(drawn).notes


def test_what_is_not_given_is_no_assumption_in_any_list(say: Say) -> None:
    """A report said 162 of what its list called 168."""
    scenario = load(BASELINE)
    listed = assumed(inputs(scenario))
    assert len(listed) == tally(scenario)["assumed"]
    assert len(json.loads(say("explain", BASELINE, "--assumed", "--json").out)) == len(listed)


@pytest.mark.parametrize(("first", "seen"), [("2016", True), ("2026", False)])
def test_a_forecast_of_years_on_record_says_that_numbers_were_fitted_to_such(
    first: str, seen: bool, say: Say, tmp_path: Path
) -> None:
    out = tmp_path / "forecast"
    said = say("forecast", BASELINE, "--from", first, "--to", first, "--replicates", "2", "--out", out, *WORDS)
    for text in (said.out, (out / "forecast.md").read_text(encoding="utf-8")):
        assert ("For these years this shows a fit, and no forecast." in " ".join(text.split())) is seen


def test_directories_that_differ_are_told_apart(say: Say, tmp_path: Path) -> None:
    """Both columns were called scenario."""
    for name, rate in (("low", "10"), ("high", "20")):
        say("run", SCENARIOS / "carbon_tax.toml", "--until", "2012", "--replicates", "1", "--no-figures", *WORDS,
            "--set", f"policy.carbon_tax.rate={rate} USD/tCO2", "--out", tmp_path / name)  # fmt: skip
    (head,) = [line for line in say("diff", tmp_path / "low", tmp_path / "high").out.splitlines() if "meaning" in line]
    assert head.split() == ["key", "low", "high", "change", "meaning"]


def test_every_picture_has_a_whole_text() -> None:
    """Lines were cut off: "a cell in slanted letters is one whose"."""
    galleries = (RUN, COMPARISON, DECOMPOSITION, SENSITIVITY, SWEEP, PUBLISHED)
    texts = [gallery.describe(f"{name}.png") for gallery in galleries for name in gallery.figures]
    assert len(texts) > 20
    assert [text for text in texts if not text.endswith(".")] == []


def test_a_paper_is_found_by_its_author(say: Say) -> None:
    assert "bloom" in SOURCES
    assert "'bloom'" in say("reproduce", "luccioni").err
