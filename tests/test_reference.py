"""The simulator's arrays against the same economy written one actor at a time."""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.economy import trends
from sim.economy.moment import moment
from sim.economy.observe import Step
from sim.economy.parties import VOUCHERS
from sim.economy.past import Highest, Past
from sim.economy.reports import NEVER, Due, Reports
from sim.economy.stages.acts import act
from sim.economy.stages.places import buys_by_region
from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.economy.trends import flop_per_kwh
from sim.mechanisms.grids import Connected
from sim.policies import registry
from sim.policies.levers import COMPUTE_VOUCHERS, PAST_EMISSIONS, SCOPES, USES
from sim.scenario import load
from sim.scenario.schema import Mechanisms
from tests.own_kinds import FLAGS, Flags, with_own_kind
from tests.random_worlds import capacity, varied
from tests.reference import ReferenceEconomy
from tests.reference.actors import ACTORS, Actor
from tests.reference.economy import named
from tests.reference.market import UNPRICED
from tests.reference.policies import MANY, RULES
from tests.remembered import remembered, used
from tests.worlds import (
    ALLOCATIONS,
    FROZEN,
    SCENARIOS,
    changed,
)

CASES = range(180)
FIRST = 20  # of them are tried by `make fast` too
ACTOR_FLOWS = (
    "compute", "inference", "run", "paid", "paid_inference", "sponsored", "public", "embodied", "carbon_taxed", "sales",
    "avoided", "removed", "abatement", "error", "access", "unit_cost", "carbon_per_flop", "received", "spent",
    "cash_change",
)  # fmt: skip
ACTOR_STATE = (
    "cash", "plan", "volume", "trained", "error", "luck", "knowledge", "research", "research_share", "entitlement",
    "reach", "dearness", "served", "lead",
)  # fmt: skip
BOUNDS = ("bound_by_carbon", "bound_by_means", "bound_by_ramp", "bound_by_ceiling")
CLOSE = 1e-9
TINY = ("kind.corporation.count=4", "kind.startup.count=5", "kind.academic_lab.count=6")


def perturbed(case: int) -> World:
    """A world in a random state somewhere between 2012 and 2040."""
    rng = np.random.default_rng(case)
    world = begin(varied(rng), seed=case)
    years = int(rng.integers(0, 28))
    per_year = world.scenario.time.steps_per_year
    within = int(rng.choice([0, per_year - 1, rng.integers(0, per_year)]))
    world = changed(world, steps_done=years * per_year + within)
    fixed, actors, markets, time = world.fixed, world.actors, world.markets, world.clock.time
    n, price = world.groups.size, trends.hardware_price(world.scenario, world.clock.middle)
    worth = world.scenario.market.capacity.values[0] * 1.6**years * price  # of about all compute
    money = worth * 10 ** rng.uniform(-0.5, 2.5) / fixed.traits.start_plan.sum()
    new: dict[str, Any] = {}
    new["plan"] = fixed.traits.start_plan * money * np.exp(rng.standard_normal(n))
    new["cash"] = actors.cash * money * np.exp(2 * rng.standard_normal(n))
    new["volume"] = new["plan"] / price * 10 ** rng.uniform(-1, 1, n) * (rng.random(n) < 0.8)
    new["error"] = rng.uniform(0.05, 0.35, n)
    new["luck"] = 1.5 * rng.standard_normal(n)
    new["products"] = float(markets.products * money)
    new["earmarked"] = rng.uniform(0, 1e4 * money, len(world.treasury.earmarked))
    new["emitted"] = float(rng.uniform(0, 1e6))
    new["trained"] = new["volume"] * rng.uniform(0, 1, n)
    new["public_knowledge"] = float(rng.uniform(0, 20))
    new["knowledge"] = new["public_knowledge"] + rng.normal(-0.5, 1, n)
    new["research_share"] = rng.uniform(0, 0.9, n)
    new["research"] = new["plan"] * new["research_share"] * np.exp(rng.standard_normal(n))
    new["dearness"] = np.exp(np.abs(rng.standard_normal(n)))
    new["entitlement"] = np.where(fixed.traits.raises, new["cash"] * 10 ** rng.uniform(-2, 2, n), 0.0)
    if world.scenario.mechanisms.siting:
        new["site"] = np.ascontiguousarray(rng.dirichlet(np.ones(len(fixed.cloud)), n).T)
    if world.scenario.mechanisms.abatement or world.scenario.mechanisms.pledges:
        apart = rng.spawn(1)[0]
        new["clean"] = np.where(apart.random(actors.clean.shape) < 0.7, apart.random(actors.clean.shape), 0.0)
    new["capacity"] = markets.capacity * 10 ** rng.uniform(-1, 1) * 1.6**years
    new["years"] = remembered(world, rng, float(worth / price / n))
    permit = float(rng.choice([0.0, 0.1, 3.0]))
    new["license_price"] = float(rng.choice([0.0, 0.3, 3.0])) * price
    new["rent"] = float(rng.choice([0.0, 0.3, 3.0])) * price
    new["lead"] = 1 + rng.exponential(0.5, n)
    new["expected_growth"] = float(rng.spawn(1)[0].uniform(-1, 2))
    banked = float(10 ** rng.uniform(0, 8))
    report = rng.random(n) < 0.2
    due = (Due(time, np.array([0, 2]), np.array([0.3, 0.9]), 1e25), Due(time + 5, np.array([1]), np.zeros(1), 1e26))
    recent = tuple(
        Due(time - rng.uniform(0, 2), np.flatnonzero(report), rng.choice([0.0, 0.7]) * rng.random(report.sum()), 1e24)
        for _ in range(2)
    )
    new["reports"] = Reports(np.where(report, world.clock.year - rng.integers(0, 2, n), NEVER), due, recent, 1e24)
    back = (per_year + (per_year + 1) // 2, per_year // 2)  # steps; runs are kept as of when a step ended
    ended = [replace(world.clock, steps_done=world.clock.steps_done - steps).time for steps in back]
    new["largest"] = Highest(tuple(ended), (1e22, 1e25))
    times = np.sort(rng.uniform(time - 5, time, 6)).tolist()
    new["released"] = Past(tuple(times), tuple(np.sort(rng.uniform(0.05, 0.6, 6))[::-1].tolist()))
    if world.scenario.mechanisms.exit_and_entry:
        dead = fixed.traits.raises & (rng.random(n) < 0.2)
        new["alive"], new["error"] = ~dead, np.where(dead, 1.0, new["error"])
        for name in ("cash", "entitlement", "plan", "volume", "trained", "research"):
            new[name] = np.where(dead, 0.0, new[name])
    world = changed(world, **new)
    if world.clock.time >= world.scenario.market.capacity.years[-1] and world.scenario.mechanisms.grid_limits:
        apart, size = rng.spawn(1)[0], len(fixed.cloud)
        power = world.markets.capacity / flop_per_kwh(world.scenario, world.clock.time) * apart.uniform(0.8, 1.1)
        there = Connected(apart.dirichlet(np.full(size, 0.3)), apart.dirichlet(np.full(size, 0.3)) * power)
        world = changed(world, connected=there if apart.random() < 0.9 else None)
    acts = act(world)
    markets = acts.levers.markets
    given = float(world.treasury.earmarked[USES.index(PAST_EMISSIONS)]) / max(len(acts.rights), 1)
    return changed(world, permit_prices=dict.fromkeys(markets, permit), banked=dict.fromkeys(markets, banked),
                   held=dict.fromkeys(acts.rights, given))  # fmt: skip


def agree(before: World, world: World, step: Step, reference: ReferenceEconomy) -> None:
    """Everything the step did, and the state it left, per actor and in all."""
    actors = list(reference.agents)
    regions, kinds = world.scenario.region_ids, world.scenario.kind_ids
    pairs = {name: (getattr(step, name), [getattr(actor, name) for actor in actors]) for name in ACTOR_FLOWS}
    for name in ("energy", "emissions"):
        pairs[name] = getattr(step, name), [[getattr(actor, name)[region] for actor in actors] for region in regions]
    pairs["clean energy"] = step.clean, [actor.clean_energy for actor in actors]
    pairs["clean power kept"] = world.actors.clean, [[actor.clean[region] for actor in actors] for region in regions]
    for name in ACTOR_STATE:
        pairs[f"{name} kept"] = getattr(world.actors, name), [getattr(actor, name) for actor in actors]
    for name, usage in (("this_year", world.memory.years.now), ("last_year", world.memory.years.last)):
        pairs |= used(name, usage, [getattr(actor, name) for actor in actors], regions)
    for year, usage in world.memory.years.whole.items():
        of_kinds = [{what: reference.by_year[year][id, what] for what in (*regions, *SCOPES)} for id in kinds]
        pairs |= used(f"in {year}", usage, of_kinds, regions)
    pairs["site"] = world.actors.site, [[actor.site[region] for actor in actors] for region in regions]
    pairs["means"] = step.means, [actor.means + actor.sponsored + actor.public for actor in actors]
    pairs["licensed"] = step.licensed, [actor.license for actor in actors]
    pairs["sharing"] = act(before).sharing, [actor.sharing for actor in actors]
    pairs["unspent"] = step.unspent, reference.unspent
    pairs["reports"] = step.reports, [actor.reported for actor in actors]
    pairs["reported in"] = world.memory.reports.made, [actor.reported_in for actor in actors]
    kept = [(due.when, row, part) for due in world.memory.reports.recent
            for row, part in zip(due.rows.tolist(), due.methods.tolist(), strict=True)]  # fmt: skip
    known = [(when, actors.index(actor), part) for when, actor, part, _ in reference.known]
    pairs["known since"] = sorted(kept), sorted(each for each in known if each[0] > reference.begin + reference.dt - 1)
    pairs["known run"] = step.known_run, reference.known_run
    for name, ours, theirs in (
        ("prices of permits", world.markets.permit_prices, reference.permits),
        ("banked", world.markets.banked, reference.banked),
        ("held", world.treasury.held, reference.held),
    ):
        assert {named(world, place) for place in ours} == set(theirs), name
        pairs[name] = list(ours.values()), [theirs[named(world, place)] for place in ours]
    pairs["duty_error"] = world.memory.duty_error, reference.duty_error
    for right, part in world.treasury.rights.items():
        of = named(world, right)
        pairs[f"rights by {of}"] = part, [actor.parts[of] for actor in actors]
    for name in ("permit_price", "license_price"):
        pairs[name] = getattr(step, name), getattr(reference, name)
    pairs["research"] = step.research, [actor.research_now for actor in actors]
    pairs["knowledge"] = step.knowledge, [actor.known for actor in actors]
    assert (world.markets.connected is None) == (reference.connected is None)
    if reference.connected:
        pairs["connected"] = world.markets.connected.parts, list(reference.connected.values())
        pairs["plans"] = world.markets.connected.plans, list(reference.plans.values())
    for name in ("capacity", "outside", "embodied_per_flop", "sent_on"):
        pairs[name] = getattr(step, name), getattr(reference, name)
    pairs["market of the world"] = world.markets.products, reference.market
    pairs["emitted of the world"] = world.memory.emitted, reference.emitted
    pairs["public of the world"] = world.memory.public_knowledge, reference.public
    pairs["growth expected of the world"] = world.markets.expected_growth, reference.expected_growth
    pairs["capacity kept"] = world.markets.capacity, reference.capacity_now
    pairs["sold"] = step.market, reference.sold - sum(a.demand - a.sales for a in actors)
    pairs["damage"] = step.damage, reference.social_cost
    pairs["kept of the frontier"] = world.memory.frontier_knowledge, reference.frontier_knowledge
    pairs["earmarked"] = world.treasury.earmarked, list(reference.earmarked.values())
    pairs["revenue"] = step.revenue_by_use, list(reference.revenue.values())
    pairs["released"] = world.memory.released.errors, [error for _, error in reference.released]
    scale = max(max(map(abs, reference.flows.values())), 1e-300)
    differences = dict.fromkeys(("spent", "received", "cash_change", "cash kept"), 1e-09 * scale)
    differences["banked"] = 1e-9 * step.emissions.sum() * step.dt  # what is left of a cap that binds
    differences["sold"], differences["unspent"] = 1e-9 * reference.sold, 1e-9 * (reference.offered + 1e-300)
    gross = max(sum(kwh * reference.intensity[region] for region, kwh in actor.kwh.items()) for actor in actors)
    differences["carbon_per_flop"] = 1e-12 * gross  # a budget may leave hardly any of it
    for name, (found, expected) in pairs.items():
        small = differences.get(name, 0)  # of large numbers
        np.testing.assert_allclose(found, expected, rtol=CLOSE, atol=small, err_msg=name)
    for key in {*step.flows, *reference.flows}:
        ours, theirs = step.flows.get(key, 0.0), reference.flows.get(key, 0.0)
        assert ours == pytest.approx(theirs, rel=CLOSE, abs=1e-9 * scale), key
    assert step.rent == pytest.approx(reference.rent, rel=CLOSE, abs=1e-12 * reference.hardware_price)
    assert step.outcome == reference.outcome
    assert step.bound_by_power == (reference.short_of_power and reference.outcome != "slack")
    counts = (len(reference.failed), len(reference.acquired), len(reference.founded))
    assert (step.failed, step.acquired, step.founded) == counts
    assert world.actors.alive.tolist() == step.alive.tolist() == [actor.alive for actor in actors]
    for name in BOUNDS:
        assert getattr(step, name).tolist() == [getattr(actor, name) for actor in actors], name


@cache
def stepped(case: int) -> tuple[World, World, Step]:
    """A random state, and one step of it: the world before and after, and what happened."""
    before = perturbed(case)
    return before, *advance(before)


def agreeing(world: World, steps: int) -> Iterator[Step]:
    """Some steps of a world, each taken both ways."""
    for _ in range(steps):
        reference = ReferenceEconomy.from_world(world)
        reference.step()
        before, (world, step) = world, advance(world)
        agree(before, world, step, reference)
        yield step


@pytest.mark.parametrize("case", [*CASES[:FIRST], *(pytest.param(i, marks=pytest.mark.slow) for i in CASES[FIRST:])])
def test_one_step_from_any_state(case: int) -> None:
    before, after, step = stepped(case)
    reference = ReferenceEconomy.from_world(before)
    reference.step()
    agree(before, after, step, reference)


LIMITS = ("trend_end", "price_limit", "energy_limit", "electricity_limit", "outside_limit")


def limits_met(world: World, after: World) -> set[str]:
    """Limits that hold in the middle of a world's step, or at its end."""
    scenario, compute, now = world.scenario, world.scenario.compute, moment(world.scenario, world.clock)
    time, price, floor = world.clock.middle, now.hardware_price, (1 - compute.energy_share) / compute.price_limit
    holds = {
        "trend_end": time > compute.trend_end,
        "price_limit": price == floor,
        "energy_limit": now.flop_per_kwh == compute.energy_limit,
        "electricity_limit": after.markets.capacity == now.most_capacity.end,
        "outside_limit": now.outside == scenario.market.outside_limit / price,
    }
    return {limit for limit, yes in holds.items() if yes}


@pytest.mark.slow
def test_the_states_cover_what_can_happen() -> None:
    cases = [stepped(case) for case in CASES]
    steps = [step for _, _, step in cases]
    outcomes = [step.outcome for step in steps]
    assert min(outcomes.count(outcome) for outcome in ("slack", "cleared", "rationed")) >= 5, outcomes
    for name in BOUNDS:
        assert sum(getattr(step, name).any() for step in steps) >= 5, name
        assert any(getattr(step, name).any() for step in steps if step.outcome == "cleared"), name
    used = [policy.name for _, world, step in cases for policy in world.scenario.policies
            if policy.start <= step.time < policy.end]  # fmt: skip
    assert min(used.count(name) for name in registry()) >= 8
    limits = [limits_met(before, after) for before, after, _ in cases]
    met = {limit: sum(limit in held for held in limits) for limit in LIMITS}
    assert all(10 <= count <= len(CASES) - 10 for count in met.values()), met
    for price in ("permit_price", "license_price"):
        assert sum(getattr(step, price) > 0 for step in steps) >= 3, price
    shared = {
        (policy.name, price > 0)
        for _, world, step in cases
        for policy in world.scenario.policies
        if policy.goes_by_the_year_before
        for price in [step.permit_price if policy.name == "cap_and_trade" else step.license_price]
    }
    assert {("cap_and_trade", True), ("compute_permits", True)} <= shared
    assert sum(step.public.any() for step in steps) >= 10
    for purpose in ("public compute", VOUCHERS):
        assert sum(any(of == purpose for _, _, of in step.flows) for step in steps) >= 10, purpose
    again = USES.index(COMPUTE_VOUCHERS)
    assert sum(step.revenue_by_use[again] > 0 for step in steps) >= 5
    assert sum(step.unspent > 0 for step in steps) >= 10
    assert sum(step.reports.any() for step in steps) >= 10
    assert any(sum(due.when > step.time + 1 for due in world.memory.reports.due) > 1 for _, world, step in
               cases)  # fmt: skip
    assert sum((act(before).sharing > before.fixed.traits.openness).any() for before, *_ in cases) >= 5
    assert sum(world.memory.duty_error < np.inf for _, world, _ in cases) >= 5
    revenue = np.array([step.revenue_by_use for step in steps])
    assert (revenue > 0).any(axis=0).all()
    for name in ("failed", "acquired", "founded"):
        assert sum(getattr(step, name) for step in steps) >= 5, name
    paid_for = {purpose for step in steps for _, _, purpose in step.flows}
    assert {"sponsored compute", "venture capital", "liquidation", "acquisitions", "efficiency research"} <= paid_for
    rules = [(world.scenario.market.allocation, step.outcome) for _, world, step in cases]
    assert {("contracts", "cleared"), ("queue", "rationed"), ("price", "cleared")} <= set(rules)
    used = [world.scenario.mechanisms for _, world, _ in cases]
    for field in fields(Mechanisms):
        assert {getattr(on, field.name) for on in used} == {True, False}, field.name
    apart = [buys_by_region(before, act(before)) for before, *_ in cases]
    assert sum(apart) >= 15
    assert sum(step.permit_price > 0 for step, yes in zip(steps, apart, strict=True) if yes) >= 3
    assert any((step.access < step.error).any() for step in steps)
    renewed = [world.clock.steps_done % world.scenario.time.steps_per_year == 1 for _, world, _ in cases]
    assert 5 <= sum(renewed) < len(renewed)


def test_both_markets_for_permits_at_once() -> None:
    caps = ("policy.cap_and_trade.cap=200 tCO2e/yr", "policy.compute_permits.cap=2e20")
    world = begin(
        load(SCENARIOS / "baseline.toml", [*FROZEN, *TINY, *caps, 'policy.compute_permits.scope="training"']), 3
    )
    for step in agreeing(world, 2):
        assert step.permit_price > 0 < step.license_price


class Own(Actor):
    """Spends part of its money a year, beside all that comes in."""

    def wanted(self) -> float:
        return self.contest + self.promised

    def affordable(self) -> float:
        money = self.kind.spend_rate * (self.cash + self.income)
        return money + self.margin + self.venture + self.dividend


@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: flags.name)
def test_kinds_of_ones_own(flags: Flags, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever they say of their money; some that buy out of their cash have enough of it, some have not."""
    world, left = begin(with_own_kind(flags, until=2015), 1), set()
    monkeypatch.setitem(ACTORS, world.scenario.kinds[-1].rule, Own)
    for _ in range(world.scenario.steps):
        reference = ReferenceEconomy.from_world(world)
        reference.step()
        before, (world, step) = world, advance(world)
        agree(before, world, step, reference)
        buyers = [actor for actor in reference.agents if any(what == "acquisitions" for _, _, what, _ in actor.books)]
        left |= {actor.cash > 0 for actor in buyers if actor.kind.id == "own"}
    if flags.pays_from_cash:
        assert left == ({True, False} if flags.sponsors else set())


@pytest.mark.slow
def test_ten_years_under_both_policies() -> None:
    counts = ("kind.corporation.count=12", "kind.startup.count=48", "kind.academic_lab.count=80")
    tax = {"rate": 200, "growth": 5, "start": 2013.25, "ramp": 2.5, "revenue_use": '"academic_compute"'}
    budget = {"limit": 20, "growth": -5, "start": 2015.5, "ramp": 1, "kinds": ["corporation", "startup"]}
    settings = [*counts, "time.steps_per_year=4", capacity({2012: 3e25, 2022: 6e26})]
    settings += [f"policy.carbon_tax.{key}={value}" for key, value in tax.items()]
    settings += [f"policy.carbon_budget.{key}={value}" for key, value in budget.items()]
    world = begin(load(SCENARIOS / "baseline.toml", settings), seed=7)
    reference = ReferenceEconomy.from_world(world)
    steps = []
    for _ in range(40):
        reference.step()
        before, (world, step) = world, advance(world)
        steps.append(step)
        agree(before, world, step, reference)
    assert [step.revenue_by_use[2] > 0 for step in steps] == [step.time >= 2013.25 for step in steps]
    assert any(step.bound_by_carbon.any() for step in steps)
    assert not any(step.bound_by_carbon.any() for step in steps if step.time < 2015.5)
    assert {"slack", "cleared"} <= {step.outcome for step in steps}


@pytest.mark.parametrize("theory", ["meek", "scale_dependent"])
def test_a_law_through_a_published_run(theory: str) -> None:
    known = ("law.known_error=0.2", "law.known_compute=1e19", "law.known_year=2016", f"law.theory={theory}")
    world = begin(load(SCENARIOS / "baseline.toml", [*TINY, *known]), 3)
    assert len([*agreeing(world, 2)]) == 2


@pytest.mark.parametrize("name", registry())
def test_the_reference_knows_every_policy(name: str) -> None:
    """A policy without its rule would fail every state below without being named."""
    for lever in registry()[name].levers:
        if lever in MANY:
            missing = f"tests/reference/policies.py has no function {name} marked @rule('{lever}')"
            assert name in RULES[lever], missing


@pytest.mark.parametrize("name", [name for name, rule in ALLOCATIONS.items() if not rule.priced])
def test_the_reference_knows_every_rule_without_a_price(name: str) -> None:
    assert name in UNPRICED, f"tests/reference/market.py has no function {name} marked @unpriced"


LIMITED = {
    "nothing": ("", ""),
    "a ceiling on runs": ("policy.training_run_ceiling.limit=1e16", "bound_by_ceiling"),
    "carbon budgets": ("policy.carbon_budget.limit=1 tCO2e/yr", "bound_by_carbon"),
}


@pytest.mark.parametrize("limited", LIMITED)
@pytest.mark.parametrize("name", ALLOCATIONS)
def test_scarce_compute_by_each_rule(name: str, limited: str) -> None:
    """A year in which there is far less compute than is asked for, whatever else the states above hold."""
    scarce = (f'market.allocation="{name}"', "market.outside_demand=1e26 FLOP/yr", "market.outside_contracts=0")
    clean = ("mechanisms.abatement=true", "abatement.build=5")  # so that some stay within their budgets by it
    policy, bound = LIMITED[limited]
    world = begin(load(SCENARIOS / "baseline.toml", [*TINY, *scarce, *clean, *filter(None, [policy])]), 3)
    met = [(step.outcome, bool(bound) and bool(getattr(step, bound).any())) for step in agreeing(world, 4)]
    assert "slack" not in {outcome for outcome, _ in met}
    if name in ("price", "contracts"):  # others may leave so little that no limit holds anybody
        assert any(holds for _, holds in met) == bool(bound)
