"""A forecast is frozen, and scored against records that come later."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.experiment.notes import AskedNotes
from sim.experiment.path import WorldPath, simulate
from sim.history.expected import expected, held, lent
from sim.history.foretold import FORETOLD, GROWTH, largest
from sim.history.records import packaged, read_records
from sim.history.seen import Kept, past
from sim.history.targets import TARGETS
from sim.measures import registry
from sim.report.forecast import held_scores, scores
from sim.report.words import NONE
from sim.scenario import load
from sim.scenario.drawing import worlds
from tests.records import several, write
from tests.saying import Say, refused, strictly
from tests.worlds import ROOT, SMALL, small

FIRST, LAST = 2014, 2016
OPTIONS = ["--from", str(FIRST), "--to", str(LAST), "--replicates", "6", "--quiet"]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sim.cli import main

    out = tmp_path_factory.mktemp("frozen") / "forecast"
    assert main(["forecast", *map(str, SMALL[:-4]), *OPTIONS, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("records") / "records.csv", several(2010, LAST + 1))


def test_each_draw_has_luck_and_assumptions_of_its_own() -> None:
    scenario = small(until=LAST, replicates=3)
    table = expected(scenario, FIRST, LAST).set_index(["measure", "year"])
    columns = list(registry(scenario.region_ids, scenario.kind_ids))
    each = []
    for replicate in range(3):
        world = worlds([scenario], scenario.run.seed, replicate)[2][0]
        each.append(simulate(world, replicate).yearly[FIRST - scenario.time.start :])
    for id in FORETOLD:
        for row, year in enumerate(range(FIRST, LAST + 1)):
            assert table.loc[(id, year), "median"] == np.median([one[row][columns.index(id)] for one in each])
    runs = [[year[columns.index("frontier_run_flop")] for year in one] for one in each]
    assert table.loc[(GROWTH, LAST), "median"] == pytest.approx(
        np.median([np.log10(one[-1] / one[0]) / (LAST - FIRST) for one in runs])
    )


def test_a_forecast_holds_its_scenario_table_page_and_record(frozen: Path) -> None:
    assert {file.name for file in frozen.iterdir()} == {
        "scenario.toml",
        "forecast.csv",
        "forecast.md",
        "provenance.json",
    }
    table = pd.read_csv(frozen / "forecast.csv")
    assert sorted(set(table["year"])) == [FIRST, FIRST + 1, LAST]
    assert (table["low"] <= table["median"]).all()
    assert (table["median"] <= table["high"]).all()
    page = (frozen / "forecast.md").read_text(encoding="utf-8")
    assert "| Largest run" in page
    assert f"In {LAST} emissions are what " in page


def test_the_largest_run_of_each_year_is_scored_beside_the_trend(frozen: Path, records: Path, say: Say) -> None:
    said = say("score", str(frozen), "--records", str(records), "--quiet")
    assert said.code == 0
    assert "by the same code" in said.out
    assert "lie in the model's 90 % band" in said.out
    table, read = pd.read_csv(frozen / "forecast.csv"), read_records(records)
    found = largest(table, read, range(FIRST, LAST + 1))
    assert [one.year for one in found] == [FIRST, FIRST + 1, LAST]
    for one in found:  # tenfold a year, to the digit: the trend has it
        assert one.record == pytest.approx(19.5 + one.year - 2010)
        assert one.naive is not None
        assert one.naive.median == pytest.approx(one.record, abs=1e-6)
        assert one.covered == (one.low <= one.record <= one.high)


def test_without_a_band_nothing_is_said_to_be_outside_of_it(frozen: Path, records: Path) -> None:
    table = pd.read_csv(frozen / "forecast.csv").assign(low=np.nan, high=np.nan)
    read = read_records(records)
    runs = largest(table, read, range(FIRST, LAST + 1))
    targets = held(table, load(frozen / "scenario.toml"), read)
    assert runs
    assert targets
    assert {one.covered for one in (*runs, *targets)} == {None}
    told = [line.split()[-1] for line in held_scores(targets).splitlines()]
    assert told.count(NONE) == len(targets)
    assert not {"yes", "no"} & set(told)
    assert scores(runs).split().count("no") == sum(one.naive is not None and not one.naive.covered for one in runs)


def test_scores_can_be_read_by_programs_and_by_people(frozen: Path, records: Path, say: Say) -> None:
    """JSON is nothing but JSON, with the same numbers as the tables, which fit a terminal."""
    asked = ("score", str(frozen), "--records", str(records), "--quiet")
    found = json.loads(say(*asked, "--json").out)
    assert found["same_code"] is True
    assert [one["year"] for one in found["largest_run"]["years"]] == [FIRST, FIRST + 1, LAST]
    assert all(one["covered"] == (one["low"] <= one["record"] <= one["high"]) for one in found["largest_run"]["years"])
    targets = found["validation"]["targets"]
    lines = say(*asked).out.splitlines()
    assert max(map(len, lines)) <= 100
    assert not [line for line in lines if any(one["name"] in line for one in targets if "_" in one["name"])]
    both = [one for one in targets if one["naive_interval_score"] is not None]
    won = sum(one["interval_score"] < one["naive_interval_score"] for one in both)
    assert f"beats the naive forecast (trend) on {won} of {len(both)} target" in " ".join(" ".join(lines).split())


def test_of_few_draws_the_ends_of_bands_are_missing(records: Path, tmp_path: Path, say: Say) -> None:
    few, out = ["--from", str(FIRST), "--to", str(LAST), "--replicates", "2", "--quiet"], tmp_path / "few"
    say("forecast", *map(str, SMALL[:-4]), *few, "--out", str(out))
    found = strictly(say("score", str(out), "--records", str(records), "--quiet", "--json").out)
    years = found["largest_run"]["years"]
    assert [one["year"] for one in years] == [FIRST, FIRST + 1, LAST]
    assert {(one["low"], one["high"], one["covered"]) for one in years} == {(None, None, None)}
    assert all(one["median"] > 0 for one in years)


def test_targets_of_records_are_frozen_and_scored(frozen: Path, records: Path, say: Say) -> None:
    """Of all years together; nothing of them where the last has no record yet, or an older forecast has none."""
    table = pd.read_csv(frozen / "forecast.csv")
    targets = table[table["measure"].isin(TARGETS)]
    assert {"compute_level_industry", "count_share_academia"} <= set(targets["measure"])
    assert set(targets["draws"]) == {6}
    scenario, read = load(frozen / "scenario.toml"), read_records(records)
    found = held(table, scenario, read)
    assert found
    for one in found:
        row = targets.set_index("measure").loc[one.target.name]
        assert (one.low, one.median, one.high) == (row["low"], row["median"], row["high"])
        assert one.covered == (one.low <= one.record <= one.high)
    level = next(one for one in found if one.target.name == "compute_level_industry")
    firms = read.between(FIRST, LAST)
    assert level.record == pytest.approx(firms.compute[firms.industry == 1.0].mean())
    assert held(table, scenario, read.between(FIRST, LAST - 1)) == []
    assert held(table[~table["measure"].isin(TARGETS)], scenario, read) == []
    said = say("score", str(frozen), "--records", str(records), "--quiet")
    assert "Targets as they were frozen" in said.out
    assert "hold the model's error too" in said.out
    shown = json.loads(say("score", str(frozen), "--records", str(records), "--quiet", "--json").out)["targets"]
    assert [one["name"] for one in shown] == [one.target.name for one in found]
    assert "academia's share of records" in (frozen / "forecast.md").read_text(encoding="utf-8")


def test_rows_of_a_forecast_are_those_of_the_last_years_on_record() -> None:
    rows, kept = lent(small(until=2030), 2026, 2030), packaged().between(2015, 2021)
    assert rows.time == pytest.approx(kept.time + 9)
    assert np.array_equal(rows.industry, kept.industry)
    assert rows.years == (2024, 2030)
    assert lent(small(until=2013), 2012, 2013).years == (2012, 2013)  # none before the scenario begins


def test_a_forecast_is_the_same_for_any_number_of_workers() -> None:
    scenario = small(until=LAST, replicates=3)
    pd.testing.assert_frame_equal(*(expected(scenario, FIRST, LAST, workers=n) for n in (1, 2)))


def test_a_forecast_is_not_gone_on_with(frozen: Path, say: Say) -> None:
    refused(say("resume", str(frozen)), "nothing to go on with", f"score {frozen}", file=frozen)


def test_records_of_other_years_score_nothing(frozen: Path, tmp_path: Path, say: Say) -> None:
    early = write(tmp_path / "early.csv", several(2005, FIRST - 1))
    refused(say("score", str(frozen), "--records", str(early)), f"{FIRST} to {LAST}", "early.csv")


@pytest.mark.parametrize("name", ["scenario.toml", "forecast.csv", "forecast.md"])
def test_what_was_changed_later_is_no_forecast(
    name: str, frozen: Path, records: Path, tmp_path: Path, say: Say
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(frozen, copy)
    (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    refused(say("score", str(copy), "--records", str(records)), name, "frozen")
    (copy / name).unlink()
    refused(say("score", str(copy), "--records", str(records)))


def test_a_directory_of_something_else_is_no_forecast(records: Path, tmp_path: Path, say: Say) -> None:
    refused(say("score", str(tmp_path), "--records", str(records)), "forecast")
    refused(say("score", str(tmp_path / "nowhere"), "--records", str(records)), "forecast")


@pytest.mark.parametrize(("years", "key"), [
    (("2016", "2014"), "--to"), (("1990", "2014"), "--from"), (("2026", "2300"), "--to")
])  # fmt: skip
def test_years_that_cannot_be_foretold_are_refused(years: tuple[str, str], key: str, tmp_path: Path, say: Say) -> None:
    out = tmp_path / "out"
    answer = say("forecast", *SMALL[:-4], "--from", years[0], "--to", years[1], "--out", str(out))
    refused(answer, f"option   {key}")
    assert "--until" not in answer.err, "no option of forecast"
    assert not out.exists()


def test_few_draws_have_no_band(tmp_path: Path, say: Say) -> None:
    out = tmp_path / "few"
    options = ["--from", FIRST, "--to", FIRST, "--replicates", 2]
    said = say("forecast", *SMALL[:-4], *options, "--out", out)
    assert said.code == 0
    assert "2 draws of luck and assumptions, too few for a band" in said.out
    assert "`run` has medians with all numbers as they stand, which can differ." in said.out
    assert "grows" not in said.out
    assert "–/yr" not in said.out
    table = pd.read_csv(out / "forecast.csv")
    assert table["low"].isna().all()
    assert table["median"].notna().all()


def test_shipped_forecasts_are_as_they_were_frozen() -> None:
    from sim.outputs.forecast import read_forecast

    shipped = sorted(path.parent for path in (ROOT / "docs" / "forecasts").glob("*/forecast.csv"))
    assert shipped
    for place in shipped:
        assert read_forecast(place).made


def test_one_simulation_gives_measures_and_records_as_two_would() -> None:
    scenario = small(until=LAST, replicates=1)
    every = list(registry(scenario.region_ids, scenario.kind_ids).values())
    path = WorldPath(scenario, 0, AskedNotes(every, range(scenario.time.start, LAST + 1)))
    kept = Kept(path.world, scenario.years)
    path.notes.watch = kept.add
    path.finish()
    alone = past(scenario, 0, LAST)
    assert all(np.array_equal(getattr(kept.past, name), getattr(alone, name)) for name in ("run", "error", "unit_cost"))
    assert np.array_equal(path.notes.values, simulate(scenario, 0).yearly, equal_nan=True)
