"""A tax and an auctioned cap that come to the same price do the same, in every measure, wherever work may move."""

from dataclasses import replace

import numpy as np
import pytest

from sim.economy.observe import Step, observe
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.measures import registry as measures
from sim.measures.economy import OUTLAY, REVENUE, UNSPENT
from sim.measures.permits import IN_FORCE
from sim.mechanisms import market
from sim.mechanisms.market import Buyers, Caps, Outside, Request, Supply
from sim.policies import Policy, registry
from sim.policies.levers import TREASURY
from tests.worlds import small, state

DIRTY = ("united_states", "china")
BETWEEN = 1e-9
ABLE = ("mechanisms.abatement=true", "abatement.build=0.2")
CASES = {
    "plain": (),
    "still": ("mechanisms.siting=false",),
    "fast": ("siting.speed=5", "siting.scale=0.02", "kind.corporation.home_share=0"),
    "able": ABLE,
    "pledges": ("mechanisms.pledges=true", "pledges.size=0", "siting.speed=5"),
    "grids": ("mechanisms.grid_limits=true", "siting.speed=5"),
    "full grids": (
        *(f"region.{region}.grid_connections=0" for region in ("germany", "france", "norway")),
        'market.capacity={ years = [2026], values = [9.5e28], unit = "FLOP/yr" }',
        "siting.speed=5",
        *ABLE,
    ),
    "contracts": ('market.allocation="contracts"',),
    "budgets": (*ABLE, "policy.carbon_budget.limit=2"),
    "ceiling": ("policy.training_run_ceiling.limit=5e25", "policy.training_run_ceiling.start=2013"),
    "training apart": ('policy.compute_permits.scope="training"', "policy.compute_permits.cap=1e26"),
    "public": ("policy.public_compute.share=0.2", "policy.public_compute.start=2013", "siting.speed=5"),
    "public money": (
        'policy.public_compute.allotment="merit"',
        "policy.public_compute.budget=3e9",
        "policy.public_compute.start=2013",
        *ABLE,
    ),
    "scarce": ("market.outside_demand=1e27 FLOP/yr",),
}


def entry(name: str, **values: object) -> Policy:
    return registry()[name](id="priced", **values)


def same(one: World, other: World, a: Step, b: Step) -> None:
    """All that two worlds remember, and all measures of what happened."""
    ours, theirs = state(one), state(other)
    for name in ours.keys() - {"permit_prices"}:
        if isinstance(ours[name], np.ndarray | float):
            np.testing.assert_allclose(ours[name], theirs[name], rtol=BETWEEN, atol=1e-300, err_msg=name)
    kinds, regions = one.scenario.kind_ids, one.scenario.region_ids
    found, expected = observe(one, [a]), observe(other, [b])
    of = measures(regions, kinds)
    # What is left of money is a difference of numbers that agree.
    least = {left: BETWEEN * of[whole](found) for left, whole in ((UNSPENT, OUTLAY), (IN_FORCE, REVENUE))}
    for id, measure in of.items():
        if not id.startswith("permit_price"):
            within = least.get(id, 0.0) + 1e-300
            np.testing.assert_allclose(measure(found), measure(expected), rtol=BETWEEN, atol=within, err_msg=id)


@pytest.mark.parametrize("regions", [(), DIRTY], ids=["world", "regions"])
@pytest.mark.parametrize("case", CASES)
def test_a_tax_and_an_auctioned_cap_of_equal_stringency_agree(case: str, regions: tuple[str, ...]) -> None:
    """Step by step from the same state, as the cap binds from one step to the next."""
    scenario = small("baseline", *CASES[case], until=2030)
    place = [scenario.region_ids.index(region) for region in regions or scenario.region_ids]
    world, moved, binding = begin(scenario, 1), 0.0, 0
    for _ in range(57):  # until capacity follows demand
        world, _ = advance(world)

    def under(*policies: Policy) -> tuple[World, Step]:
        return advance(world.under(replace(scenario, policies=(*scenario.policies, *policies))))

    for tightness in (0.8, 0.5, 0.2, 0.05, 0.01):
        free, step = under()
        limit = tightness * float(step.emissions[place].sum())
        capped, a = under(entry("cap_and_trade", cap=limit, regions=regions, revenue_use=TREASURY))
        taxed, b = under(entry("carbon_tax", rate=a.permit_price, regions=regions, revenue_use=TREASURY))
        if a.permit_price:
            assert a.emissions[place].sum() == pytest.approx(limit, rel=BETWEEN)
            assert b.emissions[place].sum() == pytest.approx(limit, rel=BETWEEN)
            binding += 1
        same(capped, taxed, a, b)
        moved = max(moved, float(np.abs(capped.actors.site - free.actors.site).max()))
        world = capped.under(scenario)
    assert binding >= 3
    assert case == "still" or moved > 1e-4


# -- markets whose buyers move, lay out more money and have less capacity as permits get dearer


def movers(rng: np.random.Generator, markets: int, *, whole: bool) -> tuple[market.Ask, Outside, np.ndarray]:
    """What is asked at prices of permits by buyers who move to where a FLOP is cheaper, in part or as a ``whole``, the
    outside, and caps."""
    n, regions = int(rng.choice([1, 3, 10, 40])), int(rng.choice([2, 3, 6]))
    wanted = 10 ** rng.uniform(-3, 3, n) * (rng.random(n) < 0.9)
    cost = 10 ** rng.uniform(-1, float(rng.choice([0, 1])), (regions, n)) * 10 ** rng.uniform(-10, 0)
    kg = 10 ** rng.uniform(-float(rng.choice([0.3, 3])), 1, (regions, 1)) * 10 ** rng.uniform(-6, 3, (1, n))
    covered = (rng.random((markets, regions, 1)) < 0.6) * (rng.random((markets, 1, n)) < 0.8)
    if markets == 1 or rng.random() < 0.2:
        covered = np.ones((markets, regions, n)) * (np.arange(markets) == 0)[:, np.newaxis, np.newaxis]
    carbon = covered * kg
    weight, before = rng.dirichlet(np.ones(regions)), rng.dirichlet(np.full(regions, 0.3), n).T
    part, scale = float(rng.choice([0.01, 0.3, 0.9])), float(rng.choice([0.01, 0.1, 1]))
    moves = 1.0 if whole else part
    ceiling = np.where(rng.random(n) < 0.3, wanted / cost.mean(axis=0) * 10 ** rng.uniform(-1, 1, n), np.inf)
    most = np.where(rng.random(n) < 0.2, wanted / cost.mean(axis=0) * 10 ** rng.uniform(-1, 1, n), np.inf)
    response, reserved = float(rng.choice([0, 0.5])), wanted / cost.mean(axis=0) * rng.random(n) * 0.5
    rule, rent = ("price", "contracts")[int(rng.integers(2))], cost.mean() * 10 ** rng.uniform(0, 4)

    def asked(prices: np.ndarray, room: float = 1.0) -> Request:
        price = cost + (carbon * prices[:, np.newaxis, np.newaxis]).sum(axis=0)
        mean = (weight[:, np.newaxis] * price).sum(axis=0)
        logit = weight[:, np.newaxis] * np.exp((price.min(axis=0) - price) / (mean * scale))
        share = before * (1 - moves) + logit / logit.sum(axis=0) * moves
        own, permits = (share * cost).sum(axis=0), (share * carbon).sum(axis=1)
        dear = own + (permits * prices[:, np.newaxis]).sum(axis=0)
        money = np.minimum(wanted, ceiling * dear)
        demand = float(np.minimum(money / dear, most).sum())
        return Request(Buyers(money, own, most, permits, reserved), Supply(rule, room * demand**response, rent))

    free = asked(np.zeros(markets)).buyers
    bought = np.minimum(free.spend / free.unit_cost, free.most)
    used, demand = (free.carbon * bought).sum(axis=1), max(float(bought.sum()), 1e-20)
    outside = demand * float(rng.choice([0, 1]))
    capacity = (demand + outside) * 10 ** rng.uniform(-2, 1)
    caps = np.where(used > 0, used * 10 ** rng.uniform(-4, 0.3, markets), 1.0)
    others = Outside(outside, cost.mean(), float(rng.choice([0, 1])), outside / 2)
    return lambda prices: asked(prices, capacity / demand**response), others, caps


@pytest.mark.parametrize("whole", [False, True], ids=["in part", "as a whole"])
@pytest.mark.parametrize("markets", [1, 2, 3])
@pytest.mark.parametrize("cases", [range(100), pytest.param(range(100, 200), marks=pytest.mark.slow)])
def test_markets_rest_where_buyers_move(cases: range, markets: int, whole: bool) -> None:
    """Whatever a search begins at. ``benchmarks/markets.py`` does the same in 20,000 worlds of each kind."""
    assert sum(at_rest(case, markets, whole=whole) for case in cases) > len(cases)


def test_prices_rest_that_only_one_way_round_leads_to() -> None:
    """Of all orders in which three prices can be sought within each other one finds where this world rests, and it is
    no turn of their own order."""
    assert at_rest(401, 3, whole=True) == 6


def at_rest(case: int, markets: int, *, whole: bool) -> int:
    """How many prices of permits bind in two searches of one world. In each every market is at its cap to 1e-9, or
    below it at no price; so is the one for compute."""
    rng, binding = np.random.default_rng(case), 0
    ask, outside, caps = movers(rng, markets, whole=whole)
    found = market.clear(ask, outside, Caps(caps)).clearing
    begun = np.asarray(found.permit_price) * 10 ** rng.uniform(-1, 1, markets) * (rng.random(markets) < 0.8)
    for last in (None, begun):
        trade = market.clear(ask, outside, Caps(caps), last)
        found, price = trade.clearing, np.asarray(trade.clearing.permit_price)
        used = (trade.per_flop * found.compute).sum(axis=1)
        capacity, sold = trade.asked.supply.capacity, found.compute.sum() + found.outside
        assert (used <= caps * (1 + 1e-9)).all(), case
        assert (used[price > 0] >= caps[price > 0] * (1 - 1e-9)).all(), case
        assert sold <= capacity * (1 + 1e-9), case
        assert found.outcome == "slack" or sold >= capacity * (1 - 1e-9), case
        assert found.permits != "rationed", case
        binding += int((price > 0).sum())
    return binding
