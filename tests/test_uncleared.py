"""A market that cannot be cleared costs the world that it is in, and not the many that are simulated beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.app.members import Member
from sim.cli import main
from sim.economy.state import World
from sim.economy.step import advance
from sim.errors import InputError, NoPrices
from sim.experiment.compare import compare
from sim.history.evidence import evidence
from sim.history.fitted import fitted
from sim.history.points import PointsWork
from sim.history.records import packaged
from sim.outputs.verify import verify
from sim.scenario.drawing import worlds
from tests.test_abatement import FREELY, ON
from tests.worlds import BASELINE, FEW, SMALL, small

CAP = "policy.cap_and_trade.cap"


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[World], bool]], None]:
    """Lets markets be such that no prices clear them, in all worlds of which something holds."""

    def let(hold: Callable[[World], bool]) -> None:
        def stepped(world: World) -> Any:
            if hold(world):
                raise NoPrices("no prices of permits meet its caps")
            return advance(world)

        monkeypatch.setattr("sim.experiment.path.advance", stepped)

    return let


def margin(world: World) -> float:
    return float(world.scenario.product.margin)


def test_a_sweep_leaves_out_a_cap_that_no_price_clears(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A real one, which no price has the digits for."""
    place, settings = tmp_path / "swept", (*FEW, *ON, *FREELY, f"{CAP}=5000")
    typed = [word for setting in settings for word in ("--set", setting)]
    words = ["sweep", str(BASELINE), *typed, "--until", "2012", "--vary", f"{CAP}=1e-9,2000,4000", "--replicates", "2"]
    assert main([*words, "--workers", "1", "--out", str(place)]) == 0
    why = "The reason: no prices of permits meet the caps."
    assert f"Left out: 1 of 3 points, which make no possible world. {why}" in capsys.readouterr().out
    assert set(sim.resume(place)["point"]) == {0, 2, 3}
    assert not verify(place, worlds=20).different


def test_a_sweep_says_which_worlds_of_other_points_are_missing(
    tight: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tight(lambda world: margin(world) == 0.4 and world.fixed.draws.replicate == 1)
    words = ["sweep", *map(str, SMALL[:-2]), "--vary", "product.margin=0.3,0.4", "--replicates", "3", "--workers", "1"]
    assert main([*words, "--out", str(tmp_path / "swept")]) == 0
    assert "Left out: 1 world in which no prices of permits meet the caps." in capsys.readouterr().out
    table = sim.resume(tmp_path / "swept")
    assert dict(table[table["measure"] == "emissions_total"].set_index("point")["replicates"]) == {0: 3, 1: 3, 2: 2}
    tight(lambda world: margin(world) not in (0.3, 0.4))
    with pytest.raises(InputError, match="the scenario as it stands makes no possible world"):
        sim.sweep(small(until=2012), {"product.margin": [0.3, 0.4]}, replicates=1, workers=1)


def test_a_draw_under_which_a_market_cannot_be_cleared_is_thrown_away(tight: Any) -> None:
    baseline, taxed = (small(name, until=2012) for name in ("baseline", "carbon_tax"))
    usual = [worlds([baseline, taxed], 1, number)[2][0].product.margin for number in range(6)]
    between = sorted(usual)[2]
    tight(lambda world: margin(world) <= between and margin(world) != baseline.product.margin)
    found = compare([baseline, taxed], replicates=6, workers=1)
    assert len(found.pairs) == 6
    assert all((pair.thrown_away > 0) == (of <= between) for pair, of in zip(found.pairs, usual, strict=True))
    assert min(pair.assumptions["product.margin"] for pair in found.pairs) > between
    for number, of in enumerate(usual):
        member = Member(baseline, number, wide=True)
        assert (margin(member.path.world) == of) == (of > between)
    tight(lambda world: margin(world) != baseline.product.margin)
    with pytest.raises(InputError, match="no prices of permits"):
        compare([baseline, taxed], replicates=1, workers=1)


def test_a_policy_on_the_page_that_no_price_clears_is_left_out_of_the_draws_alone(tight: Any) -> None:
    baseline, taxed = (small(name, until=2012) for name in ("baseline", "carbon_tax"))
    tight(lambda world: bool(world.scenario.policies))
    assert Member(baseline, 0, wide=True).under(taxed, 0) is None
    with pytest.raises(InputError, match="no prices of permits"):
        Member(baseline, 0, wide=False).under(taxed, 0)


def test_a_point_of_a_calibration_that_no_price_clears_is_impossible(tight: Any) -> None:
    world = small(until=2013)
    points = PointsWork(
        world, fitted(world), evidence(world, packaged(), 2013), np.full((1, len(fitted(world).facts)), 0.5), 2
    )
    assert np.isfinite(points(0)).any(axis=1).all()
    tight(lambda world: world.fixed.draws.replicate == 1)
    assert np.isfinite(points(0)).any(axis=1).tolist() == [True, False]
