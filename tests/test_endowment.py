"""What actors begin with, and how luck goes on: moments of many draws against the scenario's numbers."""

from itertools import pairwise

import numpy as np
import pytest

from sim.scenario import load
from sim.world import World, advance
from tests.worlds import SCENARIOS, small

MANY = 20_000


@pytest.fixture(scope="module")
def crowd() -> World:
    counts = [f"kind.{kind}.count={MANY}" for kind in ("corporation", "startup", "academic_lab")]
    return World(load(SCENARIOS / "baseline.toml", counts), 3)


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
    values = np.log(getattr(crowd, column)[crowd.groups.kinds[kind]])
    sd = getattr(numbers, spread)
    assert np.median(values) == pytest.approx(np.log(getattr(numbers, median)), abs=5 * sd / np.sqrt(MANY))
    assert values.std() == pytest.approx(sd, rel=0.03)


def test_draws_are_independent(crowd: World) -> None:
    corporations, startups, labs = (crowd.groups.kinds[k] for k in ("corporation", "startup", "academic_lab"))
    plan, income, reach = np.log(crowd.start_plan), np.log(np.maximum(crowd.start_income, 1)), np.log(crowd.cash + 1)
    pairs = [
        (plan[corporations], income[corporations]),
        (plan[labs], income[labs]),
        (plan[startups], reach[startups]),
        (plan[corporations], np.log(crowd.reach[corporations])),
        (income[corporations], np.log(crowd.reach[corporations])),
        (plan[corporations], plan[startups]),
        (plan[startups], plan[labs]),
        (plan[labs], crowd.luck[labs]),
        (crowd.luck[startups], crowd.luck[labs]),
    ]
    for i, (one, other) in enumerate(pairs):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(MANY), i


def test_homes_and_work_follow_the_weights(crowd: World) -> None:
    for kind, rows in crowd.rows():
        found = np.bincount(crowd.home[rows], minlength=len(crowd.cloud)) / MANY
        weights = np.array([kind.home.get(region, 0.0) for region in crowd.scenario.region_ids])
        assert found == pytest.approx(weights / weights.sum(), abs=5 * 0.5 / np.sqrt(MANY))
        released = crowd.releases[rows].mean()
        assert released == pytest.approx(kind.release_share, abs=5 * 0.5 / np.sqrt(MANY))
    assert crowd.site.sum(axis=0) == pytest.approx(np.ones(crowd.groups.size))


def test_work_is_done_at_home_and_in_the_cloud() -> None:
    world = World(small("baseline", "mechanisms.siting=false", "kind.startup.home_share=25 %"), 1)
    step = advance(world)
    startups = world.groups.of("startup")
    part = step.energy[:, startups] / step.energy[:, startups].sum(axis=0)
    at_home = np.arange(len(world.cloud))[:, None] == world.home[startups]
    assert part == pytest.approx(0.25 * at_home + 0.75 * world.cloud[:, None])


def test_luck_persists_and_keeps_its_variance() -> None:
    settings = [f"kind.academic_lab.count={MANY}", "training.luck_persistence=0.6", "time.steps_per_year=1"]
    world = World(load(SCENARIOS / "baseline.toml", settings, until=2016), 1)
    labs, years = world.groups.of("academia"), [world.luck]
    for _ in range(4):
        advance(world)
        years.append(world.luck)
    assert years[1] is years[0]  # the first year's luck is that of the start
    for before, after in pairwise(years[1:]):
        assert np.corrcoef(before[labs], after[labs])[0, 1] == pytest.approx(0.6, abs=0.03)
        assert after[labs].std() == pytest.approx(1.0, abs=0.03)
    fresh = [years[i + 1][labs] - 0.6 * years[i][labs] for i in (1, 2)]
    assert abs(np.corrcoef(*fresh)[0, 1]) < 0.03


def test_luck_changes_with_the_year_and_not_with_the_step() -> None:
    world, seen = World(small(until=2014), 1), []
    for _ in range(12):
        advance(world)
        seen.append(world.luck.tobytes())
    assert [len(set(seen[4 * year : 4 * year + 4])) for year in range(3)] == [1, 1, 1]
    assert len(set(seen)) == 3


def test_replicates_differ_and_repeat() -> None:
    one, same, other = World(small(), 1, 0), World(small(), 1, 0), World(small(), 1, 1)
    for name in ("start_plan", "start_income", "cash", "reach", "luck", "home", "releases"):
        assert getattr(one, name).tobytes() == getattr(same, name).tobytes(), name
    for name in ("start_plan", "start_income", "cash", "reach", "luck", "home"):
        assert getattr(one, name).tobytes() != getattr(other, name).tobytes(), name
    assert one.network.indices.tolist() == same.network.indices.tolist() != other.network.indices.tolist()
    for purpose in ("moment", "round", "exit", "buyer", "founding"):
        first, second = one.draw_uniform(purpose, 2013), one.draw_uniform(purpose, 2014)
        assert first.tobytes() != second.tobytes()
