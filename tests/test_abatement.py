"""Clean power and removals: bought up to where they cost what they save, paid to somebody, of no effect when off."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, nextafter
from pathlib import Path

import numpy as np
import pytest

from sim.economy.observe import Step, observe
from sim.economy.stages.abatement import chosen
from sim.economy.stages.acts import act
from sim.economy.stages.money import earn
from sim.economy.stages.planning import plan
from sim.economy.stages.siting import site
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.mechanisms import abatement, market
from sim.mechanisms.market import Buyers, Caps, Outside, Request, Supply
from tests.reference.abatement import ALMOST_ALL, worth_buying
from tests.saying import Say, refused
from tests.test_market import check
from tests.worlds import BASELINE, SCENARIOS, changed, played, small, state, walked

ON = ("mechanisms.abatement=true",)
NO_PLEDGES = ("mechanisms.pledges=false",)  # clean power is bought for its price alone
STILL = ("mechanisms.siting=false",)
FREELY = ("abatement.build=100", "abatement.removable=100 %")  # within one step, whatever is worth it
TAX = ("policy.carbon_tax.rate=300", "policy.carbon_tax.start=2014")


def one(*settings: str) -> Step:
    """The first step."""
    return advance(begin(small("baseline", *STILL, *settings, until=2012), 1))[1]


def costs(world: World):  # type: ignore[no-untyped-def]
    """What a FLOP costs in the step to come."""
    acts = act(world)
    return site(world, acts, plan(world, acts, earn(world, acts)))(acts.permits)


def test_shares_are_those_at_which_the_last_part_costs_what_it_saves() -> None:
    rng = np.random.default_rng(1)
    for _ in range(2000):
        price, dirt, first, rise = 10 ** rng.uniform(-4, 1), rng.uniform(0, 2), 10 ** rng.uniform(-4, 0), rng.random()
        removal, dearer, most = 10 ** rng.uniform(-3, 1), 10 ** rng.uniform(-5, 1), rng.random()
        removed = worth_buying(lambda y: removal + dearer * y, price, most)  # noqa: B023
        assert abatement.removed(price, removal, dearer, most) == pytest.approx(removed, abs=1e-9)
        worth = dirt * price
        share = worth_buying(lambda x: first + rise * x / (1 - x), worth, ALMOST_ALL)  # noqa: B023
        found = abatement.reachable(abatement.clean_share(worth, first, rise), 0.0, abatement.ALL)
        assert found == pytest.approx(share, abs=1e-9)


def test_what_it_costs_is_the_sum_of_its_parts() -> None:
    for share in (0.0, 1e-3, 0.3, 0.9, 0.999):
        parts = (np.arange(200_000) + 0.5) / 200_000 * share
        clean = share * (0.01 + 0.02 * parts / (1 - parts)).mean()
        assert abatement.premium(share, 0.01, 0.02) == pytest.approx(clean, rel=1e-4)
        removal = share * (0.3 + 0.4 * parts).mean()
        assert abatement.removal_cost(share, 0.3, 0.4) == pytest.approx(removal, rel=1e-9)


def test_what_a_flop_costs_is_concave_in_the_price_of_permits_and_its_slope_is_what_is_emitted() -> None:
    cap = "policy.cap_and_trade.cap=1e9 tCO2e/yr"
    world = begin(small("baseline", *ON, "abatement.build=2", "abatement.removable=50 %", cap), 1)
    here = costs(world)
    prices, starts = np.linspace(0, 2, 81), world.groups.starts
    at = [chosen(starts, here._replace(permits=np.array([price]))) for price in prices]
    kg = np.array([then.kg_covered[0] for then in at])
    slopes = np.diff([then.own for then in at] + kg * prices[:, None], axis=0) / np.diff(prices)[:, None]
    assert (slopes <= kg[:-1] * (1 + 1e-6)).all()
    assert (slopes >= kg[1:] * (1 - 1e-6)).all()
    assert (kg[-1] < kg[0] * 0.6).all()


@pytest.mark.parametrize("policy", [
    ("policy.carbon_tax.rate=300",),
    ("policy.cap_and_trade.cap=1e5 tCO2e/yr",),
    ("policy.carbon_tax.rate=30", "kind.startup.carbon_budget=1 tCO2e/yr"),
])  # fmt: skip
def test_the_market_is_told_what_buyers_then_pay_and_emit(policy: tuple[str, ...]) -> None:
    here = costs(begin(small("baseline", *ON, *FREELY, *policy), 1))
    here = chosen(begin(small(), 1).groups.starts, here._replace(permits=np.full(here.permits.shape, 0.2)))
    assert here.told is not None
    assert (here.kwh_clean + here.kg_removed).max() > 0
    np.testing.assert_allclose(here.told.own, here.own, rtol=1e-12)
    np.testing.assert_allclose(here.told.kg_total, here.kg_total, rtol=1e-12)
    np.testing.assert_allclose(here.told.kg_covered, here.kg_covered, rtol=1e-12)


def test_a_price_below_the_cheapest_option_changes_no_share() -> None:
    """Nor anything else; just above it, something is done."""
    dirtiest = max(region.grid_intensity.at(2012) for region in small().regions)
    first = (f"abatement.removal_price={10_000}", *(f"region.{r}.clean_premium=0.08" for r in small().region_ids))
    none = [
        f'region.{r}.carbon_price={{ years = [2012], values = [0], unit = "USD/tCO2" }}' for r in small().region_ids
    ]
    year = ("abatement.clean_year=2012", "abatement.clean_change=0", "abatement.removal_change=0")
    dear = 0.08 / dirtiest * 1000  # USD/t
    below, above = (f"policy.carbon_tax.rate={nextafter(dear, to)!r}" for to in (0.0, inf))
    settings = (*NO_PLEDGES, *FREELY, *first, *none, *year)
    plain, idle = one(*settings, below), one(*ON, *settings, below)
    assert not idle.clean.any()
    assert not idle.removed.any()
    for name in ("compute", "emissions", "paid", "received", "spent"):
        assert getattr(idle, name) == pytest.approx(getattr(plain, name), rel=1e-12), name
    assert one(*ON, *settings, above.replace(repr(nextafter(dear, inf)), repr(dear * 1.001))).clean.any()


def test_switched_off_its_numbers_change_no_bit() -> None:
    usual, other = (
        played(small("baseline", *NO_PLEDGES, *TAX, *settings, until=2015))
        for settings in ((), ("abatement.build=3", "abatement.clean_rise=1e-4", "region.china.clean_premium=0"))
    )
    for a, b in zip(usual[1], other[1], strict=True):
        assert (a.emissions == b.emissions).all()
        assert (a.compute == b.compute).all()
        assert a.flows == b.flows
    assert not state(usual[0])["clean"].any()


def test_with_unlimited_removals_no_permit_costs_more_than_a_removal() -> None:
    free = one(*ON).emissions.sum() / 1000
    for part in (0.5, 0.1, 1e-3, 1e-6, 1e-8, 1e-9):  # at the last two no price has the digits to leave so little
        step = one(*ON, *FREELY, f"policy.cap_and_trade.cap={part * free}")
        year, scenario = 2012.125, small().abatement
        dearest = (scenario.removal_price * (1 + scenario.removal_spread)) * (1 + scenario.removal_change) ** (
            year - scenario.removal_year
        )
        assert 0 < step.permit_price <= dearest * (1 + 1e-9)
        assert step.emissions.sum() == pytest.approx(part * free * 1000, rel=1e-9)
        assert step.removed.sum() > 0 or part >= 0.1


def test_a_cap_that_no_price_has_the_digits_for_is_refused_once(say: Say, tmp_path: Path) -> None:
    """Not with a traceback: what did not clear, and what to do, from one world and from many."""
    few = ("kind.corporation.count=4", "kind.startup.count=5", "kind.academic_lab.count=6")
    settings = (*ON, *FREELY, *few, "policy.cap_and_trade.cap=1e-9")
    typed = [text for setting in settings for text in ("--set", setting)]
    typed += ["--until", "2012", "--quiet", "--replicates", "2"]
    for command, *more in (("run", "--workers", "1"), ("compare", SCENARIOS / "green_grid.toml", "--workers", "2")):
        said = say(command, BASELINE, *more, *typed, "--out", tmp_path / command)
        refused(said._replace(out=""), "no prices of permits meet its caps in 2012", "did not clear", "1e-06 permits")


@pytest.mark.parametrize("settings", [(), FREELY, ("abatement.build=1",)], ids=["usual", "freely", "build"])
def test_a_tax_and_an_auctioned_cap_of_equal_stringency_agree(settings: tuple[str, ...]) -> None:
    free = one(*ON, *settings).emissions.sum()
    capped = one(*ON, *settings, f"policy.cap_and_trade.cap={0.6 * free / 1000}")
    assert capped.emissions.sum() == pytest.approx(0.6 * free, rel=1e-9)
    taxed = one(*ON, *settings, f"policy.carbon_tax.rate={1000 * capped.permit_price!r}")
    for name in ("compute", "inference", "emissions", "paid", "run", "error", "clean", "removed", "abatement"):
        assert getattr(taxed, name) == pytest.approx(getattr(capped, name), rel=1e-9, abs=1e-300), name
    assert taxed.revenue_by_use == pytest.approx(capped.revenue_by_use, rel=1e-9)


def test_every_kg_and_every_dollar_is_accounted_for() -> None:
    settings = (*ON, "abatement.build=0.5", "abatement.removal_price=100", *TAX)
    world = begin(small("baseline", *settings, until=2018), 1)
    done = 0
    for _ in range(world.scenario.steps):
        dirt = np.array([r.grid_intensity.at(world.clock.year) for r in world.scenario.regions])
        world, step = advance(world)
        gross = (step.energy * dirt[:, None]).sum(axis=0)
        assert step.emissions.sum(axis=0) + step.avoided + step.removed == pytest.approx(gross, rel=1e-9)
        paid = sum(amount for (_, _, what), amount in step.flows.items() if what in ("clean power", "carbon removals"))
        assert paid == pytest.approx(step.abatement.sum(), rel=1e-9)
        done += bool(step.removed.any() and step.clean.any())
        whole = sum(abs(amount) for amount in step.flows.values())
        assert step.received.sum() - step.spent.sum() - step.cash_change.sum() / step.dt == pytest.approx(
            0, abs=1e-9 * whole
        )
    assert done > 12
    assert sum(world.treasury.flows.net().values()) == pytest.approx(
        0, abs=1e-9 * max(map(abs, world.treasury.flows.net().values()))
    )
    assert world.treasury.flows.net()["removers"] > 0
    found = observe(world, [step])
    assert found.removed == pytest.approx(step.removed.sum() * step.dt)


def test_building_and_contracts_bound_how_fast_shares_move() -> None:
    """Up by no more than is built; down, when the tax ends, no faster than contracts run out."""
    settings = (*ON, "abatement.build=0.2", "abatement.contract=4", *TAX, "policy.carbon_tax.end=2017")
    world = begin(small("baseline", *settings, until=2020), 1)
    grown = shrunk = 0
    for _ in range(world.scenario.steps):
        before = world.actors.clean
        world, step = advance(world)
        alive = step.alive & (world.actors.clean.sum(axis=0) > 0)
        change = (world.actors.clean - before)[:, alive]
        assert change.max(initial=0) <= 0.2 * step.dt + 1e-15
        assert (world.actors.clean[:, alive] >= before[:, alive] * np.exp(-step.dt / 4) - 1e-15).all()
        grown += bool(change.max(initial=0) == pytest.approx(0.2 * step.dt))
        shrunk += bool(step.time >= 2017 and change.min(initial=0) < 0)
    assert grown > 2 < shrunk


def test_a_carbon_budget_is_met_at_least_cost() -> None:
    """Who is bound buys more than it could without, and the last kg costs the same in every place."""
    budget = ("policy.carbon_budget.limit=0.05 tCO2e/yr", "abatement.build=100", "abatement.removable=0")
    plain, able = one(*budget), one(*ON, *budget)
    bound = plain.bound_by_carbon
    assert bound.sum() >= 5
    assert (able.compute[bound] > plain.compute[bound]).all()
    assert (able.emissions.sum(axis=0) <= 50 * (1 + 1e-9)).all()
    world = begin(small("baseline", *STILL, *ON, *budget, until=2012), 1)
    here = costs(world)
    assert here.choice is not None
    rows = np.flatnonzero(here.choice.shadow > 0)
    assert rows.size
    share = here.clean_share[:, rows]
    dirt, first = here.intensity[:, None], here.choice.first[:, None]
    last = (first + here.choice.offer.rise * share / (1 - share)) / dirt  # USD/kgCO2e
    own = here.choice.existing[:, None] + here.choice.shadow[rows]  # what a kg costs it anyway, and is worth beyond
    inner = (share > 0) & (share < abatement.ALL)
    assert inner.any(axis=0).all()
    assert last[inner] == pytest.approx(own[inner], rel=1e-9)


def test_new_startups_begin_with_the_grids_power() -> None:
    world = begin(small("baseline", *ON, *TAX, "finance.failure_floor=90 %", "finance.founding_rate=20", until=2018), 1)
    founded = 0
    for _ in range(world.scenario.steps):
        was = world.actors.alive
        world, _ = advance(world)
        new = world.actors.alive & ~was
        founded += int(new.sum())
        assert not world.actors.clean[:, new].any()
    assert founded


@pytest.mark.slow
def test_four_and_twelve_steps_a_year_agree() -> None:
    few, many = (
        observe(
            *(lambda pair: (pair[0], pair[1][-n:]))(played(small("baseline", *ON, *TAX, f"time.steps_per_year={n}")))
        )
        for n in (4, 12)
    )
    assert few.clean / few.energy.sum() == pytest.approx(many.clean / many.energy.sum(), rel=0.03)


# -- markets with buyers who can emit less


def able_buyers(rng: np.random.Generator) -> tuple[Callable[[np.ndarray], Buyers], float, Outside, float, float]:
    """Buyers who can clean up by the price of permits, capacity, outside, highest rent and cap, of any size."""
    n = int(rng.choice([1, 3, 10, 40]))
    spend, rest = 10 ** rng.uniform(-3, 6, n) * (rng.random(n) < 0.9), 10 ** rng.uniform(-1, 1, n)
    gross, price = 10 ** rng.uniform(-2, 2, n) * (rng.random(n) < 0.9), 10 ** rng.uniform(-3, 1, n)
    first, rise = 10 ** rng.uniform(-3, 1, n) * (rng.random(n) < 0.8), 10 ** rng.uniform(-3, 1, n)
    least = rng.random(n) * (rng.random(n) < 0.5)
    most = np.maximum(least, rng.random(n) * abatement.ALL)
    removal = 10 ** rng.uniform(-2, 2)
    dearer = removal * 10 ** rng.uniform(-1, 2)
    removable = float(rng.choice([0.0, 0.3, 1.0]))

    def answer(permit: np.ndarray) -> Buyers:
        paid = price + permit
        removed = abatement.removed(paid, removal, dearer, removable)
        cost = abatement.removal_cost(removed, removal, dearer)
        share = np.clip(abatement.clean_share(abatement.burden(paid, removed, cost), first, rise), least, most)
        left = gross * (1 - share) * (1 - removed)
        own = rest + gross * abatement.premium(share, first, rise) + gross * (1 - share) * cost + left * price
        return Buyers(spend, own, np.full(n, inf), left, reserved)

    reserved = np.zeros(n)
    at_once = answer(np.zeros(1))
    wanted = spend / at_once.unit_cost
    outside = max(float(wanted.sum()), 1e-20) * float(rng.choice([0, 1e-3, 1, 1e3]))
    capacity = (max(float(wanted.sum()), 1e-20) + outside) * 10 ** rng.uniform(-3, 1)
    emitted = float((at_once.carbon * wanted).sum())
    cap = emitted * 10 ** rng.uniform(-5, 1) if emitted > 0 else inf
    others = Outside(outside, rest.mean(), float(rng.choice([0, 0.5, 1, 3])), outside / 2)
    reserved = wanted / 2
    return answer, capacity, others, rest.mean() * 10 ** rng.uniform(-2, 6), cap


@pytest.mark.parametrize("cases", [range(500), pytest.param(range(500, 1_500), marks=pytest.mark.slow)])
@pytest.mark.parametrize("rule", ["price", "contracts"])
def test_markets_clear_when_buyers_can_emit_less(rule: str, cases: range) -> None:
    cleared = 0
    for case in cases:
        buyers, capacity, outside, ceiling, cap = able_buyers(np.random.default_rng(case))
        supply = Supply(rule, capacity, ceiling)
        found = market.clear(lambda price, at=buyers, on=supply: Request(at(price), on), outside, Caps(cap)).clearing
        check(buyers(np.atleast_1d(found.permit_price)), capacity, cap, found)
        cleared += found.permits == "cleared"
    assert cleared > len(cases) / 5


def test_clean_power_stays_with_those_who_bought_it() -> None:
    """What is remembered is what the step chose, and nothing else makes it move."""
    world, steps = walked(begin(small("baseline", *NO_PLEDGES, *ON, *TAX), 1), 16)
    assert steps[-1].clean.any()
    stopped = replace(world, fixed=replace(world.fixed, scenario=small("baseline", *NO_PLEDGES, *TAX)))
    assert advance(stopped)[0].actors.clean is stopped.actors.clean
    emptied = changed(world, clean=np.zeros_like(world.actors.clean))
    assert advance(emptied)[1].clean.sum() < advance(world)[1].clean.sum()


def test_a_price_without_finer_digits_leaves_hardly_any_compute_unsold() -> None:
    """Where all can be removed, the price that leaves little of it is next to that of the last removal. There a digit
    is more than a billionth of the cap, and buyers are cut to it."""
    spend, cost, first, rise, most = np.array([3.0, 2.0, 1.0]), 1.0, 0.3, 0.6, 3.0

    def at(permit: np.ndarray) -> Request:
        price = float(permit[0])
        removed = abatement.removed(price, first, rise, 1.0)
        own, left = cost + abatement.removal_cost(removed, first, rise), np.full(3, 1.0 - removed)
        return Request(Buyers(spend, np.full(3, own), np.full(3, inf), left, np.zeros(3)), Supply("price", most, 1e9))

    coarse = 0
    for cap in most * 10 ** np.linspace(-6, -9, 100):
        trade = market.clear(at, Outside(0.0, 1.0, 1.0, 0.0), Caps(float(cap)))
        found, sold = trade.clearing, trade.clearing.compute.sum()
        assert found.permits == "cleared" == found.outcome
        assert 0 < found.permit_price <= first + rise
        assert float(trade.per_flop[0] @ found.compute) == pytest.approx(cap, rel=1e-9)
        assert most * (1 - 1e-6) <= sold <= most * (1 + 1e-9)
        coarse += sold < most * (1 - 1e-9)
    assert coarse > 10
