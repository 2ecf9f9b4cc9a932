"""What docs/trust.md says of forecasts, of what labs spend and of later models is so, and nowhere is a fitted number
called assumed."""

import csv
import re
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import load, run
from sim.data import __name__ as data
from sim.history.naive import naive
from sim.history.records import DATE, PACKAGED, packaged
from sim.history.sample import recorded
from sim.history.scores import forecast
from sim.history.targets import targets
from sim.history.validation import DRAWS
from sim.measures.carbon import ENERGY
from sim.results import Run
from sim.scenario import real_policies
from sim.scenario.ensemble import FITTED
from sim.scenario.law import USUAL
from tests.records import SCORES, judged
from tests.worlds import ROOT, SCENARIOS

DATA = ROOT / data.replace(".", "/")
PAGE = " ".join((ROOT / "docs" / "trust.md").read_text(encoding="utf-8").split())
OPENING = PAGE.partition("## Records")[0]
OF_MODELS = "epoch_models"  # source of facts of single models


def calls_assumed(text: str, paths: set[str]) -> list[str]:
    """Sentences that name one of some numbers, and say that it is assumed."""
    sentences = re.split(r"(?<=[.;:!?]) |\n\n|\n- |\n\|", text)
    flat = (" ".join(sentence.split()) for sentence in sentences)
    return [one for one in flat if re.search(r"\bassum", one) and any(f"`{path}`" in one for path in paths)]


def test_no_document_calls_a_fitted_number_assumed() -> None:
    paths = {one.path for one in load(SCENARIOS / "baseline.toml").quantities if one.source == FITTED}
    made = {"numbers.md"}  # of which each row says what its own number is
    pages = [ROOT / "README.md", *(page for page in (ROOT / "docs").rglob("*.md") if page.name not in made)]
    assert {page: calls_assumed(page.read_text(encoding="utf-8"), paths) for page in pages} == {
        page: [] for page in pages
    }
    assert calls_assumed("It is\nthe assumed share (`finance.sponsored_share`). More.", paths)


def test_the_page_opens_with_how_often_a_naive_forecast_wins() -> None:
    scores = judged()
    own = scores[scores.theory == USUAL]
    lost, of = int((~own.ahead).sum()), len(own)
    assert f"worse than the better of two naive forecasts on {lost} of {of} targets" in OPENING
    assert f"It was better on the other {of - lost}." in OPENING
    means = f"{own.interval_score.mean():.2f} | {own.crps.mean():.2f}"
    assert f"| **the baseline's structure** | {means} |" in PAGE


def test_the_page_says_what_the_lead_over_naive_forecasts_rests_on() -> None:
    """One target is more than half of it; in the first window there is hardly any. The README splits its count."""
    shared = pd.read_csv(SCORES).query("theory == @USUAL")
    scores = ["interval_score", "interval_score_trend", "interval_score_last_value"]
    own = shared.groupby(["first", "target"])[scores].mean()
    lead = own.interval_score_trend - own.interval_score
    assert lead.idxmax() == (2019, "compute_level_industry")
    assert lead.max() > 0.5 * lead.sum()
    assert (
        "More than half of its lead over the trend is one target, the level of industry's compute in 2019-21" in OPENING
    )
    model, trend, last = own.loc[2016].mean()
    assert f"in 2016-18 alone all three are about alike ({model:.2f}, {trend:.2f} and {last:.2f})" in OPENING
    ahead = own.interval_score < own[scores[1:]].min(axis=1)
    won, of = ahead.groupby("first").sum(), ahead.groupby("first").size()
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    split = f"on {won.sum()} ({won[2016]} of {of[2016]} in 2016 to 2018, {won[2019]} of {of[2019]} in 2019 to 2021)"
    assert split in readme


def own_mean() -> float:
    """The mean interval score of the model's forecasts."""
    return float(judged().query("theory == @USUAL").interval_score.mean())


def test_naive_forecasts_score_as_the_page_says() -> None:
    """Worked out anew, beside the model's shipped scores."""
    records, found = packaged(), []
    for first, last in ((2016, 2018), (2019, 2021)):
        before, window = records.between(0, first - 1), records.between(first, last)
        drawn = {name: naive(before, window, (first, last), DRAWS, trend=name == "trend") for name in ("trend", "last")}
        for target in targets(first, last):
            record = target.of(recorded(window))
            assert record is not None
            for name, rows in drawn.items():
                versions = target.of(rows)
                assert versions is not None
                scored = forecast(float(record[0]), versions)
                assert scored is not None
                found.append((target.name, first, name, scored.interval_score, scored.crps))
    scores = pd.DataFrame(found, columns=["target", "first", "by", "interval_score", "crps"])
    means = scores.groupby("by")[["interval_score", "crps"]].mean()
    for name, title in (("trend", "trend"), ("last", "last value")):
        assert f"| {title} | {means.interval_score[name]:.2f} | {means.crps[name]:.2f} | |" in PAGE
    against = f"against {means.interval_score['trend']:.2f} and {means.interval_score['last']:.2f})"
    assert f"ahead of both ({own_mean():.2f} {against}" in OPENING
    own = judged().query("theory == @USUAL").set_index(["target", "first"])
    by = scores.pivot(index=["target", "first"], columns="by", values=["interval_score", "crps"])
    lost = by.interval_score.lt(own.interval_score, axis=0)
    assert f"(than the trend alone on {lost.trend.sum()}, than the last value alone on {lost['last'].sum()})" in OPENING
    assert lost.any(axis=1).reindex(own.index).eq(~own.ahead).all()
    worse = by.crps.min(axis=1).lt(own.crps)
    assert f"By the CRPS a naive forecast wins on {worse.sum()} of {len(own)} targets" in PAGE


def test_the_page_opens_with_how_many_fitted_targets_lie_outside() -> None:
    inside = pd.read_csv(SCENARIOS / "fitted" / "baseline_targets.csv").inside
    met, wanted, of = int(inside.sum()), ceil(0.9 * len(inside)), len(inside)
    (true,) = re.findall(rf"records of as many rows would have ([\d.]+) of {of} targets inside", PAGE)
    assert f"{met} of {of} targets. The project's own goal was nine in ten, {wanted}; were the model true, " in OPENING
    assert f"about {true} would be met" in OPENING


def test_records_end_in_2021_in_every_row_of_the_file() -> None:
    with (DATA / PACKAGED).open(encoding="utf-8", newline="") as file:
        assert max(row[DATE] for row in csv.DictReader(file)) < "2022"


@pytest.mark.parametrize("file", real_policies(), ids=lambda file: file.stem)
def test_the_page_names_policies_that_hold_a_fact_of_a_later_model(file: Path) -> None:
    found = [one for one in load(file).quantities if one.path.startswith("policy.") and one.source == OF_MODELS]
    assert (f"(../scenarios/real_policies/{file.name})" in PAGE) == bool(found)


@pytest.mark.slow
def test_the_page_says_what_labs_spend_and_how_much_power_all_take() -> None:
    found = run(load(SCENARIOS / "baseline.toml", until=2024))
    labs = found.actors[found.actors.kind == "academic_lab"]
    sums = labs.groupby(["year", "replicate"])[["spending_usd", "means_usd"]].sum().groupby("year").median() / 1e6
    first, last = sums.loc[2012], sums.loc[2024]
    may = f"{first.means_usd:.2g} M that they may spend on it (a fifth of their grants, `compute_share`)"
    assert f"together spend {first.spending_usd:.2g} M USD on compute in 2012, of the {may}" in PAGE
    assert f"and {last.spending_usd:.2g} M in 2024" in PAGE
    (share,) = (one.value for one in found.scenario.quantities if one.path == "kind.academic_lab.compute_share")
    assert share == 0.2
    assert f"the modelled actors use {terawatt_hours(found, 2024):.3g} in the baseline" in PAGE


@pytest.mark.slow
def test_the_page_says_how_much_power_the_numbers_as_they_stand_take() -> None:
    power = terawatt_hours(run(load(SCENARIOS / "baseline.toml", until=2030)), 2030)
    assert f"the baseline uses {power:.3g} TWh in 2030, more than half of what all" in PAGE
    assert power > 945 / 2


def terawatt_hours(found: Run, year: int) -> float:
    """Median over replicates."""
    of = found.series[(found.series.measure == ENERGY) & (found.series.year == year)]
    return float(of.value.median() / 1e6)


@pytest.mark.slow
def test_the_page_says_how_many_firms_fail_before_their_records_are_drawn() -> None:
    found = run(load(SCENARIOS / "baseline.toml", until=2020))
    failed, alive, founded = (found.values(f"startups_{what}") for what in ("failed", "alive", "founded"))
    firms = 60 + alive + failed - founded  # those who were there in the year
    part = dict(zip(found.years, 100 * np.median(failed / firms, axis=0), strict=True))
    said = "2 % of the firms that train in 2013, 14 % of those in 2020"
    assert said == f"{part[2013]:.0f} % of the firms that train in 2013, {part[2020]:.0f} % of those in 2020"
    assert f"(in the baseline {said})" in PAGE
    assert min(part, key=part.__getitem__) == 2013
    assert max(part, key=part.__getitem__) == 2020


@pytest.mark.slow
def test_the_page_on_a_cap_on_compute_says_that_energy_falls_in_every_year() -> None:
    assert "- **Energy** falls in every year at the baseline's numbers." in (ROOT / "docs" / "flop-cap.md").read_text(
        encoding="utf-8"
    )
    permits = ("compute_permits", "compute_permits_given", "compute_permits_labs", "compute_permits_training")
    years = {
        name: run(load(SCENARIOS / f"{name}.toml", replicates=5)).values(ENERGY)[:, 2027 - 2012 :]
        for name in ("baseline", *permits)
    }
    for name in permits:
        assert (years[name] < years["baseline"]).all(), name


def test_the_example_of_how_to_write_is_that_of_the_table_of_worlds() -> None:
    rows = (ROOT / "docs" / "worlds.md").read_text(encoding="utf-8").splitlines()
    of_2024 = {
        row.partition(":")[0].split("]")[0]: row.split("|")[2].strip()
        for row in rows
        if row.startswith("|") and "×" in row
    }
    without, usual = of_2024["| [no_revenue_feedback"], next(v for k, v in of_2024.items() if "baseline |" in k)
    said = f"Without revenue feedback the divide of 2024 is {without}, with it {usual} (20 replicates)."
    assert said in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
