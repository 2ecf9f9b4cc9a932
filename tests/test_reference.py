"""The simulator's arrays against the same economy written one actor at a time."""

from functools import cache

import numpy as np
import pytest

from sim.period import Step
from sim.scenario import Scenario, load
from sim.world import World, advance
from tests.reference import ReferenceEconomy
from tests.worlds import SCENARIOS

CASES = range(50)
LAWS = ("thompson2022_hardware", "thompson2020_polynomial", "thompson2020_exponential")
ACTOR_FLOWS = ("compute", "run", "paid", "means", "error", "unit_cost", "carbon_per_flop", "received", "spent")
ACTOR_STATE = ("cash", "plan", "volume", "error", "luck")
BOUNDS = ("bound_by_carbon", "bound_by_means", "bound_by_ramp")
CLOSE = 1e-9


def capacity(values: dict[int, float]) -> str:
    """A setting: capacity at the starts of years."""
    return f'market.capacity={{ years = {[*values]}, values = {[*map(float, values.values())]}, unit = "FLOP/yr" }}'


def varied(rng: np.random.Generator) -> Scenario:
    """The baseline with few actors and other numbers, and policies now and then."""

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    def some(*names: str) -> list[str]:
        return [name for name in names if rng.random() < 0.6]

    first = 10 ** between(24, 26)
    settings = [
        f"time.steps_per_year={rng.choice([1, 2, 3, 4, 12])}",
        f'law.profile="{rng.choice(LAWS)}"',
        f"knowledge.growth={between(0.3, 1.5)}",
        capacity({2013: first, 2016: first * between(1, 9), 2017: first * between(2, 9), 2025: first * 1e2}),
        f"market.outside_demand={first * 10 ** between(-3, 0.2)}",
        f"market.outside_elasticity={between(0.5, 1.5)}",
        f"market.rent_ceiling={rng.choice([0.2, 10.0, 1e4])}",
        f"compute.volume_discount={rng.choice([0.0, 0.03, 0.2])}",
        f"product.contest={between(2, 7)}",
        f"product.adoption={between(0.3, 3)}",
        f"training.luck_persistence={between(0, 0.9)}",
        f"finance.recycling={between(0.2, 5)}",
        f"finance.venture_contest={between(2, 7)}",
        f"region.france.carbon_price_growth={between(-5, 5)}",
        f"kind.startup.reach={rng.choice([0.0, 0.1, 0.5], p=[0.1, 0.6, 0.3])}",
    ]
    for kind in ("corporation", "startup", "academic_lab"):
        settings += [f"kind.{kind}.count={rng.integers(5, 21)}", f"kind.{kind}.ramp={between(1.2, 15)}"]
        settings.append(f"kind.{kind}.home_share={between(0, 1)}")
        if rng.random() < 0.3:
            settings.append(f"kind.{kind}.carbon_budget={10 ** between(-1, 5)}")
    if rng.random() < 0.6:
        settings += [
            f"policy.carbon_tax.rate={10 ** between(1, 4)}",
            f"policy.carbon_tax.growth={between(-5, 10)}",
            f"policy.carbon_tax.start={between(2011, 2025)}",
            f"policy.carbon_tax.end={between(2025, 2045)}",
            f"policy.carbon_tax.ramp={rng.choice([0.0, 5.0])}",
            f'policy.carbon_tax.revenue_use="{rng.choice(["treasury", "equal_dividend", "academic_compute"])}"',
            f"policy.carbon_tax.kinds={some('corporation', 'startup', 'academic_lab')}",
            f"policy.carbon_tax.regions={some('united_states', 'china', 'norway')}",
        ]
    if rng.random() < 0.6:
        settings += [
            f"policy.carbon_budget.limit={10 ** between(-1, 6)}",
            f"policy.carbon_budget.growth={between(-10, 10)}",
            f"policy.carbon_budget.start={between(2011, 2025)}",
            f"policy.carbon_budget.ramp={rng.choice([0.0, 5.0])}",
            f"policy.carbon_budget.kinds={some('corporation', 'startup', 'academic_lab')}",
        ]
    return load(SCENARIOS / "baseline.toml", settings)


def perturbed(case: int) -> World:
    """A world in a random state somewhere between 2012 and 2040."""
    rng = np.random.default_rng(case)
    world = World(varied(rng), seed=case)
    years = int(rng.integers(0, 28))
    within = int(rng.integers(0, world.scenario.time.steps_per_year)) if rng.random() < 0.5 else 0
    world.steps_done = years * world.scenario.time.steps_per_year + within
    n, (price, _) = world.groups.size, world.prices(world.middle)
    worth = world.scenario.market.capacity.values[0] * 1.6**years * price  # of about all compute
    money = worth * 10 ** rng.uniform(-0.5, 2.5) / world.start_plan.sum()
    world.plan = world.start_plan * money * np.exp(rng.standard_normal(n))
    world.cash = world.cash * money * np.exp(2 * rng.standard_normal(n))
    world.volume = world.plan / price * 10 ** rng.uniform(-1, 1, n) * (rng.random(n) < 0.8)
    world.error = rng.uniform(0.05, 0.35, n)
    world.luck = 1.5 * rng.standard_normal(n)
    world.market = float(world.market * money)
    world.earmarked = rng.uniform(0, 1e4 * money, len(world.earmarked))
    world.emitted = float(rng.uniform(0, 1e6))
    return world


def agree(world: World, step: Step, reference: ReferenceEconomy) -> None:
    """Everything the step did, and the state it left, per actor and in all."""
    actors = list(reference.agents)
    regions = world.scenario.region_ids
    pairs = {name: (getattr(step, name), [getattr(actor, name) for actor in actors]) for name in ACTOR_FLOWS}
    for name in ("energy", "emissions"):
        pairs[name] = getattr(step, name), [[getattr(actor, name)[region] for region in regions] for actor in actors]
    for name in ACTOR_STATE:
        pairs[f"{name} kept"] = getattr(world, name), [getattr(actor, name) for actor in actors]
    for name in ("capacity", "outside"):
        pairs[name] = getattr(step, name), getattr(reference, name)
    for name in ("market", "emitted"):
        pairs[name] = getattr(world, name), getattr(reference, name)
    pairs["sold"] = step.market, reference.sold
    pairs["earmarked"] = world.earmarked, list(reference.earmarked.values())
    pairs["revenue"] = step.revenue_by_use, list(reference.revenue.values())
    for name, (found, expected) in pairs.items():
        np.testing.assert_allclose(found, expected, rtol=CLOSE, atol=0, err_msg=name)
    assert step.rent == pytest.approx(reference.rent, rel=CLOSE, abs=1e-12 * reference.hardware_price)
    assert step.outcome == reference.outcome
    for name in BOUNDS:
        assert getattr(step, name).tolist() == [getattr(actor, name) for actor in actors], name


@cache
def stepped(case: int) -> tuple[World, Step, ReferenceEconomy]:
    """One step of a random state, both ways."""
    world = perturbed(case)
    reference = ReferenceEconomy.from_world(world)
    reference.step()
    return world, advance(world), reference


@pytest.mark.parametrize("case", CASES)
def test_one_step_from_any_state(case: int) -> None:
    agree(*stepped(case))


def test_the_states_cover_what_can_happen() -> None:
    steps = [stepped(case)[1] for case in CASES]
    outcomes = [step.outcome for step in steps]
    assert min(outcomes.count(outcome) for outcome in ("slack", "cleared", "rationed")) >= 5, outcomes
    for name in BOUNDS:
        assert sum(getattr(step, name).any() for step in steps) >= 5, name
        assert any(getattr(step, name).any() for step in steps if step.outcome == "cleared"), name
    revenue = np.array([step.revenue_by_use for step in steps])
    assert (revenue > 0).any(axis=0).all()
    renewed = [world.steps_done % world.scenario.time.steps_per_year == 1 for world, _, _ in map(stepped, CASES)]
    assert 5 <= sum(renewed) < len(renewed)


def test_ten_years_under_both_policies() -> None:
    counts = ("kind.corporation.count=12", "kind.startup.count=48", "kind.academic_lab.count=80")
    tax = {"rate": 200, "growth": 5, "start": 2013.25, "ramp": 2.5, "revenue_use": '"academic_compute"'}
    budget = {"limit": 20, "growth": -5, "start": 2015.5, "ramp": 1, "kinds": ["corporation", "startup"]}
    settings = [*counts, "time.steps_per_year=4", capacity({2012: 3e25, 2022: 6e26})]
    settings += [f"policy.carbon_tax.{key}={value}" for key, value in tax.items()]
    settings += [f"policy.carbon_budget.{key}={value}" for key, value in budget.items()]
    world = World(load(SCENARIOS / "baseline.toml", settings), seed=7)
    reference = ReferenceEconomy.from_world(world)
    steps = []
    for _ in range(40):
        reference.step()
        steps.append(advance(world))
        agree(world, steps[-1], reference)
    assert [step.revenue_by_use[2] > 0 for step in steps] == [step.time >= 2013.25 for step in steps]
    assert any(step.bound_by_carbon.any() for step in steps)
    assert not any(step.bound_by_carbon.any() for step in steps if step.time < 2015.5)
    assert {"slack", "cleared"} <= {step.outcome for step in steps}
