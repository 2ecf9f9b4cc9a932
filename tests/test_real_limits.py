"""What the real world puts in the way: prices of carbon in force, grids that connect so much a year, and promises."""

from dataclasses import replace

import numpy as np
import pytest

from sim.arrays import Array
from sim.economy import trends
from sim.economy.observe import Step, observe
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.measures import registry
from sim.scenario import load
from tests.worlds import BASELINE, played, small, state, walked

NO_GRID, NO_PLEDGES = (f"mechanisms.{name}=false" for name in ("grid_limits", "pledges"))
ABLE = "mechanisms.abatement=true"
EARLY = 'market.capacity={ years = [2014], values = [3e25], unit = "FLOP/yr" }'  # on record up to 2014
PROMISE = 'pledges.clean_share={ years = [2012, 2016], values = [0.1, 0.5], unit = "1" }'
REGIONS = small().region_ids


def connecting(power: float) -> list[str]:
    """Settings: so many GW a year in every region."""
    return [f"region.{region}.grid_connections={power}" for region in REGIONS]


def alike(ours: list[Step], others: list[Step]) -> bool:
    """Whether all that steps record is the same, to the bit."""
    return all(
        np.array_equal(np.asarray(getattr(a, name)), np.asarray(getattr(b, name)), equal_nan=True)
        for a, b in zip(ours, others, strict=True)
        for name in ("compute", "inference", "emissions", "energy", "paid", "error", "capacity", "rent", "spent")
    )


def drawn(world: World) -> float:
    """What capacity draws now [kWh/yr]."""
    return world.markets.capacity / trends.flop_per_kwh(world.scenario, world.clock.time)


def test_switched_off_their_numbers_change_no_bit() -> None:
    off = (NO_GRID, NO_PLEDGES, EARLY)
    grids = (*connecting(1e-9), "market.connection_year=2012", "market.connection_growth=-20")
    promises = ("pledges.credibility=1", "pledges.size=0", PROMISE)
    without, beside = (small("baseline", *off, *more, until=2016) for more in ((), (*grids, *promises)))
    assert alike(played(without)[1], played(beside)[1])
    on = small("baseline", EARLY, *grids, *promises, until=2016)
    assert not alike(played(on)[1], played(without)[1])


def test_without_prices_in_force_carbon_costs_nothing() -> None:
    none = [f'region.{r}.carbon_price={{ years = [2012], values = [0], unit = "USD/tCO2" }}' for r in REGIONS]
    off = played(small("baseline", "mechanisms.existing_carbon_prices=false"))[1]
    assert alike(off, played(small("baseline", *none))[1])
    assert not alike(off, played(small())[1])


def test_a_grid_that_connects_all_is_no_limit() -> None:
    free = played(small("baseline", EARLY, *connecting(1e6), until=2016))[1]
    assert alike(free, played(small("baseline", EARLY, NO_GRID, until=2016))[1])
    assert not any(step.bound_by_power for step in free)


@pytest.mark.parametrize("growth", [0.0, -0.3])
@pytest.mark.parametrize("steps", [1, 4, 12])
def test_power_grows_by_no_more_than_grids_connect_once_the_record_ends(steps: int, growth: float) -> None:
    """The same each year as far as forecasts go, here to 2015; then more or less by a rate a year."""
    later = ("market.connection_year=2015", f"market.connection_growth={100 * growth} %/yr")
    settings = (EARLY, *connecting(2e-6), *later, f"time.steps_per_year={steps}")
    world = begin(small("baseline", *settings, until=2018), 1)
    bound = 0
    while world.clock.time < 2019:
        before = world
        world, step = advance(before)
        if before.clock.time < 2014:
            assert not step.bound_by_power
            continue
        ahead = max(before.clock.year - 2015, 0)
        most = 6 * 2e-6 * 8.76e9 * (1 + growth) ** ahead  # kWh/yr each year, all regions together
        assert drawn(world) <= (drawn(before) + most / steps) * (1 + 1e-12)
        if step.bound_by_power:
            bound += 1
            assert step.outcome != "slack"
            assert drawn(world) == pytest.approx(drawn(before) + most / steps, rel=1e-12)
    assert bound >= 4 * steps


def test_what_is_spent_while_power_is_short_is_bound_by_power() -> None:
    """In the part of the year in which it is; in the world of the baseline by 2030."""
    world, steps = played(load(BASELINE, until=2030))
    of_year = steps[-4:]
    found = registry()["spend_bound_by_power"](observe(world, of_year))
    paid = [float(step.paid.sum()) for step in of_year]
    short = sum(money for money, step in zip(paid, of_year, strict=True) if step.bound_by_power)
    assert found == pytest.approx(short / sum(paid))
    assert found > 0.5
    assert any(step.rent > 0 for step in of_year)


def share(step: Step) -> Array:
    """Share of clean power of each actor; NaN for those without power."""
    power = step.energy.sum(axis=0)
    return step.clean / np.where(power > 0, power, np.nan)


def test_who_promised_uses_as_much_clean_power_as_it_keeps() -> None:
    """No more and no less where nothing else is chosen; a world without abatement needs no other price for it."""
    settings = (PROMISE, "pledges.credibility=0.5", "pledges.size=1e9", "abatement.build=10")
    world = begin(small("baseline", *settings, until=2018), 1)
    promised = world.fixed.traits.start_income >= 1e9
    assert 0 < promised.sum() < world.groups.size
    while world.clock.time < 2018:
        year = world.clock.year
        world, step = advance(world)
        kept = 0.5 * min(0.1 + 0.1 * (year - 2012), 0.5)
        found = share(step)
        assert found[promised & (step.energy.sum(axis=0) > 0)] == pytest.approx(kept, rel=1e-9)
        assert not step.clean[~promised].any()
        assert not step.removed.any()


def test_promises_are_paid_and_every_dollar_is_accounted_for() -> None:
    world = begin(small("baseline", PROMISE, "pledges.credibility=1", until=2016), 1)
    for _ in range(world.scenario.steps):
        dirt = np.array([r.grid_intensity.at(world.clock.year) for r in world.scenario.regions])
        world, step = advance(world)
        assert step.abatement.sum() > 0
        paid = sum(
            amount for (_, payee, what), amount in step.flows.items() if (payee, what) == ("utilities", "clean power")
        )
        assert paid == pytest.approx(step.abatement.sum(), rel=1e-9)
        gross = (step.energy * dirt[:, None]).sum(axis=0)
        assert step.emissions.sum(axis=0) + step.avoided == pytest.approx(gross, rel=1e-9)
        whole = sum(abs(amount) for amount in step.flows.values())
        left = step.received.sum() - step.spent.sum() - step.cash_change.sum() / step.dt
        assert left == pytest.approx(0, abs=1e-9 * whole)
    balances = world.treasury.flows.net()
    assert sum(balances.values()) == pytest.approx(0, abs=1e-9 * max(map(abs, balances.values())))


def test_a_promise_comes_beside_what_carbon_is_worth() -> None:
    """The larger of the two is built."""
    settings = (ABLE, "abatement.build=100", "policy.carbon_tax.rate=40")
    promised, chosen, both = (
        advance(begin(small("baseline", *settings, *more, until=2012), 1))[1].clean
        for more in (
            ("policy.carbon_tax.rate=0", "mechanisms.existing_carbon_prices=false", PROMISE, "pledges.size=0"),
            (NO_PLEDGES,),
            (PROMISE, "pledges.size=0"),
        )
    )
    assert (both >= np.minimum(promised, chosen) * 0.9).all()
    assert both.sum() > max(promised.sum(), chosen.sum())  # some regions by promise, others by price


def test_nobody_keeps_a_promise_where_no_clean_power_is_on_offer() -> None:
    scenario = small("baseline", PROMISE, "pledges.credibility=1", "pledges.size=0", until=2014)
    none = tuple(replace(r, clean_premium=float("inf")) if r.id == "china" else r for r in scenario.regions)
    world, steps = played(replace(scenario, regions=none))
    column = scenario.region_ids.index("china")
    clean = state(world)["clean"]
    assert not clean[column].any()
    assert clean[column - 1].any()
    assert all(np.isfinite(step.paid).all() and step.paid.sum() > 0 for step in steps)


def test_a_budget_is_met_beside_a_promise() -> None:
    budget = ("policy.carbon_budget.limit=0.01 tCO2e/yr", PROMISE, "pledges.credibility=1", "pledges.size=0")
    _, steps = played(small("baseline", *budget, until=2014))
    assert steps[-1].bound_by_carbon.any()
    for step in steps:
        assert (step.emissions.sum(axis=0) <= 10 * (1 + 1e-9)).all()


@pytest.mark.parametrize("able", [False, True])
def test_a_tax_and_a_cap_of_equal_stringency_agree_beside_promises(able: bool) -> None:
    settings = (PROMISE, "pledges.credibility=1", "abatement.build=2")

    def one(policy: str) -> Step:
        switch = f"mechanisms.abatement={str(able).lower()}"
        return advance(begin(small("baseline", *settings, switch, policy, until=2012), 1))[1]

    taxed = one("policy.carbon_tax.rate=300")
    capped = one(f"policy.cap_and_trade.cap={float(taxed.emissions.sum()) / 1000!r}")
    assert capped.permit_price == pytest.approx(0.3, rel=1e-9)
    assert capped.emissions == pytest.approx(taxed.emissions, rel=1e-9)


def test_work_moves_for_what_promised_clean_power_costs() -> None:
    """Away from where it is dear, as far as a buyer has promised some; nobody else moves for it."""
    promise = (PROMISE, "pledges.credibility=1", "siting.speed=5")
    cheap, dear = (
        walked(begin(small("baseline", *promise, f"region.germany.clean_premium={premium}", until=2014), 1), 1)[0]
        for premium in (0.001, 1.0)
    )
    germany, large = cheap.scenario.region_ids.index("germany"), cheap.fixed.traits.start_income >= 1e9
    went = cheap.actors.site[germany] - dear.actors.site[germany]
    assert large.any()
    assert not large.all()
    assert (went[large] > 1e-4).all()
    assert not went[~large].any()
