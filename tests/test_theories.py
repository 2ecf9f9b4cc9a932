"""Theories of progress: what each says alone, that it is neutral where its numbers say nothing, and what it changes."""

import re
from dataclasses import fields, replace
from math import exp, log
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
import sim.data
from sim.errors import InputError
from sim.evidence import rivals
from sim.evidence.drawn import drawn
from sim.experiment.path import simulate
from sim.history.fitted import THEORY, fitted
from sim.history.records import read_records
from sim.history.weighing import forecast, middle, summed
from sim.history.weights import weights
from sim.measures import DIVIDE, EMISSIONS, registry
from sim.measures.access import FRONTIER_ERROR, HALVING_FLOP, MEDIAN_LAB
from sim.measures.economy import MARKET
from sim.measures.research import GAIN_FROM_EFFICIENCY
from sim.mechanisms.theories import THEORIES
from sim.mechanisms.theories.meek import ln_counted, part_removable
from sim.mechanisms.theories.scale_dependent import effective, gain, returns, run_for
from sim.report.comparison.theories import MIXTURE, holds, in_words, summarize_theories, survives
from sim.report.words import number
from sim.results.statistics import FEWEST
from sim.results.theories import mixture, quantiles
from sim.scenario import Scenario
from sim.scenario.data import laws, theories
from sim.scenario.drawing import uncertain
from sim.scenario.law import USUAL
from sim.scenario.variants import changed, with_values
from sim.scenario.writing import inputs
from tests.made_effects import altered
from tests.records import PACKAGED, SCORES
from tests.saying import Say
from tests.worlds import FEW, SCENARIOS, draw, played, small

NEUTRAL = {"meek": ["law.remaining=0"], "scale_dependent": ["law.small_gain=1"]}
OTHERS = [name for name in THEORIES if name != USUAL]
EVERY = pytest.mark.parametrize("name", OTHERS)
RUNS, KNOWN = st.floats(20.0, 75.0), st.floats(0.0, 20.0)  # ln FLOP, ln of effective compute per FLOP
TERMS = st.tuples(st.floats(0.0, 1.0), st.floats(30.0, 45.0), st.floats(46.0, 60.0))


def under(name: str, *settings: str, until: int = 2018) -> Scenario:
    return small("baseline", f"law.theory={name}", *settings, until=until)


def yearly(scenario: Scenario, id: str) -> np.ndarray:
    columns = list(registry(scenario.region_ids, scenario.kind_ids))
    return np.asarray(simulate(scenario, 0).yearly)[:, columns.index(id)]


@EVERY
def test_a_theory_whose_numbers_say_nothing_is_the_usual_one_to_the_bit(name: str) -> None:
    usual, neutral = (simulate(one, 0).yearly for one in (under(USUAL), under(name, *NEUTRAL[name])))
    np.testing.assert_array_equal(usual, neutral)


@EVERY
def test_a_theory_changes_what_happens(name: str) -> None:
    usual, other = (yearly(under(one), FRONTIER_ERROR) for one in (USUAL, name))
    assert usual[-1] != other[-1]


@EVERY
def test_its_numbers_are_published_ranged_fitted_and_drawn_under_it_alone(name: str) -> None:
    own = {f"law.{field.name}" for field in fields(THEORIES[name])}
    known, usual = uncertain(under(name)), uncertain(under(USUAL))
    assert own == {f"law.{key}" for key in laws()["theories"][name]}
    assert own == known.keys() - usual.keys()
    assert {path for paths in THEORY[name].values() for path in paths} <= own
    assert set(fitted(under(name)).facts) == set(fitted(under(USUAL)).facts) | set(THEORY[name])


@EVERY
def test_what_is_drawn_of_the_world_stays(name: str) -> None:
    """But for numbers that were fitted: those come from the theory's own fit."""
    scenarios = [under(one) for one in (USUAL, name)]
    (usual, other), fits = (draw(one, 3, 0)[0] for one in scenarios), [one.ensemble for one in scenarios]
    fitted = {path for fit in fits if fit for path in fit.paths}
    assert fitted
    assert {path: value for path, value in usual.items() if path not in fitted}.items() <= other.items()
    assert all(usual[path] != other[path] for path in fitted & usual.keys())


@EVERY
def test_a_drawn_number_of_a_theory_is_what_is_simulated_and_written(name: str) -> None:
    path, quantity = next(
        (p, q) for p, q in uncertain(under(name)).items() if p.removeprefix("law.") in laws()["theories"][name]
    )
    moved = with_values(under(name), {path: 1.1 * quantity.base})
    assert getattr(moved.theory, path.removeprefix("law.")) == 1.1 * quantity.base
    assert changed(moved, {}).theory == moved.theory
    assert path in {entry["path"] for entry in inputs(moved)}


def test_an_unknown_theory_is_told_in_one_message() -> None:
    with pytest.raises(InputError, match="did you mean 'meek'") as told:
        under("mek")
    assert told.value.key == "law.theory"


def test_a_number_of_another_theory_has_no_effect_and_is_noted() -> None:
    """So one file can hold numbers of all theories."""
    scenario = under("scale_dependent", "law.remaining=1")
    assert scenario.theory == under("scale_dependent").theory
    assert [note for note in scenario.notes if "law.remaining has no effect under scale_dependent" in note]
    assert not [note for note in under("meek", "law.remaining=1").notes if "law.remaining" in note]


def test_a_scale_upside_down_is_refused() -> None:
    with pytest.raises(InputError, match="full_run above"):
        under("scale_dependent", "law.full_run=1e15")


def test_budgets_that_grow_alike_draw_level_in_what_counts() -> None:
    """A hundred times the compute, for ever: errors stay apart by a factor, losses do not."""
    b, ahead, remaining = 10.0, log(100.0), 0.2
    apart = []
    for ln_run in (40.0, 60.0, 90.0, 140.0):
        small_budget, large_budget = (-(run - 40.0) / b for run in (ln_run, ln_run + ahead))
        apart.append(ln_counted(small_budget, remaining) - ln_counted(large_budget, remaining))
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] < 0.001 < ahead / b
    assert ln_counted(-3.0, 0.0) == -3.0


@given(error=st.floats(1e-3, 1.0), remaining=st.floats(1e-3, 10.0))
def test_what_compute_removes_of_a_loss_is_its_slope(error: float, remaining: float) -> None:
    h = 1e-4
    slope = (ln_counted(log(error) + h, remaining) - ln_counted(log(error) - h, remaining)) / (2 * h)
    assert part_removable(error, remaining) == pytest.approx(slope, rel=1e-4)
    assert exp(ln_counted(log(error), remaining)) == pytest.approx(error + remaining, rel=1e-12)


@given(run=RUNS, known=KNOWN, terms=TERMS)
def test_the_run_behind_an_effective_one_is_found_again(run: float, known: float, terms: tuple[float, ...]) -> None:
    assert run_for(effective(run, known, *terms), known, *terms) == pytest.approx(run, rel=1e-12)


@given(run=RUNS, known=KNOWN, terms=TERMS)
def test_returns_are_the_slope_of_effective_compute(run: float, known: float, terms: tuple[float, ...]) -> None:
    h = 1e-4
    if abs(run - terms[1]) > h:
        slope = (effective(run + h, known, *terms) - effective(run - h, known, *terms)) / (2 * h)
        assert returns(run, known, *terms) == pytest.approx(slope, rel=1e-6)


def test_small_runs_gain_a_part_of_what_the_frontier_gains() -> None:
    """The source's own figures: ten to a hundred times at small scale, 22,000 at the frontier."""
    terms = under("scale_dependent").theory.terms
    progress = log(22_000.0)
    assert 10.0 < exp(progress * gain(terms.ln_small - 5.0, *terms[1:])) < 100.0
    assert exp(progress * gain(terms.ln_full, *terms[1:])) == pytest.approx(22_000.0)
    assert gain(terms.ln_full + 1.0, *terms[1:]) > 1.0  # the power goes on


def test_the_next_halving_is_a_run_that_halves_the_error() -> None:
    """Under a theory in which knowledge helps it by its size, too."""
    scenario = under("scale_dependent")
    world, _ = played(scenario)
    best = int(world.actors.error.argmin())
    law, run = scenario.anchored_law(), yearly(scenario, HALVING_FLOP)[-1]
    reached = law.error(law.effective(np.log([run]), world.actors.knowledge[best]))
    assert reached[0] == pytest.approx(world.actors.error[best] / 2.0, rel=1e-9)
    assert 0.0 < yearly(scenario, GAIN_FROM_EFFICIENCY)[-1] < 1.0


# ---------------------------------------------------------------- weights


def test_the_better_forecast_has_the_larger_weight_and_equal_ones_the_same() -> None:
    targets = {("level", year): 1.0 for year in range(20)}
    alike = weights({"one": targets, "two": targets, "three": targets})
    assert list(alike.values()) == pytest.approx([1 / 3] * 3)
    better = weights({"one": targets, "two": {key: value - 0.1 for key, value in targets.items()}})
    assert better["two"] == pytest.approx(exp(2.0) / (1.0 + exp(2.0)), rel=1e-6)  # the same at each target


def test_one_target_does_not_decide() -> None:
    """Where plain exp of the summed score leaves next to nothing."""
    worse = {("level", year): 1.0 for year in range(20)}
    found = weights({"one": worse, "two": {**worse, ("level", 3): -9.0}})
    assert exp(-10.0) < 1e-4 < 0.02 < found["one"] < 0.5


def test_targets_count_that_all_were_judged_by() -> None:
    shared = {"a": 1.0, "b": 2.0}
    found = weights({"one": {**shared, "c": 90.0}, "two": {**shared, "d": float("nan")}})
    assert found == pytest.approx({"one": 0.5, "two": 0.5})
    with pytest.raises(ValueError, match="no target"):
        weights({"one": {"a": 1.0}, "two": {"b": 1.0}})


def test_shipped_weights_are_of_all_theories() -> None:
    assert set(theories()) == set(THEORIES)
    assert sum(float(row["weight"]) for row in theories().values()) == pytest.approx(1.0)
    for row in theories().values():
        assert float(row["weight_low"]) <= float(row["weight_high"])
        assert int(row["fits"]) > 1


def test_shipped_weights_follow_from_the_shipped_scores() -> None:
    scores = pd.read_csv(SCORES)
    for row in summed(scores).to_dict("records"):
        shipped = theories()[row["theory"]]
        assert {key: float(shipped[key]) for key in row if key != "theory"} == pytest.approx(
            {key: value for key, value in row.items() if key != "theory"}
        )


@pytest.mark.parametrize("name", THEORIES)
def test_weights_are_of_this_model_scenario_and_records(name: str) -> None:
    """Fails when the world that was weighed is not the one that is shipped; pins no value of its own."""
    before = sim.load(SCENARIOS / "before_fit.toml", [f"law.theory={name}"], until=2021)
    found = middle(before, read_records(PACKAGED))
    assert found == pytest.approx(float(theories()[name]["middle"]), rel=0.01), "weigh theories anew (docs/trust.md)"


@pytest.mark.parametrize("name", THEORIES)
def test_weights_are_of_forecasts_as_they_are_made_now(name: str) -> None:
    before = sim.load(SCENARIOS / "before_fit.toml", [f"law.theory={name}"], until=2021)
    found = forecast(before, read_records(PACKAGED))
    assert found == pytest.approx(float(theories()[name]["forecast"]), rel=0.01), "weigh theories anew (docs/trust.md)"


def test_another_way_to_forecast_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one whose bands hold fitted numbers alone."""
    before, records = sim.load(SCENARIOS / "before_fit.toml", until=2021), read_records(PACKAGED)
    usual = forecast(before, records)
    monkeypatch.setattr("sim.scenario.drawing.drawn", lambda quantity, _chance: quantity.base)
    assert forecast(before, records) != pytest.approx(usual, rel=0.01)


# ---------------------------------------------------------------- comparisons

TAX = ("policy.carbon_tax.rate=500", "policy.carbon_tax.start=2013")


@pytest.fixture(scope="module")
def compared() -> sim.Comparison:
    pair = [small(until=2014), small("baseline", *TAX, until=2014)]
    return sim.compare(pair, replicates=FEWEST, workers=1, theories=True)


def test_a_comparison_under_one_theory_can_do_what_any_can(compared: sim.Comparison, tmp_path: Path) -> None:
    one = compared.theories["meek"]
    assert "theories" not in one.report(tmp_path / "meek")
    assert (tmp_path / "meek" / "comparison.csv").exists()
    assert (one.plot() is None) == (compared.plot() is None)
    assert one.against(1).theories == one.theories == {}


def test_theories_are_compared_on_the_same_luck_and_draws(compared: sim.Comparison) -> None:
    assert list(compared.theories) == list(THEORIES)
    for name, one in compared.theories.items():
        assert {scenario.law_table.theory for scenario in one.scenarios} == {name}
        for own, usual in zip(one.pairs, compared.pairs, strict=True):
            fitted = {path for world in (one, compared) for path in world.scenarios[0].ensemble.paths}
            shared = usual.assumptions.keys() - fitted
            assert shared
            assert {path: own.assumptions[path] for path in shared} == {
                path: usual.assumptions[path] for path in shared
            }


def test_a_mixture_of_one_theory_is_that_theory(compared: sim.Comparison) -> None:
    alone = {name: float(name == "meek") for name in THEORIES}
    mixed, own = mixture(compared.theories, alone, 1, EMISSIONS), compared.theories["meek"].effect(1, EMISSIONS)
    assert mixed is not None
    assert own is not None
    assert (mixed.difference, mixed.wide_difference) == pytest.approx((own.difference, own.wide_difference), rel=1e-12)
    assert (mixed.relative, mixed.wide_relative) == pytest.approx((own.relative, own.wide_relative), rel=1e-12)
    assert mixed.wide_low <= own.wide_low <= own.wide_high <= mixed.wide_high  # of values that occur
    assert (mixed.draws, mixed.replicates) == (FEWEST, FEWEST)


def test_a_mixture_has_no_range_where_one_theory_has_too_few_pairs(compared: sim.Comparison) -> None:
    def ranged(found: sim.Comparison) -> bool:
        mixed = mixture({**compared.theories, "meek": found}, shares, 1, EMISSIONS)
        assert mixed is not None
        return bool(np.isfinite([mixed.wide_low, mixed.wide_high, mixed.wide_relative_low]).all())

    shares, meek = dict.fromkeys(THEORIES, 1 / len(THEORIES)), compared.theories["meek"]
    fewer = replace(meek, pairs=meek.pairs[:-1])
    assert ranged(meek)
    assert not ranged(fewer)
    shares["meek"] = 0.0
    assert ranged(fewer)


def test_rounding_is_no_change_under_any_theory() -> None:
    before = np.linspace(1e9, 2e9, FEWEST)
    one: Any = SimpleNamespace(
        drawn=True, measures=registry(), values=lambda i, *_, wide: before * (1 + 1e-14 * i) if wide else before + i
    )
    mixed = mixture(dict.fromkeys(THEORIES, one), dict.fromkeys(THEORIES, 1.0), 1, EMISSIONS)
    assert mixed is not None
    assert (mixed.wide_low, mixed.wide_difference, mixed.wide_high) == (0.0, 0.0, 0.0)
    assert mixed.difference == 0.0  # one in a thousand million


def test_quantiles_follow_weights() -> None:
    values = np.arange(100.0)
    assert quantiles(values, np.ones(100)) == [49.5, 2.0, 97.0]
    assert quantiles(values[:99], np.ones(99))[0] == 49.0
    assert quantiles(values, np.r_[np.zeros(90), np.ones(10)]) == [94.5, 90.0, 99.0]
    assert quantiles(values[:3], np.array([1.0, 1.0, 2.0]))[0] == 1.5


def test_what_holds_is_sure_under_each_and_points_one_way(compared: sim.Comparison) -> None:
    own = [one.effect(1, EMISSIONS) for one in compared.theories.values()]
    assert holds(own) == "falls"
    assert own[0] is not None
    rises = altered(own[0], difference=1.0, low=0.5, high=2.0, wide_difference=1.0, wide_low=0.5, wide_high=2.0,
                    relative=float("nan"), wide_relative=float("nan"))  # fmt: skip
    unsure = altered(rises, low=-1.0)
    assert holds([rises, rises]) == "rises"
    assert holds([own[0], rises]) == holds([rises, unsure]) == holds([rises, None]) == holds([]) == ""


def test_table_and_sentence_have_the_same_word_for_what_holds() -> None:
    """That of the measure, as in all tables: the divide narrows, and emissions, a plural, fall."""
    known = registry()
    assert in_words("falls", known[DIVIDE]) == "narrows"
    assert in_words("may fall", known[MARKET]) == "may shrink"
    assert in_words("falls", known[EMISSIONS]) == "falls"
    assert in_words("", known[DIVIDE]) == ""
    same = {DIVIDE: "may fall", MARKET: "falls", EMISSIONS: "rises"}
    assert survives("a", same) == (
        "a: under every theory the compute divide may narrow, the AI product market shrinks and emissions rise."
    )


def test_too_few_replicates_say_nothing_of_what_holds(compared: sim.Comparison) -> None:
    """Nor that theories differ."""
    meek = compared.theories["meek"]
    (enough,) = summarize_theories({USUAL: compared, "meek": meek}).survives
    (said,) = summarize_theories({USUAL: compared, "meek": replace(meek, pairs=meek.pairs[:-1])}).survives
    assert "too few" not in enough
    assert said.endswith("too few replicates to say what holds under every theory.")
    assert "differs" not in said


def test_the_table_has_levels_of_the_baseline_asked_for_measures_and_no_empty_cell(compared: sim.Comparison) -> None:
    asked = "energy_total"
    told = {name: replace(one, asked_measures=(asked,)) for name, one in compared.theories.items()}
    summary = summarize_theories(told)
    levels = {row.measure: row for row in summary.rows if row.scenario == compared.scenarios[0].name}
    rows = [row for row in summary.rows if row.scenario in compared.names]
    assert asked in levels
    assert list(levels) == [row.measure for row in rows]
    for theory, one in compared.theories.items():
        own = one.effect(1, EMISSIONS)
        assert own is not None
        assert levels[EMISSIONS].cells[theory] == number(own.baseline, "tCO2e/yr")
    assert levels[EMISSIONS].cells[MIXTURE].endswith("tCO2e/yr")
    assert all(row.holds for row in rows)
    assert {row.holds for row in rows} & {"differs between theories, or unclear in one", "hardly changes"}
    assert not any(row.holds for row in levels.values())
    subject = compared.measures[asked].subject
    assert all(0 < said.find(subject) < said.find("emissions") for said in summary.survives)  # what was asked for first


def test_a_comparison_under_all_theories_writes_a_file_and_says_what_holds(
    compared: sim.Comparison, tmp_path: Path
) -> None:
    summary = compared.report(tmp_path / "all")
    table = pd.read_csv(tmp_path / "all" / "theories.csv")
    assert set(table["theory"]) == {*THEORIES, MIXTURE}
    own = table[(table["theory"] == USUAL) & (table["measure"] == EMISSIONS) & (table["window"] == "final")]
    usual = pd.read_csv(tmp_path / "all" / "comparison.csv")
    usual = usual[(usual["measure"] == EMISSIONS) & (usual["window"] == "final")]
    assert own["difference"].tolist() == usual["difference"].tolist()
    assert "emissions fall" in summary["theories"]["survives"][0]
    page = (tmp_path / "all" / "report.html").read_text(encoding="utf-8")
    assert "Across theories of progress" in page
    plain = replace(compared, theories={}).report(tmp_path / "one")
    assert "theories" not in plain
    assert not (tmp_path / "one" / "theories.csv").exists()


@pytest.mark.slow
def test_compare_takes_theories_and_goes_on_with_all_of_them(say: Say, tmp_path: Path) -> None:
    settings = [part for text in (*FEW, "time.end=2014", *TAX) for part in ("--set", text)]
    files = [SCENARIOS / f"{name}.toml" for name in ("baseline", "carbon_tax")]
    answer = say(
        "compare", *files, *settings, "--theories", "--replicates", FEWEST, "--workers", 1, "--out", tmp_path / "out"
    )
    assert answer.code == 0, answer.err
    assert re.search(r"carbon_tax: under every theory [^;]*emissions fall", " ".join(answer.out.split()))
    assert "Weights" in answer.out
    more = say("resume", tmp_path / "out", "--replicates", FEWEST + 1, "--workers", 1)
    assert more.code == 0, more.err
    table = pd.read_csv(tmp_path / "out" / "theories.csv")
    assert set(table.loc[table["theory"] != MIXTURE, "replicates"]) <= {FEWEST, FEWEST + 1}
    assert (table.groupby("theory")["replicates"].max()[list(THEORIES)] == FEWEST + 1).all()


def test_scenarios_of_different_theories_are_not_compared_under_all() -> None:
    with pytest.raises(InputError, match="different theories"):
        sim.compare([under("meek", until=2013), under(USUAL, until=2013)], replicates=1, workers=1, theories=True,
                    assumptions=False)  # fmt: skip


def test_what_counts_draws_level_where_a_part_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's table: the same errors make a smaller gap."""
    monkeypatch.setattr(rivals, "YEARS", (2014,))
    gaps = {}
    for name in ("meek", USUAL):
        draws = drawn(small("baseline", f"law.theory={name}", until=2014, replicates=3))
        lab, best = (np.array([one.years.at(id, 2014) for one in draws]) for id in (MEDIAN_LAB, FRONTIER_ERROR))
        gaps[name] = np.median(lab / best), float(rivals.behind(draws)[0].partition("×")[0])
    assert 1.0 < gaps["meek"][1] < gaps["meek"][0] - 0.01
    assert gaps[USUAL][1] == pytest.approx(gaps[USUAL][0], abs=0.01)
