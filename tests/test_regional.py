"""Policies that price carbon in some regions above others: buyers buy less there, and go on elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from sim.economy.observe import Step
from sim.economy.start import begin
from sim.economy.step import advance
from sim.mechanisms import market
from sim.mechanisms.market import Buyers, Caps, Clearing, Outside, Places, Request, Supply
from sim.mechanisms.planning import closed
from sim.scenario import load
from tests.reference import ReferenceEconomy
from tests.test_reference import agree
from tests.worlds import BASELINE, played, small, state, walked

STILL = ("mechanisms.siting=false",)
BUNDLE = ("mechanisms.regional_purchases=false",)
ABLE = ("mechanisms.abatement=true", "abatement.build=1")
ROOM = ("market.outside_demand=1 FLOP/yr",)  # so much that there is no rent
FRANCE = 'policy.cap_and_trade.regions=["france"]'
WHERE = small().region_ids
FLOWS = ("compute", "inference", "emissions", "paid", "paid_inference", "run", "error", "unit_cost", "spent")
EVERYWHERE = f"[{', '.join(f'{chr(34)}{region}{chr(34)}' for region in WHERE)}]"


def one(*settings: str) -> Step:
    """The first step."""
    return advance(begin(small("baseline", *settings, until=2012), 1))[1]


def cap(tonnes: float, *regions: str) -> tuple[str, str]:
    """Settings of a cap on some regions."""
    return f"policy.cap_and_trade.cap={tonnes!r}", f"policy.cap_and_trade.regions={[*regions]}".replace("'", '"')


def tax(per_tonne: float, *regions: str) -> tuple[str, str]:
    """Settings of a tax on some regions."""
    return f"policy.carbon_tax.rate={per_tonne!r}", f"policy.carbon_tax.regions={[*regions]}".replace("'", '"')


def in_(step: Step, *regions: str) -> float:
    """Operational emissions in some regions [kgCO2e/yr]."""
    return float(step.emissions[[WHERE.index(region) for region in regions]].sum())


def alike(one: Step, other: Step, rel: float) -> None:
    for name in FLOWS:
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=rel, abs=1e-300), name
    assert one.rent == pytest.approx(other.rent, rel=rel, abs=1e-30)


@pytest.mark.parametrize("settings", [(), ABLE], ids=["plain", "abatement"])
def test_a_cap_on_one_small_region_leaves_the_rest_of_the_world_at_work(settings: tuple[str, ...]) -> None:
    """The covered part falls to the cap; the others take over what compute it leaves, as far as there is room; as one
    bundle, everyone would stop."""
    when = "policy.cap_and_trade.start=2015"
    tonnes = 1e-6  # so that even who has all the money and cleans up could not work on
    tight = (f"policy.cap_and_trade.cap={tonnes!r}", FRANCE, when)
    (_, base), (_, capped), (_, bundle) = (
        played(small("baseline", *settings, *more, until=2018)) for more in ((), tight, (*tight, *BUNDLE))
    )
    for usual, now, off in zip(base, capped, bundle, strict=True):
        if usual.time < 2015:
            continue
        assert in_(now, "france") == pytest.approx(1000 * tonnes, rel=1e-9)
        work, was = now.compute.sum() + now.inference.sum(), usual.compute.sum() + usual.inference.sum()
        assert 0.75 < work / was < 1.02  # permits take the money of French work
        assert 0.9 < now.emissions.sum() / usual.emissions.sum() < 1.15
        assert off.emissions.sum() < 0.05 * usual.emissions.sum()
        if usual.time == 2015:
            assert 0 < now.permit_price < 0.2 * off.permit_price


@pytest.mark.parametrize("region", WHERE)
def test_the_world_falls_by_what_the_region_is_cut_where_nothing_moves(region: str) -> None:
    base = one(*STILL, *ROOM)
    assert base.outcome == "slack"
    capped = one(*STILL, *ROOM, *cap(0.3 * in_(base, region) / 1000, region))
    assert in_(capped, region) == pytest.approx(0.3 * in_(base, region), rel=1e-9)
    others = [other for other in WHERE if other != region]
    assert in_(capped, *others) == pytest.approx(in_(base, *others), rel=1e-9)


def test_where_compute_is_scarce_others_buy_what_a_region_leaves() -> None:
    """Leakage by the rent, without any work that moves."""
    scarce = (*STILL, "market.outside_demand=1e27 FLOP/yr")
    base = one(*scarce)
    assert base.outcome == "cleared"
    capped = one(*scarce, *cap(0.3 * in_(base, "united_states") / 1000, "united_states"))
    assert capped.rent < base.rent
    others = [other for other in WHERE if other != "united_states"]
    assert in_(capped, *others) > in_(base, *others)
    assert capped.emissions.sum() < base.emissions.sum()


@pytest.mark.parametrize("settings", [(), ABLE, ('market.allocation="contracts"',)], ids=["plain", "able", "contracts"])
def test_what_hardly_acts_hardly_changes_anything(settings: tuple[str, ...]) -> None:
    """A price near zero, and a cap near what is emitted anyway, beside no policy and beside one on the whole world."""
    for usual in ((), ("policy.compute_permits.cap=1e21",)):
        base = one(*settings, *usual)
        alike(one(*settings, *usual, *tax(1e-9, "china", "france")), base, 1e-9)
        free = one(*settings, *usual, *cap(in_(base, "china") * 1.001 / 1000, "china"))
        assert free.permit_price == 0
        alike(free, base, 1e-9)
        near = one(*settings, *usual, *cap(in_(base, "china") * (1 - 1e-9) / 1000, "china"))
        assert near.permit_price > 0
        alike(near, base, 1e-7)
    world_wide = f"policy.cap_and_trade.cap={0.7 * base.emissions.sum() / 1000}"
    both = one(*settings, world_wide, *tax(1e-9, "china"))
    assert both.permit_price > 0
    alike(both, one(*settings, world_wide), 1e-9)


@pytest.mark.parametrize("policy", [tax(500), cap(20.0)], ids=["tax", "cap"])
def test_policies_on_all_regions_buy_one_bundle_to_the_bit(policy: tuple[str, str]) -> None:
    """However they are written."""
    name = policy[0].partition("=")[0].rpartition(".")[0]
    named = (policy[0], f"{name}.regions={EVERYWHERE}")
    steps = [played(small("baseline", *which, until=2013)) for which in (policy, named, (*policy, *BUNDLE))]
    for other in steps[1:]:
        for a, b in zip(steps[0][1], other[1], strict=True):
            assert (a.compute == b.compute).all()
            assert (a.emissions == b.emissions).all()
            assert a.flows == b.flows
    assert steps[0][1][0].emissions.sum() < one().emissions.sum()


@pytest.mark.parametrize("settings", [(), ABLE, ('policy.compute_permits.scope="training"',
                                                 "policy.compute_permits.cap=1e20")],
                         ids=["plain", "able", "training apart"])  # fmt: skip
@pytest.mark.parametrize("regions", [("united_states",), ("france", "germany")], ids=["one", "two"])
def test_a_regional_tax_and_a_regional_cap_of_equal_stringency_agree(
    settings: tuple[str, ...], regions: tuple[str, ...]
) -> None:
    free = in_(one(*settings), *regions)
    capped = one(*settings, *cap(0.6 * free / 1000, *regions))
    assert in_(capped, *regions) == pytest.approx(0.6 * free, rel=1e-9)
    taxed = one(*settings, *tax(1000 * capped.permit_price, *regions))
    alike(taxed, capped, 1e-9)
    assert taxed.revenue_by_use == pytest.approx(capped.revenue_by_use, rel=1e-9)


def test_a_dearer_region_is_used_less_and_others_as_much() -> None:
    """In order of the tax, whatever the size of the actor."""
    base, *taxed = (one(*STILL, *ROOM, *tax(rate, "india")) for rate in (0.0, 100.0, 1000.0, 10_000.0))
    row = WHERE.index("india")
    for low, high in zip([base, *taxed], taxed, strict=False):
        used = low.energy[row] > 0
        assert (high.energy[row, used] < low.energy[row, used]).all()
        assert np.delete(high.energy, row, axis=0) == pytest.approx(np.delete(low.energy, row, axis=0), rel=1e-9)


def test_money_and_carbon_close_and_no_budget_is_exceeded() -> None:
    settings = (
        "policy.carbon_budget.limit=2", *cap(3.0, "united_states", "france"), *tax(300, "china"),
        'policy.carbon_tax.revenue_use="academic_compute"', "mechanisms.pledges=false",
    )  # fmt: skip
    world = begin(small("baseline", *settings, until=2017), 1)
    priced = 0
    for _ in range(world.scenario.steps):
        dirt = np.array([region.grid_intensity.at(world.clock.year) for region in world.scenario.regions])
        world, step = advance(world)
        assert step.emissions == pytest.approx(step.energy * dirt[:, None], rel=1e-9)
        assert in_(step, "united_states", "france") <= 3000 * (1 + 1e-9)
        assert (step.emissions.sum(axis=0) <= 2000 * (1 + 1e-9)).all()
        paid = step.permit_price * in_(step, "united_states", "france")
        assert step.revenue_by_use[0] == pytest.approx(paid, rel=1e-9)
        assert step.revenue_by_use[2] == pytest.approx(0.3 * in_(step, "china"), rel=1e-9)
        assert step.carbon_taxed.sum() == pytest.approx(step.revenue_by_use.sum(), rel=1e-9)
        whole = sum(abs(amount) for amount in step.flows.values())
        left = step.received.sum() - step.spent.sum() - step.cash_change.sum() / step.dt
        assert left == pytest.approx(0, abs=1e-9 * whole)
        priced += bool(step.permit_price > 0)
    assert priced > 10


def test_mobile_work_leaves_a_capped_region_no_faster_than_it_can() -> None:
    world, _ = walked(begin(small("baseline", *cap(0.001, "france"), until=2014), 1), 1)
    before, (after, _) = world.actors.site, advance(world)
    part = closed(world.scenario.siting.speed, world.clock.dt)
    row = WHERE.index("france")
    assert after.actors.site[row] == pytest.approx(before[row] * (1 - part), rel=1e-6)
    assert (np.abs(after.actors.site - before) <= part + 1e-15).all()


def test_a_dear_region_moves_no_work_among_the_others() -> None:
    """Where nobody would go anyway, a still higher price changes nothing."""
    sites = [state(played(small("baseline", *cap(left, "france"), until=2014))[0])["site"] for left in (1e-3, 1e-6)]
    assert sites[1] == pytest.approx(sites[0], abs=1e-5)


@pytest.mark.parametrize("more", [(), ABLE], ids=["plain", "abatement"])
def test_the_reference_agrees(more: tuple[str, ...]) -> None:
    """A cap on some, a tax on another, and a budget: each buys region by region."""
    few = ("kind.corporation.count=4", "kind.startup.count=5", "kind.academic_lab.count=6")
    policies = (
        "policy.cap_and_trade.cap=1 tCO2e/yr", 'policy.cap_and_trade.regions=["france", "germany"]',
        "policy.carbon_tax.rate=300", 'policy.carbon_tax.regions=["china"]', "policy.carbon_budget.limit=100 tCO2e/yr",
    )  # fmt: skip
    world = begin(load(BASELINE, [*few, *policies, *more]), 3)
    for _ in range(2):
        reference = ReferenceEconomy.from_world(world)
        reference.step()
        before, (world, step) = world, advance(world)
        agree(before, world, step, reference)
        assert step.permit_price > 0


# -- markets in which each buys region by region


def placed(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], Buyers], float, Outside, float, float]:
    """Buyers with places by the price of permits, capacity, outside, highest rent and cap, of any size."""
    n, regions, wide = int(rng.choice([1, 3, 10])), int(rng.choice([1, 2, 6])), float(rng.choice([1, 6]))
    spend = 10 ** rng.uniform(-wide, wide, n) * (rng.random(n) < 0.9)
    share = np.ascontiguousarray(rng.dirichlet(np.full(regions, float(rng.choice([0.05, 1.0]))), n).T)
    cost, kg = 10 ** rng.uniform(-1, 1, (regions, n)), 10 ** rng.uniform(-3, 2, (regions, n)) * (rng.random(n) < 0.9)
    covered = np.where(rng.random((regions, 1)) < 0.6, 1.0, 0.0)
    common = covered.min() * float(rng.choice([0, 1]))  # in all regions alike
    taxed = kg * 10 ** rng.uniform(-3, 3, (regions, 1)) * (rng.random((regions, 1)) < 0.5)
    budget = np.where(rng.random(n) < 0.3, 10 ** rng.uniform(-2, 2, n), inf)

    def at(permit: np.ndarray) -> Buyers:
        there = Places(share, cost + common * kg * permit, budget, cost + taxed, (covered * kg)[np.newaxis], budget)
        return Buyers(spend, mean, budget, np.zeros(n), reserved, places=there)

    wanted = np.minimum(spend / (share * cost).sum(axis=0), budget)
    outside = max(float(wanted.sum()), 1e-20) * float(rng.choice([0, 1e-3, 1, 1e3]))
    capacity = (max(float(wanted.sum()), 1e-20) + outside) * 10 ** rng.uniform(-3, 1)
    emitted = float((share * covered * kg * wanted).sum())
    cap = emitted * 10 ** rng.uniform(-9, 1) if emitted > 0 and rng.random() < 0.8 else inf
    others = Outside(outside, cost.mean(), float(rng.choice([0, 0.5, 1, 3])), outside / 2)
    mean, reserved = (share * cost).sum(axis=0), wanted / 2 * (rng.random(n) < 0.5)
    return at, capacity, others, cost.mean() * 10 ** rng.uniform(-2, 6), cap


def check(buyers: Buyers, capacity: float, cap: float, found: Clearing) -> None:
    """Complementary slackness to 1e-9; money and limits."""
    here = buyers.places
    assert here is not None
    assert found.where is not None
    assert found.where.sum(axis=0) == pytest.approx(1.0, rel=1e-12)
    cells, sold = found.where * found.compute, found.compute.sum() + found.outside
    emitted = float((here.carbon * cells).sum())
    for values in (found.compute, found.paid, found.price, found.where):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    assert (found.paid <= buyers.spend).all()
    assert (cells <= here.share * np.minimum(here.most, 1e300)[np.newaxis] * (1 + 1e-9)).all()
    assert sold <= capacity * (1 + 1e-9)
    assert emitted <= cap * (1 + 1e-9)
    if found.outcome == "slack":
        assert found.rent == 0
    elif found.permits != "rationed":
        assert sold >= capacity * (1 - 1e-9)
    if found.permits == "free":
        assert found.permit_price == 0
    else:
        assert emitted >= cap * (1 - 1e-9)
    if "rationed" not in (found.outcome, found.permits):
        free = (buyers.spend > 0) & np.isinf(here.most)
        assert found.paid[free] == pytest.approx(buyers.spend[free], rel=1e-9)


@pytest.mark.parametrize("cases", [range(300), pytest.param(range(300, 2_500), marks=pytest.mark.slow)])
def test_markets_clear_when_each_buys_region_by_region(cases: range) -> None:
    cleared = 0
    for case in cases:
        buyers, capacity, outside, ceiling, cap = placed(np.random.default_rng(case))
        supply = Supply(("price", "contracts")[case % 2], capacity, ceiling)
        found = market.clear(lambda price, at=buyers, on=supply: Request(at(price), on), outside, Caps(cap)).clearing
        check(buyers(np.atleast_1d(found.permit_price)), capacity, cap, found)
        cleared += found.permits == "cleared"
    assert cleared > len(cases) / 5


@pytest.mark.parametrize("rule", ["price", "contracts"])
def test_places_alike_are_a_bundle(rule: str) -> None:
    """Where no region is told apart, buying region by region is buying the bundle."""
    for case in range(200):
        at, capacity, outside, ceiling, _ = placed(np.random.default_rng(case))
        buyers, supply = at(np.zeros(1)), Supply(rule, capacity, ceiling)
        usual = buyers.places
        assert usual is not None
        alike = usual._replace(unit_cost=usual.usual, carbon=0 * usual.carbon)
        plain = Request(replace(buyers, places=alike), supply)
        one = market.clear(lambda _, on=plain: on, outside, Caps()).clearing
        bundle = Request(replace(buyers, places=None), supply)
        other = market.clear(lambda _, on=bundle: on, outside, Caps()).clearing
        if (rule, other.outcome) == ("contracts", "rationed"):
            continue  # a price on average does not tell what rent goes with it
        for name in ("compute", "paid", "price", "rented"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-300), (case, name)
        assert one.where == pytest.approx(usual.share, rel=1e-9, abs=1e-300)
