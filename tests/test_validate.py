"""The observation rule, naive forecasts, and a scenario held against records."""

import json
from calendar import month_name
from dataclasses import replace
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from sim.arrays import Array
from sim.history.evidence import MODEL_ERROR, with_error
from sim.history.naive import Odds, fitted, naive
from sim.history.observation import chances, observed
from sim.history.records import CATEGORY, DATE, Records, packaged, read_records
from sim.history.sample import recorded
from sim.history.scores import forecast
from sim.history.seen import ShownPast, past
from sim.history.targets import SHARE, TARGETS, targets
from sim.history.validation import validate
from sim.report.validation.words import TITLES
from tests.records import PACKAGED, row, several, write
from tests.saying import Say, refused
from tests.worlds import FROZEN, SCENARIOS, SMALL, small

KEYS = ["name", "unit", "record", "record_low", "record_high", "median", "low", "high", "covered", "interval_score",
        "naive_interval_score"]  # fmt: skip
WORLD = SMALL[:-4]  # few actors; years by the command
DRAWS = 4000


def rows(time: list[float], industry: list[float], compute: float = 20.0, cost: float = 4.0) -> Records:
    """Records of which all is known."""
    known = np.array(time)
    n = known.size
    parts = (known, np.array(industry), np.full(n, compute), np.full(n, cost))
    return Records("made", tuple(f"m{i}" for i in range(n)), *parts, {})


@pytest.fixture(scope="module")
def world() -> ShownPast:
    return past(small(until=2014), 0, 2014)


def under(world: ShownPast, **numbers: float) -> ShownPast:
    """The same past under another observation rule."""
    rule = replace(world.scenario.observation, **numbers)
    return replace(world, scenario=replace(world.scenario, observation=rule))


def test_recorded_compute_is_the_largest_run_less_its_shortfall(world: ShownPast) -> None:
    found = observed(under(world, accuracy=0.0, academia=1.0, shortfall=1.5), rows([2013.5] * 3, [1, 0, 0.5]), DRAWS)
    runs, labs = world.run[1], world.academic > 0
    for column, who in ((0, ~labs), (1, labs)):
        wanted = np.log10(runs[who & (runs > 0)]).mean() - 1.5
        assert found.own[:, column].mean() == pytest.approx(wanted, abs=0.15)
    assert np.isnan(found.own[:, 2]).all()
    exact = observed(under(world, accuracy=0.0, shortfall=0.0), rows([2013.5], [1.0]), 50)
    sizes = np.log10(runs[~labs & (runs > 0)])
    assert all(np.isclose(sizes, value).any() for value in exact.own[:, 0])
    assert np.isclose(exact.cost - exact.own, np.log10(world.unit_cost[1])[None, :], atol=1e-9).any(axis=1).all()


def test_who_is_recorded_follows_error_and_kind(world: ShownPast) -> None:
    records = rows([2013.5], [1.0])
    labs = world.academic > 0
    trained = world.run[1] > 0
    even = observed(under(world, accuracy=0.0, academia=1.0, joint=0.0), records, DRAWS)
    assert 1 - even.industry.mean() == pytest.approx((labs & trained).sum() / trained.sum(), abs=0.03)
    seen = observed(under(world, accuracy=0.0, academia=1e4), records, DRAWS)
    assert seen.industry.mean() < 0.01
    steep = chances(under(world, accuracy=200.0, academia=1.0), 2013)
    assert np.argmax(steep) == np.argmin(np.where(trained, world.error[1], 1.0))
    tenth = chances(under(world, accuracy=12.0, academia=1.0), 2013)
    one, two = np.flatnonzero(trained & ~labs)[:2]
    assert tenth[one] / tenth[two] == pytest.approx((world.error[1, two] / world.error[1, one]) ** 12.0, rel=1e-9)


def test_the_stated_share_of_firms_records_names_a_lab_and_changes_nothing_else(world: ShownPast) -> None:
    records = rows([2013.5], [1.0])
    alone = observed(under(world, joint=0.0), records, DRAWS)
    found = observed(under(world, joint=0.25), records, DRAWS)
    firms = alone.industry[:, 0] == 1.0
    assert (found.industry[firms, 0] == 0.5).mean() == pytest.approx(0.25, abs=0.03)
    assert set(found.industry[firms, 0]) == {0.5, 1.0}
    assert (found.industry[~firms, 0] == 0.0).all()
    for what in ("anyone", "own", "cost"):
        assert np.array_equal(getattr(found, what), getattr(alone, what), equal_nan=True)
    every = observed(under(world, joint=1.0), records, DRAWS)
    assert (every.industry[firms, 0] == 0.5).all()


def test_what_a_record_does_not_tell_is_not_drawn(world: ShownPast) -> None:
    records = rows([2012.5, 2013.5, 2014.5], [1.0, 0.0, 1.0])
    records.compute[0], records.cost[1] = np.nan, np.nan
    found = observed(world, records, 5)
    assert np.isnan(found.own[:, 0]).all()
    assert np.isnan(found.anyone[:, 0]).all()
    assert np.isnan(found.cost[:, 1]).all()
    assert np.isfinite(found.own[:, 1:]).all()


def test_costs_are_those_of_runs_in_the_same_ranks(world: ShownPast) -> None:
    """A cost is known of the larger models: which of a year's runs have one follows the order of the records."""
    records = rows([2013.5] * 6, [1.0] * 6)
    records.compute[:] = [20, 25, 21, 24, 22, 23]
    records.cost[[0, 2, 4, 5]] = np.nan  # known of the two largest alone
    found = observed(under(world, shortfall=0.5), records, DRAWS)
    all_of_them = observed(under(world, shortfall=0.5), rows([2013.5] * 6, [1.0] * 6), DRAWS)
    assert np.nanmin(found.cost, axis=1).mean() > all_of_them.cost.mean(axis=1).mean()
    largest = np.sort(all_of_them.own, axis=1)[:, -1]
    price = found.cost[:, 1] - largest
    assert np.isclose(price[:, None], np.log10(world.unit_cost[1])[None, :], atol=1e-9).any(axis=1).all()


def test_two_worlds_of_one_seed_are_seen_with_the_same_luck(world: ShownPast) -> None:
    records = rows([2013.5] * 5, [1.0, 0.0, 0.5, 1.0, 0.0])
    first, again = (observed(world, records, 7) for _ in range(2))
    assert np.array_equal(first.own, again.own, equal_nan=True)
    shorter = observed(under(world, shortfall=0.5), records, 7)
    assert (shorter.own[:, 0] > first.own[:, 0]).all()  # each time the same run, less a third of the shortfall


def test_the_trend_is_least_squares_with_the_intervals_of_its_theory() -> None:
    luck = np.random.default_rng(7)
    times = np.sort(2000 + 18 * luck.random(25))
    values = 15 + 0.4 * (times - 2000) + luck.standard_normal(25)
    line = fitted(times, values)
    assert line is not None
    slope, level = np.polyfit(times, values, 1)
    assert line.slope == pytest.approx(slope)
    spread = np.sqrt(((values - level - slope * times) ** 2).sum() / 23)
    draws = line.drawn(np.array([2021.5]), np.random.default_rng(3), 40_000, trend=True)[:, 0]
    wide = spread * np.sqrt(1 + 1 / 25 + (2021.5 - times.mean()) ** 2 / ((times - times.mean()) ** 2).sum())
    wanted = level + slope * 2021.5 + wide * student(23).ppf([0.05, 0.5, 0.95])
    assert np.quantile(draws, [0.05, 0.5, 0.95]) == pytest.approx(wanted, abs=0.04)


def test_a_trend_that_goes_on_is_foretold_and_one_that_stops_by_the_last_value(tmp_path: Path) -> None:
    grown = read_records(write(tmp_path / "grown.csv", several(2012, 2019)))
    before, window = grown.between(0, 2017), grown.between(2018, 2019)
    real = recorded(window)
    for one in targets(2018, 2019):
        if one.name in ("compute_level_industry", "compute_level_academia", "cost_level", "compute_growth_industry"):
            value, draws = one.of(real), one.of(naive(before, window, (2018, 2019), 1000, trend=True))
            still = one.of(naive(before, window, (2018, 2019), 1000, trend=False))
            assert value is not None
            assert draws is not None
            assert still is not None
            assert np.median(draws) == pytest.approx(value[0], abs=0.15), one.name
            expected = 0.0 if "growth" in one.name else value[0] - 1.5
            assert np.median(still) == pytest.approx(expected, abs=0.25), one.name


def shares(before: Records, window: Records) -> tuple[Array, Array]:
    """Academia's share of records by the trend and by the last value."""
    (share,) = (one for one in targets(2018, 2019) if one.name == "count_share_academia")
    trend, still = (share.of(naive(before, window, (2018, 2019), 2000, trend=one)) for one in (True, False))
    assert trend is not None
    assert still is not None
    return trend, still


def test_a_last_year_without_academia_counts_in_the_trend_and_is_its_last_value(tmp_path: Path) -> None:
    without = [one for one in several(2012, 2019) if one[DATE][:4] != "2017" or one[CATEGORY] == "Industry"]
    windows = []
    for name, rows in (("all", several(2012, 2019)), ("without", without)):
        records = read_records(write(tmp_path / f"{name}.csv", rows))
        windows.append(shares(records.between(0, 2017), records.between(2018, 2019)))
    (every, _), (trend, still) = windows
    assert np.median(every) == pytest.approx(0.5, abs=0.1)
    assert np.median(trend) < np.median(every) - 0.1
    assert np.median(still) < 0.1


def test_a_share_follows_a_logistic_regression_and_goes_on_inside_of_its_bounds() -> None:
    """Rows that are there a thousandfold show the curve that they were made of."""
    times = np.repeat(np.arange(2000.0, 2010.0), 1000)
    share = 1.0 / (1.0 + np.exp(-(0.5 - 0.3 * (times - times.mean()))))
    found = Odds.fitted(times, share)
    assert found.found == pytest.approx([0.5, -0.3], abs=1e-3)
    luck = np.random.default_rng(1)
    drawn = found.drawn(np.array([2004.5, 2500.0, 1500.0]), luck, 500)
    assert np.median(drawn, axis=0) == pytest.approx([0.622, 0.0, 1.0], abs=0.01)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0


@pytest.mark.parametrize("academic", [0.0, 1.0])
def test_rows_of_one_sector_alone_leave_a_share_near_it_and_its_trend_finite(academic: float) -> None:
    found = Odds.fitted(np.arange(2000.0, 2020.0), np.full(20, academic))
    drawn = found.drawn(np.array([2020.0]), np.random.default_rng(1), 500)
    assert np.isfinite(found.unsure).all()
    assert np.median(drawn) == pytest.approx(academic, abs=0.1)


def test_years_that_scatter_more_than_chance_make_a_share_less_certain() -> None:
    times = np.repeat(np.arange(2000.0, 2020.0), 10)
    even = np.tile([0.0, 1.0], 100)
    odd = (times % 2 == 0).astype(float)
    assert (np.diag(Odds.fitted(times, odd).unsure) > 5 * np.diag(Odds.fitted(times, even).unsure)).all()


@pytest.mark.parametrize("trend", [True, False])
def test_a_naive_forecast_knows_no_error_of_the_years_that_it_foretells(trend: bool) -> None:
    """Also where a file has no row of the first of these years, or none of the last."""
    records, years = packaged(), (2019, 2021)
    before = records.between(0, 2018)
    whole, some = (naive(before, records.between(*of), years, 100, trend=trend).best for of in (years, (2020, 2020)))
    assert list(whole) == list(some) == [2019, 2020, 2021]
    for year, values in whole.items():
        assert np.array_equal(values, some[year])


def test_scores_are_those_of_their_definitions() -> None:
    draws = np.random.default_rng(1).standard_normal(5000)
    inside, outside = forecast(0.0, draws), forecast(3.0, draws)
    assert inside is not None
    assert outside is not None
    width = inside.high - inside.low
    assert inside.interval_score == pytest.approx(width)
    assert outside.interval_score == pytest.approx(width + 2 / 0.1 * (3.0 - outside.high))
    assert (inside.covered, outside.covered) == (True, False)
    assert inside.crps == pytest.approx(0.2337, abs=0.01)  # of a standard normal at its mean: (sqrt 2 - 1) / sqrt pi
    for few in (draws[:1], draws[:10], np.r_[draws[:7], draws[:4]]):  # alike, too
        for record in (-9.0, 0.1, float(few[0]), 9.0):
            found, apart = forecast(record, few), np.abs(few[:, None] - few).mean()  # as it is defined
            assert found is not None
            assert found.crps == pytest.approx(np.abs(few - record).mean() - apart / 2, rel=1e-12)
    assert forecast(0.0, np.full(5, np.nan)) is None


def test_a_world_is_covered_by_its_own_records() -> None:
    """Records drawn from one replicate lie in the bands of the others about as often as they should."""
    scenario = small(until=2021, replicates=12)
    shape = packaged().between(2016, 2021)
    truth = observed(past(scenario, 99, 2021), shape, 1)
    compute = np.where(np.isfinite(truth.own[0]), truth.own[0], truth.anyone[0])
    made = Records("made", shape.model, shape.time, shape.industry, compute, truth.cost[0], {})
    found = validate(scenario, made, 2018, 2021)
    levels = [one for one in found.scored if "share" not in one.target.name and one.target.name != "best_error"]
    assert sum(one.model.covered for one in levels) >= len(levels) - 2
    assert len(levels) >= 7


def test_forecasts_hold_the_error_of_the_model() -> None:
    every = targets(2018, 2021)
    values = np.full((len(every), 20_000), 0.5)
    found = with_error(every, values, np.random.default_rng(1))
    assert (values == 0.5).all()
    assert found.std(axis=1) == pytest.approx([MODEL_ERROR[one.unit] for one in every], rel=0.03)
    share = next(row for row, one in enumerate(every) if one.unit == SHARE)
    none = with_error(every, np.zeros_like(values), np.random.default_rng(1))
    assert none[share].min() == 0.0
    assert none.min() < 0.0


def told(say: Say, *more: object) -> dict[str, Any]:
    said = say("validate", *WORLD, "--replicates", 2, "--json", *more)
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_json_has_the_keys_that_others_read(say: Say) -> None:
    found = told(say, "--records", PACKAGED, "--from", 2018, "--to", 2021)
    assert [list(one) for one in found["targets"]] == [KEYS] * len(found["targets"])
    assert len(found["targets"]) == 11
    for one in found["targets"]:
        assert one["record_low"] <= one["record"] <= one["record_high"], one
        assert one["low"] <= one["median"] <= one["high"], one
        assert one["covered"] == (one["low"] <= one["record"] <= one["high"])
        assert all(isfinite(one[key]) for key in KEYS[2:8])
    assert found["coverage"] == np.mean([one["covered"] for one in found["targets"]])
    ours, theirs = (np.mean([one[key] for one in found["targets"]]) for key in KEYS[-2:])
    assert found["beats_naive"] is bool(ours < theirs)
    assert found == told(say, "--records", PACKAGED, "--from", 2018, "--to", 2021)


def test_the_error_record_alone_does_not_decide_who_is_better(say: Say, tmp_path: Path) -> None:
    """It is no part of the file, and goes back further than a file that has no row before the years."""
    asked = ("--records", write(tmp_path / "window.csv", several(2019, 2021)), "--from", 2019, "--to", 2021)
    found = told(say, *asked)
    scores = {one["name"]: one["naive_interval_score"] for one in found["targets"]}
    assert {name for name, score in scores.items() if score is not None} == {"best_error"}
    assert found["beats_naive"] is None
    assert found["error_record"] == "imagenet_errors.toml of this program, 15 results on ImageNet to 9 June 2021"
    said = say("validate", *WORLD, *asked, "--replicates", 1)
    assert "Naive forecast (trend): none, since the file has too few rows before 2019." in said.out
    told_of = " ".join(said.out.split())
    assert f"The record of the lowest error is not the file's: it is {found['error_record']}." in told_of


def test_every_target_has_a_plain_name() -> None:
    assert set(TITLES) == set(TARGETS)
    assert len(set(TITLES.values())) == len(TITLES)


def test_a_file_of_the_window_alone_has_no_naive_forecast(say: Say, tmp_path: Path) -> None:
    file = write(tmp_path / "window.csv", several(2022, 2024))
    found = told(say, "--records", file, "--from", 2022, "--to", 2024)
    assert found["beats_naive"] is None
    assert {one["naive_interval_score"] for one in found["targets"]} == {None}
    assert "best_error" in found["without_record"]  # the error record ends in 2021
    assert found["error_record"] == ""
    assert found["rows_before"] == 0
    said = say("validate", *WORLD, "--records", file, "--from", 2022, "--to", 2024, "--replicates", 1)
    assert said.code == 0
    assert "Naive forecast (trend): none" in said.out


def test_years_beyond_the_scenario_are_simulated(say: Say, tmp_path: Path) -> None:
    file = write(tmp_path / "late.csv", several(2041, 2042))
    assert told(say, "--records", file, "--from", 2041, "--to", 2042)["rows"] == len(several(2041, 2042))


def test_years_that_a_scenario_was_fitted_to_are_no_forecast(say: Say, tmp_path: Path) -> None:
    fitted_scenario = tmp_path / "fitted.toml"
    fitted_scenario.write_text(
        f'schema = 1\nextends = "{SMALL[0]}"\ntitle = "Fitted"\nquestion = "Which?"\n\n[product]\n'
        'margin = { value = 0.3, unit = "1", source = "fitted", note = "records to 2021" }\n\n'
        '[sources.fitted]\ntitle = "Calibration"\nseen = "computed"\n',
        encoding="utf-8",
    )
    assumed = [word for setting in FROZEN for word in ("--set", setting)]  # whatever of the baseline is fitted is not
    asked = (*WORLD[1:], *assumed, "--records", PACKAGED, "--from", 2019, "--to", 2021, "--replicates", 1)
    said = say("validate", fitted_scenario, *asked)
    assert said.code == 0, said.err
    assert "1 number of this scenario was fitted to records" in " ".join(said.out.split())
    assert "and no forecast" in " ".join(said.out.split())
    assert json.loads(say("validate", fitted_scenario, *asked, "--json").out)["fitted_numbers"] == 1
    assert "and no forecast" not in " ".join(say("validate", WORLD[0], *asked).out.split())


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (2010, 2015, "the scenario begins later"),
        (2019, 2018, "the years end before they begin"),
        (2022, 2024, "no record from 2022 to 2024"),
    ],
)
def test_years_that_cannot_be_judged_are_refused(first: int, last: int, words: str, say: Say) -> None:
    refused(say("validate", *WORLD, "--records", PACKAGED, "--from", first, "--to", last), words)


def test_too_few_rows_for_any_target_are_refused(say: Say, tmp_path: Path) -> None:
    file = write(tmp_path / "few.csv", several(2018, 2018, 1)[:2])
    refused(say("validate", *WORLD, "--records", file, "--from", 2018, "--to", 2018), "too few records", file=file)


def test_policies_and_settings_count(say: Say) -> None:
    """A world without growth of the market shows less compute in its records."""
    asked = ("--records", PACKAGED, "--from", 2019, "--to", 2021)
    usual, still = told(say, *asked), told(say, *asked, "--set", "product.growth_exponent=0")
    levels = [next(t for t in found["targets"] if t["name"] == "compute_level_industry") for found in (usual, still)]
    assert levels[1]["median"] < levels[0]["median"] - 1


def test_the_last_day_of_a_leap_year_is_of_that_year(tmp_path: Path) -> None:
    rows = [*several(2019, 2020), row("last day", "2020-12-31", "Industry", "1e20")]
    found = read_records(write(tmp_path / "records.csv", rows))
    assert int(found.time.max()) == 2020
    assert found.between(2020, 2020).model.count("last day") == 1


def test_errors_on_another_task_are_not_held_against_imagenet(say: Say) -> None:
    years = ["--from", 2018, "--to", 2019, "--replicates", 1]
    said = say("validate", SCENARIOS / "squad.toml", *WORLD[1:], "--records", PACKAGED, *years, "--quiet")
    assert said.code == 0
    assert "follows SQuAD 1.1" in said.out
    assert "Without a record: lowest error" in said.out


def test_years_beyond_the_records_are_named(say: Say) -> None:
    said = say("validate", *WORLD, "--records", PACKAGED, "--from", 2020, "--to", 2023, "--replicates", 1, "--quiet")
    assert said.code == 0
    assert "records end in 2021" in said.out
    assert max(map(len, said.out.splitlines())) <= 100


@pytest.mark.parametrize(("last", "named"), [("2021-06-15", True), ("2021-11-20", True), ("2021-12-15", False)])
def test_a_year_that_records_hold_a_part_of_is_named(last: str, named: bool, say: Say, tmp_path: Path) -> None:
    file = write(
        tmp_path / "part.csv", [*several(2018, 2020), row("last", last, "Industry", "1e23"), *several(2021, 2021, 3)]
    )
    said = say("validate", *WORLD, "--records", file, "--from", 2020, "--to", 2021, "--replicates", 1, "--quiet")
    day = date.fromisoformat(last)
    assert (f"last record is of {day.day} {month_name[day.month]} 2021, while" in " ".join(said.out.split())) == named
    before = say("validate", *WORLD, "--records", file, "--from", 2019, "--to", 2020, "--replicates", 1, "--quiet")
    assert "last record is of" not in before.out
