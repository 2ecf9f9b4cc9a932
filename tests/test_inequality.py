"""Unequal means within a kind: as unequal as the scenario says, with no money made or lost."""

import numpy as np
import pytest

from sim.economy.start import begin
from sim.economy.state import World
from sim.scenario import load
from tests.worlds import FROZEN, SCENARIOS, played, small

MANY = 20_000
ON, OFF = "mechanisms.unequal_means=true", "mechanisms.unequal_means=false"
KINDS = ("corporation", "startup", "academic_lab")
COLUMNS = ("start_plan", "start_income", "cash", "first_reach")


def column(world: World, name: str) -> np.ndarray:
    return np.asarray(getattr(world.actors if hasattr(world.actors, name) else world.fixed.traits, name))


@pytest.fixture(scope="module")
def crowds() -> tuple[World, World]:
    counts = [f"kind.{kind}.count={MANY}" for kind in KINDS]
    spreads = [f"kind.{kind}.means_spread={spread}" for kind, spread in zip(KINDS, (0.3, 0.5, 0.7), strict=True)]
    return tuple(begin(load(SCENARIOS / "baseline.toml", [*counts, *spreads, *on]), 3) for on in ((OFF,), (ON,)))  # type: ignore[return-value]


@pytest.mark.parametrize("name", COLUMNS)
def test_what_a_kind_has_in_all_stays(name: str, crowds: tuple[World, World]) -> None:
    alike, unequal = crowds
    for rows in alike.groups.kinds.values():
        assert column(unequal, name)[rows].sum() == pytest.approx(column(alike, name)[rows].sum(), rel=1e-12)


@pytest.mark.parametrize(("kind", "decades"), [*zip(KINDS, (0.3, 0.5, 0.7), strict=True)])
def test_standing_spreads_as_far_as_the_scenario_says(kind: str, decades: float, crowds: tuple[World, World]) -> None:
    alike, unequal = crowds
    rows = alike.groups.kinds[kind]
    standing = np.log10(unequal.fixed.traits.standing[rows])
    assert standing.std() == pytest.approx(decades, rel=0.03)
    assert np.median(standing) == pytest.approx(0, abs=5 * decades / np.sqrt(MANY))
    assert (alike.fixed.traits.standing == 1).all()
    plans = np.log10(column(unequal, "start_plan")[rows])
    before = np.log10(column(alike, "start_plan")[rows])
    assert plans.std() == pytest.approx(np.hypot(before.std(), decades), rel=0.03)
    assert np.corrcoef(standing, before)[0, 1] == pytest.approx(0, abs=0.03)


def test_the_same_have_more_of_everything(crowds: tuple[World, World]) -> None:
    _, unequal = crowds
    rows = unequal.groups.kinds["corporation"]
    plan, income, reach = (np.log(column(unequal, name)[rows]) for name in ("start_plan", "start_income", "reach"))
    for one, other in ((plan, income), (plan, reach), (income, reach)):
        assert np.corrcoef(one, other)[0, 1] > 0.1


def test_other_draws_stay() -> None:
    off, on = begin(small("baseline", OFF), 1), begin(small("baseline", ON), 1)
    for name in ("luck", "release_draw", "home"):
        assert (column(off, name) == column(on, name)).all(), name


def test_equal_spreads_of_nothing_change_nothing() -> None:
    none = [f"kind.{kind}.means_spread=0" for kind in KINDS]
    _, off = played(small("baseline", OFF, until=2014))
    _, on = played(small("baseline", ON, *none, until=2014))
    for one, other in zip(off, on, strict=True):
        for name in ("compute", "paid", "error", "received"):
            assert np.allclose(getattr(one, name), getattr(other, name), rtol=1e-9), name


def test_labs_stay_unequal_when_sponsors_pay() -> None:
    """The rules equalise otherwise: late, nearly all compute of labs is sponsored, to those with low errors."""

    def spread(switch: str) -> float:
        settings = (*FROZEN, switch, "training.luck_spread=0")
        world, steps = played(small("baseline", *settings, until=2028))
        runs = steps[-1].run[world.groups.of("academia")]
        return float(np.log10(runs[runs > 0]).std())

    assert spread(ON) > spread(OFF) + 0.2
