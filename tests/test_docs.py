"""The documents tried: every example works as printed, every table of keys is the code's, every link resolves."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.actors import Kind
from sim.actors import registry as kind_rules
from sim.economy.observe import Period, Step
from sim.mechanisms.scaling import LAWS
from sim.policies import Policy
from sim.policies.levers import LEVERS
from sim.scenario import load
from sim.scenario.data import SERIES
from sim.scenario.policy_notes import NO_CLEANER
from sim.scenario.schema import TABLES, Region
from tests.scripts import loaded
from tests.worlds import FEW

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
HEAD = 'schema = 1\nextends = "baseline.toml"\ntitle = "part"\nquestion = "Does the part pass?"\n\n'


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL)


def file_name(block: str) -> str | None:
    """The path in a block's first line, when the block is a complete file."""
    found = re.match(r"# (\S+/\S+\.(?:py|toml))\n", block)
    return found[1] if found else None


def commands(page: str) -> list[list[str]]:
    """Arguments of every ``python run.py`` line."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    assert lines
    assert all(line.startswith("python run.py ") for line in lines)
    return [shlex.split(line)[2:] for line in lines]


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty directory, the same for each test: what is compiled of files there is of use to the next one."""
    found = tmp_path_factory.getbasetemp() / "copy"
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir()
    return found


def copied(page: str, to: Path) -> Path:
    """A copy of the simulator with the page's complete files in it, as old as the files that it is of."""
    shutil.copytree(ROOT / "sim", to / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", to / "scenarios")
    shutil.copy(ROOT / "run.py", to / "run.py")
    for block in [*blocks(page, "python"), *blocks(page, "toml")]:
        name = file_name(block)
        if name is not None:
            assert not (ROOT / name).exists(), f"{name} is already there"
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_text(block, encoding="utf-8")
    for name, table in re.findall(r"`(\S+\.csv)`:\n\n```csv\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_text(table, encoding="utf-8")
    return to


def with_its_tests(page: str, copy: Path) -> None:
    """The tests in the copy, with each block of the page at the end of the file that its first line names so."""
    shutil.copytree(ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    for block in blocks(page, "python"):
        first, _, rest = block.partition("\n")
        where = re.match(r"# (\S+\.py), at the end$", first)
        if where is not None:
            with (copy / where[1]).open("a", encoding="utf-8") as file:
                file.write(f"\n\n{rest}")


def passed(copy: Path, *asked: str) -> int:
    """How many tests pass in the copy; all have to."""
    command = [sys.executable, "-m", "pytest", "-q", "--assert=plain", "-p", "no:cacheprovider", *asked]
    ended = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout[-3000:]
    found = re.search(r"^(\d+) passed", ended.stdout, re.MULTILINE)
    assert found
    return int(found[1])


# Calls of the command line, and runs without figures and report, in one process on a copy of the simulator.
SCRIPT = """
import contextlib, io, json, os, sys
import sim
from sim.cli import main
asked = json.load(sys.stdin)
for out, scenario, settings, until in asked["runs"]:
    result = sim.run(sim.load(scenario, settings, replicates=2, until=until), workers=1)
    os.mkdir(out)
    result.series.to_csv(out + "/series.csv", index=False)
    result.actors.to_csv(out + "/actors.csv", index=False)
printed = []
for call in asked["calls"]:
    with contextlib.redirect_stdout(io.StringIO()) as text:
        assert main(call) == 0, call
    printed.append(text.getvalue())
json.dump({"package": sim.__file__, "printed": printed}, sys.stdout)
"""


def tried(copy: Path, calls: list[list[str]], runs: list[tuple[str, str, list[str], int]]) -> list[str]:
    """What each call of the command line prints in the copy; ``runs`` are made without figures. All must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    asked = json.dumps({"calls": calls, "runs": runs})
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=copy, env=environment, input=asked, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    answer = json.loads(ended.stdout)
    assert Path(answer["package"]).parent == copy / "sim"
    return list(answer["printed"])


def tiny(call: list[str], until: int, out: str, *more: str) -> list[str]:
    """A ``run`` command made short."""
    assert call[0] == "run"
    return [*call, "--replicates", "2", "--until", str(until), "--quiet", "--workers", "1", *more, "--out", out]


def table(copy: Path, out: str, measure: str) -> pd.DataFrame:
    """Values of one measure by year and replicate."""
    series = pd.read_csv(copy / out / "series.csv")
    return series[series["measure"] == measure].pivot(index="year", columns="replicate", values="value")


@pytest.mark.slow
def test_a_policy_is_added_as_the_page_says(place: Path) -> None:
    page = "add-a-policy.md"
    assert [file_name(block) is not None for block in blocks(page, "python")] == [True, False]
    copy = copied(page, place)
    listing, check, *runs = commands(page)
    (_, wide, *none), (_, same, flag, setting) = runs
    assert (wide, none, flag) == (same, [], "--set")
    calls = [listing, check, tiny(runs[0], 2030, "out1", "--no-figures")]
    others: list[tuple[str, str, list[str], int]] = [
        ("out0", "scenarios/baseline.toml", [], 2030),
        ("out2", wide, [setting], 2030),
        ("out3", wide, ["policy.falling_budget.limit=inf"], 2030),
    ]
    listed, checked, _ = tried(copy, calls, others)

    assert re.search(r"^falling_budget: .*falling along a straight line", listed, re.MULTILINE)
    assert re.search(r"^limit \(strength\) +tCO2e/yr", listed, re.MULTILINE)
    own = listed.split("falling_budget:")[1].split(":\n")[0]
    assert "regions" not in own
    assert "revenue_use" not in own
    assert checked == f"scenarios/falling_budget.toml: ok\n  Note: {NO_CLEANER}\n"

    untouched, some, fewer, off = (pd.read_csv(copy / f"out{i}" / "series.csv") for i in range(4))
    keys = ["replicate", "year", "measure", "unit", "value"]
    pd.testing.assert_frame_equal(off[keys], untouched[keys])
    for changed in (some, fewer):
        before, same = (of.loc[of["year"] < 2027, keys].reset_index(drop=True) for of in (changed, untouched))
        pd.testing.assert_frame_equal(before, same)
    emitted = [table(copy, f"out{i}", "emissions_total").loc[2028:] for i in range(3)]
    assert (emitted[1] < emitted[0]).all(axis=None)
    assert (emitted[2] < emitted[1]).all(axis=None)
    assert (table(copy, "out1", "spend_bound_by_carbon").loc[2028:] > 0).all(axis=None)
    assert (table(copy, "out0", "spend_bound_by_carbon") == 0).all(axis=None)

    with_its_tests(page, copy)
    cases = [f"tests/test_reference.py::test_one_step_from_any_state[{case}]" for case in range(6)]
    which = "falling_budget or any_state"
    assert passed(copy, "tests/test_contract.py", "tests/test_policies.py", *cases, "-k", which) >= 14

    cut = 1 - 0.044 * (np.array([3.125, 3.375, 3.625, 3.875]))  # the middles of the steps of 2030
    for out, limit in (("out1", 20_000.0), ("out2", 5_000.0)):
        actors = pd.read_csv(copy / out / "actors.csv")
        sellers = actors[(actors["year"] == 2030) & (actors["kind"] != "academic_lab")]
        most = limit * cut.mean()
        assert sellers["operational_tco2e"].max() == pytest.approx(most, rel=1e-9)


@pytest.mark.slow
def test_a_measure_is_added_as_the_page_says(place: Path) -> None:
    page = "add-a-measure.md"
    assert len(blocks(page, "python")) == 1
    copy = copied(page, place)
    listing, check, *runs = commands(page)
    assert runs[1] == ["run", "scenarios/baseline.toml"]
    calls = [listing, check, tiny(runs[0], 2014, "out0", "--no-figures")]
    listed, checked, _ = tried(copy, calls, [("out1", runs[1][1], [], 2014)])

    assert re.search(r"^compute_share_top_tenth +fraction +lower +year ", listed, re.MULTILINE)
    assert checked.strip() == "scenarios/level_start.toml: ok"
    equal, baseline = (table(copy, f"out{i}", "compute_share_top_tenth") for i in range(2))
    assert equal.shape == baseline.shape == (3, 2)
    assert (baseline < 1).all(axis=None)
    assert (equal > 0.1).all(axis=None)
    assert (equal < baseline).all(axis=None)
    assert "the top tenth holds about two thirds of what it holds in the baseline" in text(page)
    assert equal.loc[2012].mean() / baseline.loc[2012].mean() == pytest.approx(2 / 3, abs=0.04)
    actors = pd.read_csv(copy / "out1" / "actors.csv").query("year == 2014 and replicate == 1")["compute_flop"]
    tenth = actors.sort_values().iloc[-70:].sum() / actors.sum()
    assert len(actors) == 700
    assert baseline.loc[2014, 1] == pytest.approx(tenth, rel=1e-9)

    with_its_tests(page, copy)
    place, (_, row) = copy / "tests" / "test_measures.py", blocks(page, "py")
    tests = place.read_text(encoding="utf-8")
    place.write_text(tests.replace("EXPECTED = {\n", f"EXPECTED = {{\n{row}"), encoding="utf-8")
    which = "top_tenth or by_hand or headline or stands_once or level_start"
    assert passed(copy, "tests/test_measures.py", "tests/test_contract.py", "tests/test_report.py", "-k", which) >= 7


@pytest.mark.slow
def test_a_kind_is_added_as_the_page_says(place: Path) -> None:
    page, file = "add-a-kind.md", "scenarios/national_centres.toml"
    assert len(blocks(page, "python")) == 1
    copy = copied(page, place)
    check, explain, run, _ = commands(page)
    alone, poor = "mechanisms.knowledge_network=false", ("count=1", "appropriation=1", "start_plan=0.001")
    runs: list[tuple[str, str, list[str], int]] = [("out0", "scenarios/baseline.toml", [alone], 2016)]
    runs.append(("out2", file, [alone, *(f"kind.national_centre.{setting}" for setting in poor)], 2016))
    checked, explained, _ = tried(copy, [check, explain, tiny(run, 2016, "out1")], runs)
    assert checked.strip() == f"{file}: ok"
    assert "kind.national_centre.machine_share" in explained

    figures = {path.name for path in (copy / "out1" / "figures").iterdir()}
    assert {"shares.png", "errors.png", "network.png"} <= figures
    for of in ("compute_share", "error_best", "emissions"):
        assert (table(copy, "out1", f"{of}_kind_national_centre") > 0).all(axis=None)
    parts = [table(copy, "out1", f"compute_share_{of}") for of in ("corporation", "startup", "academia")]
    assert (sum(parts) - 1).abs().max(axis=None) < 1e-12  # the centres are part of academia
    actors = pd.read_csv(copy / "out1" / "actors.csv")
    assert (actors[actors["year"] == 2016]["kind"] == "national_centre").sum() == 2 * 12

    for measure in ("error_best_corporation", "compute_share_startup", "error_median_lab"):
        few, none = (table(copy, out, measure) for out in ("out2", "out0"))
        assert (few / none - 1).abs().max(axis=None) < 0.002, measure
    script = f"""
import pickle
import numpy as np
from sim import ComputeEconomy, load
from sim.measures import registry
model = ComputeEconomy(load({file!r}, until=2013), seed=1)
model.step()
rows, kind, step = model.world.groups.kinds["national_centre"], model.assumptions.kinds[-1], model.last
income = model.world.fixed.traits.start_income[rows] * 1.03 ** 0.125
np.testing.assert_allclose(step.means[rows] - step.sponsored[rows], 0.02 * income, rtol=1e-12)
assert {{payer for payer, payee, _ in step.flows if payee == kind.id}} == {{"government", "corporation"}}
assert ("government", kind.id, "appropriations") in step.flows
payees = {{payee for payer, payee, _ in step.flows if payer == kind.id}}
assert payees == {{"cloud", "utilities", "government", "suppliers"}}
assert {{view.__name__: len(of) for view, of in model.agents_by_type.items()}}["NationalCentre"] == 12
kept = pickle.loads(pickle.dumps(model))
assert [type(actor).__name__ for actor in kept.agents] == [type(actor).__name__ for actor in model.agents]
"""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=copy, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.slow
def test_a_rule_a_figure_and_a_command_are_added_as_the_page_says(place: Path) -> None:
    page = "add-a-law-figure-or-command.md"
    assert [file_name(block) is not None for block in blocks(page, "python")] == [True, True, True, False, True]
    copy = copied(page, place)
    last, run, *_ = commands(page)
    short = [word for count in FEW for word in ("--set", count)]
    loud, scarce = ([*tiny(run, 2013, out), *short] for out in ("out", "scarce"))
    for call in (loud, scarce):
        call.remove("--quiet")
    scarce += ["--set", "market.outside_demand=1e30 FLOP/yr"]
    last += [*short, "--until", "2013", "--replicates", "6", "--quiet", "--workers", "1"]
    rare = [last[0], last[1], "year_error_1", *last[3:]]
    asked, none, said, cut = tried(copy, [last, rare, loud, scarce], [])
    assert re.fullmatch(r"0\.\d+ \[0\.\d+, 0\.\d+\]\n", asked)
    assert none == "–\n"
    assert "In none of the quarters was compute scarce." in said
    assert "In 100 % of the quarters compute was rationed." in cut
    assert (copy / "out" / "figures" / "energy.png").stat().st_size > 10_000
    assert "Electricity of training and serving" in (copy / "out" / "report.html").read_text(encoding="utf-8")

    with_its_tests(page, copy)
    places = [f"tests/test_{name}.py" for name in ("contract", "cli", "market", "reference")]
    assert passed(copy, *places, "-k", "ration or scarce_compute or energy or (help and last)") >= 7


def test_the_levers_of_the_page_are_those_of_the_code() -> None:
    page = text("add-a-policy.md")
    for name, lever in LEVERS.items():
        assert re.search(rf"^\| `{name}` \| {re.escape(lever.unit)}\b", page, re.MULTILINE), name
    rows = page.split("| lever |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", rows, re.MULTILINE) == list(LEVERS)


def tables() -> Any:
    """The script that writes tables into documents."""
    return loaded("tables")


def test_tables_that_documents_take_from_the_code_are_current() -> None:
    script = tables()
    assert [str(page.relative_to(ROOT)) for page in script.behind()] == [], "run: python docs/tables.py"
    used = {found[1] for page in script.PAGES for found in script.MARK.findall(page.read_text(encoding="utf-8"))}
    assert used == set(script.TABLES)


@pytest.mark.parametrize("name", sorted(tables().TABLES))
def test_a_table_that_is_behind_is_written_anew(name: str) -> None:
    script, old = tables(), f"A\n<!-- table: {name} -->\n| behind |\n<!-- end of table -->\nB"
    new = script.current(old)
    assert "| behind |" not in new
    assert new.startswith(f"A\n<!-- table: {name} -->\n")
    assert new.endswith("|\n<!-- end of table -->\nB")
    written = [part.splitlines() for part in re.findall(r"(?:^\|.*\n)+", new, re.MULTILINE)]
    assert written
    for head, line, *rows in written:
        assert set(line) == set("| -")
        assert rows
        assert {row.count("|") for row in (line, *rows)} == {head.count("|")}


@pytest.mark.parametrize("kind", [Step, Period])
def test_every_field_of_a_record_is_said_in_words(kind: type) -> None:
    rows = tables().record(kind).splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [field.name for field in fields(kind)]
    assert [row for row in rows if row.endswith("| |")] == []


def test_the_tables_hold_every_key_that_a_scenario_may_have() -> None:
    script = tables()
    written = "".join(make() for name, make in script.TABLES.items() if name.startswith("keys"))
    for declaring in (*TABLES.values(), *LAWS.values(), Region, Kind, *kind_rules().values(), Policy):
        for entry in fields(declaring):
            form = entry.metadata["spec"].form + " or series" * entry.metadata["spec"].by_year
            assert entry.name == "id" or f"| `{entry.name}` | {form} |" in written, entry.name


# ---------------------------------------------------------------- the reference of scenario files


@pytest.mark.slow
def test_every_example_of_the_reference_passes_check(place: Path) -> None:
    page = "scenario-files.md"
    copy = copied(page, place)
    files = [name for name in map(file_name, blocks(page, "toml")) if name is not None]
    parts = [block for block in blocks(page, "toml") if file_name(block) is None]
    assert len(files) >= 8
    assert len(parts) >= 3
    for number, block in enumerate(parts):
        files.append(f"scenarios/part{number}.toml")
        (copy / files[-1]).write_text(HEAD + block, encoding="utf-8")
    (printed,) = tried(copy, [["check", *files]], [])
    assert [line for line in printed.splitlines() if "Note:" not in line] == [f"{name}: ok" for name in files]

    iceland = load(copy / "scenarios/iceland.toml")
    assert "norway" not in iceland.region_ids
    assert iceland.region_ids[-1] == "iceland"
    assert all("norway" not in kind.home for kind in iceland.kinds)
    taxes = load(copy / "scenarios/two_taxes.toml").policies
    assert [policy.id for policy in taxes] == ["carbon_tax", "europe"]
    (off,) = load(copy / "scenarios/tax_off.toml").policies
    assert getattr(off, off.strength) == type(off).__dataclass_fields__[off.strength].default
    canada, france = load(copy / "scenarios/mine/two_laws.toml").policies
    assert [len(policy.paths["rate"].years) for policy in (canada, france)] == [12, 11]
    assert 1000 * canada.paths["rate"].values[0] == pytest.approx(20 * 0.7536 * 1.1924, rel=1e-3)
    assert france.paths["rate"].values[-1] < france.paths["rate"].values[4]
    (germany,) = load(copy / "scenarios/mine/prices_of_germany.toml").policies
    assert germany.paths["rate"].years == (2021, 2022, 2023, 2024)
    labs = load(copy / "scenarios/national_labs.toml").kinds[-1]
    assert (labs.id, labs.rule, labs.count) == ("national_lab", "academic_lab", 8)


def test_laws_of_the_page_can_be_typed_in(place: Path) -> None:
    page = "real-policies.md"
    copy = copied(page, place)
    files = [name for name in map(file_name, blocks(page, "toml")) if name is not None]
    assert len(files) == len(blocks(page, "toml"))
    (printed,) = tried(copy, [["check", *files]], [])
    assert [line for line in printed.splitlines() if NO_CLEANER not in line] == [f"{name}: ok" for name in files]
    for call in commands(page):
        assert all((ROOT / word).is_file() for word in call if word.endswith(".toml"))


def test_every_setting_of_the_reference_is_accepted() -> None:
    count = 0
    for call in commands("scenario-files.md"):
        settings = [value for flag, value in pairwise(call) if flag == "--set"]
        if settings:
            scenario = load(ROOT / call[1], settings)
            count += len(settings)
            for setting in settings:
                path = setting.partition("=")[0]
                assert path.startswith("law.") or any(q.path == path for q in scenario.quantities) or "regions" in path
    assert count >= 8


def test_data_of_the_reference_are_those_of_the_package() -> None:
    (named,) = re.findall(r"^There is one packaged table, `(\w+)`", text("scenario-files.md"), re.MULTILINE)
    assert list(SERIES) == [named]


# ---------------------------------------------------------------- the page on the model, and links


def test_the_numbers_of_the_model_page_are_the_baselines() -> None:
    page, baseline = text("model.md"), load(ROOT / "scenarios" / "baseline.toml")
    stretch = baseline.anchored_law().stretch
    counts = {kind.id: kind.count for kind in baseline.kinds}
    exponent = getattr(baseline.law, "exponent")  # noqa: B009 (the baseline's law is a power law)
    for words in (
        f"stretched by that factor, {stretch:.2f} in the baseline",
        f"with b = {exponent:g} becomes one with {exponent * stretch:.1f}",
        f"{counts['corporation']} corporations, {counts['startup']} startups and {counts['academic_lab']} labs",
        f"g_A = {baseline.law_table.fitted_progress:g} per year",
        f"Δ = 1/{baseline.time.steps_per_year} year",
        f"{100 * baseline.law.best_error:.1f} %",
    ):
        assert words in page, words
    assert len(baseline.regions) == 6


def test_links_between_documents_resolve() -> None:
    pages = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), ROOT / "benchmarks" / "README.md"]
    broken = []
    for page in pages:
        prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        targets = [found for found in re.findall(r"\]\(([^)\s]+)\)", prose) if not re.match(r"[a-z]+:|#", found)]
        broken += [f"{page.name}: {found}" for found in targets if not (page.parent / found.partition("#")[0]).exists()]
    assert not broken, broken
