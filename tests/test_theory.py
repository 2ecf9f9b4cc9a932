"""Closed forms and economics that must hold whatever the numbers are."""

from math import erf, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sim.economy.start import begin
from sim.economy.step import advance
from sim.measures.inequality import gini
from sim.mechanisms import market, planning, product
from sim.quantity import Series, factor
from sim.report.sensitivity.words import note
from sim.results.sensitivity import Sensitivity
from sim.scenario.data import yearly
from sim.scenario.schema import path_at, series_at
from sim.study.indices import indices
from sim.study.points import Blocks
from sim.study.sensitivity import METHODS, wanted
from tests.worlds import ROOT, small

SHARES = st.floats(0.01, 0.99)


@given(SHARES)
def test_gini_of_two(share: float) -> None:
    assert gini(np.array([share, 1 - share])) == pytest.approx(abs(share - 0.5), abs=1e-12)


def test_gini_closed_forms() -> None:
    grid = (np.arange(400_000) + 0.5) / 400_000
    assert gini((1 - grid) ** (-1 / 3.0)) == pytest.approx(1 / (2 * 3.0 - 1), abs=1e-3)  # Pareto with index 3
    from statistics import NormalDist

    normal = np.array([NormalDist().inv_cdf(p) for p in grid[::20]])
    sigma = 1.2
    assert gini(np.exp(sigma * normal)) == pytest.approx(erf(sigma / 2), abs=2e-3)  # lognormal: 2 Phi(s / sqrt 2) - 1
    assert gini(np.ones(50)) == pytest.approx(0, abs=1e-12)
    assert gini(np.eye(50)[0]) == pytest.approx(49 / 50)
    assert np.isnan(gini(np.zeros(3)))


positive = arrays.arrays(np.float64, 12, elements=st.floats(1e-6, 1e6))


@pytest.mark.slow
@given(
    spend=arrays.arrays(np.float64, 12, elements=st.one_of(st.just(0.0), st.floats(1e-6, 1e9))),
    cost=positive,
    most=arrays.arrays(np.float64, 12, elements=st.one_of(st.just(np.inf), st.just(0.0), st.floats(1e-9, 1e6))),
    capacity=st.floats(1e-6, 1e9),
    outside=st.one_of(st.just(0.0), st.floats(1e-6, 1e9)),
    price=st.floats(1e-6, 1e3),
    elasticity=st.floats(0, 5),
    ceiling=st.floats(1e-3, 1e9),
)
@settings(max_examples=600)
def test_market_clears_with_complementary_slackness(
    spend: Any, cost: Any, most: Any, capacity: float, outside: float, price: float, elasticity: float, ceiling: float
) -> None:
    nothing = np.zeros_like(spend)
    buyers, others = market.Buyers(spend, cost, most, nothing, nothing), market.Outside(outside, price, elasticity, 0.0)
    asked = market.Request(buyers, market.Supply("price", capacity, ceiling))
    found = market.clear(lambda _: asked, others, market.Caps()).clearing
    used = float(found.compute.sum()) + found.outside
    wanted = np.minimum(spend / (cost + found.rent), most)
    assert np.isfinite(found.compute).all()
    assert used <= capacity * (1 + 1e-9)
    assert 0 <= found.rent <= ceiling
    assert (found.compute * (cost + found.rent) <= spend * (1 + 1e-9)).all()
    if found.outcome == market.SLACK:
        assert found.rent == 0
        assert found.compute == pytest.approx(wanted)
    else:
        assert used == pytest.approx(capacity, rel=1e-9)
    if found.outcome == market.CLEARED:
        assert found.compute == pytest.approx(wanted, rel=1e-9)
    if found.outcome == market.RATIONED:
        assert found.rent == ceiling
        outside_wish = outside * (price / (price + ceiling)) ** elasticity
        rate = capacity / (float(wanted.sum()) + outside_wish)
        assert found.compute == pytest.approx(wanted * rate, rel=1e-9, abs=0)
        assert found.outside == pytest.approx(outside_wish * rate, rel=1e-9, abs=0)


@given(st.floats(0.01, 0.99), st.floats(1, 10), st.floats(0.01, 0.2))
def test_contest_value_is_the_marginal_profit(share: float, theta: float, elasticity: float) -> None:
    """d(margin s M) / d ln C for a seller whose share is s and error falls with the elasticity."""
    rival = (1 - share) / share

    def profit(ln_compute: float) -> float:
        weight = np.exp(theta * elasticity * ln_compute)
        return 0.5 * 1e9 * weight / (weight + rival)

    h = 1e-5
    slope = (profit(h) - profit(-h)) / (2 * h)
    value = planning.contest_value(share, elasticity, 1e9, 0.5, theta, 1.0)
    assert value == pytest.approx(slope, rel=1e-5)


def test_ramp_is_a_yearly_factor() -> None:
    plan, desired, ramp = np.array([1.0, 1.0, 5.0]), np.array([100.0, 2.0, 0.0]), np.array([15.0, 15.0, 3.0])
    for _ in range(4):
        plan = planning.ramped(plan, desired, ramp**0.25)
    assert plan == pytest.approx([15.0, 2.0, 5.0 / 3.0])


def test_equal_sellers_share_alike_and_accuracy_sells() -> None:
    assert product.attraction(np.ones(4), np.full(4, 0.1), 5.0) == pytest.approx(np.full(4, 0.25))
    better = product.attraction(np.ones(2), np.array([0.1, 0.2]), 5.0)
    assert better[0] / better[1] == pytest.approx(2.0**5)


def test_market_for_products_is_bounded() -> None:
    assert product.market_at_rest(1e6, 8.0, 1e6, 0.3, log(1e-12)) == pytest.approx(1e12)
    assert product.market_at_rest(1e6, 0.0, 1e6, 0.3, log(1e-12)) == pytest.approx(1e6, rel=1e-5)


def test_grid_series_is_the_file() -> None:
    scenario = small()
    table = yearly("grid_intensity_by_country_year")
    for region, entity in (("united_states", "United States"), ("norway", "Norway"), ("china", "China")):
        found = next(r for r in scenario.regions if r.id == region)
        for year in (2012, 2016, 2020, 2025):
            assert series_at(found.grid_intensity, found.grid_change, year) * 1000 == pytest.approx(table[entity][year])
    states = next(r for r in scenario.regions if r.id == "united_states")
    last = series_at(states.grid_intensity, states.grid_change, 2025)
    assert series_at(states.grid_intensity, states.grid_change, 2027) == pytest.approx(last * 0.97**2)


def test_series_and_paths() -> None:
    series = Series((2012, 2014), (4.0, 16.0))
    assert [series.at(year) for year in (2000, 2012, 2013, 2014, 2030)] == [4, 4, 10, 16, 16]
    assert path_at(series, 0.5, 2013.0) == pytest.approx(8.0)
    assert path_at(Series((2012, 2013), (4.0, 16.0)), 0.5, 2012.5) == pytest.approx(8.0)
    assert path_at(series, 0.5, 2016.0) == pytest.approx(16 * 1.5**2)
    assert path_at(series, 0.5, 2010.0) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("unit", "declared", "worth"),
    [
        ("USD/tCO2", "USD/tCO2", 1e-3), ("USD/kgCO2e", "USD/tCO2", 1.0), ("gCO2e/kWh", "gCO2e/kWh", 1e-3),
        ("%/yr", "%/yr", 0.01), ("1/yr", "%/yr", 1.0), ("MUSD/yr", "USD/yr", 1e6), ("BUSD", "USD", 1e9),
        ("months", "yr", 1 / 12), ("%", "1", 0.01), ("1", "1", 1.0), ("kgCO2e/MWh", "gCO2e/kWh", 1e-3),
        ("tCO2e/yr", "tCO2e/yr", 1000.0), ("EFLOP", "FLOP", 1e18),
    ],
)  # fmt: skip
def test_units_convert_once(unit: str, declared: str, worth: float) -> None:
    assert factor(unit, declared) == pytest.approx(worth)


def test_a_tax_lowers_emissions_when_the_market_is_slack() -> None:
    free = begin(small(), 1)
    taxed = begin(small("baseline", "policy.carbon_tax.rate=200"), 1)
    for _ in range(12):
        (free, a), (taxed, b) = advance(free), advance(taxed)
    assert a.outcome == b.outcome == market.SLACK
    assert b.emissions.sum() < a.emissions.sum()
    assert b.revenue_by_use[0] == pytest.approx(b.emissions.sum() * 0.2)


def test_what_a_number_does_with_luck_is_its_own_by_shares_and_interaction_by_a_screen() -> None:
    """Luck alone says whether it raises or lowers: each sample has one, so that Sobol's first share holds that too."""
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert "by itself, and together with luck" in page
    assert "does together with luck counts as its own" in note(Sensitivity("sobol", [], [], 0, 1, 2030))
    luck, found = np.random.default_rng(1).standard_normal(512), {}
    for method in METHODS:
        blocks = wanted(small(until=2013), method=method, samples=512, vary=["product.margin", "product.habit"]).points
        assert isinstance(blocks, Blocks)
        moving = [fact[0] for fact in blocks.facts].index("product.margin")
        shares = [[blocks.shares(block, row)[moving] for row in range(blocks.rows)] for block in range(512)]
        values = (np.array(shares) - 0.5) * luck[:, None]
        by = indices(method, ["a", "b"], blocks, list(range(512)), values, 1)
        found[method] = by.alone[moving], by.interaction[moving], by.importance[moving]
    alone, beyond, whole = found["sobol"]
    assert (alone, beyond, whole) == pytest.approx((1, 0, 1), abs=0.1)
    alone, spread, mean = found["morris"]
    assert abs(alone) < 0.1 * mean < 0.1 * spread
