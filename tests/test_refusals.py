"""What the system refuses is told as what it is: no room, no process, no door, or what failed before all was tidied."""

import errno
import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any

import pytest

from sim.app import choice, server
from sim.cli import main
from sim.cli.studying import _nothing_behind
from sim.errors import InputError
from sim.outputs.intact import read_json, read_table, shape_of
from sim.outputs.run import SUMMARY
from sim.report.run.summary import RunSummary
from sim.store.place import clear_errors, prepared, save_text
from sim.store.plan import PLAN, read_plan
from tests.saying import Say, refused
from tests.worlds import BASELINE, SMALL

BUSY = OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def busy(*_: object, **__: object) -> None:
    raise BUSY


def denied(*_: object, **__: object) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "secret")


def _plan_in(file: Path) -> dict[str, Any]:
    return read_plan(file.parent)


def test_a_process_that_cannot_be_started_is_no_want_of_room(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in get_all_start_methods():
        context: Any = get_context(method)
        monkeypatch.setattr(context.Process, "start", busy)
    said = say("run", *SMALL, "--replicates", "2", "--quiet", "--workers", "2", "--out", tmp_path / "out")
    refused(said, "a worker process cannot be started: Resource temporarily unavailable", "lower --workers")
    assert "written" not in said.err
    assert "Go on: python run.py resume" in said.err


def test_what_fails_in_a_simulation_is_no_want_of_room(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.experiment.run.simulate", busy)
    said = say("run", *SMALL, "--quiet", "--workers", "1", "--out", tmp_path / "out")
    assert said.code == 2
    assert "stopped by the system: " in said.err
    assert "cannot be written" not in said.err


@pytest.mark.parametrize("error", [BrokenPipeError(32, "Broken pipe"), ConnectionResetError(104, "reset by peer")])
def test_a_pipe_that_breaks_elsewhere_is_no_success(error: OSError, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who stops to read what is printed has had enough."""

    def broken(*_: object) -> None:
        print("what was told before")
        raise error

    monkeypatch.setattr("sim.cli.check.act", broken)
    said = say("check", BASELINE)
    assert (said.code, said.out) == (2, "what was told before\n")
    assert "stopped by the system: " in said.err
    assert "see what the system says" in said.err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [(BrokenPipeError(32, "Broken pipe"), 0, ""), (OSError(28, "No space left"), 2, "check where the output goes")],
)
def test_who_reads_no_further_has_had_enough(
    error: OSError, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A list is cut off without an error, and one that finds no room is told."""

    class Cut(io.StringIO):
        def write(self, text: str) -> int:
            raise error

    monkeypatch.setattr(sys, "stdout", Cut())
    assert main(["measures"]) == code
    said = capsys.readouterr().err
    assert told in said
    assert bool(told) == bool(said)


def test_what_cannot_be_written_names_the_place(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "runs" / "out", tmp_path / "font.ttf"
    with pytest.raises(InputError, match="cannot be written: No such") as told, clear_errors(out):
        save_text(out / "file.txt", "text")
    assert told.value.file == out
    with pytest.raises(InputError) as told, clear_errors(out):
        elsewhere.read_bytes()
    assert told.value.file == str(elsewhere)
    with pytest.raises(InputError, match="cannot be written: no stream") as told, clear_errors(out):
        raise OSError("no stream")
    assert told.value.file == out


def test_a_page_that_fails_while_it_is_served_has_its_port(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        taken.listen()
        said = say("view", BASELINE, "--no-browser", "--port", port)
        refused(said, "cannot serve there", "a free port", key="--port")
    monkeypatch.setattr(choice, "choose", lambda *_: None)
    monkeypatch.setattr(server, "compile_new", busy)
    said = say("view", BASELINE, "--no-browser", "--port", 0)
    assert said.code == 2
    assert "stopped by the system: " in said.err
    assert "--port" not in said.err


def _fails_without(place: Path) -> None:
    shutil.rmtree(place)
    raise RuntimeError("the reason")


def test_a_directory_that_somebody_took_away_hides_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "out"
    with pytest.raises(RuntimeError, match="the reason"), prepared(place, "x") as out:
        _fails_without(out)
    place.mkdir()
    (place / PLAN).write_text("{}")
    with pytest.raises(RuntimeError, match="the reason"), _nothing_behind(place, stays=False):
        _fails_without(place)
    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(PermissionError("the tidying")))
    with pytest.raises(BlockingIOError):
        save_text(tmp_path / "file.txt", "text")


@pytest.mark.parametrize("read", [lambda file: read_json(file, {}), lambda file: read_table(file, []), _plan_in])
def test_what_cannot_be_read_is_said(
    read: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory in place of a record, and a file that the system does not give."""
    file = tmp_path / PLAN
    if read is not _plan_in:
        file.mkdir()
        with pytest.raises(InputError, match="broken: cannot be read: Is a directory"):
            read(file)
        file.rmdir()
    file.write_text("{}")
    monkeypatch.setattr(io, "open", denied)
    monkeypatch.setattr("builtins.open", denied)
    with pytest.raises(InputError, match="cannot be read: Permission denied") as told:
        read(file)
    assert told.value.file == file


def test_what_is_not_told_elsewhere_names_its_file(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.check.act", denied)
    said = say("check", BASELINE)
    refused(said, "stopped by the system: ", "'secret'", "check that it is there, may be read")


@dataclass
class Part:
    number: float | None


@dataclass
class Whole:
    name: str
    span: tuple[int, int]
    parts: list[Part]
    by_name: dict[str, int]


def test_the_shape_of_a_record_in_json_is_that_of_its_fields() -> None:
    """A field that is added is looked for where the file is read, and nobody has to write that down."""
    assert shape_of(Whole) == {"name": str, "span": [int], "parts": [{"number": (float, None)}], "by_name": {str: int}}
    assert shape_of(float | None) == (float, None)
    assert list(SUMMARY) == [field.name for field in fields(RunSummary)]
    assert SUMMARY["evidence"] == {
        "best_error": float, "unit": str, "extrapolated_from": (int, None), "errors_are": str,
    }  # fmt: skip
