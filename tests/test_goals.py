"""Where a measure comes to a goal between points, and how a goal is typed."""

from math import exp, inf, isnan, log, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arrays import Array
from sim.errors import InputError
from sim.measures import registry
from sim.results.goals import AMOUNT, FACTOR, LEVEL, Goal, Reached, around, next_range, quantile, reach
from sim.results.statistics import Spread
from sim.study.axes import Axis
from sim.study.goals import needs_one_line, read_goals
from tests.worlds import small

TINY = small(until=2013)
PLACES = np.array([0.0, 1.0, 2.5, 4.0])
RATE = "policy.carbon_tax.rate"


def level(number: float) -> Goal:
    return Goal("emissions_total", LEVEL, number, f"emissions_total={number}")


def times(number: float) -> Goal:
    return Goal("emissions_total", FACTOR, number, f"emissions_total=x{number}")


def reached(goal: Goal, *replicates: list[float], base: float = 1.0, **how: bool) -> Reached:
    """Of replicates, each with a value at each of PLACES."""
    values = np.array(replicates).T
    return reach(goal, np.full(values.shape[1], base), values, PLACES, **how)


@given(st.floats(-5, 5), st.floats(0.1, 5), st.booleans(), st.floats(0.01, 3.99))
def test_a_straight_line_is_answered_exactly(start: float, slope: float, falls: bool, at: float) -> None:
    sign = -1 if falls else 1
    found = reached(level(start + sign * slope * at), (start + sign * slope * PLACES).tolist())
    assert found.at[0] == pytest.approx(at, abs=1e-9)
    assert (found.already, found.never, found.again) == (0, 0, 0)


@given(st.floats(-1, 1), st.floats(0.1, 2), st.floats(0.01, 3.99))
def test_a_line_in_logarithms_is_one_too(start: float, slope: float, at: float) -> None:
    """So a rising function of measure and goal gives the same answer where both are taken on its scale."""
    values = [exp(start + slope * place) for place in PLACES]
    found = reached(level(exp(start + slope * at)), values, logs=True)
    assert found.at[0] == pytest.approx(at, abs=1e-9)
    straight = reached(level(exp(start + slope * at)), values).at[0]
    assert around(PLACES, straight) == around(PLACES, at)  # any scale has it between the same points


def test_an_axis_that_is_even_in_logarithms_is_straight_in_these() -> None:
    places, values = np.array([1.0, 100.0]), np.array([[0.0], [2.0]])
    assert reach(level(1.0), np.ones(1), values, places, even_in_logs=True).at[0] == pytest.approx(10)
    assert reach(level(1.0), np.ones(1), values, places).at[0] == 50.5


@given(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4, unique=True), st.integers(0, 3))
def test_a_goal_that_is_the_value_at_a_point_is_at_that_point(values: list[float], point: int) -> None:
    ordered = sorted(values)
    assert reached(level(ordered[point]), ordered).at[0] == (PLACES[point] if point else -inf)


def test_what_is_not_reached_or_already_is_beyond() -> None:
    rising = [1.0, 2.0, 3.0, 4.0]
    nowhere, first = reached(level(5.0), rising), reached(level(0.5), rising)
    assert (nowhere.at[0], nowhere.already, nowhere.never) == (inf, 0, 1)
    assert (first.at[0], first.already, first.never) == (-inf, 1, 0)


def test_a_change_is_held_against_the_base_of_each_replicate() -> None:
    values = np.array([[10.0, 100.0], [8.0, 90.0], [6.0, 70.0], [4.0, 10.0]])
    found = reach(times(0.7), np.array([10.0, 100.0]), values, PLACES)
    assert found.at.tolist() == [pytest.approx(1.75), 2.5]
    more = Goal("public_outlay", AMOUNT, -3.0, "public_outlay=-3")
    assert reach(more, np.array([10.0, 100.0]), values, PLACES).at.tolist() == [pytest.approx(1.75), pytest.approx(0.3)]


def test_where_a_change_gets_lost_as_the_number_rises_it_holds_up_to_the_answer() -> None:
    """Emissions 10 % above a base with a high tax: up to which tax?"""
    found = reached(times(1.1), [1.3, 1.2, 1.05, 1.0])
    assert found.downward
    assert found.at[0] == pytest.approx(2.0)
    assert reached(times(1.5), [1.3, 1.2, 1.05, 1.0]).at[0] == -inf  # less than the first value, if at all
    assert reached(times(0.7), [1.0, 1.1, 1.2, 1.3]).at[0] == -inf
    assert not reached(times(0.7), [1.0, 0.9, 0.8, 0.6]).downward


def test_the_first_crossing_counts_and_further_ones_are_told() -> None:
    found = reached(level(2.0), [1.0, 3.0, 1.0, 4.0], [1.0, 1.5, 3.0, 4.0], [2.5, 1.0, 3.0, 4.0])
    assert found.at.tolist() == [0.5, 1.5, -inf]
    assert found.again == 2  # the one that is there already and lost as well


def test_what_lacks_a_value_or_a_base_is_left_out_and_points_without_any_are_passed_over() -> None:
    found = reached(level(3.5), [1.0, nan, 3.0, 4.0], [1.0, nan, nan, 4.0])
    assert (found.at.tolist(), found.left_out, found.places.tolist()) == ([3.25], 1, [0.0, 2.5, 4.0])
    none = reached(times(2.0), [1.0, 2.0, 3.0, 4.0], base=0.0)
    assert (none.at.size, none.left_out, none.spread.count) == (0, 1, 0)


@given(st.permutations(range(7)), st.integers(0, 99))
def test_the_order_of_replicates_does_not_matter(order: list[int], seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(4, 7)).cumsum(axis=0)
    base = np.ones(7)
    one, other = (reach(level(0.5), base, of, PLACES) for of in (values, values[:, order]))
    assert (one.spread, one.already, one.never, one.again) == (other.spread, other.already, other.never, other.again)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30), st.floats(0, 1))
def test_quantiles_of_numbers_are_those_of_numpy(values: list[float], share: float) -> None:
    assert quantile(sorted(values), share) == pytest.approx(float(np.quantile(values, share)), abs=1e-6)


def test_quantiles_do_not_make_up_what_lies_beyond() -> None:
    assert quantile([1.0, 2.0, inf], 0.5) == 2.0
    assert quantile([1.0, 2.0, inf, inf], 0.5) == inf
    assert quantile([-inf, 2.0], 0.5) == -inf
    assert isnan(quantile([-inf, inf], 0.5))
    spread = reached(level(2.0), *[[1.0, 1.5, 2.5, 3.0]] * 5, *[[1.0, 1.1, 1.2, 1.3]] * 2).spread
    assert (spread.median, spread.high) == (1.75, inf)


def test_few_replicates_have_no_range() -> None:
    assert isnan(reached(level(2.0), *[[1.0, 1.5, 2.5, 3.0]] * 5).spread.high)


@pytest.mark.parametrize(
    ("spread", "expected"),
    [
        (Spread(9, 2.0, 1.5, 3.0), (1.0, 4.0, 5)),
        (Spread(5, 2.0), (1.0, 2.5, 5)),
        (Spread(9, 2.0, 0.5, inf), (0.0, 2.5, 5)),
        (Spread(9, 0.5, 0.2, 3.0), (0.0, 4.0, 9)),
        (Spread(9, inf, 2.0, inf), (4.0, 12.0, 5)),
        (Spread(9, -inf, -inf, 2.0), (-8.0, 0.0, 5)),
        (Spread(2, nan), (0.0, 4.0, 7)),
    ],
)
def test_the_next_values_are_around_the_answers_or_beyond(spread: Spread, expected: tuple[float, float, int]) -> None:
    assert next_range(PLACES, spread, even_in_logs=False) == expected


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("emissions_total=-30%", FACTOR, 0.7),
        ("emissions = −30 %", FACTOR, 0.7),
        ("Emissions=+20 percent", FACTOR, 1.2),
        ("emissions=x2", FACTOR, 2.0),
        ("emissions=0.5×", FACTOR, 0.5),
        ("emissions=3-fold", FACTOR, 3.0),
        ("emissions=1e8", LEVEL, 1e8),
        ("emissions=100 MtCO2e/yr", LEVEL, 1e8),
        ("emissions=+2 MtCO2e/yr", AMOUNT, 2e6),
        ("public outlay=3e9", LEVEL, 3e9),
        ("public_outlay=3 BUSD/yr", LEVEL, 3e9),
        ("public_outlay=-1_000_000", AMOUNT, -1e6),
        ("emissions=-50 tCO2e/yr", AMOUNT, -50.0),
        ("startups_alive=-5", AMOUNT, -5.0),
        ("compute_share_academia=5 %", LEVEL, 0.05),
        ("compute_share_academia=0.05", LEVEL, 0.05),
        ("compute_share_academia=+5 points", AMOUNT, 0.05),
        ("compute_share_academia=+5%", FACTOR, 1.05),
        ("months_behind_median_lab=1 yr", LEVEL, 12.0),
        ("startups_alive=50", LEVEL, 50.0),
        ("frontier_error=2 %", LEVEL, 0.02),
    ],
)
def test_a_goal_is_read_as_people_type_it(text: str, kind: str, number: float) -> None:
    (goal,) = read_goals([text], TINY, registry())
    assert goal.kind == kind
    assert goal.number == pytest.approx(number, rel=1e-12)


def test_money_is_that_of_its_year() -> None:
    euros, dollars = read_goals(["public_outlay=1 BEUR/yr of 2024", "public_outlay=1e9"], TINY, registry())
    assert 1.0 < euros.number / dollars.number < 1.2


def test_values_by_measure_are_goals_too() -> None:
    found = read_goals({"emissions_total": "-30%", "public_outlay": np.float64(3e9)}, TINY, registry())
    assert [(goal.kind, goal.number) for goal in found] == [(FACTOR, pytest.approx(0.7)), (LEVEL, 3e9)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["emissions"], ["not a goal", "MEASURE=VALUE"]),
        (["emisions_total=-30%"], ["unknown measure", "did you mean 'emissions_total'"]),
        (["voucher_cost=3e9"], ["'public_outlay'"]),
        (["emissions=30%"], ["without a sign", "emissions_total=-30%"]),
        (["emissions=-130%"], ["more than all"]),
        (["emissions=x1"], ["no change"]),
        (["emissions=-0.3"], ["a change by a part", "-30%"]),
        (["emissions=-50"], ["by percent, or by an amount?", "emissions_total=-50%", "'emissions_total=-50 tCO2e/yr'"]),
        (["public_outlay=+20"], ["public_outlay=+20%", "'public_outlay=+20 USD/yr'"]),
        (["emissions=less"], ["not a goal", "100 MtCO2e/yr"]),
        (["emissions=-2,5%"], ["-2.5%: decimals follow a point"]),
        (["emissions=+5 points"], ["only shares"]),
        (["public_outlay=$3 billion"], ["'public_outlay=3 BUSD/yr'"]),
        (["public_outlay=3 BUSD"], ["'public_outlay=3 BUSD/yr'"]),
        (["public_outlay=3 BEUR"], ["'public_outlay=3 BEUR/yr of 2023'"]),
        (["public_outlay=3 tCO2e"], ["not money per year"]),
        (["compute_share_academia=5"], ["at most 1", "=5%"]),
        (["compute_share_academia=+0.05"], ["+5%", "+5 points"]),
        (["startups_alive=50 firms"], ["not the unit", "startups_alive=50"]),
        ({"emissions_total": None}, ["a number or a text"]),
        ({"emissions_total": nan}, ["a number or a text"]),
    ],
)
def test_what_is_no_goal_is_refused_with_a_way_out(given: Any, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_goals(given, TINY, registry())
    for word in words:
        assert word in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("axes", "design", "words"),
    [
        ([Axis(RATE, (0, 1)), Axis("product.margin", (0.3, 0.4))], "grid", ["one number that is varied", "--set"]),
        ([Axis("market.allocation", ("price", "queue"))], "grid", ["numbers between which"]),
        ([Axis(RATE, (0, inf))], "grid", ["numbers between which"]),
        ([Axis(RATE, (50,))], "grid", ["two values", f"{RATE}=LOW:HIGH:STEPS"]),
        ([Axis(RATE, (), 0, 100)], "lhs", ["needs a grid", "leave --design"]),
    ],
)
def test_a_goal_needs_one_line_of_numbers(axes: list[Axis], design: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        needs_one_line(axes, design)
    for word in words:
        assert word in str(caught.value)


def values(*of: float) -> Array:
    return np.array(of)


def test_a_base_of_nothing_is_none_for_a_part() -> None:
    assert np.isnan(times(2.0).targets(values(0.0, -1.0))).all()
    assert log(times(2.0).targets(values(3.0))[0]) == pytest.approx(log(6.0))
