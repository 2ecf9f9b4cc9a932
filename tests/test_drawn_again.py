"""What was drawn is told by run, comparison and study alike, and a world with these numbers can be loaded again."""

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.errors import InputError
from sim.outputs.run import DRAWN_NUMBERS
from tests.ensembles_named import named
from tests.worlds import FEW, small

MEASURE = "emissions_total"


@pytest.fixture(scope="module")
def found() -> sim.Comparison:
    worlds = [small(until=2013), small("carbon_tax", "policy.carbon_tax.start=2013", until=2013)]
    return sim.compare(worlds, replicates=3, workers=1)


def test_a_drawn_world_is_loaded_again_from_its_table_to_the_bit(found: sim.Comparison) -> None:
    """Also fractions, whose unit is 1, and numbers that are declared in other units than base units."""
    values = found.drawn_series.query(f"scenario == 'baseline' and year == 2013 and measure == '{MEASURE}'")
    for replicate, drawn in found.assumptions.groupby("replicate"):
        numbers = {one.path: f"{one.value!r} {one.unit}" for one in drawn.itertuples()}
        world = sim.load("baseline", dict(setting.split("=") for setting in FEW) | numbers, until=2013)
        assert [path for path, value in zip(drawn.path, drawn.value, strict=True)
                if world.numbers[path].base != value] == []  # fmt: skip
        model = sim.ComputeEconomy(world, seed=1, replicate=int(str(replicate)))
        model.run_model()
        year = sum(model.datacollector.model_vars[MEASURE][-4:])
        assert year == pytest.approx(values[values["replicate"] == replicate]["value"].item(), rel=1e-12)


@pytest.mark.parametrize("text", ["0.4 1", "0.4  1", ".4 1", "4e-1 1", "40 %"])
def test_a_fraction_may_have_its_unit_behind_it(text: str) -> None:
    assert small("baseline", f"product.margin={text}").product.margin == 0.4


def test_the_unit_1_is_refused_where_a_number_has_another_one() -> None:
    with pytest.raises(InputError, match="'1' is not a price"):
        small("baseline", "policy.carbon_tax.rate=50 1")
    for text in ("0.41", "0.4 11", "0.4 1 1", "0.4 2"):
        with pytest.raises(InputError):
            small("baseline", f"product.margin={text.replace('0.41', '0.4 1.0')}")


def test_a_run_tells_the_numbers_that_a_comparison_of_its_seed_draws(found: sim.Comparison, tmp_path: Path) -> None:
    run = sim.run(small(until=2013), replicates=3, ensemble=True, workers=1)
    pd.testing.assert_frame_equal(run.assumptions, found.assumptions)
    assert sim.run(small(until=2012), replicates=1, workers=1).assumptions.empty
    run.report(tmp_path / "run")
    written = pd.read_csv(tmp_path / "run" / DRAWN_NUMBERS)
    pd.testing.assert_frame_equal(written, run.assumptions, check_dtype=False)
    assert DRAWN_NUMBERS in sim.verify(tmp_path / "run").same


@pytest.mark.slow
def test_a_run_that_goes_on_tells_the_numbers_of_all(tmp_path: Path) -> None:
    out, settings = tmp_path / "out", [word for setting in FEW for word in ("--set", setting)]
    command = ["run", str(named(tmp_path)), *settings, "--until", "2012", "--replicates", "2", "--workers", "1"]
    assert main([*command, "--ensemble", "--out", str(out), "--no-figures"]) == 0
    before = pd.read_csv(out / DRAWN_NUMBERS)
    assert main(["resume", str(out), "--replicates", "3", "--workers", "1"]) == 0
    after = pd.read_csv(out / DRAWN_NUMBERS)
    pd.testing.assert_frame_equal(after[after["replicate"] < 2], before)
    assert set(after["replicate"]) == {0, 1, 2}


@pytest.mark.slow
def test_a_study_tells_them_beside_its_worlds(found: sim.Comparison, tmp_path: Path) -> None:
    vary = {"product.margin": [0.4, 0.45]}
    sim.sweep(small(until=2013), vary, assumptions=True, replicates=3, out=tmp_path / "drawn", workers=1)
    study = sim.open_study(tmp_path / "drawn")
    told = study.query("select * from draws")
    wanted = found.assumptions[found.assumptions["path"] != "product.margin"].reset_index(drop=True)
    pd.testing.assert_frame_equal(told, wanted, check_dtype=False)
    beside = "select point, value from worlds join draws using (replicate) where path = 'compute.price_halving'"
    assert len(study.query(beside)) == len(study.query("select point from worlds"))
    sim.sweep(small(until=2012), vary, replicates=1, out=tmp_path / "fixed", workers=1)
    assert sim.open_study(tmp_path / "fixed").query("select * from draws").empty
