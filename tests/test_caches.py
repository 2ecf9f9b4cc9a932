"""Where what is compiled is kept: a directory of this user's own, tidied of what is its own and old."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim import caches
from sim.caches import NEW, forget_old, writable
from sim.linking import KeptCode
from tests.worlds import ROOT

ENDS = (".numbers", ".vectors")


def test_what_was_used_long_ago_is_forgotten(tmp_path: Path) -> None:
    """And what was left half written; nothing that is used, and nothing of anybody else. Another process may remove
    files meanwhile."""
    used = tmp_path / "used.numbers"
    old = ("old.numbers", "old.vectors", f".half{NEW}", used.name, "letter.txt", "numbers")
    for name in (*old, "new.numbers", f".begun{NEW}"):
        (tmp_path / name).touch()
    (tmp_path / "directory.numbers").mkdir()
    (tmp_path / "gone.numbers").symlink_to("nowhere")
    for name in (*old, "directory.numbers"):
        os.utime(tmp_path / name, (0, 0))
    forget_old(tmp_path, {used}, ENDS)
    kept = {used.name, "letter.txt", "numbers", "new.numbers", f".begun{NEW}", "directory.numbers", "gone.numbers"}
    assert {file.name for file in tmp_path.iterdir()} == kept


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is temporary lies."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(caches, "gettempdir", lambda: str(place))
    monkeypatch.setattr("tempfile.tempdir", str(place))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    caches._for_this_process.cache_clear()
    return place


def test_a_directory_that_cannot_be_written_to_is_no_hindrance(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary / "file").write_text("in the way of a directory")
    monkeypatch.setenv("XDG_CACHE_HOME", str(temporary / "file"))
    found = writable()
    assert found.parent == temporary
    found.rmdir()
    found.write_text("in the way too")
    last = writable()
    assert last.is_dir()
    assert writable() == last  # one for all that this process compiles


def test_a_directory_that_others_may_write_into_is_not_used(temporary: Path, tmp_path: Path) -> None:
    """Code that is found there is run."""
    usual = writable()
    assert usual == tmp_path / "compute-divide"
    for mode in (0o770, 0o707, 0o777):
        usual.chmod(mode)
        assert writable().parent == temporary
    usual.chmod(0o755)
    assert writable() == usual


def test_nor_is_one_of_somebody_else(temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a link of theirs to a directory of this user's."""
    (tmp_path / "own").mkdir(mode=0o700)
    usual = tmp_path / "compute-divide"
    usual.symlink_to(tmp_path / "own")
    assert writable() == usual
    mine, looked_at = os.getuid(), Path.lstat
    monkeypatch.setattr(
        Path, "lstat", lambda self: SimpleNamespace(st_uid=mine + 1) if self == usual else looked_at(self)
    )
    assert writable().parent == temporary
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: mine + 1)
    assert writable() != usual


def test_a_user_without_a_home_compiles_too(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As containers have it."""
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(
        Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("Could not determine home directory."))
    )
    assert writable().parent == temporary


def test_a_directory_of_one_process_goes_with_it(tmp_path: Path) -> None:
    script = "from sim.caches import _for_this_process; print(_for_this_process().is_dir(), _for_this_process())"
    command = [sys.executable, "-c", script]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    there, place = done.stdout.split()
    assert there == "True"
    assert Path(place).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_no_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    kept = KeptCode("entry", "environment", [], b"code")
    monkeypatch.setattr("sim.linking.replace", full)
    with pytest.raises(OSError, match="No space"):
        kept.write(tmp_path / "code.numbers")
    assert list(tmp_path.iterdir()) == []
