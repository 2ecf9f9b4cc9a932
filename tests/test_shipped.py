"""Shipped scenarios: named from anywhere, extended from anywhere, and part of what is installed."""

import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from shutil import copyfile, copytree, ignore_patterns
from types import SimpleNamespace
from typing import Any

import pytest

import sim
from sim.cli import commands, read
from sim.cli.resume import _named_from
from sim.codehash import SHIPPED, hashes_of_code
from sim.errors import InputError
from sim.history.records import packaged, read_records
from sim.scenario import load
from sim.scenario.every_policy import policies_of
from sim.shippedfiles import extended_from, scenario_names, shipped
from sim.store.plan import first_plan
from tests.records import PACKAGED
from tests.saying import Say, refused
from tests.test_pasting import FILES
from tests.worlds import BASELINE, ROOT, SCENARIOS

HEAD = 'schema = 1\ntitle = "Mine"\nquestion = "Mine?"\n'
OWN = f'extends = "baseline.toml"\n{HEAD}'
CANADA = SCENARIOS / "real_policies" / "canada.toml"
NAMED = {
    "baseline": BASELINE, "baseline.toml": BASELINE, "scenarios/baseline.toml": BASELINE,
    "scenarios/baseline": BASELINE, "./baseline": BASELINE, "real_policies/canada": CANADA,
    "scenarios/real_policies/canada.toml": CANADA,
    "on_record/mining_2017": SCENARIOS / "on_record" / "mining_2017.toml",
}  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where no project is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("name", NAMED)
def test_a_shipped_scenario_is_named_from_anywhere(name: str) -> None:
    found = sim.load(name)
    assert found.is_same(load(NAMED[name]))
    assert found.file.samefile(NAMED[name])


@pytest.mark.parametrize("name", ["baseline", "baseline.toml", "scenarios/baseline.toml"])
def test_a_file_at_that_place_goes_first(name: str, elsewhere: Path) -> None:
    file = elsewhere / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(OWN.replace("baseline", "floor"), encoding="utf-8")
    assert load(name).title == "Mine"


def test_a_file_that_a_name_means_as_likely_is_not_passed_over(say: Say, elsewhere: Path) -> None:
    (elsewhere / "baseline.toml").write_text(OWN.replace("baseline", "floor"), encoding="utf-8")
    refused(say("check", "baseline"), "did you mean 'baseline.toml'?", file="baseline")


def test_in_the_folder_of_scenarios_their_names_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SCENARIOS)
    assert load("baseline").file.samefile(BASELINE)


def test_a_directory_of_that_name_is_no_scenario(elsewhere: Path, say: Say) -> None:
    """As one that was written with --out."""
    (elsewhere / "baseline").mkdir()
    assert load("baseline").is_same(load(BASELINE))
    refused(say("diff", "baseline", "floor"), "no scenario in this directory", file="baseline")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("baselin", "'baseline'"),
        ("canada", "'real_policies/canada'"),
        ("canada.toml", "'real_policies/canada'"),
        ("real_policies/canda", "'real_policies/canada'"),
        ("scenarios/carbon_taxx.toml", "'carbon_tax'"),
        ("cabon_tax", "'carbon_taxi.toml' or 'carbon_tax'"),
        ("carbon_taxi", "'carbon_taxi.toml'"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest_file_and_name(
    name: str, told: str, say: Say, elsewhere: Path
) -> None:
    (elsewhere / "carbon_taxi.toml").write_text(OWN, encoding="utf-8")
    refused(say("run", name), f"did you mean {told}?", "or the name of a shipped one", file=name)
    assert [path.name for path in elsewhere.rglob("*") if path.is_file()] == ["carbon_taxi.toml"]


def test_a_name_that_is_near_to_none_is_told_where_names_are(say: Say, elsewhere: Path) -> None:
    refused(
        say("run", "xyzzy"), "`python run.py scenarios` lists", f"nothing of that name in {elsewhere}", file="xyzzy"
    )


def test_in_the_project_a_file_and_the_shipped_one_that_it_is_are_told_once(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    refused(say("run", "baselin"), "did you mean 'scenarios/baseline.toml'?", file="baselin")


def test_scenarios_tells_names_that_can_be_typed(say: Say) -> None:
    out = say("scenarios").out
    names = [line.split()[0] for line in out.splitlines() if re.match(r"[a-z]\w+(/\w+)? ", line)]
    assert {"baseline", "real_policies/canada"} <= set(names)
    assert all((SCENARIOS / f"{name}.toml").is_file() for name in names if name not in ("scenario", "law"))
    assert "python run.py run carbon_tax" in out
    assert str(SCENARIOS) in out


def test_policies_of_a_name_with_a_folder() -> None:
    assert policies_of(load(BASELINE), "real_policies/canada") == policies_of(load(BASELINE), CANADA)


def test_a_plan_rests_on_the_files_that_names_mean(elsewhere: Path) -> None:
    (elsewhere / "own.toml").write_text(OWN.replace("baseline", "carbon_tax"), encoding="utf-8")
    files = first_plan(["compare"], [Path("language"), Path("own.toml")])["files"]
    named = [SCENARIOS / f"{name}.toml" for name in ("language", "carbon_tax", "baseline", "sources")]
    assert {str(file) for file in (*named, SCENARIOS / "fitted" / "language.csv", elsewhere / "own.toml")} <= set(files)


def test_names_mean_the_same_where_somebody_goes_on_elsewhere(elsewhere: Path) -> None:
    (elsewhere / "own.toml").write_text(OWN, encoding="utf-8")
    typed = read(["compare", "baseline", "own.toml"])
    _named_from(elsewhere, typed)
    assert typed.scenarios == [BASELINE, elsewhere / "own.toml"]
    typed = read(["sensitivity", "baseline", "--against", "carbon_tax", "real_policies/canada", "own.toml"])
    _named_from(elsewhere, typed)
    assert (typed.scenario, typed.against) == (BASELINE, ["carbon_tax", str(CANADA), str(elsewhere / "own.toml")])


# ---------------------------------------------------------------- worlds of one's own


@pytest.mark.parametrize("name", ["baseline", "language", "before_fit", "real_policies/california_cap", "floor"])
@pytest.mark.parametrize("ending", ["", ".toml"])
def test_a_file_anywhere_extends_a_shipped_one(name: str, ending: str, elsewhere: Path) -> None:
    """With its sources, tables and ensemble."""
    (elsewhere / "own.toml").write_text(OWN.replace("baseline.toml", name + ending), encoding="utf-8")
    own, whole = load("own.toml"), load(SCENARIOS / f"{name}.toml")
    assert own.title == "Mine"
    assert own.is_same(whole)
    assert own.sources == whole.sources
    assert own.ensemble == whole.ensemble


def test_what_it_says_itself_is_seen_from_itself(elsewhere: Path, say: Say) -> None:
    """A table beside it, not one beside the scenario that it extends; sources of both."""
    entry = '{ file = "prices.csv", entity = "x", unit = "USD/tCO2", year = 2023, source = "mine" }'
    text = f'{OWN}[[policy]]\nname = "carbon_tax"\nstart = 2027\nrate = {entry}\n'
    (elsewhere / "own.toml").write_text(text, encoding="utf-8")
    (elsewhere / "sources.toml").write_text('[mine]\ntitle = "Mine"\nby = "Me"\nyear = 2026\nseen = "read"\n')
    sought = f"found    '{elsewhere / 'prices.csv'}'"
    refused(say("check", "own.toml"), sought, file="own.toml", key="policy.carbon_tax.rate")
    (elsewhere / "prices.csv").write_text("entity,year,price\nx,2027,50\nx,2028,60\n")
    assert say("check", "own.toml") == (0, say("check", "own.toml").out, "")
    assert {"mine", *load(BASELINE).sources} == set(load("own.toml").sources)


def test_a_file_beside_it_goes_first(elsewhere: Path, say: Say) -> None:
    (elsewhere / "carbon_tax.toml").write_text(OWN, encoding="utf-8")
    (elsewhere / "own.toml").write_text(OWN.replace("baseline", "carbon_tax"), encoding="utf-8")
    assert load("own.toml").policies == ()
    (elsewhere / "baseline.toml").write_text(OWN, encoding="utf-8")
    refused(say("check", "own.toml"), "goes in a circle", key="extends")


@pytest.mark.parametrize(
    ("name", "told"),
    [("canada.toml", "did you mean 'real_policies/canada'?"), ("baselin.toml", "did you mean 'baseline'?"),
     ("owm.toml", "did you mean 'own.toml'?"), ("xyzzy.toml", "the path is relative to")],
)  # fmt: skip
def test_a_wrong_name_to_extend_is_answered_with_the_nearest(name: str, told: str, say: Say, elsewhere: Path) -> None:
    (elsewhere / "own.toml").write_text(OWN.replace("baseline.toml", name), encoding="utf-8")
    refused(say("check", "own.toml"), told, file="own.toml", key="extends")


def test_what_is_written_extends_an_installed_one_by_its_name(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And any other by the way to it."""
    assert extended_from(elsewhere / "out", elsewhere / "own.toml") == "../own.toml"
    assert elsewhere.joinpath(extended_from(elsewhere, CANADA)).samefile(CANADA)
    monkeypatch.setattr("sim.shippedfiles.PACKAGE", elsewhere / "site" / "sim")
    law = elsewhere / "site" / "sim" / SHIPPED / "real_policies" / "canada.toml"
    assert extended_from(elsewhere / "out", law) == "real_policies/canada.toml"


# ---------------------------------------------------------------- the name of the program


def test_no_text_names_the_script_of_the_project_by_hand() -> None:
    """But what writes documents of the project, and what is told of a Python that lacks all packages."""
    told = {file.name for file in FILES if "run.py" in re.sub(r"^ *#.*|\"{3}.*", "", file.read_text(encoding="utf-8"))
            if file.parts[-2] != "evidence"}  # fmt: skip
    assert told == {"pasting.py", "__init__.py"}


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/somewhere/bin/compute-divide"])


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("command", ["", *commands()])
def test_help_names_the_command_that_was_called(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read([*filter(None, [command]), "--help"])
    shown = capsys.readouterr().out
    assert f"compute-divide {command}".strip() in shown
    assert not re.search(r"run\.py|compute-divide .*(scenarios/|sim/data)", shown)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("typed", "told"),
    [(["run", "xyzzy"], "`compute-divide scenarios` lists"), (["run"], "see `compute-divide run --help`"),
     (["run", "baseline", "--reps", "x"], "compute-divide run"),
     (["run", "baseline", "--against", "x"], "e.g. compute-divide run baseline"),
     (["run", "baseline", "floor"], "compare them: compute-divide compare"),
     (["run", "baseline", "--set", "x.y=1"], "`compute-divide explain SCENARIO`"),
     (["laws", "baseline.toml"], "write `compute-divide laws --compare baseline.toml`"),
     (["compare", "baseline", "--set", "policy.carbon_tax.rate=9"], "compute-divide compare baseline carbon_tax --set"),
     (["sensitivity", "carbon_tax", "--against", "carbon_tax"], "`compute-divide sensitivity baseline --against"),
     (["compare", "baseline", "floor", "--measure", "xyzzy"], "`compute-divide measures` lists")],
)  # fmt: skip
def test_messages_name_the_command_that_was_called(typed: list[str], told: str, say: Say) -> None:
    said = say(*typed)
    assert said.code == 2
    assert told in said.err
    assert "run.py" not in said.err


@pytest.mark.parametrize("name", [PACKAGED.name, f"sim/data/{PACKAGED.name}"])
def test_the_records_of_the_project_are_named_from_anywhere(name: str, elsewhere: Path) -> None:
    assert read_records(Path(name)).text == packaged().text
    (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
    (elsewhere / name).write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="the file is empty"):
        read_records(Path(name))


# ---------------------------------------------------------------- what is installed


def asked_of_setuptools(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What ``setup.py`` asks for."""
    asked: dict[str, Any] = {}
    stub = SimpleNamespace(setup=asked.update, find_namespace_packages=lambda include: include)
    monkeypatch.setitem(sys.modules, "setuptools", stub)  # type: ignore[arg-type]
    exec((ROOT / "setup.py").read_text(encoding="utf-8"), {})
    return asked


def test_all_files_of_the_package_and_all_shipped_scenarios_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_of_setuptools(monkeypatch)
    scenarios = ROOT / asked["package_dir"][f"sim.{SHIPPED}"]
    inner = {f"sim.{SHIPPED}.{folder.name}": folder for folder in scenarios.iterdir() if folder.is_dir()}
    folders = {"sim": ROOT / "sim", f"sim.{SHIPPED}": scenarios, **inner}
    assert set(asked["package_data"]) == set(folders)
    assert set(folders) <= set(asked["packages"])
    for package, folder in folders.items():
        every = folder.rglob("*") if package == "sim" else folder.iterdir()
        files = [file for file in every if file.is_file() and "__pycache__" not in file.parts]
        left = [file for file in files if file.suffix != ".py" and not any(
            fnmatch(str(file.relative_to(folder)), pattern) for pattern in asked["package_data"][package])]  # fmt: skip
        assert left == []


@pytest.mark.slow
def test_the_installed_package_has_its_scenarios_and_is_the_same_code(
    monkeypatch: pytest.MonkeyPatch, elsewhere: Path
) -> None:
    """Laid out as ``setup.py`` asks, without the project beside it."""
    site, asked = elsewhere / "site", asked_of_setuptools(monkeypatch)
    copytree(ROOT / "sim", site / "sim", ignore=ignore_patterns("__pycache__"))
    source = ROOT / asked["package_dir"][f"sim.{SHIPPED}"]
    inner = {package: package.removeprefix(f"sim.{SHIPPED}").strip(".") for package in asked["package_data"]}
    given = [(source / folder, asked["package_data"][package]) for package, folder in inner.items() if package != "sim"]
    for file in {file for folder, patterns in given for pattern in patterns for file in folder.glob(pattern)}:
        (site / "sim" / SHIPPED / file.relative_to(source)).parent.mkdir(exist_ok=True, parents=True)
        copyfile(file, site / "sim" / SHIPPED / file.relative_to(source))
    assert hashes_of_code(site / "sim") == hashes_of_code(ROOT / "sim")
    (elsewhere / "own.toml").write_text(OWN, encoding="utf-8")
    lines = "import sys; from sim.cli import main; sys.argv[0] = 'compute-divide'; sys.exit(main())"
    files = ["own.toml", "scenarios/baseline.toml", *scenario_names()]
    done = subprocess.run([sys.executable, "-c", lines, "check", *files], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(site)}, timeout=120)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line.endswith(": ok")] == [f"{file}: ok" for file in files]
    told = subprocess.run([sys.executable, "-c", lines, "scenarios"], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(site)}, timeout=120).stdout  # fmt: skip
    assert "compute-divide run carbon_tax" in told
    assert f"The files are in {Path('site', 'sim', SHIPPED)}." in told


def test_in_the_project_they_are_those_beside_the_package() -> None:
    assert shipped() == SCENARIOS
