"""What decides: planted numbers are found by both methods, those of one fact move together, and too few samples are
told."""

import json
from collections.abc import Sequence
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

import sim
from sim.arrays import Array
from sim.cli import main
from sim.errors import InputError
from sim.measures import registry
from sim.outputs.verify import verify
from sim.report.sensitivity.words import enough, way
from sim.results.sensitivity import COLUMNS, Fact, Found, Sensitivity, top
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.drawing import uncertain
from sim.scenario.every_policy import policies_of, with_every_policy
from sim.scenario.variants import changed
from sim.store.shards import FOLDER
from sim.study.indices import among_first, course, importance, indices
from sim.study.points import Blocks
from sim.study.sensitivity import METHODS, facts, wanted
from tests.studies import content
from tests.worlds import BASELINE, FEW, SCENARIOS, small

PLANTED, INERT, UNDER_A_TAX = "kind.academic_lab.start_plan", "product.habit", "abatement.removable"
NUMBERS = [PLANTED, INERT, UNDER_A_TAX, "kind.corporation.start_plan"]
MEASURES = ["compute_share_academia", "emissions_total"]
TAX = f"""schema = 1
title = "Tax"
question = "?"
extends = "{BASELINE.as_posix()}"
[[policy]]
name = "carbon_tax"
rate = {{ value = 1000, unit = "USD/tCO2" }}
start = 2011
"""


def toy() -> Scenario:
    """Two years of a few actors, whose first plans decide who computes."""
    return small("baseline", "mechanisms.abatement=true", until=2013)


@pytest.fixture(scope="module")
def tax(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tax") / "tax.toml"
    file.write_text(TAX, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory, tax: Path) -> tuple[Path, pd.DataFrame]:
    """A screen of the toy, kept."""
    out = tmp_path_factory.mktemp("sensitivity") / "out"
    table = sim.sensitivity(toy(), against=[tax], measures=MEASURES, samples=4, vary=NUMBERS, out=out, workers=1)
    return out, table


def ranked(table: pd.DataFrame, measure: str, policy: str) -> pd.Series:
    """Importance by number, the most important first."""
    rows = table[(table["measure"] == measure) & (table["policy"] == policy)]
    assert list(rows["rank"]) == list(range(1, len(NUMBERS) + 1))
    return rows.set_index("number")["importance"]


def test_a_screen_finds_what_was_planted(decided: tuple[Path, pd.DataFrame]) -> None:
    """In the world one number, in what the tax changes another, which does nothing without it."""
    _, table = decided
    assert list(table.columns) == COLUMNS
    shares = ranked(table, "compute_share_academia", "")
    assert shares.index[0] == PLANTED
    assert shares[INERT] == shares[UNDER_A_TAX] == 0
    effects = ranked(table, "emissions_total", "tax")
    assert effects.index[0] == UNDER_A_TAX
    assert ranked(table, "emissions_total", "")[UNDER_A_TAX] == 0
    assert effects[INERT] == 0


def test_shares_of_the_variance_find_the_same(tax: Path) -> None:
    table = sim.sensitivity(
        toy(), against=[tax], measures=MEASURES, method="sobol", samples=8, vary=NUMBERS, workers=1
    )  # fmt: skip
    assert ranked(table, "compute_share_academia", "").index[0] == PLANTED
    assert ranked(table, "emissions_total", "tax").index[0] == UNDER_A_TAX
    assert ranked(table, "emissions_total", "")[UNDER_A_TAX] == 0


@pytest.mark.slow
def test_its_directory_goes_on_and_is_verified(decided: tuple[Path, pd.DataFrame], tmp_path: Path) -> None:
    out, table = decided
    names = {path.name for path in out.iterdir()}
    assert names == {"plan.json", "scenario.toml", "numbers.csv", "sensitivity.csv", "summary.json", "figures", FOLDER,
                     "report.html", "provenance.json"}  # fmt: skip
    assert {path.name for path in (out / "figures").iterdir()} == {"tornado.png", "interaction.png", "settled.png"}
    pd.testing.assert_frame_equal(pd.read_csv(out / "sensitivity.csv", keep_default_na=False), table, check_dtype=False)
    copy = copytree(out, tmp_path / "copy")
    lost = next((copy / FOLDER).iterdir())
    lost.unlink()
    (copy / "provenance.json").unlink()
    assert main(["resume", str(copy), "--workers", "1", "--quiet"]) == 0
    assert content(copy) == content(out)
    found = verify(copy)
    assert found.good
    assert found.same[-2:] == ["numbers.csv", "sensitivity.csv"]


def linear(blocks: Blocks, slopes: Sequence[float]) -> Array:
    """Values by (block, row) of a sum."""
    rows = [[blocks.shares(b, r) for r in range(blocks.rows)] for b in range(len(blocks.starts))]
    return np.asarray(np.array(rows) @ np.array(slopes))


@pytest.mark.parametrize("method", METHODS)
def test_indices_of_a_sum_are_known(method: str) -> None:
    """Morris: slopes over the part of the range that is walked; Sobol: squares of slopes. Ours are SALib's."""
    samples, slopes = {"morris": 6, "sobol": 256}[method], [3.0, -1.0, 0.0]
    asked = wanted(toy(), method=method, samples=samples, vary=[PLANTED, "kind.startup.burn", INERT])
    blocks = asked.points
    assert isinstance(blocks, Blocks)
    used, order = list(range(samples)), [[PLANTED, "kind.startup.burn", INERT].index(fact[0]) for fact in blocks.facts]
    own = [slopes[i] for i in order]
    values = linear(blocks, own)
    found = indices(method, ["a", "b", "c"], blocks, used, values, 1)
    assert importance(blocks, used, values) == pytest.approx(found.importance, rel=1e-9, abs=1e-12)
    if method == "morris":
        assert found.alone == pytest.approx([0.75 * slope for slope in own])
        assert found.interaction == pytest.approx(0, abs=1e-12)
    else:
        assert found.importance == pytest.approx([slope**2 / 10 for slope in own], abs=0.03)
        assert found.interaction == pytest.approx(0, abs=0.03)
    among = among_first(blocks, used, values, stream(1, 0, "test"))
    assert among.tolist() == [float(slope == 3.0) for slope in own]
    at, by = course(blocks, used, values)
    assert at[-1] == samples
    assert by[-1] == pytest.approx(found.importance, rel=1e-9, abs=1e-12)


def test_walks_move_one_fact_at_a_time() -> None:
    for method, moves in (("morris", [1, 1, 1]), ("sobol", [1, 2, 2])):
        blocks = wanted(toy(), method=method, samples=4, vary=["product.m*", "product.c*", "product.size"]).points
        assert isinstance(blocks, Blocks)
        for block in range(4):
            walk = np.array([blocks.shares(block, row) for row in range(blocks.rows)])
            assert (np.diff(walk, axis=0) != 0).sum(axis=1)[:3].tolist() == moves
            assert walk[-1].tolist() == blocks.ends[block]


def test_numbers_of_one_fact_move_together() -> None:
    """Those of one key with the same value and range for the same reason, and those that are said to be one."""
    world = small(until=2040)
    found = facts(world, [], [])
    europe = [f"region.{name}.carbon_price_growth" for name in ("germany", "france", "norway")]
    assert europe in found
    assert ["kind.corporation.ramp", "kind.startup.ramp"] in found
    assert ["product.margin"] in found
    assert ["law.fitted_progress", "knowledge.public_rate"] in found
    assert ["law.fitted_growth", "law.fitted_progress"] in facts(world, [], ["law.fitted_*"])  # as is said now
    assert sorted(path for fact in found for path in fact) == sorted(uncertain(world))
    other = changed(world, {europe[0]: {"value": 2, "low": 0, "high": 6, "unit": "%/yr", "note": "another reason"}})
    assert europe[1:] in facts(other, [], [])
    spreads = [f"kind.{kind}.start_spread" for kind in ("corporation", "startup", "academic_lab")]
    assert spreads in facts(world, [], ["kind.*.start_spread"])
    blocks = wanted(world, samples=2, vary=["region.*.carbon_price_growth"]).points
    values = {q.path: q.base for q in blocks.world(world, 1).quantities}
    assert len({values[path] for path in europe}) == 1


def test_each_sample_has_a_luck_of_its_own_that_its_worlds_share() -> None:
    blocks = wanted(small(seed=5), samples=3, vary=["product.size", "product.margin"], against=["carbon_tax"]).points
    assert isinstance(blocks, Blocks)
    seeds = [blocks.world(small(seed=5), number).run.seed for number in range(len(blocks))]
    assert seeds == [seed for seed in (5, 6, 7) for _ in range(2 * 3)]
    taxed = [bool(blocks.world(small(seed=5), number).policies) for number in range(6)]
    assert taxed == [False] * 3 + [True] * 3


def test_a_policy_by_name_is_that_of_a_comparison() -> None:
    world = small(until=2040)
    every, _ = with_every_policy(world)
    assert len(every) > 5
    for scenario in every:
        name, entries = policies_of(world, scenario.name)
        assert name == scenario.name
        assert changed(world, entries).is_same(scenario), name


def some(
    importance: Sequence[float], half: float, among: Sequence[float], blocks: int = 4
) -> tuple[Sensitivity, Found]:
    numbers = [Fact(f"n{i}", (f"n{i}",), ("",), "") for i in range(len(importance))]
    shape = np.array(importance)
    found = Found(
        registry()["emissions_total"], "tCO2e/yr", True, "", "", blocks, shape, np.full(shape.size, half), -shape,
        0 * shape, np.array(among), shape[None], [4],
    )  # fmt: skip
    return Sensitivity("morris", numbers, [found], 4, 1, 2040), found


@pytest.mark.parametrize(
    ("importance", "half", "among", "blocks", "said"),
    [
        ([3.0, 2.0, 1.0, 0.5], 0.1, [1, 1, 0, 0], 4, "Enough samples"),
        ([3.0, 2.0, 1.0, 0.5], 0.1, [1, 0.5, 0.5, 0], 4, "Not enough samples: of the first 2 numbers, 1 stay first"),
        ([3.0, 2.0, 1.0, 0.5], 5.0, [1, 1, 0, 0], 4, "0 are told from nothing. Ask for --samples 8 or more"),
        ([0.0, 0.0], 0.0, [0, 0], 4, "None of these numbers moves it"),
        ([3.0, 2.0], 0.1, [1, 0], 3, "1 of 4 samples is left out"),
        ([0.0, 0.0], 0.0, [0, 0], 0, "Nothing can be said"),
    ],
)
def test_whether_samples_suffice_is_said(
    importance: list[float], half: float, among: list[float], blocks: int, said: str
) -> None:
    result, found = some(importance, half, among, blocks)
    assert said in enough(result, found)
    assert all(way(found, i) == (-1 if importance[i] else 0) for i in range(len(importance)))
    assert len(found.first) <= top(len(importance))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--method", "moris"], "did you mean 'morris'?"),
        (["--measure", "emission_total"], "did you mean 'emissions_total'?"),
        (["--against", "carbon_tx"], "did you mean 'carbon_tax'?"),
        (["--against", "carbon_tax", "carbon_tax"], "a policy twice"),
        (["--against", str(SCENARIOS / "green_grid.toml")], "changes the world, not its policies"),
        (["--against", str(BASELINE)], "no policy in this file"),
        (["--set", "policy.carbon_tax.rate=5", "--against", "carbon_tax"], "is in the scenario already"),
        (["--samples", "1"], "not a number of samples"),
        (["--samples", "12", "--method", "sobol"], "--samples 16"),
        (["--vary", "policy.*"], "no number with a range"),
        (["--together", "kind.*.count"], "no number with a range"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sensitivity", str(BASELINE), *words, "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_prints_what_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = [word for setting in FEW for word in ("--set", setting)]
    words = ["sensitivity", str(BASELINE), *few, "--until", "2012", "--samples", "2", "--workers", "1"]
    vary = [word for path in NUMBERS for word in ("--vary", path)]
    assert main([*words, *vary, "--measure", MEASURES[0], "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert "what decides, by Morris" in shown.out
    assert "Not enough samples" in shown.out or "Enough samples" in shown.out
    assert PLANTED in shown.out
    assert "10 points x 1 replicate = 10 worlds" in shown.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["moved"][0]["rows"][0][1] == PLANTED
    with pytest.raises(InputError):
        sim.sensitivity(toy(), method="none")
