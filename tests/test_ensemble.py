"""Ensembles of fitted numbers: named, read, checked, drawn by weight, the same in both worlds of a pair."""

import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sim.app.evidence import fitted
from sim.app.members import KeptMembers as Members
from sim.app.members import MemberTask
from sim.cli import main
from sim.errors import InputError
from sim.experiment.compare import compare
from sim.experiment.path import simulate
from sim.experiment.run import run
from sim.history.records import packaged
from sim.history.validation import validate
from sim.mechanisms.theories import THEORIES
from sim.report.comparison.html import comparison_page
from sim.report.comparison.summary import summarize as compared
from sim.report.run.summary import summarize
from sim.report.validation.words import verdict
from sim.results.flat import replicate_arrays, replicate_of
from sim.results.statistics import Spread
from sim.scenario import Scenario, load
from sim.scenario.drawing import drawn, undecided, worlds
from sim.scenario.ensemble import FITTED, THEORY
from sim.scenario.variants import changed, with_values
from sim.scenario.writing import resolved_toml
from sim.store.plan import first_plan, unchanged
from tests.ensembles_named import POINTS, TABLE, named
from tests.worlds import FEW


def test_a_point_is_drawn_whole_by_weight_and_the_rest_over_its_range(tmp_path: Path) -> None:
    scenario = load(named(tmp_path), FEW)
    plain = load(named(tmp_path / "plain", entry="drop = true"), FEW)
    found = [worlds([scenario], 1, replicate) for replicate in range(400)]
    pairs = [(values["product.size"], values["product.growth_exponent"]) for values, *_ in found]
    counts = np.array([pairs.count(point) for point in POINTS])
    assert counts.sum() == len(found)  # never a mixture of two points
    assert counts[2] == 0  # without weight
    assert counts[:2] / len(found) == pytest.approx([0.75, 0.25], abs=0.08)
    others = worlds([plain], 1, 7)[0]
    values, _, (world,) = worlds([scenario], 1, 7)
    fitted = set(scenario.ensemble.paths) if scenario.ensemble else set()
    assert {path: value for path, value in others.items() if path not in fitted} == {
        path: value for path, value in values.items() if path not in fitted
    }
    assert world.product.size == values["product.size"]
    assert world.ensemble is None


@pytest.mark.parametrize(
    ("column", "others", "against"),
    [
        ("law.fitted_progress [1/yr]", ["knowledge.public_rate"], False),
        ("market.capacity_growth [%/yr]", ["compute.price_halving"], True),
        ("compute.price_halving [yr]", ["market.capacity_growth"], True),
        ("region.germany.carbon_price_growth [%/yr]", ["region.norway.carbon_price_growth"], False),
    ],
)
def test_what_a_fact_tells_beside_the_ensemble_follows_its_point(
    column: str, others: list[str], against: bool, tmp_path: Path
) -> None:
    """An ensemble that has a number of a fact moves the others as far, or gives them its value where ranges agree."""
    low, high = {"[%/yr]": (3, 4), "[1/yr]": (0.5, 0.9), "[yr]": (2, 2.5)}[column.partition(" ")[2]]
    scenario = load(named(tmp_path, f"weight,{column}\n3,{high}\n5,{low}\n"), FEW)
    ranks = {low: 5 / 16, high: 13 / 16}  # half of the point itself counts as below
    seen = set()
    for replicate in range(12):
        values = worlds([scenario], 1, replicate)[0]
        path = column.partition(" ")[0]
        point = values[path] * (100 if "%" in column else 1)
        rank = next(rank for value, rank in ranks.items() if value == pytest.approx(point))
        for other in others:
            moved = drawn(undecided(scenario)[other]._replace(fact=None), 1 - rank if against else rank)
            assert values[other] == pytest.approx(values[path] if path.startswith("region.") else moved)
        seen.add(rank)
    assert seen == set(ranks.values())


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
    fewer = load(named(tmp_path), ["kind.startup.count=9", "kind.academic_lab.count=9"]).ensemble
    assert fewer is not None
    assert "fitted to a world with other numbers of actors; whether" in fewer.told
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


OTHER = TABLE.replace("observation.accuracy [1]", "law.remaining [1]").replace("7.5,5", "7.25,0.5")
BY_THEORY = 'file = "fitted.csv"\ntheories = {meek = "meek.csv"}'


def by_theory(folder: Path, table: str = OTHER, entry: str = BY_THEORY) -> Path:
    """A scenario with a table of its own for one theory of progress."""
    file = named(folder, entry=entry)
    (folder / "meek.csv").write_text(table, encoding="utf-8")
    return file


def test_a_theory_is_drawn_from_its_own_table(tmp_path: Path) -> None:
    file = by_theory(tmp_path)
    usual, meek, other = (load(file, [*FEW, f"law.theory={name}"]) for name in THEORIES)
    assert usual.ensemble
    assert meek.ensemble
    assert other.ensemble
    assert usual.ensemble.text == TABLE == other.ensemble.text
    assert meek.ensemble.text == OTHER
    assert "law.remaining" in meek.ensemble.paths
    assert THEORY not in (*meek.ensemble.changed, *usual.ensemble.changed)
    assert THEORY in other.ensemble.changed  # which has no table
    values, _, (world,) = worlds([meek], 1, 0)
    assert values["law.remaining"] == world.theory.terms.remaining
    assert {worlds([meek], 1, replicate)[0]["product.growth_exponent"] for replicate in range(20)} <= {7.25, 6.5}


def test_the_choice_of_a_theory_takes_its_table_and_back(tmp_path: Path) -> None:
    """However it is made, and in a resolved file, which holds the table in use."""
    usual = load(by_theory(tmp_path), FEW)
    meek = changed(usual, {"law.theory": "meek"})
    assert meek.ensemble == load(by_theory(tmp_path), [*FEW, "law.theory=meek"]).ensemble
    assert changed(meek, {"law.theory": "shared_progress"}).ensemble == usual.ensemble
    again = _again(meek, tmp_path / "elsewhere")
    assert again.ensemble == meek.ensemble
    assert resolved_toml(again) == resolved_toml(meek)
    set_too = load(by_theory(tmp_path), [*FEW, "law.theory=meek", "law.remaining=0.7"]).ensemble
    assert set_too
    assert set_too.own == ("law.remaining",)


def test_what_calibrate_writes_under_a_theory_is_read(tmp_path: Path) -> None:
    """A number of a theory may have a column of the one table that there is."""
    file = named(tmp_path, OTHER, entry='file = "fitted.csv"\n[law]\ntheory = "meek"')
    read = load(file, FEW).ensemble
    assert read
    assert "law.remaining" in read.paths
    assert main(["check", str(file)]) == 0


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('file = "fitted.csv"\ntheories = {mek = "meek.csv"}', "unknown theory 'mek'"),
        ('file = "fitted.csv"\ntheories = {meek = 3}', "not files by theory"),
        ('file = "fitted.csv"\ntheories = "meek.csv"', "not files by theory"),
        ('file = "fitted.csv"\ntheories = {meek = "nothing.csv"}', "no such file"),
        ('theories = {meek = "meek.csv"}', "one table"),
        ('drop = true\ntheories = {meek = "meek.csv"}', "theories stand beside a file"),
    ],
)
def test_bad_tables_by_theory_get_one_message(
    entry: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(by_theory(tmp_path, entry=entry))]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_a_fault_in_the_table_of_a_theory_names_its_file(tmp_path: Path) -> None:
    file = by_theory(tmp_path, OTHER.replace("0.75", "-0.75"))
    load(file)
    with pytest.raises(InputError, match="a weight below zero") as error:
        load(file, ["law.theory=meek"])
    assert error.value.file == tmp_path / "meek.csv"


def _again(scenario: Scenario, folder: Path) -> Scenario:
    folder.mkdir(exist_ok=True)
    file = folder / "resolved.toml"
    file.write_text(resolved_toml(scenario), encoding="utf-8")
    return load(file)


def test_a_run_over_an_ensemble_adds_its_range_and_changes_nothing_else(tmp_path: Path) -> None:
    few = {"until": 2013, "replicates": 6}
    scenario = load(named(tmp_path), FEW, **few)
    plain, wide = run(scenario, workers=1), run(scenario, workers=1, ensemble=True)
    assert_frame_equal(plain.series, wide.series)
    assert not plain.drawn
    assert wide.drawn
    _, _, (world,) = worlds([scenario], scenario.run.seed, 2)
    again = simulate(world, 2).yearly
    assert wide.replicates[2].drawn is not None
    np.testing.assert_array_equal(wide.replicates[2].drawn, again)
    summary = summarize(wide)
    cell = summary.headline[0].values[-1]
    assert cell.ensemble == Spread.of(wide.drawn_values(summary.headline[0].measure)[:, -1])
    assert any("fitted to records" in note for note in summary.notes)
    assert not any("fitted to records" in note for note in summarize(plain).notes)
    back = replicate_of(replicate_arrays(wide.replicates[2]))
    assert back.drawn is not None
    np.testing.assert_array_equal(back.drawn, again)
    assert "drawn" not in replicate_arrays(plain.replicates[0])


@pytest.mark.slow
def test_a_directory_over_an_ensemble_is_drawn_again_and_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], drawn: None
) -> None:
    out = tmp_path / "out"
    settings = [word for setting in FEW for word in ("--set", setting)]
    command = ["run", str(named(tmp_path)), *settings, "--until", "2013", "--replicates", "6", "--workers", "1"]
    assert main([*command, "--ensemble", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"\[[^\]]+\].*\n.* [\d.,]+\S* \([\d., ]+\)", said)  # a median of its own before it
    assert "median and ( ) 90 % range over luck, the ensemble of fitted numbers" in " ".join(said.split())
    (tmp_path / "fitted.csv").unlink()  # what was named is in the scenario of the directory
    report = (out / "report.html").read_bytes()
    picture = (out / "figures" / "divide.png").read_bytes()
    assert main(["report", str(out)]) == 0
    assert (out / "report.html").read_bytes() == report
    assert (out / "figures" / "divide.png").read_bytes() == picture
    assert main(["verify", str(out), "--workers", "1"]) == 0
    assert "drawn.csv" in capsys.readouterr().out
    assert main(["resume", str(out), "--replicates", "7", "--workers", "1"]) == 0
    assert pd.read_csv(out / "drawn.csv")["replicate"].nunique() == 7
    (out / "drawn.csv").write_text("broken")
    assert main(["report", str(out)]) == 2


def test_no_run_over_an_ensemble_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = named(tmp_path, entry="drop = true")
    out = tmp_path / "out"
    assert main(["run", str(file), "--ensemble", "--out", str(out)]) == 2
    assert "this scenario names no ensemble" in capsys.readouterr().err
    assert not out.exists()
    with pytest.raises(InputError, match="names no ensemble"):
        run(load(file), ensemble=True)


def test_a_validation_draws_over_the_ensemble_and_says_so(tmp_path: Path) -> None:
    few: dict[str, int] = {"until": 2014, "replicates": 6}
    records, (first, last) = packaged(), (2012, 2014)
    wide = validate(load(named(tmp_path), FEW, **few), records, first, last)
    still = validate(load(named(tmp_path, entry="drop = true"), FEW, **few), records, first, last)
    widths = [[one.model.high - one.model.low for one in found.scored] for found in (wide, still)]
    assert sum(widths[0]) > sum(widths[1])
    assert any("The band holds what is not known of numbers" in line for line in verdict(wide))
    assert not any("not known of numbers" in line for line in verdict(still))


def test_a_comparison_says_what_is_drawn_from_the_ensemble(tmp_path: Path) -> None:
    files = [load(named(tmp_path), [*FEW, *more], until=2013) for more in ([], ["policy.carbon_tax.rate=50 USD/tCO2"])]
    found = compare(files, replicates=2, workers=1)
    assert set(found.assumptions["path"]) == undecided(files[0]).keys()
    sizes = set(found.assumptions[found.assumptions["path"] == "product.size"]["value"])
    assert sizes <= {size for size, _ in POINTS}
    summary = compared(found, {})
    assert any(note.startswith("Wide intervals: 3 numbers fitted to records") for note in summary.notes)
    page = comparison_page(found, summary, {}, {})
    assert "drawn from the ensemble" in page
    assert "covers the ensemble of fitted numbers" in re.sub(r"</?abbr[^>]*>", "", page)


def test_members_of_the_page_are_of_the_ensemble_of_its_baseline(tmp_path: Path) -> None:
    """What was simulated before for another ensemble is not taken."""
    first = load(named(tmp_path / "one"), FEW, until=2013)
    second = load(named(tmp_path / "two", TABLE.replace("800000.0", "900000.0")), FEW, until=2013)
    assert first.is_same(second)  # but for what is known of its numbers
    worker = Members()
    sizes = []
    for scenario in (first, second):
        pickled = pickle.dumps(scenario)
        drawn = worlds([scenario], scenario.run.seed, 0)[0]["product.size"]
        worker(MemberTask(0, True, pickled, pickled))
        sizes.append((next(reversed(worker.members.values())).own.product.size, drawn))
    assert all(own == drawn for own, drawn in sizes)
    assert len(worker.members) == 2


def test_what_the_page_says_of_a_fit(tmp_path: Path) -> None:
    source = '[sources.fitted]\ntitle = "A calibration"\n'
    entry = f'drop = true\n[product]\nmargin = {{value = 0.5, unit = "1", source = "fitted"}}\n{source}'
    assert fitted(load(named(tmp_path))).startswith(f"{_count(load(named(tmp_path)))} numbers of this scenario were")
    assert "fitted to records" in fitted(load(named(tmp_path, entry=entry)))
    plain = load(named(tmp_path, entry="drop = true"))
    assert ("people set them" in fitted(plain)) == (_count(plain) == 0)


def _count(scenario: Scenario) -> int:
    paths = scenario.ensemble.paths if scenario.ensemble else ()
    return sum(one.source == FITTED or one.path in paths for one in scenario.quantities)


def test_a_first_plan_rests_on_the_ensemble_too(tmp_path: Path) -> None:
    file = named(tmp_path)
    plan = first_plan(["run"], [file])
    assert str(tmp_path / "fitted.csv") in plan["files"]
    unchanged(plan, tmp_path)
    (tmp_path / "fitted.csv").write_text(TABLE.replace("0.75", "0.5"))
    with pytest.raises(InputError, match="changed since"):
        unchanged(plan, tmp_path)


def test_a_first_plan_rests_on_the_tables_of_all_theories(tmp_path: Path) -> None:
    plan = first_plan(["compare"], [by_theory(tmp_path)])
    (tmp_path / "meek.csv").write_text(OTHER.replace("0.75", "0.5"))
    with pytest.raises(InputError, match="changed since"):
        unchanged(plan, tmp_path)
