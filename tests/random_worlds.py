"""Random worlds of the baseline with few actors, in which every mechanism and policy may be on or off."""

from dataclasses import fields

import numpy as np

from sim.policies.levers import REVENUE_USES
from sim.scenario import Scenario, load
from sim.scenario.schema import Mechanisms
from tests.random_policies import BASE, more_policies
from tests.worlds import (
    ALLOCATIONS,
    FROZEN,
    REAL_LIMITS,
    STRUCTURES,
    abatements,
    has_prices,
    on_steps,
    real_limits,
    structures,
    theories,
)

LAWS = ("thompson2022_hardware", "thompson2020_polynomial", "thompson2020_exponential")
APART = ("abatement", "regional_purchases", *STRUCTURES, *REAL_LIMITS)  # mechanisms with draws of their own
SWITCHES = [field.name for field in fields(Mechanisms) if field.name not in APART]


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
    often = [0.5, *[0.5 / (len(ALLOCATIONS) - 1)] * (len(ALLOCATIONS) - 1)]  # as often by price as by all other rules
    settings = [
        *FROZEN,
        f"time.steps_per_year={rng.choice([1, 2, 3, 4, 12])}",
        f'law.profile="{rng.choice(LAWS)}"',
        f"law.fitted_progress={between(0.3, 1.5)}",
        *(f"mechanisms.{name}={str(rng.random() < 0.8).lower()}" for name in SWITCHES),
        f"knowledge.absorption={between(0, 3)}",
        f"knowledge.leak={between(0, 2)}",
        f"knowledge.returns={between(0, 1)}",
        f"network.rate={between(0, 3)}",
        f"research.substitution={between(0.5, 2.5)}",
        f"research.unspent_share={between(0, 1)}",
        f"release.lag={between(0.1, 3)}",
        f"release.reach={rng.choice([0.0, 1.0, 10.0])}",
        f"siting.scale={between(0.05, 1)}",
        f"siting.speed={between(0, 3)}",
        f'market.allocation="{rng.choice([*ALLOCATIONS], p=often)}"',
        f"market.response={rng.choice([0.0, 1.5, 4.0])}",
        f"finance.round_multiple={between(0.5, 10)}",
        f"finance.round_rate={between(0.5, 5)}",
        f"finance.failure_floor={between(0, 0.9)}",
        f"finance.founding_rate={between(0, 3)}",
        f"finance.sponsored_share={between(0, 0.05)}",
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
        settings += [f"kind.{kind}.count={rng.integers(3, 10)}", f"kind.{kind}.ramp={between(1.2, 15)}"]
        settings.append(f"kind.{kind}.home_share={between(0, 1)}")
        settings.append(f"kind.{kind}.openness={between(0, 1)}")
        settings.append(f"kind.{kind}.release_share={between(0, 0.6)}")
        if rng.random() < 0.3:
            settings.append(f"kind.{kind}.carbon_budget={10 ** between(-1, 5)}")
    if rng.random() < 0.6:
        settings += [
            f"policy.carbon_tax.rate={10 ** between(1, 4)}",
            f"policy.carbon_tax.growth={between(-5, 10)}",
            f"policy.carbon_tax.start={between(2011, 2025)}",
            f"policy.carbon_tax.end={between(2025, 2045)}",
            f"policy.carbon_tax.ramp={rng.choice([0.0, 5.0])}",
            f'policy.carbon_tax.revenue_use="{rng.choice(REVENUE_USES)}"',
            f'policy.carbon_tax.second_use="{rng.choice(REVENUE_USES)}"',
            f"policy.carbon_tax.second_share={rng.choice([0.0, 0.3, 1.0])}",
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
    settings += [
        f"compute.trend_end={between(2012, 2045)}",
        f"compute.halving_after={between(1, 20)}",
        f"compute.price_limit={10 ** between(17, 22)}",
        f"compute.energy_limit={10 ** between(17.5, 21)}",
        f"market.electricity_limit={first / 1e25 * 10 ** between(-3, 3)}",
        f"market.outside_limit={10 ** between(7, 12)}",
        f"market.outside_growth={between(20, 90)}",
    ]
    settings += abatements(rng.spawn(1)[0])
    settings += structures(rng.spawn(1)[0])
    settings += real_limits(rng.spawn(1)[0], first)
    settings += theories(rng.spawn(1)[0])
    settings += more_policies(rng, first, has_prices(settings))
    return load(BASE, on_steps(settings))
