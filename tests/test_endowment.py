"""What actors begin with, and how luck goes on: moments of many draws against the scenario's numbers."""

from itertools import pairwise

import numpy as np
import pytest

from sim.economy.start import begin
from sim.economy.state import World
from sim.economy.step import advance
from sim.scenario import load
from tests.worlds import SCENARIOS, small

MANY = 20_000


@pytest.fixture(scope="module")
def crowd() -> World:
    counts = [f"kind.{kind}.count={MANY}" for kind in ("corporation", "startup", "academic_lab")]
    return begin(load(SCENARIOS / "baseline.toml", [*counts, "mechanisms.unequal_means=false"]), 3)


def column_of(world: World, name: str) -> np.ndarray:
    """A column of the actors' state, or a trait of theirs."""
    return getattr(world.actors if hasattr(world.actors, name) else world.fixed.traits, name)


@pytest.mark.parametrize(
    ("column", "kind", "median", "spread"),
    [
        *(("start_plan", kind, "start_plan", "start_spread") for kind in ("corporation", "startup", "academic_lab")),
        ("start_income", "corporation", "core_revenue", "core_spread"),
        ("start_income", "academic_lab", "grant", "grant_spread"),
        ("cash", "startup", "cash", "cash_spread"),
        ("reach", "corporation", "reach", "reach_spread"),
        ("reach", "startup", "reach", "reach_spread"),
    ],
)
def test_medians_and_spreads(column: str, kind: str, median: str, spread: str, crowd: World) -> None:
    numbers = next(k for k in crowd.scenario.kinds if k.id == kind)
    values = np.log(column_of(crowd, column)[crowd.groups.kinds[kind]])
    sd = getattr(numbers, spread)
    assert np.median(values) == pytest.approx(np.log(getattr(numbers, median)), abs=5 * sd / np.sqrt(MANY))
    assert values.std() == pytest.approx(sd, rel=0.03)


def test_draws_are_independent(crowd: World) -> None:
    corporations, startups, labs = (crowd.groups.kinds[k] for k in ("corporation", "startup", "academic_lab"))
    traits, actors = crowd.fixed.traits, crowd.actors
    plan, income = np.log(traits.start_plan), np.log(np.maximum(traits.start_income, 1))
    cash, luck = np.log(actors.cash + 1), actors.luck
    pairs = [
        (plan[corporations], income[corporations]),
        (plan[labs], income[labs]),
        (plan[startups], cash[startups]),
        (plan[corporations], np.log(actors.reach[corporations])),
        (income[corporations], np.log(actors.reach[corporations])),
        (plan[corporations], plan[startups]),
        (plan[startups], plan[labs]),
        (plan[labs], luck[labs]),
        (luck[startups], luck[labs]),
    ]
    for i, (one, other) in enumerate(pairs):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(MANY), i


def test_homes_and_work_follow_the_weights(crowd: World) -> None:
    for kind, rows in crowd.rows():
        found = np.bincount(crowd.fixed.traits.home[rows], minlength=len(crowd.fixed.cloud)) / MANY
        weights = np.array([kind.home.get(region, 0.0) for region in crowd.scenario.region_ids])
        assert found == pytest.approx(weights / weights.sum(), abs=5 * 0.5 / np.sqrt(MANY))
        released = crowd.fixed.traits.releases[rows].mean()
        assert released == pytest.approx(kind.release_share, abs=5 * 0.5 / np.sqrt(MANY))
    assert crowd.actors.site.sum(axis=0) == pytest.approx(np.ones(crowd.groups.size))


def test_work_is_done_at_home_and_in_the_cloud() -> None:
    world = begin(small("baseline", "mechanisms.siting=false", "kind.startup.home_share=25 %"), 1)
    step = advance(world)[1]
    startups = world.groups.of("startup")
    part = step.energy[:, startups] / step.energy[:, startups].sum(axis=0)
    at_home = np.arange(len(world.fixed.cloud))[:, None] == world.fixed.traits.home[startups]
    assert part == pytest.approx(0.25 * at_home + 0.75 * world.fixed.cloud[:, None])


def test_luck_persists_and_keeps_its_variance() -> None:
    settings = [f"kind.academic_lab.count={MANY}", "training.luck_persistence=0.6", "time.steps_per_year=1"]
    world = begin(load(SCENARIOS / "baseline.toml", settings, until=2016), 1)
    labs, years = world.groups.of("academia"), [world.actors.luck]
    for _ in range(4):
        world, _ = advance(world)
        years.append(world.actors.luck)
    assert years[1] is years[0]  # the first year's luck is that of the start
    for before, after in pairwise(years[1:]):
        assert np.corrcoef(before[labs], after[labs])[0, 1] == pytest.approx(0.6, abs=0.03)
        assert after[labs].std() == pytest.approx(1.0, abs=0.03)
    fresh = [years[i + 1][labs] - 0.6 * years[i][labs] for i in (1, 2)]
    assert abs(np.corrcoef(*fresh)[0, 1]) < 0.03


def test_luck_changes_with_the_year_and_not_with_the_step() -> None:
    world, seen = begin(small(until=2014), 1), []
    for _ in range(12):
        world, _ = advance(world)
        seen.append(world.actors.luck.tobytes())
    assert [len(set(seen[4 * year : 4 * year + 4])) for year in range(3)] == [1, 1, 1]
    assert len(set(seen)) == 3


def linked(world: World) -> list[int]:
    return world.fixed.network.indices.tolist()


def test_replicates_differ_and_repeat() -> None:
    one, same, other = begin(small(), 1, 0), begin(small(), 1, 0), begin(small(), 1, 1)
    for name in ("start_plan", "start_income", "cash", "reach", "luck", "home", "releases"):
        assert column_of(one, name).tobytes() == column_of(same, name).tobytes(), name
    for name in ("start_plan", "start_income", "cash", "reach", "luck", "home"):
        assert column_of(one, name).tobytes() != column_of(other, name).tobytes(), name
    assert linked(one) == linked(same) != linked(other)
    for purpose in ("moment", "round", "exit", "buyer", "founding"):
        first, second = one.fixed.draws.uniform(purpose, 2013), one.fixed.draws.uniform(purpose, 2014)
        assert first.tobytes() != second.tobytes()
