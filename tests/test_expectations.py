"""Spending ahead of revenue: what is expected of the market, and who pays for it."""

from math import exp, log

import numpy as np
import pytest

from sim.economy.observe import observe
from sim.economy.start import begin
from sim.economy.step import advance
from sim.experiment.path import simulate
from sim.measures import registry
from sim.mechanisms.expectations import ahead, expected
from sim.mechanisms.funding import offered, raised
from sim.scenario import Scenario
from tests.worlds import played, small

ON = "mechanisms.expectations=true"
SPENDING = "spending_over_sales"


def shares(scenario: Scenario) -> list[float]:
    """Firms' spending over their sales, year by year."""
    measures = list(registry(scenario.region_ids, scenario.kind_ids))
    return [float(x) for x in simulate(scenario, 0).yearly[:, measures.index(SPENDING)]]


@pytest.mark.parametrize("growth", [-0.8, 0.3, 1.2])
def test_looking_ahead_is_the_mean_of_a_market_that_grows_on(growth: float) -> None:
    path = np.exp(growth * (np.arange(100_000) + 0.5) / 100_000 * 4.0)
    assert ahead(growth, 4.0) == pytest.approx(path.mean(), rel=1e-8)
    assert ahead(growth, 0.0) == ahead(0.0, 4.0) == 1.0


def test_expectations_follow_what_happened_and_stay_within_bounds() -> None:
    closed = 1 - exp(-0.5)
    assert expected(0.2, 100.0, 100.0 * exp(0.4), 0.5, closed, 2.0) == pytest.approx(0.8 + (0.2 - 0.8) * exp(-0.5))
    assert expected(0.2, 1.0, 1e9, 0.5, 1.0, 1.1) == 1.1
    assert expected(0.2, 1e9, 1.0, 0.5, 1.0, 1.1) == -1.1
    assert expected(0.2, 5.0, 5.0, 0.5, 0.0, 1.1) == 0.2


def test_investors_pay_what_is_missing_and_no_more_than_they_offer() -> None:
    assert offered(10.0, 3.0, 0.5) == 10.0
    assert offered(10.0, 0.5, 1.0) == 0.0
    assert [raised(wants, 5.0, 2.0) for wants in (1.0, 6.0, 9.0)] == [0.0, 1.0, 2.0]


def test_spending_runs_ahead_while_the_market_grows_and_falls_back_when_it_rests() -> None:
    """By rule it is a fixed part of the market; by what is expected, more than sales are worth and less later on."""
    by_rule, by_outlook = shares(small(until=2030)), shares(small("baseline", ON, until=2030))
    assert max(by_rule) < 0.35
    assert max(by_outlook) > 2 * max(by_rule)
    assert by_outlook[-1] < max(by_outlook) / 2


def test_nobody_looks_ahead_over_no_time() -> None:
    """Then only what the books call expectations moves, and nobody acts on it."""
    _, off = played(small(until=2016))
    _, on = played(small("baseline", ON, "expectations.horizon=0", until=2016))
    for one, other in zip(off, on, strict=True):
        for name in ("compute", "paid", "means", "error", "received", "spent"):
            assert (getattr(one, name) == getattr(other, name)).all(), name


def test_poor_corporations_are_financed_and_the_money_is_booked() -> None:
    poor = (ON, "kind.corporation.core_share=0", "expectations.first=1.2", "expectations.horizon=5")
    kept, given = (
        played(small("baseline", *poor, f"expectations.financed={part}", until=2016))[1] for part in (0.0, 2.0)
    )
    corporations = begin(small(), 1).groups.of("corporation")
    venture = ("investors", "corporation", "venture capital")
    assert all(step.flows.get(venture, 0.0) == 0.0 for step in kept)
    assert sum(step.flows[venture] for step in given) > 0
    assert sum(step.paid[corporations].sum() for step in given) > 1.2 * sum(
        step.paid[corporations].sum() for step in kept
    )
    for step in given:  # never beyond means
        own = step.means[corporations] - step.paid[corporations] - step.research[corporations]
        assert (own >= -1e-9 * step.means[corporations]).all()


def test_expected_growth_agrees_between_steps_of_a_year() -> None:
    def growth(steps: int) -> float:
        world, _ = played(small("baseline", ON, f"time.steps_per_year={steps}", until=2020))
        return float(world.markets.expected_growth)

    assert growth(4) == pytest.approx(growth(12), abs=0.05)


def test_growth_that_is_expected_is_that_of_the_market() -> None:
    world = begin(small("baseline", ON, "expectations.adjustment=20", "expectations.most=2"), 1)
    for _ in range(8):
        before, (world, step) = world, advance(world)
    seen = log(world.markets.products / before.markets.products) / step.dt
    assert world.markets.expected_growth == pytest.approx(min(seen, 2.0), rel=0.1)
    assert observe(world, [step]).market > 0
