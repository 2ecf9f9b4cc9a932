"""What the whole economy claims: each mechanism does something, and each does what its name says."""

from dataclasses import fields

import numpy as np
import pytest

from sim.economy.observe import Step, observe
from sim.economy.start import begin
from sim.economy.step import advance
from sim.measures import registry
from sim.mechanisms.research import best_share, payoff
from sim.scenario import Scenario, load
from sim.scenario.schema import Mechanisms
from tests.worlds import SCENARIOS, STRUCTURES, changed, frozen, played, small, walked

BASELINE = SCENARIOS / "baseline.toml"
TIGHT = 'market.capacity={ years = [2012], values = [3e25], unit = "FLOP/yr" }'


def measured(scenario: Scenario, seed: int = 1) -> dict[str, float]:
    """All measures of the last year."""
    world, steps = played(scenario, seed)
    window = observe(world, steps[-scenario.time.steps_per_year :])
    return {id: measure(window) for id, measure in registry().items()}


def share_of_research(steps: list[Step]) -> float:
    """Research over research and training, in all the steps."""
    research, paid = (sum(float(getattr(step, name).sum()) for step in steps) for name in ("research", "paid"))
    return research / (research + paid)


SEEDS = range(4)
MOVES = {  # mechanism: (a measure that switching it moves, by at least this share of it, up or down)
    "research_choice": ("research_share", -0.1),
    "private_knowledge": ("energy_total", -0.1),
    "knowledge_network": ("knowledge_lag_median_lab", 0.05),
    "open_release": ("access_gap_median_lab", 1.0),
    "siting": ("carbon_intensity", -0.0005),  # electricity is a small part of the price of compute
    "abatement": ("emissions_operational", -0.01),  # carbon has a price in some regions without any policy
    "regional_purchases": ("emissions_operational", -0.9),
    "existing_carbon_prices": ("energy_total", 0.001),  # prices are low where most power is used
    "grid_limits": ("energy_total", 0.02),
    "pledges": ("emissions_operational", 0.05),
    "inference": ("energy_total", -0.2),
    "embodied_carbon": ("emissions_total", -0.02),
    "sponsored_compute": ("compute_share_academia", -0.5),
    "funding_rounds": ("spend_bound_by_means", -0.2),
    "exit_and_entry": ("startups_acquired", -1.0),
    "brand_habit": ("compute_ratio_corporation_startup", -0.5),
    "capacity_response": ("energy_total", -0.3),
    "volume_discount": ("compute_share_academia", 0.1),
    "expectations": ("spending_over_sales", 0.2),
    "unequal_means": ("compute_share_bottom_half_labs", -0.2),
    "serving_grows": ("inference_share", -0.003),  # by then serving has come close to what it takes in the end
    "luck": ("compute_share_bottom_half_labs", 0.05),
}
UNDER = {  # settings without which a mechanism does nothing
    "regional_purchases": ("policy.cap_and_trade.cap=1", 'policy.cap_and_trade.regions=["france"]'),
}


def over_seeds(*settings: str) -> list[dict[str, float]]:
    """All measures of the last four years of the frozen baseline to 2030, by seed."""
    found = []
    for seed in SEEDS:
        world, steps = played(frozen("baseline", 2030, *settings), seed)
        window = observe(world, steps[-16:])
        found.append({id: measure(window) for id, measure in registry().items()})
    return found


@pytest.fixture(scope="module")
def plain() -> list[dict[str, float]]:
    return over_seeds()


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", [field.name for field in fields(Mechanisms)])
def test_each_mechanism_moves_what_it_is_there_for(mechanism: str, plain: list[dict[str, float]]) -> None:
    """In every seed the same way, and by more than a trifle."""
    works = mechanism not in ("brand_habit", "abatement", *STRUCTURES)
    under = UNDER.get(mechanism, ())
    usual = over_seeds(*under) if under else plain
    switched = over_seeds(*under, f"mechanisms.{mechanism}={str(not works).lower()}")
    measure, least = MOVES[mechanism]
    changes = [after[measure] / before[measure] - 1 for before, after in zip(usual, switched, strict=True)]
    assert all(change / least > 0 for change in changes)
    assert abs(np.mean(changes)) >= abs(least)


# -- efficiency research


@pytest.mark.slow
def test_a_steeper_law_turns_effort_to_ideas() -> None:
    """In every year to 2030, where what a gain in error is worth to customers is held in terms of compute (mu / b and
    theta / b), and the response to knowledge stays. Otherwise a flatter law makes money grow so fast that ideas win.
    """

    def shares(b: float, *, held: bool) -> list[float]:
        base = load(BASELINE)
        settings = ["time.end=2030", f"law.exponent={b}"]
        if held:
            by = b / base.law.exponent  # type: ignore[attr-defined]
            settings.append(f"product.growth_exponent={by * base.product.growth_exponent}")
            settings.append(f"product.contest={by * base.product.contest}")
        world, steps = played(load(BASELINE, settings))
        return [registry()["research_share"](observe(world, steps[i : i + 4])) for i in range(0, len(steps), 4)]

    flat, middle, steep = (np.array(shares(b, held=True)) for b in (8, 10.8, 16))
    assert (flat < middle).all()
    assert (middle < steep).all()
    assert np.mean(shares(8, held=False)) > flat.mean()


def test_an_exponential_law_turns_effort_to_ideas_as_the_error_falls() -> None:
    """Against a world that is the same but for the form of the law."""
    _, power = played(small(until=2036))
    _, exponential = played(small("exponential_law", until=2036))
    early, late = slice(0, 16), slice(-16, None)
    first = share_of_research(exponential[early]) / share_of_research(power[early])
    last = share_of_research(exponential[late]) / share_of_research(power[late])
    assert last > 1.2 * first


def test_a_binding_carbon_budget_turns_effort_to_ideas() -> None:
    budget = "kind.corporation.carbon_budget=1"
    _, free = played(small(until=2020))
    world, bound = played(small("baseline", budget, until=2020))
    corporations = world.groups.of("corporation")
    assert bound[-1].bound_by_carbon[corporations].any()
    assert not world.fixed.policies
    research, paid = (
        [float(step.research[corporations].sum() / (step.research + step.paid)[corporations].sum()) for step in steps]
        for steps in (free, bound)
    )
    assert paid[-1] > 1.5 * research[-1]


@pytest.mark.parametrize(("sigma", "factor"), [(1.0, 1.0), (1.5, 2.0**0.5), (2.0, 2.0)])
def test_dear_compute_turns_effort_to_ideas_above_a_substitution_of_one(sigma: float, factor: float) -> None:
    one = np.ones(1)
    cheap, dear = (best_share(0.3 * one, 0.06 * one, q * one, payoff(0.05, 3.0, 0.3), sigma) for q in (1.0, 2.0))
    assert dear / (1 - dear) == pytest.approx(factor * cheap / (1 - cheap))


@pytest.mark.parametrize(("sigma", "least", "most"), [(1.0, -0.005, 0.005), (2.0, 0.1, 10.0)])
def test_a_tax_turns_effort_to_ideas_only_by_substitution(sigma: float, least: float, most: float) -> None:
    """Over the first year, in which the tax has changed nothing else yet."""
    base = ("baseline", f"research.substitution={sigma}")
    free, _ = played(small(*base, until=2012))
    taxed, _ = played(small(*base, "policy.carbon_tax.rate=2000", "policy.carbon_tax.start=2012", until=2012))
    assert least < float(taxed.actors.research_share.mean() / free.actors.research_share.mean()) - 1 < most


# -- places, scarcity, release, startups


def test_a_tax_in_one_region_leaks_to_the_others() -> None:
    tax = (
        "policy.carbon_tax.rate=1000", "policy.carbon_tax.start=2016", 'policy.carbon_tax.regions=["united_states"]',
    )  # fmt: skip
    home = small().region_ids.index("united_states")

    def energy(*settings: str) -> np.ndarray:
        return np.asarray(played(small("baseline", *settings, until=2020))[1][-1].energy.sum(axis=1))

    moved = energy(*tax) / energy()
    stayed = energy(*tax, "mechanisms.siting=false") / energy("mechanisms.siting=false")
    others = np.arange(moved.size) != home
    assert moved[home] < 0.9 * moved[others].min()
    assert (moved[others] > stayed[others]).all()
    assert moved[home] < stayed[home]


def academic_share(rule: str, *settings: str) -> float:
    world, steps = played(small("baseline", TIGHT, f'market.allocation="{rule}"', *settings, until=2020))
    assert steps[-1].outcome != "slack"
    labs = world.groups.of("academia")
    return float(steps[-1].compute[labs].sum() / steps[-1].compute.sum())


def test_scarcity_crowds_out_labs_only_where_the_rule_does() -> None:
    """Capacity stays where it was in 2012, without and with contracts or a queue."""
    fixed = ("mechanisms.capacity_response=false", "market.capacity_growth=0", "mechanisms.sponsored_compute=false")
    price = academic_share("price", *fixed)
    assert academic_share("contracts", *fixed) < 0.9 * price
    assert academic_share("queue", *fixed) < 0.9 * price


def test_a_price_rations_everyone_alike() -> None:
    """With one cost for all, the share of compute is the share of money, however scarce compute is."""
    _, steps = played(
        small("baseline", TIGHT, "mechanisms.capacity_response=false", "market.capacity_growth=0", until=2020)
    )
    step = steps[-1]
    assert step.rent > 0
    money, compute = step.paid + step.paid_inference, step.compute + step.inference
    assert compute.sum() + step.outside == pytest.approx(step.capacity)
    assert np.allclose(compute, money / step.unit_cost)


@pytest.mark.parametrize("scope", ["training", "all"])
def test_a_run_costs_what_training_costs(scope: str) -> None:
    """Where training alone needs permits that is more than what serving costs."""
    permits = ("policy.compute_permits.cap_share=0.5", f"policy.compute_permits.scope={scope}")
    _, steps = played(small("baseline", *permits, "policy.compute_permits.start=2013", until=2014))
    step = steps[-1]
    assert step.license_price > 0
    trains, serves = step.compute > 0, (step.compute > 0) & (step.inference > 0)
    assert step.unit_cost[trains] == pytest.approx((step.paid[trains] / step.compute[trains]), rel=1e-9)
    dearer = step.unit_cost[serves] - step.paid_inference[serves] / step.inference[serves]
    license = step.license_price if scope == "training" else 0.0
    assert dearer == pytest.approx(np.full(serves.sum(), license), abs=1e-9 * step.unit_cost.max())
    assert serves.any()


def test_capacity_follows_demand_within_its_bounds() -> None:
    _, steps = played(small("baseline", TIGHT, "market.fastest=0.5", "market.slowest=-0.1", until=2030))
    growth = np.diff(np.log([step.capacity for step in steps])) / 0.25
    assert growth.max() == pytest.approx(0.5)
    assert growth.min() >= -0.1 - 1e-12
    _, falling = played(small("baseline", TIGHT, "market.outside_demand=0", "market.slowest=-0.1", until=2014))
    assert np.diff(np.log([step.capacity for step in falling])).min() == pytest.approx(-0.025)


def test_released_models_close_the_access_gap_and_not_the_training_gap() -> None:
    world, steps = played(small(until=2024))
    labs, last = world.groups.of("academia"), steps[-1]
    assert (last.access <= last.error).all()
    own, at_hand = (float(np.median(column[labs])) for column in (last.error, last.access))
    frontier = float(last.error.min())
    assert frontier < at_hand < own
    assert at_hand == pytest.approx(world.open_error)


def test_nothing_is_released_before_its_time() -> None:
    world = begin(small("baseline", "release.lag=2.5"), 1)
    opened = []
    for _ in range(16):
        world, _step = advance(world)
        opened.append((world.clock.time, world.open_error))
    assert all(np.isinf(error) == (time < 2014.5) for time, error in opened)


def test_startups_come_and_go() -> None:
    world, steps = played(small("baseline", "finance.failure_floor=50 %", "finance.founding_rate=2", until=2025))
    failed, acquired, founded = (
        sum(getattr(step, name) for step in steps) for name in ("failed", "acquired", "founded")
    )
    startups = world.groups.of("startup")
    assert failed > founded > 0
    assert 0 < acquired < failed
    assert int(world.actors.alive[startups].sum()) == startups.size - failed + founded
    assert all(step.failed == step.founded == 0 for step in steps if (step.time + step.dt) % 1)
    dead = ~steps[-1].alive
    assert dead.any()
    assert (steps[-1].error[dead] == 1.0).all()


def test_what_is_known_goes_with_an_acquisition() -> None:
    world = begin(small("baseline", "finance.acquired_share=1", "finance.failure_floor=0.99"), 1)
    startups, corporations = world.groups.of("startup"), world.groups.of("corporation")
    given = {"knowledge": 9.0, "error": 0.01, "cash": 0.0, "plan": 0.0, "reach": 0.0}
    columns = {name: getattr(world.actors, name).copy() for name in given}
    for name, value in given.items():
        columns[name][startups[0]] = value
    world, steps = walked(changed(world, **columns), 4)
    step = steps[-1]
    assert step.acquired >= 1
    assert not world.actors.alive[startups[0]]
    assert world.actors.error[corporations].min() == 0.01
    assert world.actors.knowledge[corporations].max() > 3


# -- the network


def test_links_follow_the_scenario() -> None:
    world = begin(load(BASELINE, ["network.links=6", "network.within_sector=0.9", "network.prominence=1"]), 1)
    pairs = world.fixed.network.pairs
    assert len(pairs) == pytest.approx(6 * world.groups.size, rel=0.05)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    inside = world.fixed.traits.academic[pairs[:, 0]] == world.fixed.traits.academic[pairs[:, 1]]
    assert inside.mean() == pytest.approx(0.9, abs=0.02)
    degree = np.bincount(pairs.ravel(), minlength=world.groups.size)
    labs = world.groups.of("academia")
    assert np.corrcoef(np.log(world.fixed.traits.start_plan[labs]), np.log1p(degree[labs]))[0, 1] > 0.5
    row = int(degree.argmax())
    linked = set(pairs[pairs[:, 0] == row, 1]) | set(pairs[pairs[:, 1] == row, 0])
    assert set(world.fixed.network.neighbours(row)) == linked


def test_a_secret_spreads_along_links_only() -> None:
    world = begin(small(until=2014), 1)
    secret = int(world.groups.of("corporation")[0])
    known = world.actors.knowledge.copy()
    known[secret] = 5.0
    (quiet, _), (loud, _) = advance(world), advance(changed(world, knowledge=known))
    learnt = np.flatnonzero(loud.actors.knowledge > quiet.actors.knowledge + 0.1)
    assert set(learnt) == {secret, *world.fixed.network.neighbours(secret).tolist()}


# -- scale


@pytest.mark.slow
def test_twice_the_world_has_the_same_shares() -> None:
    """Fresh draws of twice as many of every kind, with market, capacity and outside demand doubled too.

    Public money doubles with the labs and startups that it is paid for.
    """
    base = frozen("baseline", 2030)
    path = base.market.capacity
    doubled = [2 * value for value in path.values]
    twice = [
        *(f"kind.{kind.id}.count={2 * kind.count}" for kind in base.kinds),
        f"product.size={2 * base.product.size}",
        f"market.outside_demand={2 * base.market.outside_demand}",
        f'market.capacity={{ years = {list(path.years)}, values = {doubled}, unit = "FLOP/yr" }}',
    ]
    means = []
    for settings in ((), twice):
        values = [measured(frozen("baseline", 2030, *settings), seed) for seed in range(12)]
        means.append({id: float(np.mean([value[id] for value in values])) for id in values[0]})
    same = [f"compute_share_{sector}" for sector in ("corporation", "startup", "academia")]
    same += ["compute_gini", "compute_theil", "compute_top10_share", "capability_gini", "frontier_error"]
    for id in same:
        assert means[1][id] == pytest.approx(means[0][id], rel=0.05, abs=0.005), id


@pytest.mark.slow
def test_compute_is_scarce_in_the_baseline() -> None:
    """The frozen one: in a third of the quarters or more from 2025 on, over replicates; no price is forced to do it."""
    scenario = frozen("baseline", 2040)
    found = [step.outcome for seed in range(6) for step in played(scenario, seed)[1] if step.time >= 2025]
    scarce = sum(outcome != "slack" for outcome in found) / len(found)
    assert 1 / 3 <= scarce < 0.9
