"""Grids that are full: what is planned beyond their connections is done where there is room, by everyone alike.

What is sent on is decided by plans of the step before, as they go on growing. So what is drawn may exceed a limit by as
much as plans change otherwise: nothing where they are as foreseen."""

from typing import NamedTuple

import numpy as np
import pytest

from sim import load
from sim.arrays import Array
from sim.economy import trends
from sim.economy.ledger import Order, Sale
from sim.economy.moment import moment
from sim.economy.observe import Step
from sim.economy.stages.acts import act
from sim.economy.stages.compute import clear, order
from sim.economy.stages.money import earn
from sim.economy.stages.planning import plan
from sim.economy.stages.siting import site
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.mechanisms import grids
from tests.test_real_limits import EARLY
from tests.worlds import SCENARIOS, small, walked

REGIONS = small().region_ids
FULL = ("germany", "france", "norway")
RICH = {region: 0.0 if region in FULL else 1e3 for region in REGIONS}  # GW/yr
ENDS = 8  # steps on record, to 2014
POLICIES = {
    "none": (),
    "tax": ("policy.carbon_tax.rate=200", "policy.carbon_tax.start=2013"),
    "tax in one region": ('policy.carbon_tax.regions=["china"]', "policy.carbon_tax.rate=500"),
    "cap": ("policy.cap_and_trade.cap=150 tCO2e/yr", "policy.cap_and_trade.start=2014"),
    "cap in one region": (
        'policy.cap_and_trade.regions=["united_states"]', "policy.cap_and_trade.cap=40 tCO2e/yr",
        "policy.cap_and_trade.start=2014", "mechanisms.abatement=true",
    ),
    "abatement": ("mechanisms.abatement=true", "policy.carbon_tax.rate=300", "abatement.build=2"),
    "public compute": ("policy.public_compute.share=0.2", "policy.public_compute.start=2013"),
    "budget": ("policy.carbon_budget.limit=0.5 tCO2e/yr", "policy.carbon_budget.start=2014"),
    "training apart": ('policy.compute_permits.scope="training"', "policy.compute_permits.cap=1e26"),
    "contracts": ('market.allocation="contracts"',),
    "queue": ('market.allocation="queue"',),
}  # fmt: skip


def connecting(power: dict[str, float]) -> list[str]:
    """Settings: GW a year that each region's grid connects."""
    return [f"region.{region}.grid_connections={gigawatts}" for region, gigawatts in power.items()]


def full(*settings: str, power: dict[str, float] | None = None, seed: int = 1) -> World:
    """A world whose European grids connect nothing once the record ends, and the first step after it done."""
    fast = ("siting.speed=2", *connecting(RICH if power is None else power))
    world, _ = walked(begin(small("baseline", EARLY, *fast, *settings, until=2019), seed), ENDS + 1)
    return world


class Done(NamedTuple):
    """What a market gave."""

    orders: Order
    sale: Sale


def cleared(world: World) -> Done:
    """A world's next market."""
    acts = act(world)
    money = earn(world, acts)
    planned = plan(world, acts, money)
    return Done(*clear(world, acts, site(world, acts, planned), order(world, acts, money, planned)))


def used(world: World, step: Step) -> Array:
    """Power for hardware by region in a step of a world [kWh/yr], everyone's, who all are sent on alike."""
    outside = world.fixed.cloud * step.outside / trends.flop_per_kwh(world.scenario, world.clock.middle)
    return (step.energy / world.fixed.traits.pue).sum(axis=1) + grids.done(outside, cleared(world).sale.costs.sent)


def planned(world: World, step: Step) -> Array:
    """Power for hardware by region that was planned in a step of a world [kWh/yr]."""
    after, now = advance(world)[0].markets, moment(world.scenario, world.clock)
    growth = after.capacity / now.ended / (step.capacity / now.flop_per_kwh)
    return after.connected.plans / growth**2


def most(world: World, years: float) -> Array:
    """Power by region that a world's grids can have connected after some years of its next step [kWh/yr]."""
    whole = world.markets.capacity / trends.flop_per_kwh(world.scenario, world.clock.time)
    return world.markets.connected.parts * whole + trends.connections_in(world.scenario, world.clock.year) * years


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("policy", POLICIES)
def test_regions_draw_what_their_grids_have_connected_but_for_what_nobody_foresaw(policy: str, seed: int) -> None:
    """Beside whatever policies; whole capacity keeps within the sum, and connections are parts of it."""
    rng = np.random.default_rng(seed)
    power = {region: 10 ** rng.uniform(-7, -4) for region in REGIONS}
    world, sent = full(*POLICIES[policy], power=power, seed=seed), 0
    for _ in range(12):
        before, (world, step) = world, advance(world)
        foreseen, at_most = before.markets.connected.plans, most(before, step.dt / 2)
        there = grids.done(foreseen, cleared(before).sale.costs.sent)
        limit = at_most * max(1, foreseen.sum() / at_most.sum())
        if "one region" in policy:  # what finds no place where it is welcome stays
            limit = np.maximum(limit, foreseen)
        assert (there <= limit * (1 + 1e-9)).all()
        unforeseen = grids.done(planned(before, step), cleared(before).sale.costs.sent) - there
        assert used(before, step) - there == pytest.approx(unforeseen, rel=1e-6, abs=1e-9 * there.sum())
        assert world.markets.connected.parts.sum() == pytest.approx(1, rel=1e-12)
        assert (most(world, 0) <= most(before, step.dt) * (1 + 1e-9)).all()
        assert most(world, 0).sum() <= most(before, step.dt).sum() * (1 + 1e-12)
        sent += step.sent_on > 0
        whole = sum(abs(amount) for amount in step.flows.values())
        left = step.received.sum() - step.spent.sum() - step.cash_change.sum() / step.dt
        assert left == pytest.approx(0, abs=1e-9 * whole)
    assert sent >= 6


@pytest.mark.parametrize("policy", ["none", "cap", "abatement", "contracts"])
def test_full_regions_send_on_the_same_part_of_everyones_work(policy: str) -> None:
    """In proportion to room, and none where there is room."""
    world = full(*POLICIES[policy])
    for _ in range(4):
        world, _ = advance(world)
    costs = cleared(world).sale.costs
    sent, mobile = costs.sent, costs.planned / costs.planned.sum(axis=0)
    assert sent is not None
    there = costs.kwh / costs.planned.sum(axis=0)
    assert there.sum(axis=0) == pytest.approx(1, rel=1e-12)  # nothing is lost
    on = (mobile * (1 - sent.stays[:, None])).sum(axis=0)
    np.testing.assert_allclose(there, mobile * sent.stays[:, None] + sent.goes[:, None] * on, rtol=1e-12)
    is_full = np.isin(REGIONS, FULL)
    assert (sent.stays[is_full] < 1).all()
    assert (sent.stays[~is_full] == 1).all()
    assert not sent.goes[is_full].any()
    assert sent.goes.sum() == pytest.approx(1, rel=1e-12)


def test_work_of_starved_regions_is_done_elsewhere_and_emits_there() -> None:
    world, free = full(), full(power=dict.fromkeys(REGIONS, 1e3))
    place, dirt = np.isin(REGIONS, FULL), None
    for _ in range(8):
        before, (world, step), (free, other) = world, advance(world), advance(free)
        dirt = trends.intensity(before.scenario, before.clock.year)[:, None]
    assert other.sent_on == 0 < step.sent_on
    assert step.energy[place].sum() < 0.8 * other.energy[place].sum()
    assert step.energy.sum() == pytest.approx(other.energy.sum(), rel=0.1)
    gross = (step.energy * dirt).sum(axis=0)
    assert step.emissions.sum(axis=0) + step.avoided == pytest.approx(gross, rel=1e-9)
    assert step.emissions[~place].sum() > other.emissions[~place].sum()
    bought = (step.compute + step.inference).sum() + step.outside
    assert 0 < step.sent_on < bought * 0.5


@pytest.mark.slow
def test_a_cap_on_one_region_keeps_work_out_of_it_and_nobody_else_from_working() -> None:
    """Work that full grids send on does not go to where its permits would cost more than the work is worth."""
    cap = (
        'policy.cap_and_trade.regions=["france"]',
        "policy.cap_and_trade.cap=1 tCO2e/yr",
        "policy.cap_and_trade.start=2027",
    )
    worlds = [begin(load(SCENARIOS / "baseline.toml", settings, until=2031), 1) for settings in ((), cap)]
    (_, plain), (world, capped) = (walked(world, world.scenario.steps) for world in worlds)
    place = REGIONS.index("france")
    drawn, there = (
        np.delete(power, place) for power in (used(world, advance(world)[1]), most(world, world.clock.dt / 2))
    )
    assert drawn.sum() == pytest.approx(there.sum(), rel=1e-3)  # full grids, and none draws what lies idle in France
    for one, other in zip(plain[64:], capped[64:], strict=True):  # from 2028 on
        assert other.sent_on > 0
        assert other.energy[place].sum() < 0.001 * one.energy[place].sum()
        assert other.energy.sum() == pytest.approx(one.energy.sum(), rel=0.1)


@pytest.mark.parametrize("case", range(100))
def test_a_region_takes_the_less_the_less_welcome_work_is(case: int) -> None:
    rng = np.random.default_rng(case)
    planned, limit = rng.random(6), rng.random(6)
    welcome = rng.random(6) * (rng.random(6) < 0.7)
    sent, usual = grids.rationed(planned, limit, welcome), grids.rationed(planned, limit)
    alike = grids.rationed(planned, limit, np.ones(6))
    if sent is None or usual is None or alike is None:
        most = limit * max(1.0, planned.sum() / limit.sum())
        assert usual is None or not (np.maximum(most - planned, 0) * welcome).any()
        return
    np.testing.assert_allclose(grids.done(planned, alike), grids.done(planned, usual), rtol=1e-9)
    there = grids.done(planned, sent)
    room = np.maximum(limit * max(1.0, planned.sum() / limit.sum()) - planned, 0)
    assert there.sum() == pytest.approx(planned.sum(), rel=1e-12)
    assert (there <= planned + room * welcome + 1e-9).all()  # nobody takes more than it offers
    assert (sent.stays >= usual.stays - 1e-9).all()


def test_connections_begin_as_what_is_drawn_when_the_record_ends() -> None:
    world = begin(small("baseline", EARLY, *connecting(RICH), until=2019), 1)
    for _ in range(ENDS):
        world, _ = advance(world)
        assert world.markets.connected is None
    before, (world, step) = world, advance(world)
    assert world.markets.connected.parts == pytest.approx(used(before, step) / used(before, step).sum(), rel=1e-12)
    assert step.sent_on == 0


@pytest.mark.parametrize("setting", ["mechanisms.grid_limits=false", "region.germany.grid_connections=inf"])
def test_without_a_limit_nothing_is_connected_or_sent_on(setting: str) -> None:
    world = full(setting)
    assert world.markets.connected is None
    assert advance(world)[1].sent_on == 0


@pytest.mark.parametrize("name", ["baseline", "public_compute"])
def test_limits_are_kept_closely_once_plans_go_on(name: str) -> None:
    """In a shipped world, with all its actors."""
    world = begin(load(SCENARIOS / f"{name}.toml", until=2033), 1)
    sent, beyond = 0, []
    while world.clock.steps_done < world.scenario.steps:
        before, (world, step) = world, advance(world)
        if before.markets.connected is not None and step.sent_on > 0:
            sent += 1
            beyond.append(float((used(before, step) / most(before, step.dt / 2)).max()) - 1)
    assert sent >= 8
    assert np.median(beyond) < 0.03


def test_a_price_is_paid_where_work_is_done() -> None:
    """For power and for carbon."""
    world = full(*POLICIES["tax"])
    for _ in range(4):
        before, (world, step) = world, advance(world)
    scenario, year = before.scenario, before.clock.year
    assert step.sent_on > 0
    bills = sum(
        amount for (_, payee, what), amount in step.flows.items() if (payee, what) == ("utilities", "electricity")
    )
    assert bills == pytest.approx((step.energy * trends.electricity(scenario, year)[:, None]).sum(), rel=1e-9)
    taxed = (step.emissions * act(before).carbon_tax[before.fixed.traits.kind_index].T).sum(axis=0)
    assert step.carbon_taxed == pytest.approx(taxed, rel=1e-9)
    assert year == 2015


@pytest.mark.parametrize("case", range(300))
def test_places_conserve_work_and_keep_within_limits(case: int) -> None:
    rng = np.random.default_rng(case)
    n = int(rng.integers(2, 8))
    planned, limit = 10 ** rng.uniform(-6, 6, n) * (rng.random(n) < 0.9), 10 ** rng.uniform(-6, 6, n)
    limit *= planned.sum() / limit.sum() * float(rng.choice([1, 1.001, 3])) or 1.0
    sent = grids.rationed(planned, limit)
    there = grids.done(planned, sent)
    assert there.sum() == pytest.approx(planned.sum(), rel=1e-12)
    assert (there <= limit + 1e-11 * limit.sum()).all()
    if sent is None:
        assert (planned <= limit * (1 + 1e-11)).all()
    else:
        assert (there >= np.minimum(planned, limit) * (1 - 1e-12)).all()  # nobody is sent on from where there is room
    value = rng.random((2, n, 5))  # what a FLOP costs follows the places of its parts
    as_planned = grids.as_planned(value, sent)
    np.testing.assert_allclose(
        (as_planned * planned[:, None]).sum(axis=1), (value * there[:, None]).sum(axis=1), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("case", range(300))
def test_power_is_connected_where_it_is_planned_as_far_as_grids_go(case: int) -> None:
    rng = np.random.default_rng(case)
    n = int(rng.integers(1, 8))
    before, planned, more = rng.random(n), rng.random(n) * (rng.random(n) < 0.9), rng.random(n)
    whole = float(rng.uniform(0, 1)) * (before + more).sum()
    found = grids.connect(before, planned, more, whole)
    assert found.sum() == pytest.approx(whole, rel=1e-12)
    assert (found >= 0).all()
    assert (found <= (before + more) * (1 + 1e-12)).all()
    if planned.any():
        wanted = planned / planned.sum() * whole
        assert (found >= np.minimum(wanted, before + more) * (1 - 1e-12)).all()
    np.testing.assert_allclose(grids.connect(before, planned, more, (before + more).sum()), before + more)
