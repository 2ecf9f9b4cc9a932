"""A sweep that draws the uncertain numbers: the same at all points, as a comparison draws them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.measures import registry
from sim.report.sweep.words import changes
from sim.results.statistics import MANY, effects
from sim.study.study import Study
from sim.study.sweep import wanted
from sim.study.worlds import WorldsJob
from tests.studies import early_tax
from tests.worlds import BASELINE, FEW, small

RATE, MARGIN, EMISSIONS = "policy.carbon_tax.rate", "product.margin", "emissions_total"
DRAWN = "product.inference_share"


def job(directory: Path, *, assumptions: bool, margins: tuple[float, ...] = (0.3, 0.4)) -> WorldsJob:
    """The work of a sweep of margins of which nothing is simulated."""
    directory.mkdir()
    asked = wanted(small(until=2012), {MARGIN: list(margins)}, replicates=2, assumptions=assumptions)
    asked.write(directory, ["sweep", "scenarios/baseline.toml"])
    return Study(directory).job


def test_its_draws_are_those_of_a_comparison(tmp_path: Path) -> None:
    """To the bit: a point beside the base point changes what a comparison of both says."""
    taxed = sim.load(early_tax(tmp_path), FEW, until=2013)
    free = sim.load(early_tax(tmp_path), [*FEW, f"{RATE}=0"], until=2013)
    compared = sim.compare([taxed, free], replicates=7, assumptions=True).effect(1, EMISSIONS)
    table = sim.sweep(taxed, {RATE: [0]}, replicates=7, measures=[EMISSIONS], assumptions=True)
    found = table[table["point"] == 1].iloc[0]
    assert compared is not None
    assert tuple(found[["difference", "wide_low", "wide_high"]]) == compared.wide.amount
    assert tuple(found[["relative", "wide_relative_low", "wide_relative_high"]]) == compared.wide.relative
    assert found[["ci_low", "ci_high"]].isna().all()  # no two pairs differ in luck alone
    plain = sim.sweep(taxed, {RATE: [0]}, replicates=7, measures=[EMISSIONS]).set_index("point").loc[1]
    assert plain["difference"] == compared.luck.amount.middle != compared.wide.amount.middle
    assert plain[["wide_low", "wide_high"]].isna().all()


def test_what_is_varied_is_not_drawn_and_all_else_is_the_same_at_all_points(tmp_path: Path) -> None:
    work = job(tmp_path / "drawn", assumptions=True)
    worlds = {(r, p): work.world(r, p) for r in range(2) for p in range(3)}
    numbers = {at: {one.path: one.base for one in world.quantities} for at, world in worlds.items() if world}
    assert len(numbers) == len(worlds)
    base = small().product.margin
    assert [numbers[r, p][MARGIN] for r in range(2) for p in range(3)] == [base, 0.3, 0.4] * 2
    for r in range(2):
        others = [{path: value for path, value in numbers[r, p].items() if path != MARGIN} for p in range(3)]
        assert others[0] == others[1] == others[2]
    assert numbers[0, 0][DRAWN] != numbers[1, 0][DRAWN]
    still = job(tmp_path / "still", assumptions=False)
    assert still.world(0, 1) is still.world(1, 1)
    assert set(work.names).isdisjoint(still.names)  # no shard of one is taken for one of the other


def test_a_draw_that_a_point_makes_impossible_is_left_out(tmp_path: Path) -> None:
    """And said to be: the base point has it, so the pair is gone."""
    out = tmp_path / "out"
    line = f"--vary {MARGIN}=0.4,0.68 --replicates 12 --until 2012 --assumptions --quiet".split()
    sets = [word for setting in FEW for word in ("--set", setting)]
    assert main(["sweep", str(BASELINE), *line, *sets, "--out", str(out)]) == 0
    table = pd.read_csv(out / "sweep.csv").query(f"measure == '{EMISSIONS}'").set_index(MARGIN)
    assert table.loc[0.4, "replicates"] == 12
    left = int(table.loc[0.68, "replicates"])
    assert 0 < left < 12
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    lost = "1 world" if left == 11 else f"{12 - left} worlds"
    assert (
        summary["left_out"]
        == f"Left out: {lost} that a draw makes impossible, or in which no prices of permits meet the caps."
    )


@pytest.mark.parametrize(("draws", "within"), [(6, "all"), (MANY, "95 %")])
def test_it_says_what_its_ranges_hold(
    draws: int, within: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, sets = tmp_path / "out", [word for setting in FEW for word in ("--set", setting)]
    line = ["sweep", str(BASELINE), "--vary", f"{MARGIN}=0.3", "--replicates", str(draws), "--until", "2012"]
    assert main([*line, "--assumptions", *sets, "--out", str(out), "--workers", "1"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"the median of {draws} pairs and ( ) the range that holds {within} of them" in shown
    assert "luck alone" not in shown
    base, point = json.loads((out / "summary.json").read_text(encoding="utf-8"))["rows"]
    assert all("(" in cell and "[" not in cell for cell in (base[1], point[1]))


def test_it_goes_on_with_the_same_draws(tmp_path: Path) -> None:
    """More replicates are more draws; those of before stay."""
    given = {"replicates": 6, "measures": [EMISSIONS], "assumptions": True, "until": 2012}
    sim.sweep(small(), {MARGIN: [0.3]}, out=tmp_path / "few", **given)
    sim.sweep(small(), {MARGIN: [0.3]}, out=tmp_path / "many", **{**given, "replicates": 9})
    sim.resume(tmp_path / "few", replicates=9)
    few, many = ((tmp_path / name / "sweep.csv").read_bytes() for name in ("few", "many"))
    assert few == many


def test_a_column_has_one_form_and_every_range() -> None:
    """Where a change is tenfold, all of its column are factors, and no range is lost."""
    base = np.arange(1.0, 8.0)[:, None]
    pairs = [(base, 1.05 * base), (base, 10 * base**2)]
    found = [effects(pair, pair, [registry()[EMISSIONS].scale])[0] for pair in pairs]
    assert changes(found, "tCO2e/yr") == ["× 1.05 (1.05, 1.05)", "× 40.0 (10.0, 70.0)"]
    assert changes(found[:1], "tCO2e/yr") == ["+5.00 % (+5.00, +5.00)"]
