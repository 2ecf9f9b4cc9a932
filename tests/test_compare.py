"""Policies compared in pairs: the pairs, both intervals, the tables, the words, the files."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError, Notice
from sim.experiment.path import ReplicatePath, simulate
from sim.policies import registry
from sim.quantity import SHAPES
from sim.report.comparison.reasons import why_unchanged
from sim.report.comparison.summary import summarize as of_comparison
from sim.report.run.summary import summarize
from sim.results import Cost
from sim.results.statistics import FEWEST
from sim.scenario import load
from sim.scenario.checks import check
from sim.scenario.drawing import bounds, draw, drawn, uncertain, without_range
from sim.scenario.variants import with_values
from sim.scenario.writing import resolved_toml
from tests.saying import Say
from tests.worlds import SCENARIOS, small

FEW = ("kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20", "time.end=2016")
TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    scenarios = [small(until=2016), small("baseline", *TAX, until=2016), small(until=2016)]
    with pytest.warns(Notice, match="baseline-3 is the same as baseline"):
        return sim.compare(scenarios, replicates=FEWEST, workers=1)


@pytest.mark.slow
def test_the_baseline_against_itself_is_zero_everywhere(found: sim.Comparison) -> None:
    itself = found.table[found.table["scenario"] == found.names[1]]
    assert len(itself) > 100
    for column in ("difference", "ci_low", "ci_high", "wide_low", "wide_high"):
        assert (itself[column] == 0).all(), column
    assert (itself["relative"].dropna() == 0).all()
    assert (itself["baseline"] == itself["policy"]).all()


@pytest.mark.slow
def test_pairs_are_runs_of_their_own(found: sim.Comparison) -> None:
    """Replicate r of a scenario in a comparison is replicate r of it alone."""
    alone = simulate(small("baseline", *TAX, until=2016, seed=1), 2)
    assert np.array_equal(found.pairs[2].luck[1].yearly, alone.yearly, equal_nan=True)


@pytest.mark.slow
@pytest.mark.parametrize("start", [2012, 2014.5])
def test_a_way_in_common_is_gone_once_and_changes_nothing(start: float) -> None:
    """Scenarios that part when a policy begins give what each gives alone, to the bit."""
    files = [SCENARIOS / f"{name}.toml" for name in registry()]
    shares = ("cap_and_trade", "compute_permits")  # of the year before
    begins = [f"policy.{name}.start={max(start, 2013) if name in shares else start}" for name in registry()]
    others = [load(file, [*FEW, setting]) for file, setting in zip(files, begins, strict=True)]
    scenarios = [small(until=2016), *others, small("baseline", "mechanisms.siting=false", until=2016)]
    found = sim.compare(scenarios, replicates=1, workers=1, assumptions=False, every_step=True)
    for i, scenario in enumerate(found.scenarios):
        alone, mine = simulate(scenario, 0, True, {2012, 2016}), found.pairs[0].luck[i]
        assert np.array_equal(mine.yearly, alone.yearly, equal_nan=True), scenario.name
        assert np.array_equal(mine.by_step, alone.by_step, equal_nan=True)
        assert np.array_equal(mine.times, alone.times)
        assert mine.flows == alone.flows
        assert mine.outcomes == alone.outcomes
        for one, other in zip(mine.actors, alone.actors, strict=True):
            pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.slow
def test_the_table_has_the_columns_that_were_promised(found: sim.Comparison) -> None:
    assert list(found.table.columns) == [
        "scenario", "measure", "unit", "window", "baseline", "policy", "difference", "ci_low", "ci_high", "wide_low",
        "wide_high", "relative", "replicates", "wide_median", "relative_low", "relative_high", "wide_relative_median",
        "wide_relative_low", "wide_relative_high", "draws",
    ]  # fmt: skip
    windows = found.table.groupby("measure")["window"].agg(set)
    assert windows["emissions_total"] == {"final", "total", "mean"}
    assert windows["frontier_error"] == {"final", "mean"}
    assert found.first_year == 2013
    row = found.table.set_index(["scenario", "measure", "window"]).loc[("baseline-2", "emissions_total", "total")]
    values = found.paths(1, "emissions_total")[:, 1:].sum(axis=1) - found.paths(0, "emissions_total")[:, 1:].sum(axis=1)
    assert row["difference"] == pytest.approx(np.median(values))
    assert row["unit"] == "tCO2e"
    assert row["relative_low"] <= row["relative"] <= row["relative_high"] < 0
    assert row["ci_low"] < row["difference"] < row["ci_high"] < 0


def test_effects_are_medians_of_pairs(found: sim.Comparison) -> None:
    """The level is the median that a run shows, the change that of the pairs; with six of them its interval reaches
    from the smallest to the largest, and the wide range has the centre of its own draws."""
    got = found.effect(1, "emissions_total")
    assert got is not None
    before, after = (found.values(i, "emissions_total", "final") for i in (0, 1))
    level = next(row for row in summarize(found.results[0]).headline if row.measure == "emissions_total").values[-1]
    assert got.baseline == level.values.median == np.median(before)
    assert got.policy == np.median(after)
    assert (got.low, got.difference, got.high) == (
        (after - before).min(), np.median(after - before), (after - before).max()
    )  # fmt: skip
    assert (got.relative_low, got.relative, got.relative_high) == pytest.approx(
        tuple(np.percentile(after / before - 1, [0, 50, 100]))
    )
    first, last = (found.values(i, "emissions_total", "final", wide=True) for i in (0, 1))
    assert (got.wide_low, got.wide_difference, got.wide_high) == pytest.approx(
        tuple(np.percentile(last - first, [2.5, 50, 97.5]))
    )


@pytest.mark.slow
def test_from_python(found: sim.Comparison, tmp_path: Path) -> None:
    figure = found.plot()
    figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000
    summary = found.report(tmp_path / "report")
    assert summary["replicates"] == FEWEST
    assert (tmp_path / "report" / "report.html").exists()
    with pytest.raises(InputError, match="not empty"):
        found.report(tmp_path / "report")
    money = found.money(1)
    assert money["difference"].abs().is_monotonic_decreasing
    assert not found.money(2).size
    assert set(found.winners(1)["tenth"]) == set(range(11))
    assert (found.winners(2)["ratio"].dropna() == 1).all()


def test_tenths_and_flows_are_those_of_the_books(found: sim.Comparison) -> None:
    """The whole kind is the sum of its tenths in every replicate, and money that of the measures."""
    tenths, trained = found.tenths(1), found._training(0, wide=False)
    for kind in ("corporation", "startup", "academic_lab"):
        assert trained.loc[kind].drop(0).sum().to_numpy() == pytest.approx(trained.loc[kind, 0].to_numpy())
        assert tenths[kind, 0].baseline == pytest.approx(trained.loc[kind, 0].median())
    last = pd.concat([table for pair in found.pairs for table in pair.luck[1].actors])
    last = last.query("year == 2016 and kind == 'academic_lab'")
    assert tenths["academic_lab", 0].policy == pytest.approx(last.groupby("replicate")["compute_flop"].sum().median())
    first = pd.concat(table for pair in found.pairs for table in pair.luck[0].actors).query("year == 2012")
    poorest = first[first["kind"] == "academic_lab"].sort_values("compute_flop").groupby("replicate").head(2)
    keys = set(zip(poorest["replicate"], poorest["actor"], strict=True))
    mine = [(replicate, actor) in keys for replicate, actor in zip(last["replicate"], last["actor"], strict=True)]
    sums = last[mine].groupby("replicate")["compute_flop"].sum()
    assert tenths["academic_lab", 1].policy == pytest.approx(sums.median())
    paid = found.flows(1)["corporation", "government", "carbon"]
    taxed = found.effect(1, "carbon_paid_corporation")
    assert taxed is not None
    assert paid.difference == pytest.approx(taxed.difference, rel=0.05)  # beside existing carbon prices
    assert paid.wide_low > 0


@pytest.mark.slow
def test_results_of_drawn_worlds_go_with_their_draws(found: sim.Comparison, tmp_path: Path) -> None:
    """Replicate r of drawn.csv rests on draw r of assumptions.csv: its numbers are those of a scenario that says so."""
    found.report(tmp_path / "out")
    drawn, draws = (pd.read_csv(tmp_path / "out" / f"{name}.csv") for name in ("drawn", "assumptions"))
    series = pd.read_csv(tmp_path / "out" / "series.csv")
    assert list(drawn.columns) == list(series.columns)
    assert set(drawn["replicate"]) == set(draws["replicate"])
    own = draws[draws["replicate"] == 2].set_index("path")["value"].to_dict()
    alone = simulate(with_values(small("baseline", *TAX, until=2016, seed=1), own), 2)
    mine = drawn.query("scenario == 'baseline-2' and replicate == 2").pivot(
        index="year", columns="measure", values="value"
    )
    expected = pd.DataFrame(alone.yearly, index=found.years, columns=list(found.measures))
    assert mine.to_numpy() == pytest.approx(expected[mine.columns].to_numpy())
    got = found.effect(1, "emissions_total")
    assert got is not None
    last = drawn.query("year == 2016 and measure == 'emissions_total'").pivot(
        index="replicate", columns="scenario", values="value"
    )
    assert got.wide_difference == pytest.approx((last["baseline-2"] - last["baseline"]).median())


def test_why_nothing_changes_is_told_truly() -> None:
    def told(*settings: str, replicates: int = 1) -> str:
        pair = [small(until=2014), small("baseline", *settings, until=2014)]
        return why_unchanged(sim.compare(pair, replicates=replicates, workers=1), 1)

    cap, tax = "policy.cap_and_trade.start=2013", "policy.carbon_tax.rate=500"
    assert told("policy.cap_and_trade.cap=1e15", cap, replicates=2) == (
        "It changes nothing in 2 of 2 replicates and 2 of 2 drawn worlds, where what it limits stays within its limits."
    )
    assert told("policy.cap_and_trade.cap_share=0.5", cap) == ""
    assert told(tax, "policy.carbon_tax.start=2027") == (
        "It changes nothing, since carbon_tax begins in 2027, after 2014, the last year simulated."
    )
    assert told(tax, "policy.carbon_tax.start=2000", "policy.carbon_tax.end=2010") == (
        "It changes nothing, since carbon_tax ends in 2010, before 2012, the first year simulated."
    )
    assert (
        told("policy.carbon_tax.growth=1")
        == "It changes nothing, since the rate of carbon_tax is at its neutral value."
    )
    assert told("knowledge.leak={ value = 0.61, unit = '1/yr', basis = 'assumed', note = 'n' }") == (
        "It changes nothing in 1 of 1 replicates and 1 of 1 drawn worlds, where what it changes has no effect."
    )  # nobody has secrets by then
    assert told("product.margin={ value = 0.41, basis = 'assumed', note = 'n' }") == ""


def test_a_scenario_compared_with_itself_is_not_simulated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noticed beforehand, and keeps its rows with differences of exactly nothing."""
    begun = []

    class Counted(ReplicatePath):
        def __init__(self, *args: Any, **options: Any) -> None:
            begun.append(args[0].name)
            super().__init__(*args, **options)

    monkeypatch.setattr("sim.experiment.compare.ReplicatePath", Counted)
    titled = replace(small(until=2013), name="same", title="Another title")
    with pytest.warns(Notice, match="same is the same as baseline: it is not simulated again"):
        found = sim.compare([small(until=2013), titled], replicates=FEWEST, workers=1)
    assert begun == ["baseline"] * FEWEST  # and no assumptions are drawn, since nothing differs in any world
    assert len(found.table) > 100
    assert (found.table[["difference", "ci_low", "ci_high"]] == 0).all(axis=None)
    assert found.table["wide_low"].isna().all()
    assert why_unchanged(found, 1) == f"It is the same as {found.scenarios[0].title}: nothing differs."
    begun.clear()
    taxed = small("baseline", *TAX, until=2013)
    with pytest.warns(Notice, match="baseline-3 is the same as baseline-2"):
        found = sim.compare([small(until=2013), taxed, taxed], replicates=1, workers=1, assumptions=False)
    assert np.array_equal(*(found.pairs[0].luck[i].yearly for i in (1, 2)), equal_nan=True)
    assert set(pd.concat(found.pairs[0].luck[2].actors)["scenario"]) == {"baseline-3"}


def test_notes_of_a_run_are_those_of_a_comparison() -> None:
    late = small("baseline", "policy.carbon_tax.rate=500", "policy.carbon_tax.start=2027", until=2013)
    summary = of_comparison(sim.compare([small(until=2013), late], replicates=1, workers=1), {})
    assert set(late.notes) <= set(summary.notes)
    assert late.notes


def test_costs_count_what_is_bought_and_show_what_is_paid_back() -> None:
    def costs(use: str) -> Cost:
        taxed = small("baseline", *TAX, f'policy.carbon_tax.revenue_use="{use}"', until=2015)
        return sim.compare([small(until=2015), taxed], replicates=1, workers=1, assumptions=False).cost(1)

    treasury, dividend, compute = (costs(use) for use in ("treasury", "equal_dividend", "academic_compute"))
    assert treasury.outlay == treasury.paid_back == 0
    assert dividend.outlay == 0 < dividend.paid_back
    assert compute.paid_back == 0 < compute.outlay
    assert compute.outlay == pytest.approx(dividend.paid_back, rel=0.3)


# -- drawn assumptions


def test_draws_stay_in_their_ranges_and_are_the_same_for_all() -> None:
    scenario = load(SCENARIOS / "baseline.toml")
    found = uncertain(scenario)
    assert len(found) > 100
    assert not any(path.startswith(("policy.", "time.", "run.")) or path.endswith(".count") for path in found)
    for replicate in range(20):
        values, _ = draw(scenario, 1, replicate)
        assert set(values) == set(found)
        for path, value in values.items():
            low, high = bounds(found[path])
            assert low * (1 - 1e-12) - 1e-300 <= value <= high * (1 + 1e-12) or low == high, path
        check(with_values(scenario, values))
    assert draw(scenario, 1, 3)[0] != draw(scenario, 1, 4)[0]
    assert draw(scenario, 1, 3)[0] == draw(load(SCENARIOS / "carbon_tax.toml"), 1, 3)[0]


def test_draws_have_the_shapes_that_were_declared() -> None:
    found = uncertain(load(SCENARIOS / "baseline.toml"))
    margin, even = found["product.margin"], np.linspace(0.0005, 0.9995, 1000)
    low, high = bounds(margin)
    values = np.array([drawn(margin, float(chance)) for chance in even])
    assert values.mean() == pytest.approx((low + margin.base + high) / 3, rel=1e-3)  # of a triangle
    assert np.mean(values < margin.base) == pytest.approx((margin.base - low) / (high - low), abs=2e-3)
    near = found["yardsticks.near"]  # 3 to 100
    logs = np.log([drawn(near, float(chance)) for chance in even])
    assert np.std(np.diff(logs)) < 1e-9


@pytest.mark.parametrize("shape", SHAPES)
def test_a_declared_shape_is_drawn(shape: str) -> None:
    entry = f"{{ value = 0.3, low = 0.2, high = 0.5, draw = '{shape}', basis = 'assumed', note = 'n' }}"
    scenario = small("baseline", f"product.margin={entry}", until=2013)
    margin, even = uncertain(scenario)["product.margin"], np.linspace(0.0005, 0.9995, 1000)
    values = np.array([drawn(margin, float(chance)) for chance in even])
    middle = {"triangular": 1 / 3, "uniform": 0.35, "log-uniform": 0.3 / np.log(2.5)}[shape]
    assert values.mean() == pytest.approx(middle, rel=1e-3)
    assert (values.min(), values.max()) == pytest.approx((0.2, 0.5), abs=0.01)
    again = tomllib.loads(resolved_toml(scenario))["product"]["margin"]
    assert again["draw"] == shape


PLACES = {
    "product.margin": 0.41, "law.start_error": 0.3, "law.fitted_growth": 1.2, "knowledge.returns": 0.25,
    "region.france.cloud_share": 0.2, "kind.startup.burn": 0.5, "finance.runway": 3.0, "compute.energy_gain": 0.33,
    "market.response": 2.0, "training.run_share": 0.07, "siting.scale": 0.3, "kind.academic_lab.grant": 3e5,
}  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
def test_a_drawn_value_is_the_value_that_a_file_would_set(path: str) -> None:
    unit = {"compute.energy_gain": 100.0}.get(path, 1.0)  # written in percent
    written = small("baseline", f"{path}={unit * PLACES[path]!r}", until=2013)
    changed = with_values(small(until=2013), {path: PLACES[path]})
    assert written.law_table == changed.law_table
    for part in (
        "law",
        "product",
        "knowledge",
        "finance",
        "compute",
        "market",
        "training",
        "siting",
        "regions",
        "kinds",
    ):
        assert getattr(written, part) == getattr(changed, part), part
    assert np.array_equal(simulate(written, 0).yearly, simulate(changed, 0).yearly, equal_nan=True)


def test_what_has_no_range_is_listed_and_never_drawn() -> None:
    scenario = load(SCENARIOS / "baseline.toml")
    fixed = {quantity.path for quantity in without_range(scenario)}
    assert "region.france.grid_intensity" in fixed
    assert not fixed & set(uncertain(scenario))
    facts = {quantity.path for quantity in scenario.quantities if quantity.basis != "choice"}
    assert fixed | set(uncertain(scenario)) == facts


def test_a_scenario_keeps_what_it_changes_itself() -> None:
    thin = small("baseline", "product.margin={ value = 0.35, low = 0.3, high = 0.4, basis = 'assumed', note = 'n' }",
                 until=2013)  # fmt: skip
    found = sim.compare([small(until=2013), thin], replicates=2, workers=1)
    assert "product.margin" in found.pairs[0].assumptions
    assert not np.array_equal(*(world.yearly for world in found.pairs[0].wide), equal_nan=True)


# -- the command


def said(say: Say, out: Path, *arguments: object) -> str:
    settings = [part for setting in FEW for part in ("--set", setting)]
    answer = say("compare", SCENARIOS / "baseline.toml", SCENARIOS / "carbon_tax.toml", *settings,
                 "--set", "policy.carbon_tax.start=2013", "--out", out, *arguments)  # fmt: skip
    assert answer.code == 0, answer.err
    return answer.out


@pytest.mark.slow
def test_the_command_writes_a_whole_directory(say: Say, tmp_path: Path) -> None:
    shown = said(say, tmp_path / "out", "--replicates", "6", "--workers", "1", "--every-step")
    assert "carbon_tax: Carbon tax at 100 USD/t from 2027" in shown
    assert re.search(r"Emissions +lower +−[\d.]+ % \[−[\d.]+, −[\d.]+\]\n +−[\d.]+ % \(−[\d.]+, −[\d.]+\)", shown)
    assert "[ ] luck" in shown
    assert "( ) luck and assumptions" in shown
    out = tmp_path / "out"
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {
        "comparison.csv", "series.csv", "steps.csv", "assumptions.csv", "drawn.csv", "winners.csv", "money.csv",
        "summary.json", "provenance.json",
        "report.html", "scenarios/baseline.toml", "scenarios/carbon_tax.toml", "figures/trade_off.png",
        "figures/over_time.png", "figures/winners.png",
    } <= names  # fmt: skip
    page = (out / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "http" not in page.replace("http://www.w3.org", "")
    record = json.loads((out / "provenance.json").read_text())
    assert set(record["files"]) == names - {"provenance.json"}
    series = pd.read_csv(out / "series.csv")
    assert set(series["scenario"]) == {"baseline", "carbon_tax"}
    again = load(out / "scenarios" / "carbon_tax.toml")
    assert again.policies[0].start == 2013


@pytest.mark.slow
def test_more_policies_share_one_table(say: Say, tmp_path: Path) -> None:
    settings = [part for setting in FEW for part in ("--set", setting)]
    files = [SCENARIOS / f"{name}.toml" for name in ("baseline", "carbon_tax", "compute_voucher", "public_compute")]
    answer = say("compare", *files, *settings, "--replicates", "2", "--workers", "1", "--out", tmp_path / "out")
    assert answer.code == 0, answer.err
    header = next(line for line in answer.out.splitlines() if line.startswith("in 2016"))
    assert header.split()[3:] == ["carbon_tax", "compute_", "public_compute"]
    assert answer.out.count("Compute divide") == 1


@pytest.mark.slow
def test_workers_change_no_byte(say: Say, tmp_path: Path) -> None:
    for workers in (1, 2):
        said(say, tmp_path / str(workers), "--replicates", "3", "--workers", workers, "--quiet")
    for name in ("series.csv", "assumptions.csv", "drawn.csv", "comparison.csv"):
        one, two = ((tmp_path / str(n) / name).read_text().splitlines() for n in (1, 2))
        assert len(one) == len(two), name
        assert not [pair for pair in zip(one, two, strict=True) if pair[0] != pair[1]], name


@pytest.mark.slow
def test_a_setting_of_a_policy_is_for_those_who_have_it(say: Say, tmp_path: Path) -> None:
    said(say, tmp_path / "out", "--replicates", "2", "--workers", "1", "--quiet", "--set", "policy.carbon_tax.rate=900")
    scenarios = [load(tmp_path / "out" / "scenarios" / f"{name}.toml") for name in ("baseline", "carbon_tax")]
    assert [[policy.rate for policy in scenario.policies] for scenario in scenarios] == [[], [pytest.approx(0.9)]]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_json_and_laws(say: Say, tmp_path: Path) -> None:
    shown = said(say, tmp_path / "out", "--replicates", "2", "--workers", "1", "--json", "--across-laws")
    summary = json.loads(shown)
    assert summary["replicates"] == 2
    laws = {law["law"]: law for law in summary["laws"]}
    assert {"thompson2020_exponential", "thompson2022_hardware"} <= set(laws)
    assert all(law["replicates"] == 10 for law in laws.values())
    assert laws["thompson2022_hardware"]["rows"][0][2] == "1"


@pytest.mark.parametrize(
    ("arguments", "texts"),
    [
        ([SCENARIOS / "baseline.toml"], ["nothing to compare", "at least two scenarios"]),
        (
            [SCENARIOS / "baseline.toml", SCENARIOS / "nothing.toml"],
            ["no such file", "nothing.toml"],
        ),
        (
            [SCENARIOS / "baseline.toml", SCENARIOS / "carbon_tax.toml", "--discount", "7"],
            ["--discount", "from 0 to 1"],
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(
    arguments: list[object], texts: list[str], say: Say, tmp_path: Path
) -> None:
    answer = say("compare", *arguments, "--replicates", "2", "--out", tmp_path / "out")
    assert answer.code == 2
    assert all(text in answer.err for text in texts), answer.err


def test_worlds_that_cannot_be_paired_are_refused() -> None:
    for other, words in (
        (small(until=2017), "different ends"),
        (small("baseline", "kind.startup.count=15", until=2016), "different actors"),
        (small("baseline", "time.steps_per_year=2", until=2016), "different steps"),
    ):
        with pytest.raises(InputError, match=words):
            sim.compare([small(until=2016), other], replicates=1)
