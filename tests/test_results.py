"""Runs and their directories: the same bytes however they are made, whole or not at all, and true to their hashes."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, tzinfo
from hashlib import sha256
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

import sim
import sim.store.versions
from sim.cli import main
from sim.errors import InputError
from sim.experiment.run import run
from sim.measures import registry
from sim.outputs.provenance import as_command, code_hash, provenance
from sim.outputs.run import redraw, write_run
from sim.scenario import load
from sim.scenario.writing import resolved_toml
from sim.store.place import prepare
from tests.saying import Say
from tests.worlds import FEW, ROOT, SCENARIOS, small

SETTINGS = [word for setting in FEW for word in ("--set", setting)]
RUN = ["run", str(SCENARIOS / "carbon_tax.toml"), *SETTINGS, "--until", "2014", "--replicates", "3", "--seed", "5"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("runs") / "one"
    assert main([*RUN, "--set", "policy.carbon_tax.start=2013", "--every-step", "--out", str(place), "--quiet"]) == 0
    return place


def in_a_process(arguments: list[str], **environment: str) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments], check=True, capture_output=True, timeout=120,
        env={**os.environ, **environment},
    )  # fmt: skip


@pytest.mark.slow
def test_series_are_the_same_bytes_for_any_workers_and_hash_seed(tmp_path: Path) -> None:
    places = []
    for workers, seed in (("1", "0"), ("2", "1"), ("3", "77")):
        places.append(tmp_path / f"{workers}-{seed}")
        in_a_process(
            [*RUN, "--no-figures", "--workers", workers, "--out", str(places[-1]), "--quiet"], PYTHONHASHSEED=seed
        )
    for name in ("series.csv", "actors.csv", "scenario.toml", "summary.json"):
        assert len({(place / name).read_bytes() for place in places}) == 1, name


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_the_resolved_scenario_gives_the_same_numbers(out: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    resolved = moved / "scenario.toml"
    resolved.write_bytes((out / "scenario.toml").read_bytes())
    assert main(["run", str(resolved), "--out", str(tmp_path / "again"), "--quiet"]) == 0
    first, again = (pd.read_csv(place / "series.csv") for place in (out, tmp_path / "again"))
    assert set(first["scenario"]) == {"carbon_tax"}
    assert set(again["scenario"]) == {"scenario"}
    pd.testing.assert_frame_equal(first.drop(columns="scenario"), again.drop(columns="scenario"), check_exact=True)
    text = (out / "scenario.toml").read_text()
    assert "extends" not in text
    assert load(out / "scenario.toml").tables == load(tmp_path / "again" / "scenario.toml").tables


def test_replicates_depend_on_seed_and_number_alone() -> None:
    few, many = (run(small(until=2013, replicates=n)) for n in (2, 4))
    assert few.replicates[1].yearly.tobytes() == many.replicates[1].yearly.tobytes()
    assert many.replicates[2].yearly.tobytes() != many.replicates[3].yearly.tobytes()


@pytest.mark.slow
def test_series_are_long_and_annual(out: Path) -> None:
    series = pd.read_csv(out / "series.csv")
    assert list(series.columns) == ["scenario", "replicate", "year", "measure", "unit", "value"]
    assert series["year"].dtype == np.int64
    assert set(series["year"]) == {2012, 2013, 2014}
    assert set(series["replicate"]) == {0, 1, 2}
    never = {"year_error_5", "year_error_1"}  # not reached so early
    assert set(series["measure"]) == set(registry(load(SCENARIOS / "baseline.toml").region_ids)) - never
    assert not series.duplicated(["replicate", "year", "measure"]).any()


@pytest.mark.slow
def test_flows_of_steps_add_up_to_years(out: Path) -> None:
    series, steps = pd.read_csv(out / "series.csv"), pd.read_csv(out / "steps.csv")
    assert steps["time"].nunique() == 12
    steps["year"] = np.ceil(steps["time"] - 1e-9).astype(int) - 1
    for measure in ("emissions_total", "energy_total", "market_value"):
        yearly = series[series["measure"] == measure].set_index(["replicate", "year"])["value"]
        summed = steps[steps["measure"] == measure].groupby(["replicate", "year"])["value"].sum()
        pd.testing.assert_series_equal(summed, yearly, check_names=False, rtol=1e-12)
    assert set(steps[steps["measure"] == "emissions_total"]["unit"]) == {"tCO2e"}
    assert set(series[series["measure"] == "emissions_total"]["unit"]) == {"tCO2e/yr"}
    ends = steps[np.isclose(steps["time"] % 1, 0)]
    for measure in ("frontier_error", "emissions_cumulative"):
        yearly = series[series["measure"] == measure]["value"].to_numpy()
        assert ends[ends["measure"] == measure]["value"].to_numpy() == pytest.approx(yearly)


def test_actors_add_up_to_the_series(out: Path) -> None:
    series, actors = pd.read_csv(out / "series.csv"), pd.read_csv(out / "actors.csv")
    assert actors.groupby(["replicate", "year"]).size().eq(40).all()
    assert set(actors["year"]) == {2012, 2014}
    emitted = actors.groupby(["replicate", "year"])[["operational_tco2e", "embodied_tco2e"]].sum().sum(axis=1)
    total = series[series["measure"] == "emissions_total"].set_index(["replicate", "year"])["value"]
    assert emitted.to_numpy() == pytest.approx(total.loc[emitted.index].to_numpy(), rel=1e-9)
    best = actors.groupby(["replicate", "year"])["error"].min()
    frontier = series[series["measure"] == "frontier_error"].set_index(["replicate", "year"])["value"]
    assert best.to_numpy() == pytest.approx(frontier.loc[best.index].to_numpy())


def test_summary_is_computed_from_the_series(out: Path) -> None:
    summary = json.loads((out / "summary.json").read_text())
    series = pd.read_csv(out / "series.csv")
    assert summary["interrupted"] is False
    assert summary["replicates"] == summary["replicates_asked"] == 3
    assert summary["seed"] == 5
    row = next(row for row in summary["headline"] if row["measure"] == "emissions_total")
    assert "low" not in row["values"][-1]  # of three there is no range
    values = series[(series["measure"] == "emissions_total") & (series["year"] == 2014)]["value"]
    assert row["values"][-1]["median"] == pytest.approx(values.median())
    assert sum(summary["market_outcomes"].values()) == pytest.approx(1.0)
    assert summary["flagged_as_lower_bound"]["months_behind_median_lab"] > 0


@pytest.mark.slow
def test_values_that_do_not_exist_are_counted_and_have_no_row(tmp_path: Path) -> None:
    steep = [
        "--set",
        "law.benchmark=conll",
        "--set",
        "law.profile=thompson2020_exponential",
        "--set",
        "law.start_error=0.005",
    ]
    assert main([*RUN, *steep, "--out", str(tmp_path / "steep"), "--quiet"]) == 0
    series = pd.read_csv(tmp_path / "steep" / "series.csv")
    summary = json.loads((tmp_path / "steep" / "summary.json").read_text())
    expected = 9 - len(series[series["measure"] == "next_halving_flop"])
    assert expected > 0
    assert summary["missing"].get("next_halving_flop", 0) == expected
    assert np.isfinite(series["value"]).all()


def test_provenance_holds_the_hash_of_every_file(out: Path) -> None:
    record = json.loads((out / "provenance.json").read_text())
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} - {"provenance.json"}
    assert set(record["files"]) == found
    for name, digest in record["files"].items():
        assert sha256((out / name).read_bytes()).hexdigest() == digest
    assert record["command"][1] == "run"
    assert record["code"] == code_hash()
    assert {"python", "mesa", "numpy"} <= set(record["versions"])


@pytest.mark.usefixtures("undrawn")
def test_a_copy_that_is_not_installed_writes_what_it_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its packages are, but not itself: it was told after all was simulated, and nothing was written."""

    def missing(package: str) -> str:
        if package == "compute-divide":
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(sim.store.versions, "version", missing)
    sim.run(small("baseline", *FEW, until=2012), replicates=1, workers=1).report(tmp_path / "out")
    versions = json.loads((tmp_path / "out" / "provenance.json").read_text())["versions"]
    assert (versions["compute-divide"], versions["numpy"]) == ("none", "1.0")


def test_figures_are_real_pictures(out: Path) -> None:
    figures = sorted((out / "figures").glob("*.png"))
    assert len(figures) >= 5
    for figure in figures:
        pixels = matplotlib.image.imread(figure)
        assert pixels.shape[:2] == (840, 1440)
        edge = np.concatenate([pixels[:3].reshape(-1, 4), pixels[-3:].reshape(-1, 4), pixels[:, :3].reshape(-1, 4),
                               pixels[:, -3:].reshape(-1, 4)])  # fmt: skip
        assert (edge[:, :3] > 0.99).all(), f"{figure.name} touches its edge: something is cut off"
        assert pixels[:, :, :3].std() > 0.01


def test_the_report_stands_alone(out: Path) -> None:
    html = (out / "report.html").read_text(encoding="utf-8")
    for reference in re.findall(r'(?:src|href)\s*=\s*"([^"]*)"', html):
        assert reference.startswith("data:"), reference
    assert not re.search(r"url\(|@import|<script|<link|<iframe", html)
    for text in (
        "Does pricing carbon widen or narrow the access divide?",
        "Assumed inputs",
        "Provenance",
        "not modelled",
    ):
        assert text in html
    assert html.count("<img ") == len(list((out / "figures").glob("*.png")))
    assert all(alt for alt in re.findall(r'<img alt="([^"]*)"', html))


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_a_title_cannot_inject_markup(tmp_path: Path) -> None:
    place = tmp_path / "odd"
    odd = "--set", 'kind.startup.label="<script>alert(1)</script>"'
    assert main([*RUN, *odd, "--out", str(place), "--quiet"]) == 0
    html = (place / "report.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.slow
def test_report_draws_the_same_again(out: Path) -> None:
    before = {path: path.read_bytes() for path in (out / "figures").glob("*.png")}
    series = (out / "series.csv").read_bytes()
    report = (out / "report.html").read_bytes()
    for path in before:
        path.unlink()
    (out / "report.html").unlink()
    redraw(out)
    assert {path: path.read_bytes() for path in (out / "figures").glob("*.png")} == before
    assert (out / "report.html").read_bytes() == report
    assert (out / "series.csv").read_bytes() == series
    test_provenance_holds_the_hash_of_every_file(out)


@pytest.mark.slow
def test_a_run_from_python_writes_the_directory_of_the_command(out: Path, tmp_path: Path) -> None:
    scenario = load(
        SCENARIOS / "carbon_tax.toml", [*FEW, "policy.carbon_tax.start=2013"], seed=5, replicates=3, until=2014
    )
    found = sim.run(scenario, every_step=True)
    assert isinstance(found, sim.Run)
    assert found.report(tmp_path / "run") == found.summary() == json.loads((out / "summary.json").read_text())
    for name in ("series.csv", "steps.csv", "actors.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (out / name).read_bytes(), name
    with pytest.raises(InputError, match="not empty"):
        found.report(tmp_path / "run")


def test_a_cut_off_write_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(small(until=2012, replicates=1))
    place = prepare(tmp_path / "cut", "cut")

    def stop(source: object, target: object) -> None:
        if Path(str(target)).name == "summary.json":
            raise KeyboardInterrupt
        os.rename(str(source), str(target))

    monkeypatch.setattr("sim.store.place.os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_run(result, place, ["run.py"], 0.0)
    left = {path.name for path in place.iterdir()}
    assert left == {"scenario.toml", "series.csv", "actors.csv"}


def test_default_place_is_named_after_scenario_time_and_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = prepare(None, "baseline", "-seed9")
    assert re.fullmatch(r"outputs/baseline/\d{8}-\d{6}-seed9(-\d+)?", first.as_posix())
    (first / "x").touch()
    assert prepare(None, "baseline", "-seed9") != first


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "compare", "decompose"])
def test_figures_of_the_same_run_are_the_same_bytes(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever and wherever it is made; and they tell what was run."""
    files = [str(SCENARIOS / f"{name}.toml") for name in ("baseline", "carbon_tax")[: 1 + (command == "compare")]]
    short = [word for setting in FEW for word in ("--set", setting)]
    short += ["--until", "2013", "--replicates", "2", "--workers", "1", "--quiet"]

    def figures(name: str, *more: str) -> dict[str, bytes]:
        assert main([command, *files, *short, *more, "--out", str(tmp_path / name)]) == 0
        return {path.name: path.read_bytes() for path in (tmp_path / name / "figures").glob("*.png")}

    first = figures("first")

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return cls(2099, 12, 31, 23, 59, 59, tzinfo=tz)

    monkeypatch.setattr(sim.outputs.provenance, "datetime", Later)
    second = figures("elsewhere")
    assert "2099" in (tmp_path / "elsewhere" / "provenance.json").read_text()
    assert first
    assert second == first
    reports = [(tmp_path / name / "report.html").read_text(encoding="utf-8") for name in ("first", "elsewhere")]
    runs = [re.findall(r"<td>Run</td><td>([0-9a-f]{10}),", report) for report in reports]
    assert runs[0] == runs[1]
    assert len(runs[0]) == 1
    other = figures("other seed", "--seed", "2")
    assert other.keys() == first.keys()
    assert not [name for name in first if other[name] == first[name]]


def test_a_fingerprint_follows_scenario_seed_and_code() -> None:
    scenario = load(SCENARIOS / "baseline.toml", until=2013)
    record = provenance([], 0.0, scenario, [0], interrupted=False)
    found = {
        record.fingerprint(resolved_toml(scenario)),
        record.fingerprint(resolved_toml(scenario), resolved_toml(scenario)),
        record.fingerprint(resolved_toml(load(SCENARIOS / "baseline.toml", until=2013, seed=2))),
        record.fingerprint(resolved_toml(load(SCENARIOS / "baseline.toml", until=2014))),
        replace(record, code="0" * 64).fingerprint(resolved_toml(scenario)),
    }
    assert len(found) == 5
    again = provenance(["another"], 9.0, scenario, [0, 1], interrupted=True)
    assert again.fingerprint(resolved_toml(scenario)) in found


@pytest.mark.slow
def test_without_figures_the_rest_is_there_and_figures_can_follow(out: Path, tmp_path: Path, say: Say) -> None:
    place, begins = tmp_path / "plain", ("--set", "policy.carbon_tax.start=2013")
    assert say(*RUN, *begins, "--no-figures", "--out", place, "--quiet").code == 0
    assert not (place / "figures").exists()
    assert "<img" not in (place / "report.html").read_text(encoding="utf-8")
    for name in ("series.csv", "actors.csv", "summary.json", "scenario.toml"):
        assert (place / name).read_bytes() == (out / name).read_bytes(), name
    assert say("report", place).code == 0
    assert {file.name for file in (place / "figures").iterdir()} == {file.name for file in (out / "figures").iterdir()}
    assert "<img" in (place / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("program", "shown"),
    [("run.py", "run.py"), ("a_script.py", "run.py"), ("ipykernel_launcher.py", "run.py"), ("", "run.py"),
     ("bin/compute-divide", "compute-divide"), ("Scripts/compute-divide.exe", "compute-divide.exe")],
)  # fmt: skip
def test_a_command_is_that_which_was_typed_whoever_goes_on_with_it(
    program: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", [program])
    assert as_command(["run", "a file.toml"]) == [shown, "run", "a file.toml"]
    assert as_command(["sim.sweep"]) == ["sim.sweep(...)"]


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_a_record_says_what_is_known_of_its_making(tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of Python by their name, commands as they were typed; and no time that nobody counted."""
    monkeypatch.setattr("sys.argv", ["/somewhere/a_script.py"])
    world, other = small(until=2012), small("baseline", "product.margin=0.4", until=2012)
    sim.run(world, workers=1).report(tmp_path / "run")
    sim.compare([world, other], replicates=1, workers=1, assumptions=False).report(tmp_path / "compare")
    sim.sweep(world, {"product.margin": [0.4]}, replicates=1, workers=1, out=tmp_path / "sweep")
    assert say(*RUN, "--workers", "1", "--no-figures", "--out", str(tmp_path / "typed")).code == 0
    sim.resume(tmp_path / "typed", replicates=4, workers=1)
    made = {name: json.loads((tmp_path / name / "provenance.json").read_text())
            for name in ("run", "compare", "sweep", "typed")}  # fmt: skip
    for name in ("run", "compare", "sweep"):
        assert made[name]["command"] == [f"sim.{name}(...)"]
        assert f"sim.{name}(...)" in (tmp_path / name / "report.html").read_text()
    assert [made[name]["seconds"] for name in ("run", "compare")] == [None, None]
    assert made["sweep"]["seconds"] > 0 < made["typed"]["seconds"]
    assert made["typed"]["command"][:2] == ["run.py", "run"]
    assert say("report", str(tmp_path / "run")).code == 0
