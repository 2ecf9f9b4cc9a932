"""Ensembles of fitted numbers: named, read, checked, drawn by weight, the same in both worlds of a pair."""

from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.errors import InputError
from sim.scenario import Scenario, load
from sim.scenario.drawing import undecided, worlds
from sim.scenario.variants import changed, with_values
from sim.scenario.writing import resolved_toml
from tests.ensembles_named import POINTS, TABLE, named
from tests.worlds import FEW


def test_a_point_is_drawn_whole_by_weight_and_the_rest_over_its_range(tmp_path: Path) -> None:
    scenario = load(named(tmp_path), FEW)
    plain = load(named(tmp_path / "plain", entry="drop = true"), FEW)
    drawn = [worlds([scenario], 1, replicate) for replicate in range(400)]
    pairs = [(values["product.size"], values["product.growth_exponent"]) for values, *_ in drawn]
    counts = np.array([pairs.count(point) for point in POINTS])
    assert counts.sum() == len(drawn)  # never a mixture of two points
    assert counts[2] == 0  # without weight
    assert counts[:2] / len(drawn) == pytest.approx([0.75, 0.25], abs=0.08)
    others = worlds([plain], 1, 7)[0]
    values, _, (world,) = worlds([scenario], 1, 7)
    fitted = set(scenario.ensemble.paths) if scenario.ensemble else set()
    assert {path: value for path, value in others.items() if path not in fitted} == {
        path: value for path, value in values.items() if path not in fitted
    }
    assert world.product.size == values["product.size"]
    assert world.ensemble is None


def test_numbers_of_observation_are_drawn_where_records_are_asked_for_alone(tmp_path: Path) -> None:
    scenario = load(named(tmp_path), FEW)
    path = "observation.accuracy"
    assert path not in undecided(scenario)
    assert path not in worlds([scenario], 1, 0)[0]
    values, _, (world,) = worlds([scenario], 1, 0, observed=True)
    assert world.observation.accuracy == values[path]
    assert values[path] in (5.0, 9.0)


def test_both_worlds_of_a_pair_take_the_same_point(tmp_path: Path) -> None:
    first = load(named(tmp_path), FEW)
    taxed = load(named(tmp_path), [*FEW, "policy.carbon_tax.rate=100 USD/tCO2"])
    other = load(named(tmp_path), [*FEW, "product.size=1e6"])
    for replicate in range(5):
        values, _, (one, two, three) = worlds([first, taxed, other], 1, replicate)
        assert one.is_same_world(two)
        assert three.product.size == 1e6  # its own
        assert three.product.growth_exponent == values["product.growth_exponent"] == one.product.growth_exponent


def test_without_an_ensemble_draws_are_as_they_were(tmp_path: Path) -> None:
    scenario = load(named(tmp_path, entry="drop = true"))
    assert scenario.ensemble is None
    assert undecided(scenario).keys() == worlds([scenario], 1, 0)[0].keys()
    assert worlds([scenario], 1, 3)[0]["product.margin"] == pytest.approx(0.6454630038506124, rel=1e-12)


def test_a_number_that_is_set_is_the_users_and_stays_so_in_the_resolved_file(tmp_path: Path) -> None:
    scenario = load(named(tmp_path), ["product.size=1e6", "product.margin=0.4"])
    assert scenario.ensemble is not None
    assert scenario.ensemble.own == ("product.size",)
    assert "product.margin" in scenario.ensemble.changed
    assert "product.size is set, and so the same in all draws" in scenario.ensemble.told
    assert "product.margin" in scenario.ensemble.told
    again = _again(scenario, tmp_path)
    assert again.ensemble == scenario.ensemble
    assert {worlds([again], 1, replicate)[2][0].product.size for replicate in range(5)} == {1e6}


def test_a_file_that_extends_has_the_ensemble_and_its_own_numbers(tmp_path: Path) -> None:
    parent = named(tmp_path)
    below = tmp_path / "below"
    below.mkdir()
    head = f'schema = 1\nextends = "../{parent.name}"\ntitle = "Child"\nquestion = "?"\n'
    child = below / "child.toml"
    child.write_text(f'{head}[product]\nsize = {{value = 2e6, unit = "USD/yr", basis = "assumed", note = "n"}}\n')
    read = load(child, FEW)
    assert read.ensemble is not None
    assert read.ensemble.own == ("product.size",)
    child.write_text(f"{head}[ensemble]\ndrop = true\n")
    assert load(child, FEW).ensemble is None


def test_a_resolved_file_holds_the_ensemble_to_the_bit(tmp_path: Path) -> None:
    scenario = load(named(tmp_path), FEW)
    again = _again(scenario, tmp_path / "elsewhere")
    assert scenario.ensemble is not None
    assert again.ensemble is not None
    assert again.ensemble.values.tobytes() == scenario.ensemble.values.tobytes()
    assert again.ensemble.ends.tobytes() == scenario.ensemble.ends.tobytes()
    assert resolved_toml(again) == resolved_toml(scenario)
    assert worlds([again], 1, 2)[0] == worlds([scenario], 1, 2)[0]


def test_values_that_are_given_are_drawn_from_nothing(tmp_path: Path) -> None:
    scenario = with_values(load(named(tmp_path), FEW), {"product.size": 1e6})
    assert scenario.ensemble is None
    assert changed(scenario, {"product.margin": 0.4}).ensemble is None
    assert "ensemble" not in scenario.tables


FAULTS = {
    "a column of no number": (("product.size [USD/yr]", "product.sise [USD/yr]"), "product.size"),
    "a choice": (("product.size [USD/yr]", "time.end [year]"), "unknown number of the world"),
    "no unit": (("product.size [USD/yr]", "product.size"), "a column without a unit"),
    "another unit": (("product.size [USD/yr]", "product.size [FLOP]"), "is not money per year"),
    "no such unit": (("product.size [USD/yr]", "product.size [Taler]"), "is not money per year"),
    "no weights": (("weight", "chi_square"), "not an ensemble"),
    "a weight below zero": (("0.75", "-0.75"), "a weight below zero"),
    "a weight that is no number": (("0.75", "nan"), "not a number"),
    "no weight at all": (("0.75", "0"), None),
    "a number outside its range": (("800000.0", "-8e5"), "out of range"),
    "text": (("800000.0", "many"), "not a number"),
    "infinite": (("800000.0", "inf"), "not a number"),
    "a short row": (("0.75,1.5,", "0.75,"), "a row of another length"),
    "a column twice": (("product.growth_exponent [1]", "product.size [USD/yr]"), "a number has two columns"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_a_bad_table_gets_one_message(
    change: tuple[str, str], said: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = TABLE.replace(*change)
    if said is None:
        text, said = text.replace("0.25", "0"), "no point has a weight"
    assert text != TABLE
    file = named(tmp_path, text)
    with pytest.raises(InputError) as error:
        load(file)
    assert error.value.file == tmp_path / "fitted.csv"
    assert all((error.value.problem, error.value.allowed, error.value.fix))
    assert main(["check", str(file)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('file = "nothing.csv"', "no such file"),
        ("file = 3", "file is text"),
        ('name = "fitted.csv"', "unknown key 'name'"),
        ("", "one table"),
        ('file = "fitted.csv"\ndrop = true', "one table"),
        ("drop = false", "one table"),
        ('file = "fitted.csv"\nset = 3', "not a list of paths"),
        ('table = ""', "not an ensemble"),
        ('file = "fitted.toml"', "not an ensemble"),
    ],
)
def test_a_bad_entry_gets_one_message(
    entry: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = named(tmp_path, entry=entry)
    assert main(["check", str(file)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_an_ensemble_is_not_set_from_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown path") as error:
        load(named(tmp_path), ["ensemble.file=other.csv"])
    assert "extends this one" in (error.value.fix or "")


def test_a_column_of_a_kind_that_was_dropped_says_nothing(tmp_path: Path) -> None:
    table = TABLE.replace("product.growth_exponent [1]", "kind.startup.start_plan [USD/yr]")
    parent, child = named(tmp_path, table), tmp_path / "child.toml"
    head = f'schema = 1\nextends = "{parent.name}"\ntitle = "Child"\nquestion = "?"\n'
    child.write_text(f"{head}[kind.startup]\ndrop = true\n")
    read = load(child)
    assert read.ensemble is not None
    assert "kind.startup.start_plan" not in read.ensemble.paths
    assert read.ensemble.values.shape[1] == len(read.ensemble.paths) == 2


def _again(scenario: Scenario, folder: Path) -> Scenario:
    folder.mkdir(exist_ok=True)
    file = folder / "resolved.toml"
    file.write_text(resolved_toml(scenario), encoding="utf-8")
    return load(file)
