"""What stands in a run directory, against the run itself."""

import json
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.codehash import CODE, NOT_CODE, hashes_of_code
from sim.economy.start import begin
from sim.experiment.path import simulate
from sim.experiment.run import run
from sim.measures import registry
from sim.measures.ids import emissions_in, group_of, share_of
from sim.outputs.run import summary_json, summary_of
from sim.report.run.summary import summarize
from sim.results import Run
from sim.scenario import load
from sim.scenario.toml import in_toml
from tests.saying import Say
from tests.worlds import FEW, FROZEN, ROOT, SCENARIOS, small, walked


def test_columns_of_actors_are_those_of_the_steps() -> None:
    scenario = small(until=2013, replicates=1)
    actors = run(scenario).actors
    last = actors[actors["year"] == 2013].reset_index(drop=True)
    world, steps = walked(begin(scenario, scenario.run.seed), 8)
    steps, actors_now = steps[4:], world.actors
    flows = {
        "compute_flop": "compute", "inference_flop": "inference", "spending_usd": "paid", "research_usd": "research",
        "means_usd": "means",
    }  # fmt: skip
    for name, of in flows.items():
        total = sum(getattr(step, of) * step.dt for step in steps)
        assert last[name].to_numpy() == pytest.approx(total, rel=1e-12), name
    carbon = sum(step.emissions.sum(axis=0) * step.dt for step in steps) / 1000
    assert last["operational_tco2e"].to_numpy() == pytest.approx(carbon, rel=1e-12)
    assert last["embodied_tco2e"].to_numpy() == pytest.approx(sum(s.embodied * s.dt for s in steps) / 1000, rel=1e-12)
    assert last["largest_run_flop"].to_numpy() == pytest.approx(np.max([step.run for step in steps], axis=0))
    states = {
        "cash_usd": actors_now.cash, "error": actors_now.error, "access_error": world.sellers.access,
        "knowledge": actors_now.knowledge, "market_share": world.sellers.share,
    }  # fmt: skip
    for name, values in states.items():
        assert last[name].to_numpy().tolist() == values.tolist(), name
    assert last["region"].tolist() == [scenario.region_ids[home] for home in world.fixed.traits.home]
    assert last["alive"].tolist() == world.actors.alive.tolist()
    assert last["kind"].tolist() == ["corporation"] * 6 + ["startup"] * 14 + ["academic_lab"] * 20
    assert last["actor"].tolist() == [*range(1, 7), *range(1, 15), *range(1, 21)]


def test_an_interrupted_run_says_how_many_were_asked_for() -> None:
    scenario = small(until=2012, replicates=5)
    summary = summarize(Run(scenario, [simulate(scenario, r) for r in (0, 2)], interrupted=True))
    assert (summary.interrupted, summary.replicates, summary.replicates_asked) == (True, 2, 5)


def test_the_range_is_from_the_5th_to_the_95th_percentile() -> None:
    scenario = small(until=2012, replicates=41)
    replicate = simulate(scenario, 0)
    column = list(Run(scenario, [replicate]).measures).index("market_value")
    made = []
    for r in range(41):
        values = replicate.yearly.copy()
        values[:, column] = float(r)
        made.append(replace(replicate, replicate=r, yearly=values))
    row = next(row for row in summarize(Run(scenario, made)).headline if row.measure == "market_value")
    (cell,) = row.values
    assert (cell.values.low, cell.values.median, cell.values.high) == (2.0, 20.0, 38.0)


def test_extrapolation_begins_in_the_first_year_below_the_evidence() -> None:
    scenario = small(until=2020, replicates=2)
    result = run(scenario)
    frontier = result.series.query("measure == 'frontier_error'").groupby("year")["value"].median()
    first = frontier.index[frontier < scenario.law.best_error][0]
    assert summarize(result).evidence.extrapolated_from == first
    assert frontier.loc[first - 1] >= scenario.law.best_error


@pytest.mark.parametrize("name", ["economy/step.py", "data/laws.toml", "data/scenarios.txt", "report/layout.html"])
def test_the_hash_of_the_code_follows_every_file(name: str, tmp_path: Path) -> None:
    package = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", package, ignore=shutil.ignore_patterns("__pycache__"))
    before = hashes_of_code(package).whole
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert hashes_of_code(package).whole == before
    with (package / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert hashes_of_code(package).whole != before
    csv = next((package / "data").glob("*.csv"))
    changed = hashes_of_code(package).whole
    csv.write_bytes(csv.read_bytes() + b"\n")
    assert hashes_of_code(package).whole != changed


def test_the_hash_of_the_code_follows_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "sim"
    package.mkdir()
    (package / "a.py").write_text("x = 1\n")
    before = hashes_of_code(package).whole
    (package / "a.py").rename(package / "b.py")
    assert hashes_of_code(package).whole != before


def test_every_file_of_the_package_is_code_or_known_to_be_none() -> None:
    files = [path for path in (ROOT / "sim").rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    assert {path.suffix or path.name for path in files} <= {*CODE, *NOT_CODE, "py.typed"}


def test_code_that_is_edited_meanwhile_made_nothing(tmp_path: Path) -> None:
    """What is imported is what simulates: a study that was started before a file changed is sealed as its plan says."""
    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    script = """
import sim
from pathlib import Path
from sim.codehash import code_hash, hashes_of_code, simulating_hash
place = Path(sim.__file__).parent
before = hashes_of_code(place)
found = sim.run("scenarios/baseline.toml", replicates=1, until=2013, workers=1)
with (place / "plurals.py").open("a") as file:
    file.write("# edited meanwhile")
assert hashes_of_code(place) != before == (code_hash(), simulating_hash())
"""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=100)


def test_a_lower_bound_is_marked_in_the_summary() -> None:
    rows = {row.measure: row for row in summarize(run(small(until=2013, replicates=1))).headline}
    assert rows["months_behind_median_lab"].values[0].at_least
    assert not rows["frontier_error"].values[0].at_least


def test_the_short_table_has_rows_of_a_kind_that_a_scenario_adds(tmp_path: Path) -> None:
    """Below those of the kinds that every world has; the rows of these stay."""
    written = tomllib.loads((ROOT / "scenarios" / "baseline.toml").read_text(encoding="utf-8"))["kind"]["academic_lab"]
    file = tmp_path / "labs.toml"
    head = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{(SCENARIOS / "baseline.toml").as_posix()}"\n'
    entries = "".join(f"{key} = {in_toml(entry)}\n" for key, entry in written.items() if key not in ("rule", "label"))
    file.write_text(f'{head}[kind.state_lab]\nrule = "academic_lab"\n{entries}', encoding="utf-8")
    usual, added = (
        [row.label for row in summarize(run(load(of, replicates=1, until=2012))).headline]
        for of in (SCENARIOS / "baseline.toml", file)
    )
    own = [label for label in added if label not in usual]
    added_kind = "state lab, a part of academia"
    assert own == [f"Share of training compute: {added_kind}", f"Best error: {added_kind}"]
    assert [label for label in added if label not in own] == usual
    above = [added[added.index(label) - 1] for label in own]
    assert above == ["Corporations' share of training compute", "Best startup's error"]


def test_measures_of_a_kind_or_region_are_called_by_its_label(tmp_path: Path) -> None:
    """Where it is its alone; two kinds with one label are told apart by their ids."""
    file = tmp_path / "labs.toml"
    head = f'schema = 1\ntitle = "T"\nquestion = "Q?"\nextends = "{(SCENARIOS / "baseline.toml").as_posix()}"\n'
    kinds = {"german_lab": "German labs", "big_lab": "Large labs", "small_lab": "Large labs"}
    for id, label in kinds.items():
        head += f'[kind.{id}]\nlike = "academic_lab"\nlabel = "{label}"\ncount = 2\n'
    file.write_text(head, encoding="utf-8")
    known = registry(*load(file).reported_on)
    told = [known[share_of(group_of(id))].label.removeprefix("Share of training compute: ") for id in kinds]
    assert told == ["German labs", "big lab", "small lab"]
    assert known["emissions_kind_german_lab"].label == "Emissions: German labs"
    assert known[emissions_in("united_states")].label == "Emissions in United States"
    named = [measure.label for measure in run(load(file, FEW, replicates=1, until=2012)).measures.values()]
    assert "Best error: German labs" in named
    assert not [label for label in named if "german" in label]


@pytest.mark.parametrize(
    ("until", "years", "named"),
    [
        (2012, [2012], ""),
        (2015, [2012, 2015], "first and last year"),
        (2017, [2012, 2014, 2017], "first, middle and last year"),
    ],
)
def test_the_short_table_says_which_years_it_has(until: int, years: list[int], named: str) -> None:
    """No two of three follow each other."""
    summary = summarize(run(small("carbon_tax", until=until, replicates=1)))
    assert (summary.shown_years, summary.shown_years_are) == (years, named)


def test_a_summary_is_read_as_it_was_written() -> None:
    """With cells that have no value, or too few for a range, and without any replicate."""
    scenario = small("carbon_tax", *FROZEN, "law.benchmark=conll", "law.profile=thompson2020_exponential",
                     "law.start_error=0.01", until=2013, replicates=1)  # fmt: skip
    for result in (run(scenario, workers=1), Run(scenario, [])):
        written = json.loads(json.dumps(summary_json(summarize(result))))
        assert summary_json(summary_of(written)) == json.loads(json.dumps(summary_json(summarize(result))))
    cells = [cell for row in summary_json(summarize(run(scenario, workers=1)))["headline"] for cell in row["values"]]
    assert {"year", "count", "at_least"} in [set(cell) for cell in cells]
    assert {"year", "count", "median", "at_least"} in [set(cell) for cell in cells]
    several = summary_json(summarize(run(small(until=2012, replicates=6), workers=1)))
    written = json.loads(json.dumps(several))
    assert summary_json(summary_of(written)) == json.loads(json.dumps(several))
    assert set(several["headline"][0]["values"][0]) == {"year", "count", "median", "low", "high", "at_least"}


def test_summary_counts_what_is_missing() -> None:
    result = run(small(until=2013, replicates=2))
    missing, series = summarize(result).missing, result.series
    assert missing["year_error_1"] == 4
    for id in result.measures:
        assert len(series[series["measure"] == id]) == 4 - missing.get(id, 0), id


@pytest.mark.parametrize("gone", ["kind.corporation", "kind.startup", "kind.academic_lab", "region.norway"])
def test_a_world_without_a_kind_or_a_region_runs_and_stands_alone(gone: str, say: Say, tmp_path: Path) -> None:
    """Its ensemble has columns of what is gone, and a command reads again what it keeps."""
    file, out = tmp_path / "fewer.toml", tmp_path / "out"
    head = f'schema = 1\nextends = "{SCENARIOS / "baseline.toml"}"\ntitle = "Fewer"\nquestion = "?"\n'
    file.write_text(f"{head}[{gone}]\ndrop = true\n", encoding="utf-8")
    options = ["--until", "2012", "--replicates", "1", "--workers", "1", "--no-figures"]
    answer = say("run", file, *options, "--out", out)
    assert answer.code == 0, answer.err
    read, kept = load(file).ensemble, load(out / "scenario.toml").ensemble
    assert read is not None
    assert kept is not None
    assert kept.paths == read.paths
    assert kept.values.tobytes() == read.values.tobytes()
    assert kept.changed == read.changed
    assert ("regions" if gone.startswith("region") else "numbers of actors") in kept.told
