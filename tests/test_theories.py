"""Theories of progress: what each says alone, that it is neutral where its numbers say nothing, and what it changes."""

from dataclasses import fields
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.experiment.path import simulate
from sim.history.fitted import THEORY, fitted
from sim.measures import registry
from sim.measures.access import FRONTIER_ERROR, HALVING_FLOP
from sim.measures.research import GAIN_FROM_EFFICIENCY
from sim.mechanisms.theories import THEORIES
from sim.mechanisms.theories.meek import ln_counted, part_removable
from sim.mechanisms.theories.scale_dependent import effective, gain, returns, run_for
from sim.scenario import Scenario
from sim.scenario.data import laws
from sim.scenario.drawing import draw, uncertain
from sim.scenario.law import USUAL
from sim.scenario.variants import changed, with_values
from sim.scenario.writing import inputs
from tests.worlds import played, small

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
    usual, other = (draw(under(one), 3, 0)[0] for one in (USUAL, name))
    assert usual.items() <= other.items()


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


def test_a_number_of_another_theory_is_refused() -> None:
    with pytest.raises(InputError, match="remaining"):
        under("scale_dependent", "law.remaining=1")


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
