"""Places that cannot be written or read: one message, and what lies there already stays as it is."""

import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.store.place import save_parts
from tests.saying import Say, refused
from tests.studies import content
from tests.worlds import BASELINE, ROOT, SCENARIOS, SMALL

TAX = SCENARIOS / "carbon_tax.toml"


def contents(directory: Path) -> dict[str, bytes]:
    files = [path for path in directory.rglob("*") if path.is_file()]
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def test_a_place_that_is_taken_stays_as_it_is(say: Say, tmp_path: Path) -> None:
    file, filled, lost = tmp_path / "file", tmp_path / "filled", tmp_path / "lost"
    file.write_text("mine")
    filled.mkdir()
    (filled / "notes.txt").write_text("mine")
    lost.symlink_to(tmp_path / "nowhere")
    before = contents(tmp_path)
    refused(say("run", *SMALL, "--out", filled), "not empty", "'notes.txt'", file=filled, key="--out")
    refused(say("run", *SMALL, "--out", file), "a file in the way", file=file, key="--out")
    refused(say("run", *SMALL, "--out", lost), "a file in the way", file=lost, key="--out")
    for place in (file / "x", lost / "x"):
        refused(say("run", *SMALL, "--out", place), "cannot be written", file=place, key="--out")
    assert contents(tmp_path) == before
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("place", ["/proc/x", "/proc/x/y", "/dev/null/x", "a" * 300])
def test_a_place_that_cannot_be_written(place: str, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused(say("run", *SMALL, "--out", place), "cannot be written", file=place, key="--out")
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("command", "moments"),
    [(["run", *SMALL, "--no-figures"], {0, 1, 2, 3, 4, -1}), (["compare", SMALL[0], TAX, *SMALL[1:]], {3})],
    ids=["run", "compare"],
)
def test_a_disk_that_fills_up(
    command: list[object], moments: set[int], say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever that is: what is whole stays, nothing else is left, and with room again it goes on to the same bytes."""
    room = 1000

    def fsync(_: int) -> None:
        nonlocal room
        room -= 1
        if room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    whole = tmp_path / "whole"
    assert say(*command, "--quiet", "--workers", "1", "--out", whole).code == 0
    files = 1000 - room
    for filled in (moment % files for moment in moments):
        room, out = filled, tmp_path / f"filled {filled}"
        said = say(*command, "--quiet", "--workers", "1", "--out", out)
        refused(said, "cannot be written: No space left", file=out)
        assert all(not name.startswith(".") for name in contents(out))
        room = 1000
        planned = filled >= 2  # the plan is written twice: as it was typed, and as it was read
        assert (out.exists(), "Go on: python run.py resume" in said.err) == (planned, planned)
        if planned:
            assert say("resume", out, "--quiet", "--workers", "1").code == 0
            assert content(out) == content(whole)


def test_a_run_beyond_memory(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def simulate(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sim.experiment.run.simulate", simulate)
    out = tmp_path / "out"
    said = say("run", *SMALL, "--quiet", "--workers", "1", "--out", out)
    refused(said, "does not fit into memory", "'40 actors'", "Go on: python run.py resume", file=BASELINE)
    assert list(contents(out)) == ["plan.json"]


def test_report_wants_a_run_directory(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    refused(say("report", tmp_path / "nothing"), "no such directory", file=tmp_path / "nothing")
    refused(say("report", file), "a file, not a directory", file=file)
    refused(say("report", tmp_path), "lacks scenario.toml", file=tmp_path)
    assert contents(tmp_path) == {"notes.txt": b"mine"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scenario.toml", "summary.json", "series.csv", "actors.csv", "provenance.json"])
@pytest.mark.parametrize("damage", ["gone", "emptied", "cut", "other", "binary"])
def test_report_refuses_a_damaged_directory(name: str, damage: str, say: Say, made: Path, tmp_path: Path) -> None:
    place = tmp_path / "run"
    shutil.copytree(made, place)
    content = (place / name).read_bytes()
    if damage == "gone":
        (place / name).unlink()
    else:
        broken = {"emptied": b"", "cut": content[: len(content) // 2], "other": b"{}", "binary": b"\xff\xfe\x00"}
        (place / name).write_bytes(broken[damage])
    before = contents(place)
    if damage == "gone":
        refused(say("report", place), f"lacks {name}", file=place)
    else:
        refused(say("report", place), name, "run the scenario again", file=place / name)
    assert contents(place) == before


@pytest.mark.slow
def test_report_of_another_version(say: Say, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "run"
    shutil.copytree(made, place)
    before = contents(place)

    def page(*_: object) -> str:
        raise KeyError("a key that later versions write")

    monkeypatch.setattr("sim.outputs.run.run_page", page)
    monkeypatch.setattr("sim.outputs.run.GALLERY.draw_all", lambda *_: {})
    monkeypatch.setattr("sim.outputs.run.code_hash", lambda: "other")
    refused(say("report", place), "another version", file=place)
    assert contents(place) == before


def test_nobody_reads_on() -> None:
    process = subprocess.Popen(
        [sys.executable, "run.py", "measures"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    process.stdout.close()
    _, shown = process.communicate(timeout=60)
    assert (process.returncode, shown) == (0, b"")


def test_output_that_is_closed_from_the_start() -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "run.py", "check", str(BASELINE)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("new", [True, False])
@pytest.mark.parametrize("fails", ["place.NamedTemporaryFile", "lock._tidy"])
def test_a_place_that_fails_at_first_can_be_used_later(
    fails: str, new: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once there is room again. It stays as it was: there, or not."""
    from sim.errors import InputError
    from sim.store.lock import release
    from sim.store.place import prepare

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    out = tmp_path / "out"
    if not new:
        out.mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(f"sim.store.{fails}", full)
        with pytest.raises(InputError, match="cannot be written: No space left"):
            prepare(out, "baseline")
    assert out.exists() != (new and fails.startswith("place"))
    assert prepare(out, "baseline") == out
    release(out)


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o027])
def test_who_may_read_a_file_is_as_the_user_set_it(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        save_parts(tmp_path / "file", [b"content"])
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o666 & ~mask


def test_runs_that_start_together_do_not_share_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.store.place import prepare

    monkeypatch.chdir(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(lambda _: prepare(None, "baseline"), range(40)))
    assert len(set(places)) == 40


def test_narrow_encodings_do_not_stop_a_command(tmp_path: Path) -> None:
    file = tmp_path / "wide.toml"
    file.write_text(f'schema = 1\ntitle = "Ünï – 日本"\nquestion = "?"\nextends = "{BASELINE.as_posix()}"\n', "utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "run.py", "explain", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "?n? - ??" in done.stdout  # letters that have a plainer form get it


def test_no_name_of_a_directory_is_not_the_current_one(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a shell's variable is not set."""
    monkeypatch.chdir(tmp_path)
    refused(say("run", *SMALL, "--out", ""), "this option cannot be used", key="--out")
    assert contents(tmp_path) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed in /proc")
def test_a_file_is_closed_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows moves no file that is open."""

    def replace(partial: str, path: Path) -> None:
        assert partial not in {os.path.realpath(f"/proc/self/fd/{one}") for one in os.listdir("/proc/self/fd")}
        Path(partial).rename(path)

    monkeypatch.setattr("sim.store.place.os.replace", replace)
    save_parts(tmp_path / "file", [b"a", b"b"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"ab"}
