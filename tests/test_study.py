"""Nothing of a study is lost however it ends, and what it holds depends on neither workers nor interruptions."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest

from sim.cli import commands, main, studying
from sim.economy.step import advance
from sim.errors import InputError, Notice
from sim.experiment.path import simulate
from sim.measures import registry
from sim.scenario.writing import resolved_toml
from sim.stamped import stamped
from sim.store import place, plan
from sim.store.lock import PROVENANCE
from sim.store.plan import PLAN, first_plan, write_plan
from sim.store.shards import FOLDER, needs, present
from sim.study.design import MOST_BESIDE
from sim.study.engine import _done, local, through
from sim.study.points import Blocks
from sim.study.sensitivity import wanted as sensitivity_wanted
from sim.study.study import Study
from sim.study.sweep import wanted as sweep_wanted
from sim.study.worlds import lasts
from tests.studies import MANY, command, content, early_tax, kill_once_more_is_kept, planned, shards
from tests.worlds import BASELINE, ROOT, SCENARIOS, SMALL, small


def test_chunks_follow_from_the_plan_and_hold_each_world_once(tmp_path: Path) -> None:
    for seconds in (1e-9, 0.05, 0.2, 1.0):
        study = planned(tmp_path / str(seconds), replicates=7, chunk=seconds)
        found = [world for chunk in study.job.chunks for world in chunk.worlds]
        assert sorted(found) == [(r, p) for r in range(7) for p in range(3)]
        assert len(set(study.job.names)) == len(study.job.chunks)
        before = set(study.job.names)
        study.extend(9)
        assert before < set(study.job.names)
        found = [world for chunk in study.job.chunks for world in chunk.worlds]
        assert sorted(found) == [(r, p) for r in range(9) for p in range(3)]


def test_a_world_has_another_key_when_anything_of_it_differs(tmp_path: Path) -> None:
    """Scenario, seed, code, point and replicate; not the title."""
    study = planned(tmp_path)
    names = study.job.names
    for key, value in (("seed", 2), ("code", "other"), ("scenario", study.plan["scenario"].replace("0.33", "0.34", 1))):
        other = Study(tmp_path, {**study.plan, key: value})
        assert not set(other.job.names) & set(names), key


def test_what_is_left_is_what_is_wanted_and_not_present(tmp_path: Path) -> None:
    study = planned(tmp_path)
    assert len(study.left()) == study.worlds == 9
    study.carry_out(local(1))
    assert study.left() == []
    whole = shards(study)
    one, other, *_ = sorted(whole)
    (tmp_path / FOLDER / one).unlink()
    (tmp_path / FOLDER / other).write_bytes(whole[other][:-20])  # cut off
    assert sorted(study.job.names[i] for i in study.left()) == [one, other]
    study.carry_out(local(1))
    assert shards(study) == whole


def test_a_full_disk_keeps_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study, written, sync = planned(tmp_path), [0], os.fsync
    assert len(study.left()) == 9

    def full(descriptor: int) -> None:
        written[0] += 1
        if written[0] > 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(place.os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        study.carry_out(local(1))
    assert len(present(tmp_path)) == 4
    assert sorted(os.listdir(tmp_path / FOLDER)) == sorted(present(tmp_path))  # nothing half-written
    monkeypatch.setattr(place.os, "fsync", sync)
    study.carry_out(local(1))
    other = planned(tmp_path / "other")
    other.carry_out(local(1))
    assert shards(study) == shards(other)


def threads(workers: int) -> Callable[..., Any]:
    def engine(work: Any, tasks: Sequence[int]) -> Iterator[Any]:
        with ThreadPoolExecutor(workers) as executor:
            yield from through(executor, workers)(work, tasks)

    return engine


def test_any_executor_gives_the_same_bytes(tmp_path: Path) -> None:
    """One worker, threads, and one that turns the order round."""

    class Backwards(ThreadPoolExecutor):
        def __init__(self) -> None:
            super().__init__(1)
            self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

        def submit(self, work: Any, /, *args: Any, **_: Any) -> Future[Any]:  # type: ignore[override]
            future: Future[Any] = Future()
            self.waiting.append((future, lambda: work(*args)))
            if len(self.waiting) == 9:
                for one, act in reversed(self.waiting):
                    one.set_result(act())
            return future

    engines = [local(1), threads(2), through(Backwards(), 9)]
    found = []
    for i, engine in enumerate(engines):
        study = planned(tmp_path / str(i))
        study.carry_out(engine)
        found.append(shards(study))
    assert len(found[0]) == 9
    assert found[0] == found[1] == found[2]


class Cleared(dict[Any, Any]):
    """What threads share, as one finds it while another clears it: what was there is gone a moment later."""

    def __contains__(self, key: object) -> bool:
        there = super().__contains__(key)
        self.clear()
        return there

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.clear()


def test_threads_that_share_what_is_kept_built_find_each_what_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bases of blocks, and work that a worker has unpacked."""
    asked = sensitivity_wanted(small(until=2013), vary=("product.*",), samples=4)
    assert isinstance(asked.points, Blocks)
    shared = replace(asked.points, _bases=Cleared())
    for number in (0, 1, len(shared) - 1):
        found, alone = (points.world(asked.scenario, number) for points in (shared, asked.points))
        assert resolved_toml(found) == resolved_toml(alone)
    monkeypatch.setattr("sim.study.engine._known", Cleared())
    assert [_done(name, stamped(len), name) for name in ("one", "three", "one")] == [3, 5, 3]


def test_an_executor_that_breaks_is_told(tmp_path: Path) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from tests.working import Deadly

    executor = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with executor, pytest.raises(InputError, match="the executor broke"):
        list(through(executor, 1)(Deadly(0, signal.SIGKILL), [0]))


def stamps(out: Path) -> dict[str, int]:
    """When each shard that is there was written."""
    return {name: (out / FOLDER / name).stat().st_mtime_ns for name in present(out)}


@pytest.mark.slow
def test_a_study_that_is_killed_again_and_again_goes_on_to_the_same_bytes(
    tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    """The command and its workers, the command alone, and a worker alone, which does not stop the study."""
    out = planned(tmp_path / "out", **MANY).directory
    for what in ("both", "parent", "worker"):
        kept = stamps(out)
        process = command("resume", str(out), "--workers", "2")
        kill_once_more_is_kept(process, out, what)
        assert Study(out).finished == (what == "worker"), what
        assert kept.items() <= stamps(out).items(), what
    assert shards(Study(out)) == undisturbed


def test_an_interrupt_keeps_all_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(chunks: Iterable[Any], _total: int) -> Iterator[Any]:
        for i, made in enumerate(chunks):
            if i == 3:
                raise KeyboardInterrupt
            yield made

    study = planned(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(studying, "finished_bar", lambda *_: interrupted)
        assert main(["resume", str(tmp_path), "--workers", "1"]) == 130
    assert len(present(tmp_path)) == 3
    assert f"3 of 9 worlds are finished and kept. Go on: python run.py resume {tmp_path}" in capsys.readouterr().err
    assert len(study.left()) == 6


@pytest.mark.parametrize("name", ["sweep", "run", "compare", "decompose", "sensitivity"])
def test_an_interrupt_while_it_is_planned_keeps_the_plan_and_says_how_to_go_on(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the first second, when only what was typed is known."""

    def interrupted(_: object) -> Any:
        raise KeyboardInterrupt

    out = tmp_path / "out"
    monkeypatch.setattr(commands()[name], "wanted", interrupted)
    on = ["--cluster", "tcp://10.0.0.1:8786"] if name in ("sweep", "sensitivity") else []
    assert main([name, str(BASELINE), "--out", str(out), *on]) == 130
    assert [path.name for path in out.iterdir()] == [PLAN]
    said = f"Nothing is simulated yet. Go on: {' '.join(['python run.py resume', str(out), *on])}\n"
    assert said in capsys.readouterr().err


def test_an_interrupt_waits_for_the_first_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that no directory is left with nothing in it."""
    write = plan.write_plan

    def interrupted(directory: Path, record: dict[str, Any]) -> None:
        signal.raise_signal(signal.SIGINT)
        write(directory, record)

    out = tmp_path / "out"
    monkeypatch.setattr(plan, "write_plan", interrupted)
    assert main(["run", str(BASELINE), "--out", str(out)]) == 130
    assert [path.name for path in out.iterdir()] == [PLAN]
    assert f"resume {out}" in capsys.readouterr().err


AT_THE_PLAN = """
import sys
from sim.store import plan

def write(directory, record):
    print(*sorted({"kind"} & record.keys() | HEAVY & sys.modules.keys()), end="")
    raise SystemExit

HEAVY = {"numpy", "pandas", "numba", "scipy", "matplotlib", "pyarrow", "duckdb", "SALib", "mesa"}
plan.write_plan = write
from sim.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("asked", [["sweep", "--vary", "product.margin=0.4"], ["sensitivity"], ["run"], ["compare"]])
def test_the_plan_stands_before_what_takes_long_is_imported(asked: list[str], tmp_path: Path) -> None:
    """Python and our own light modules are all that a plan waits for; benchmarks/studies.py says how long."""
    name, *more = asked
    words = [name, str(BASELINE), *more, "--out", str(tmp_path / "out")]
    line = [sys.executable, "-c", AT_THE_PLAN, *words]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_first_plan_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is made whole from what was typed, unless a scenario has changed since."""
    scenarios, out = copytree(SCENARIOS, tmp_path / "scenarios"), tmp_path / "out"
    out.mkdir()
    child = scenarios / "child.toml"
    child.write_text('schema = 1\ntitle = "Child"\nquestion = "?"\nextends = "baseline.toml"\n')
    typed = ["sweep", "scenarios/child.toml", *map(str, SMALL[1:]), "--vary", "product.margin=0.4"]
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        write_plan(out, first_plan(typed, [Path("scenarios/child.toml")]))
    finally:
        os.chdir(before)
    baseline = scenarios / "baseline.toml"
    text = baseline.read_text()
    baseline.write_text(text + "\n")
    assert main(["resume", str(out)]) == 2
    assert "a scenario has changed since this was started" in capsys.readouterr().err
    baseline.write_text(text)
    assert main(["resume", str(out), "--workers", "1"]) == 0
    assert "Child" in capsys.readouterr().out
    assert Study(out).finished


def test_resume_says_what_it_cannot_go_on_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refused(directory: Path, *more: str) -> str:
        assert main(["resume", str(directory), *more]) == 2
        return capsys.readouterr().err

    assert "no such directory" in refused(tmp_path / "nowhere")
    assert "nothing to go on with in this directory" in refused(tmp_path)
    study = planned(tmp_path, replicates=2)
    assert "nothing is taken away" in refused(tmp_path, "--replicates", "1")
    for broken in ("{", "[]", '{"schema": 9}'):
        (tmp_path / PLAN).write_text(broken)
        assert "the plan cannot be read" in refused(tmp_path)
    write_plan(tmp_path, {**study.plan, "code": "0" * 63 + "1"})
    assert "the code that simulates has changed since" in refused(tmp_path)


def test_the_scenario_of_a_point_is_built_once_unless_points_share_a_past(tmp_path: Path) -> None:
    """Many replicates of few points are a chunk; points that differ in policies alone are simulated together."""

    def built(vary: dict[str, Any]) -> tuple[int, int, int]:
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        place.mkdir()
        replace(sweep_wanted(world, vary, replicates=6), chunk=10 * lasts(world)).write(place, ["sweep"])
        job = Study(place).job
        points = [chunk.end_point - chunk.first_point for chunk in job.chunks]
        assert sorted(pair for chunk in job.chunks for pair in chunk.worlds) == [
            (replicate, point) for replicate in range(6) for point in range(len(job.points))
        ]
        return len(job.points), sum(points), max(points)

    world = small(until=2013)
    margins = [0.3 + 0.01 * i for i in range(19)]
    assert built({"product.margin": margins}) == (20, 20, 2)
    policy = {"policy.carbon_tax.start": [2012], "policy.carbon_tax.rate": [10 * i for i in range(9)]}
    assert built(policy) == (10, 60, 10)
    assert built({**policy, "product.margin": margins})[2] == MOST_BESIDE


@pytest.mark.slow
def test_a_finished_study_is_left_alone_and_takes_more_replicates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that are added are those of a study that asked for them from the start."""
    study, whole = planned(tmp_path / "a", replicates=2), planned(tmp_path / "b", replicates=6)
    for one in (study, whole):
        assert main(["resume", str(one.directory), "--workers", "1", "--quiet"]) == 0
    before = content(study.directory)
    capsys.readouterr()
    assert main(["resume", str(study.directory)]) == 0
    assert "Nothing was done" in capsys.readouterr().out
    assert content(study.directory) == before
    assert main(["resume", str(study.directory), "--replicates", "6", "--workers", "1", "--quiet"]) == 0
    assert content(study.directory) == content(whole.directory)


SAMPLED = {
    "morris": ["sensitivity", *SMALL, "--vary", "product.m*", "--samples"],
    "sobol": ["sensitivity", *SMALL, "--vary", "product.m*", "--method", "sobol", "--samples"],
    "sweep": ["sweep", *SMALL, "--vary", "product.margin=0.3:0.5", "--design", "sobol", "--samples"],
}


@pytest.mark.parametrize("name", SAMPLED)
def test_more_samples_are_those_of_a_longer_study(name: str, tmp_path: Path) -> None:
    """And nothing that is there is simulated again, also when replicates are asked for first."""

    def tables(out: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in out.glob("*.csv")}

    against = ["--against", early_tax(tmp_path)] if name == "morris" else []
    words, end = list(map(str, [*SAMPLED[name][:-1], *against, "--samples"])), ["--quiet", "--workers", "1"]
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert main([*words, "4", "--replicates", "2", *end, "--out", str(whole)]) == 0
    assert main([*words, "2", "--replicates", "1", *end, "--out", str(out)]) == 0
    before = stamps(out)
    assert main(["resume", str(out), "--replicates", "2", *end]) == 0
    assert main(["resume", str(out), "--samples", "4", *end]) == 0
    assert before.items() <= stamps(out).items()
    worlds = "select * exclude key from worlds order by all"
    assert Study(out).query(worlds).equals(Study(whole).query(worlds))
    assert tables(out) == tables(whole)


def test_what_has_no_more_samples_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refused(words: list[object], samples: int) -> str:
        out = tmp_path / str(len(list(tmp_path.iterdir())))
        assert main([*map(str, words), "--quiet", "--workers", "1", "--out", str(out)]) == 0
        before = content(out)
        assert main(["resume", str(out), "--samples", str(samples)]) == 2
        assert content(out) == before
        assert (out / PROVENANCE).exists()
        return capsys.readouterr().err

    assert "points cannot be added" in refused(["sweep", *SMALL, "--vary", "product.margin=0.3,0.5"], 3)
    lhs = ["sweep", *SMALL, "--vary", "product.margin=0.3:0.5", "--design", "lhs", "--samples", 2]
    assert "points cannot be added" in refused(lhs, 3)
    assert "nothing is taken away" in refused([*SAMPLED["sweep"], 2], 1)
    assert "a power of two" in refused([*SAMPLED["sobol"], 2], 3)
    assert "`run` has no samples" in refused(["run", *SMALL, "--no-figures"], 3)


@pytest.mark.parametrize("package", ["numpy", "pyarrow", "scikit-learn"])
def test_other_versions_are_told(tmp_path: Path, package: str) -> None:
    """Of all that the bytes of shards rest on; what was not installed then has made none of them."""
    study = planned(tmp_path)

    def of(then: str) -> Study:
        return Study(tmp_path, {**study.plan, "versions": {**study.plan["versions"], package: then}})

    assert study.plan["versions"][package] == version(package)
    with pytest.warns(Notice, match=rf"{package} 1\.0 is now"):
        of("1.0").same_code()
    of("none").same_code()  # warns of nothing, or this fails


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError) as caught:
        needs("pyarrow", extra="study")
    assert "pip install -e '.[study]'" in str(caught.value)


@pytest.mark.parametrize("kind", ["sweep", "sensitivity"])
def test_a_world_of_a_study_is_that_of_a_run_and_shares_its_past(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last bit, though little is measured, and the year before a policy begins is simulated once."""
    world, tax = small(until=2014), early_tax(tmp_path, start=2013)
    late = {"policy.carbon_tax.start": [2013], "policy.carbon_tax.rate": [50, 100], "product.margin": [0.4]}
    asked = (
        sweep_wanted(world, late, replicates=2)
        if kind == "sweep"
        else sensitivity_wanted(world, against=[tax], samples=2, vary=["product.m*"])
    )
    asked.write(tmp_path, [kind])
    study, steps = Study(tmp_path), [0]

    def counted(state: Any) -> Any:
        steps[0] += 1
        return advance(state)

    with monkeypatch.context() as patch:
        patch.setattr("sim.experiment.path.advance", counted)
        study.carry_out(local(1))
    rows = study.query("select * from worlds")
    job, ids = study.job, list(registry(world.region_ids, world.kind_ids))
    years, columns = [year - world.time.start for year in job.years], [ids.index(id) for id in job.measures]
    for (point, replicate), found in rows.groupby(["point", "replicate"]):
        alone = simulate(job.points.world(study.scenario, point), replicate, actor_years=())
        assert np.array_equal(found[list(job.measures)], alone.yearly[np.ix_(years, columns)], equal_nan=True)
    worlds, each = study.worlds, world.time.steps_per_year
    assert rows.groupby(["point", "replicate"]).ngroups == worlds
    assert len(years) == (1 if kind == "sensitivity" else world.years)
    saved = 2 if kind == "sweep" else worlds // 2  # years: 2012 of one of two rates; 2012 of those that are taxed
    assert steps[0] == each * (worlds * world.years - saved)
