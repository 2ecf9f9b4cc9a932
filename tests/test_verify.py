"""``verify`` finds what was changed in a directory, and nothing in one that was not."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.cli.verify import _report
from sim.outputs.unlike import difference
from sim.outputs.verify import verify
from sim.results.paired import Paired
from sim.scenario.variants import with_options
from sim.store.plan import read_plan, write_plan
from sim.store.shards import FOLDER, as_shard, as_table
from tests.saying import Say, refused
from tests.studies import content, resealed
from tests.worlds import BASELINE, SCENARIOS, SMALL, small

KINDS = {
    "run": ["run", *SMALL, "--no-figures", "--every-step"],
    "compare": ["compare", SMALL[0], SCENARIOS / "carbon_tax.toml", *SMALL[1:]],
    "sweep": ["sweep", *SMALL, "--vary", "policy.carbon_tax.rate=0,300"],
    "decompose": ["decompose", *SMALL],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A directory of each kind."""
    place = tmp_path_factory.mktemp("verify")
    for kind, words in KINDS.items():
        assert main([*map(str, words), "--quiet", "--workers", "1", "--out", str(place / kind)]) == 0
    return {kind: place / kind for kind in KINDS}


@pytest.fixture
def copy(made: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    return lambda kind: copytree(made[kind], tmp_path / kind)


ALONE = {
    "run": "plan.json, report.html, scenario.toml, summary.json, 1 file of shards/",
    "compare": "brief.html, plan.json, report.html, summary.json, 2 files of scenarios/, 1 file of shards/",
    "sweep": "plan.json, report.html, scenario.toml, summary.json",
    "decompose": "plan.json, report.html, scenario.toml, summary.json, 1 file of shards/",
}


@pytest.mark.parametrize(
    ("kind", "same"),
    [
        ("run", {"series.csv", "actors.csv", "steps.csv"}),
        ("compare", {"comparison.csv", "series.csv", "assumptions.csv", "drawn.csv", "winners.csv", "money.csv"}),
        ("sweep", {"1 shard", "axes.csv", "points.csv", "sweep.csv"}),
        ("decompose", {"decomposition.csv"}),
    ],
)
def test_what_is_as_it_was_is_identical(
    kind: str, same: set[str], made: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(made[kind])
    assert main(["verify", str(made[kind]), "--workers", "1", "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert "NOT" not in shown.upper().replace("NOTHING", "")
    assert same == set(shown.split("Identical to the last bit: ")[1].split(".\n")[0].split(", "))
    assert f"Checked by hash alone: {ALONE[kind]}.\n" in shown
    assert "Code, versions and processor are the same as when it was made." in shown
    assert content(made[kind]) == before


@pytest.mark.parametrize(("seconds", "said"), [(100.0, "About 2 minutes.\n"), (3.0, ""), (None, "")])
def test_it_says_about_how_long_it_takes(
    seconds: float | None, said: str, copy: Callable[[str], Path], say: Say
) -> None:
    """It simulated for minutes without a word."""
    out = copy("run")
    record = json.loads((out / "provenance.json").read_text())
    (out / "provenance.json").write_text(json.dumps({**record, "seconds": seconds}))
    assert say("verify", out).err.startswith(said)
    assert ("About" in say("verify", out).err) is bool(said)
    assert "About" not in say("verify", out, "--quiet").err


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_changed_is_named(kind: str, copy: Callable[[str], Path]) -> None:
    out = copy(kind)
    names = sorted(json.loads((out / "provenance.json").read_text())["files"])
    (out / names[0]).unlink()
    (out / names[-1]).write_bytes((out / names[-1]).read_bytes() + b" ")
    found = verify(out)
    assert found.damaged == [f"{names[0]} is missing", f"{names[-1]} is not as it was written"]
    assert not found.good


def test_a_table_that_an_earlier_version_did_not_write_is_not_missed(tmp_path: Path, say: Say) -> None:
    """But one that it wrote is."""
    out, table = tmp_path / "out", "head_to_head.csv"
    command, first, *rest = KINDS["compare"]
    assert say(command, first, SCENARIOS / "compute_voucher.toml", *rest, "--quiet", "--out", out).code == 0
    assert table in verify(out).same
    (out / table).unlink()
    found = verify(out)
    assert found.damaged == [f"{table} is missing"]
    assert not found.good
    record = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    del record["files"][table]
    (out / "provenance.json").write_text(json.dumps(record), encoding="utf-8")
    found = verify(out)
    assert found.good
    assert (table in found.same, found.different) == (False, {})


@pytest.mark.slow
def test_a_table_under_every_theory_is_made_again_where_a_plan_says_how(tmp_path: Path, say: Say) -> None:
    out, table = tmp_path / "out", "theories.csv"
    assert say(*KINDS["compare"], "--theories", "--quiet", "--workers", 1, "--out", out).code == 0
    found = verify(out)
    assert found.good
    assert table in found.same
    assert "the same under every other theory" in found.simulated
    file = out / table
    file.write_text(re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), file.read_text()))
    resealed(out)
    assert list(verify(out).different) == [table]
    (out / "plan.json").unlink()  # as where Python wrote it: resolved files hold no ensemble of other theories
    found = verify(out)
    assert table in found.by_hash
    assert found.damaged == ["plan.json is missing"]
    assert not found.different


@pytest.mark.usefixtures("drawn")
def test_a_figure_that_was_changed_is_named(tmp_path: Path) -> None:
    sim.run(small(until=2012, replicates=1), workers=1).report(tmp_path / "out")
    (tmp_path / "out" / "figures" / "divide.png").write_bytes(b"x")
    assert verify(tmp_path / "out").damaged == ["figures/divide.png is not as it was written"]


NEEDED = {  # files that say what to simulate again, or how such a directory is told
    "run": ["scenario.toml", "summary.json", "series.csv"],
    "compare": ["scenarios/carbon_tax.toml", "series.csv", "comparison.csv"],
    "sweep": ["plan.json"],
    "decompose": ["scenario.toml", "decomposition.csv"],
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NEEDED.items() for name in names])
def test_what_is_needed_to_simulate_again_may_be_lost_or_garbled(
    kind: str, name: str, copy: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named like any other file."""
    out = copy(kind)
    for garbled, word in ((b"x\xffx", "not as it was written"), (None, "missing")):
        (out / name).unlink() if garbled is None else (out / name).write_bytes(garbled)
        assert main(["verify", str(out), "--workers", "1", "--quiet"]) == 1
        shown = capsys.readouterr().out
        assert f"  {name} is {word}\n" in shown
        assert re.search(r"(S|Nothing was s)imulated again: ", shown)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["NA", "+1"])
def test_a_scenario_may_be_called_as_what_is_missing_or_as_a_formula(name: str, tmp_path: Path) -> None:
    worlds = [small(until=2013), with_options(small("carbon_tax", until=2013), name=name)]
    sim.compare(worlds, replicates=1, workers=1, assumptions=False).report(tmp_path / "out")
    found = verify(tmp_path / "out")
    assert found.good
    assert found.simulated == "1 replicate of 2 scenarios"


@pytest.mark.parametrize(
    ("kind", "table"),
    [("run", "series.csv"), ("compare", "comparison.csv"), ("sweep", "sweep.csv"), ("decompose", "decomposition.csv")],
)
def test_a_number_that_was_changed_with_its_hash_is_found(
    kind: str, table: str, copy: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Hashes alone would not tell: simulating again does."""
    out = copy(kind)
    whole = pd.read_csv(out / table, dtype=str, keep_default_na=False)
    column = next(name for name in ("difference", "contribution", "value") if name in whole)
    row = int((whole["measure"] == "emissions_total").to_numpy().argmax())
    whole.loc[row, column] = "12345.5"
    whole.to_csv(out / table, index=False, lineterminator="\n")
    resealed(out)
    assert main(["verify", str(out), "--workers", "1", "--quiet"]) == 1
    shown = capsys.readouterr().out
    assert f"NOT the same: {table} differs in 1 of" in shown
    assert "measure emissions_total" in shown
    assert f"first in row {row + 2}, column {column} (" in shown
    assert "12345.5 there" in shown
    assert "Code, versions and processor are the same" in shown


@pytest.mark.parametrize(
    ("kind", "table", "other"),
    [("sweep", "sweep.csv", "1 shard, axes.csv, points.csv"),
     ("run", "series.csv", "actors.csv"), ("decompose", "decomposition.csv", "")],
)  # fmt: skip
@pytest.mark.parametrize("digit", ["first", "last"])
def test_a_digit_that_was_changed_is_told_with_its_place(
    kind: str, table: str, other: str, digit: str, copy: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out = copy(kind)
    lines = (out / table).read_text().split("\n")
    number = re.compile(r"[1-9]\d*\.\d{6,}")
    row = next(i for i, line in enumerate(lines) if any(map(number.fullmatch, line.split(","))))
    cells = lines[row].split(",")
    at = max(i for i, cell in enumerate(cells) if number.fullmatch(cell))
    was, place = cells[at], 0 if digit == "first" else -1
    new = "7" if was[place] != "7" else "8"
    cells[at] = new + was[1:] if digit == "first" else was[:-1] + new
    (out / table).write_text("\n".join([*lines[:row], ",".join(cells), *lines[row + 1 :]]))
    assert main(["verify", str(out), "--workers", "1", "--quiet"]) == 1
    shown = capsys.readouterr().out
    assert f"{table} is not as it was written" in shown
    assert f"Identical to the last bit: {other}" in shown if other else "Identical" not in shown
    assert f"first in row {row + 1}, column {lines[0].split(',')[at]} (" in shown
    assert f": {cells[at]} there, {was} here" in shown
    assert "Code, versions and processor are the same: the files were changed" in shown


def test_what_is_written_otherwise_is_told_apart_from_other_values(copy: Callable[[str], Path]) -> None:
    out = copy("decompose")
    file = out / "decomposition.csv"
    text = file.read_text()
    file.write_bytes(text.replace("\n", "\r\n").encode())
    assert verify(out).different == {file.name: "has the same values with other quotes, blanks or line ends"}
    number = next(cell for cell in text.split("\n")[1].split(",") if re.fullmatch(r"-?\d+\.\d+", cell))
    file.write_text(text.replace(f",{number},", f",{number}0,", 1))
    assert "in other digits; first in row 2, column " in verify(out).different[file.name]


def test_a_bit_of_a_shard_is_found(copy: Callable[[str], Path]) -> None:
    out = copy("sweep")
    (file,) = (out / FOLDER).iterdir()
    rows = as_table(file.read_bytes())
    rows.loc[3, "emissions_total"] = np.nextafter(rows.loc[3, "emissions_total"], 0)
    file.write_bytes(as_shard({name: rows[name].to_numpy() for name in rows}))
    resealed(out)
    found = verify(out)
    assert not found.damaged
    (text,) = found.different.values()
    assert text.startswith("differs in 1 of ")
    assert "first in row 5, column emissions_total (" in text


def test_what_may_be_the_reason_is_told(copy: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    out = copy("run")
    record = json.loads((out / "provenance.json").read_text())
    others = {**record["versions"], "numpy": "1.0", "pyarrow": "2.0"}
    assert {"pyarrow", "duckdb", "SALib", "scikit-learn"} <= set(record["versions"])
    resealed(out, code="f" * 64, machine="Linux x86_64, i386", versions=others)
    assert main(["verify", str(out), "--workers", "1", "--quiet"]) == 0
    shown = capsys.readouterr().out
    for word in ("code: ffffffffffff then", "machine: Linux x86_64, i386 then", "numpy: 1.0 then", "pyarrow: 2.0 then"):
        assert word in shown
    (out / "series.csv").write_text((out / "series.csv").read_text() + "\n")
    assert main(["verify", str(out), "--workers", "1", "--quiet"]) == 1
    assert "have another reason: the files were changed" in capsys.readouterr().out


def test_a_plan_that_was_changed_is_told_and_not_followed(
    copy: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out = copy("sweep")
    plan = out / "plan.json"
    plan.write_text(plan.read_text().replace('"seed": 1', '"seed": 2'))
    found = verify(out)
    assert found.damaged == ["plan.json is not as it was written"]
    assert not found.simulated
    assert main(["verify", str(out), "--quiet"]) == 1
    assert "Nothing was simulated again: plan.json, which says what" in capsys.readouterr().out


def test_what_is_not_simulated_again_says_so(copy: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    """What has a plan of a kind that is not simulated again."""
    out = copy("sweep")
    write_plan(out, {**read_plan(out), "kind": "another"})
    resealed(out)
    assert main(["verify", str(out)]) == 0
    assert "Nothing was simulated again" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "compare", "decompose"])
def test_what_has_nothing_finished_yet_says_how_to_go_on(
    command: str, tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt before the first replicate leaves a directory that is whole, and holds no result."""
    out, files = tmp_path / "out", [BASELINE, SCENARIOS / "carbon_tax.toml"][: 2 if command == "compare" else 1]

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sim.study.engine.finished", interrupted)
        say(command, *files, "--until", 2013, "--workers", 1, "--quiet", "--out", out)
    go_on = f"python run.py resume {out}"
    assert f"Nothing is finished yet, so nothing was simulated again. Go on: {go_on}" in say("verify", out).out
    if command != "run":
        refused(say("report", out), f"written by `{command}`", f"it is not finished; go on: {go_on}")


def test_of_an_interrupted_comparison_what_is_there_is_simulated_alone(tmp_path: Path) -> None:
    found = sim.compare([small(until=2013), small("carbon_tax", until=2013)], replicates=3, workers=1)
    replace(found, pairs=[found.pairs[2]], interrupted=True).report(tmp_path / "out")
    simulated = []

    def told(source: Iterable[Paired], total: int) -> Iterator[Paired]:
        assert total == 1
        for one in source:
            simulated.append(one.replicate)
            yield one

    verified = verify(tmp_path / "out", progress=told)
    assert verified.good
    assert "comparison.csv" in verified.same
    assert (simulated, verified.simulated) == ([2], "1 replicate of 2 scenarios")


def test_what_was_stopped_is_told_with_how_to_go_on(tmp_path: Path, say: Say) -> None:
    sim.run(small(until=2012, replicates=2), workers=1).report(tmp_path / "whole")
    assert "stopped before" not in say("verify", tmp_path / "whole").out
    found = sim.run(small(until=2012, replicates=2), workers=1)
    replace(found, replicates=found.replicates[:1], interrupted=True).report(tmp_path / "part")
    said = say("verify", tmp_path / "part").out
    assert "It was stopped before it was finished; what is missing was not looked at.\n" in said  # it has no plan
    stopped = verify(tmp_path / "part")
    (tmp_path / "part" / "plan.json").touch()
    assert f"not looked at. Go on: python run.py resume {tmp_path / 'part'}\n" in _report(stopped, tmp_path / "part")


def test_there_must_be_something_to_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 2
    assert "no results in this directory" in capsys.readouterr().err
    (tmp_path / "plan.json").write_text("{}")
    assert main(["verify", str(tmp_path)]) == 2
    assert f"run.py resume {tmp_path}" in capsys.readouterr().err


def test_a_part_of_a_study_is_enough(tmp_path: Path) -> None:
    from tests.studies import planned

    study = planned(tmp_path, replicates=4)
    sim.resume(tmp_path, workers=1)
    found = verify(tmp_path, worlds=3)
    assert found.good
    assert found.simulated == f"3 of {study.worlds} worlds"


def test_a_difference_is_told_with_its_place_and_size() -> None:
    table = sim.run(small(until=2012, replicates=1), workers=1).series
    assert difference(table, table.copy()) == ""
    other = table.assign(value=table["value"] * (1 + 1e-9 * (table["measure"] == "energy_total")))
    assert "differs in 1 of" in difference(table, other)
    assert "by 1e-09 of a value at most" in difference(table, other)
    assert "rows" in difference(table, table.iloc[1:])
    assert difference(table.rename(columns={"value": "valve"}), table) == "has a column 'valve'; here it is 'value'"
