"""The lowest and the highest price of emission permits: at either, a cap is a carbon tax."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.economy.observe import Step
from sim.economy.start import begin
from sim.economy.step import advance
from sim.policies import registry
from sim.policies.levers import USES
from sim.scenario import Scenario, load
from tests.reference import ReferenceEconomy
from tests.saying import Say, refused
from tests.test_caps import FEW, KINDS, cap, prices, still, under
from tests.test_reference import agree
from tests.worlds import BASELINE, small

FLOOR, CEILING = 0.02, 0.5  # USD/kgCO2e
SAME = ("compute", "inference", "emissions", "paid", "error", "carbon_taxed")


def taxed(scenario: Scenario, price: float, **more: object) -> Step:
    return under(scenario, registry()["carbon_tax"](id="tax", rate=price, **more))[1]


@pytest.fixture(scope="module")
def free() -> tuple[Scenario, float]:
    """A world, and what it emits without policies [kgCO2e/yr]."""
    scenario = still()
    return scenario, float(under(scenario)[1].emissions.sum())


@pytest.mark.parametrize(("part", "price"), [(0.999, FLOOR), (0.01, CEILING)])
def test_at_a_bound_the_cap_is_a_tax(part: float, price: float, free: tuple[Scenario, float]) -> None:
    scenario, emitted = free
    to = {"revenue_use": "equal_dividend"}
    bounded, step = under(scenario, cap("cap", part * emitted, price_floor=FLOOR, price_ceiling=CEILING, **to))
    assert list(prices(bounded, scenario).values()) == [price]
    assert step.permit_price == pytest.approx(price, rel=1e-12)
    for name in SAME:
        assert getattr(step, name) == pytest.approx(getattr(taxed(scenario, price, **to), name), rel=1e-9), name
    used = float(step.emissions.sum())
    assert used < part * emitted if price == FLOOR else used > part * emitted
    assert step.revenue_by_use[USES.index("equal_dividend")] == pytest.approx(price * used, rel=1e-9)


def test_between_the_bounds_nothing_changes(free: tuple[Scenario, float]) -> None:
    scenario, emitted = free
    plain, step = under(scenario, cap("cap", 0.8 * emitted))
    (price,) = prices(plain, scenario).values()
    bounded, other = under(scenario, cap("cap", 0.8 * emitted, price_floor=0.5 * price, price_ceiling=2.0 * price))
    assert list(prices(bounded, scenario).values()) == pytest.approx([price], rel=1e-9)
    for name in SAME:
        assert getattr(other, name) == pytest.approx(getattr(step, name), rel=1e-9), name


def test_a_fixed_price_is_one_whose_bounds_are_the_same(free: tuple[Scenario, float]) -> None:
    scenario, emitted = free
    for part in (0.01, 0.999):
        fixed, _ = under(scenario, cap("cap", part * emitted, price_floor=FLOOR, price_ceiling=FLOOR))
        assert list(prices(fixed, scenario).values()) == [FLOOR]


def test_bounds_grow_and_the_lowest_price_comes_with_the_ramp() -> None:
    """Loose caps, so that the price is the lowest; it does not jump on the ramp."""
    scenario = small("baseline", until=2016)
    policy = cap("cap", 1e12, start=2013.0, ramp=2.0, price_floor=FLOOR, price_growth=0.1)
    now, found = begin(replace(scenario, policies=(policy,)), 1), []
    for _ in range(20):
        now, step = advance(now)
        found.append(step.permit_price)
    per_year = scenario.time.steps_per_year
    assert not any(found[:per_year])
    grown = FLOOR * 1.1 ** (np.arange(16) / per_year)
    assert found[3 * per_year :] == pytest.approx(grown[2 * per_year :], rel=0.03)
    assert np.diff(found[per_year:]).min() > 0
    assert found[per_year] < 0.2 * FLOOR


def test_permits_that_nobody_takes_at_the_lowest_price_come_back_with_banking() -> None:
    """A cap that is just loose at its lowest price, and later tight: with banking more is emitted than it gives."""
    scenario = small("baseline", until=2016)
    emitted = float(under(scenario, steps=4)[1].emissions.sum())
    above = {}
    for banking in (0.0, 1.0):
        now = begin(replace(scenario, policies=(cap("cap", 3 * emitted, price_floor=FLOOR, banking=banking),)), 1)
        used = []
        for _ in range(16):
            now, step = advance(now)
            used.append(float(step.emissions.sum()))
        above[banking] = sum(kg > 3 * emitted * (1 + 1e-9) for kg in used)
    assert above[0.0] == 0
    assert above[1.0] >= 2


def test_markets_have_bounds_of_their_own_as_in_the_reference() -> None:
    """One is at its lowest price, one at its highest, one between."""
    scenario = small("baseline", *FEW, "mechanisms.abatement=false", until=2014)
    now, before = under(scenario, steps=4)
    emitted = {kind.id: float(before.emissions[:, rows].sum()) for kind, rows in now.rows()}
    policies = (
        cap("low", 1e3 * emitted[KINDS[0]], KINDS[:1], start=2013.0, price_floor=FLOOR, banking=1.0),
        cap("high", 0.01 * emitted[KINDS[1]], KINDS[1:2], start=2013.0, price_ceiling=CEILING, price_growth=0.05),
        cap("between", 0.5 * emitted[KINDS[2]], KINDS[2:], start=2013.0, price_floor=1e-9, price_ceiling=1e6),
    )
    now = begin(replace(scenario, policies=policies), 1)
    for _ in range(6):
        now, _ = advance(now)
    reference = ReferenceEconomy.from_world(now)
    reference.step()
    was, (now, step) = now, advance(now)
    agree(was, now, step, reference)
    of = {kinds[0]: price for (kinds, _), price in prices(now, scenario).items()}
    low, high, between = (of[kind] for kind in KINDS)
    assert low == FLOOR
    assert CEILING < high < CEILING * 1.05**2
    assert 1e-9 < between < 1e6


WRITTEN = f"""schema = 1
extends = "{BASELINE}"
title = "t"
question = "q?"
[[policy]]
name = "cap_and_trade"
cap = 1_000_000
start = 2027
"""


@pytest.mark.parametrize(("lines", "key", "fix"), [
    ('allocation = "grandfathering"\nprice_floor = 20', "price_floor", "auction the permits, or take price_floor out"),
    ('allocation = "grandfathering"\nauction_share = 0.5\nprice_ceiling = 20', "price_ceiling", "auction the permits"),
    ("price_floor = 30\nprice_ceiling = 20", "price_floor", "lower price_floor, or raise price_ceiling"),
    ("price_floor = { years = [2027, 2035], values = [10, 30] }\nprice_ceiling = 20", "price_floor", "lower"),
    ("price_floor = -1", "price_floor", "0"),
    ('price_floor = "20 EUR"', "price_floor", "USD/tCO2"),
])  # fmt: skip
def test_bounds_that_cannot_be_are_refused(lines: str, key: str, fix: str, tmp_path: Path, say: Say) -> None:
    file = tmp_path / "own.toml"
    file.write_text(WRITTEN + lines + "\n", encoding="utf-8")
    said = say("check", file)
    refused(said, fix, file=file, key=f"policy.cap_and_trade.{key}")


def test_bounds_are_read_with_their_unit_and_by_year(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    ceiling = "{ years = [2027, 2040], values = [65, 130] }"
    lines = f'price_floor = {{ value = 17.71, unit = "USD/tCO2" }}\nprice_ceiling = {ceiling}\nprice_growth = 5\n'
    file.write_text(WRITTEN + lines, encoding="utf-8")
    (policy,) = load(file).policies
    assert (policy.price_floor, policy.price_growth) == pytest.approx((0.01771, 0.05))
    assert [moment.price_ceiling for moment in policy.moments()] == pytest.approx([0.065, 0.13])
