"""A directory has one writer at a time, from the start of its run, and a kill leaves nothing half-made for long."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import sim
from sim.errors import InputError
from sim.store.lock import hold, locked, release
from sim.store.place import plain, prepare
from sim.study.study import Study
from tests.saying import Say, refused
from tests.studies import planned
from tests.test_bad_places import contents
from tests.worlds import ROOT, SMALL

HOLDER = """
import sys, time
from pathlib import Path
from sim.store.lock import hold
hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""
HALF = ".series.csv.ab12cd_9.partial"


@contextmanager
def holder(place: Path) -> Iterator[None]:
    """Another process that holds a directory; in the end it is killed."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(place)], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        process.kill()
        process.communicate()


def test_a_second_run_is_refused_at_once_and_a_kill_sets_the_place_free(say: Say, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with holder(out):
        refused(say("run", *SMALL, "--out", out), "another run is writing there", file=out, key="--out")
        refused(say("report", out), "another run is writing there", file=out)
        (tmp_path / "alias").symlink_to(out)
        refused(say("run", *SMALL, "--out", tmp_path / "alias"), "another run is writing there")
    assert contents(out) == {}
    release(prepare(out, "baseline"))


@pytest.mark.slow
def test_two_runs_that_start_together_do_not_mix(tmp_path: Path) -> None:
    out = tmp_path / "out"
    runs = [
        subprocess.Popen(
            [sys.executable, str(ROOT / "run.py"), "run", *map(str, SMALL), "--seed", str(seed), "--no-figures",
             "--out", str(out)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for seed in (1, 2)
    ]  # fmt: skip
    errors = [run.communicate(timeout=120)[1] for run in runs]
    assert sorted(run.returncode for run in runs) == [0, 2]
    won = next(i for i, run in enumerate(runs) if run.returncode == 0)
    assert b"another run is writing there" in errors[1 - won] or b"not empty" in errors[1 - won]
    assert f"seed = {won + 1}" in (out / "scenario.toml").read_text()
    assert not any(name.startswith(".") for name in contents(out))


@pytest.mark.slow
def test_what_is_done_is_given_up(say: Say, made: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(made, out)
    refused(say("run", *SMALL, "--out", out), "not empty")
    for _ in range(2):
        hold(out)
        release(out)
    with holder(out):
        pass


def test_what_a_kill_left_is_cleared_away(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / HALF).write_text("half")
    (out / "figures").mkdir()
    (out / "figures" / HALF).write_text("half")
    (out / ".mine.partial").write_text("mine")
    hold(out)
    release(out)
    assert [name for name in contents(out) if "partial" in name] == [".mine.partial"]

    monkeypatch.chdir(tmp_path)
    killed, running, filled = (tmp_path / "outputs" / "baseline" / name for name in ("killed", "running", "filled"))
    for place in (killed, running, filled):
        place.mkdir(parents=True)
        (place / HALF).write_text("half")
    (filled / "series.csv").write_text("whole")
    for place in (killed, running, filled):
        os.utime(place, (time.time() - 3600,) * 2)
    with holder(running):  # which clears its own
        os.utime(running, (time.time() - 3600,) * 2)
        release(prepare(None, "baseline"))
    assert not killed.exists()
    assert running.is_dir()
    assert contents(filled) == {"series.csv": b"whole"}


@pytest.mark.parametrize("name", ["..", ".", "...", "/etc", "a/../../b", "\x1b[31m", "a\nb", " ", "CON:", "..\\up"])
def test_default_places_stay_below_outputs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = prepare(None, name, f"-{name}-seed1")
    release(place)
    assert place.resolve().parent.parent == tmp_path / "outputs"
    assert str(place).isprintable()
    assert plain("baseline-2_x") == "baseline-2_x"


@pytest.mark.slow
def test_a_file_named_by_dots_writes_below_outputs(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "...toml"
    file.write_text(f'schema = 1\ntitle = "t"\nquestion = "q"\nextends = "{SMALL[0]}"\n')
    assert say("run", file, *SMALL[1:], "--quiet").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"...toml", "outputs"}


def test_a_plan_is_read_once_its_directory_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may have changed it before; what that had asked for was taken back."""
    planned(tmp_path, replicates=2)

    @contextmanager
    def after_another(directory: Path) -> Iterator[None]:
        Study(directory).extend(4)
        with locked(directory):
            yield

    monkeypatch.setattr("sim.api.locked", after_another)
    with pytest.raises(InputError, match="nothing is taken away"):
        sim.resume(tmp_path, replicates=3, workers=1)
    assert Study(tmp_path).replicates == 4
    with pytest.raises(InputError, match="no such directory"):
        sim.resume(tmp_path / "nowhere")
