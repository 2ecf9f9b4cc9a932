"""An interrupt keeps every finished replicate: whole files, exit code 130, no traceback, and soon."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.worlds import ROOT, SCENARIOS

pytestmark = pytest.mark.slow

WANTED = 200
PATIENCE, SOON = 120.0, 40.0  # seconds to start and to stop: far more than it takes, less than the whole run


def started(out: Path, workers: int, *options: str) -> "subprocess.Popen[bytes]":
    """A long run in a process group of its own."""
    command = [sys.executable, str(ROOT / "run.py"), "run", str(SCENARIOS / "baseline.toml")]
    command += ["--replicates", str(WANTED), "--set", "kind.academic_lab.count=400"]
    command += ["--workers", str(workers), *options, "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


@contextmanager
def no_longer(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """The process is gone afterwards, whatever happened."""
    try:
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(process: "subprocess.Popen[bytes]", pattern: bytes) -> bytes:
    """What stood on stderr when ``pattern`` did."""
    assert process.stderr is not None
    os.set_blocking(process.stderr.fileno(), False)
    shown, until = b"", time.monotonic() + PATIENCE
    while not re.search(pattern, shown):
        assert time.monotonic() < until, shown
        assert process.poll() is None, shown
        shown += process.stderr.read() or b""
        time.sleep(0.01)
    os.set_blocking(process.stderr.fileno(), True)
    return shown


@pytest.mark.parametrize(
    ("workers", "number", "figures"), [(1, signal.SIGINT, True), (2, signal.SIGTERM, False), (2, signal.SIGHUP, False)]
)
def test_an_interrupt_keeps_what_is_finished(
    workers: int, number: signal.Signals, figures: bool, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = started(out, workers, *([] if figures else ["--no-figures"]))
    with no_longer(process):
        shown = wait_for(process, rb"[1-9]\d*/%d" % WANTED)
        os.killpg(process.pid, number)
        printed, rest = process.communicate(timeout=SOON)  # ends when no process of the group holds the pipes
    shown += rest
    assert process.returncode == 130, shown
    assert b"Traceback" not in shown
    assert b"KeyboardInterrupt" not in shown

    summary = json.loads((out / "summary.json").read_text())
    finished = summary["replicates"]
    assert summary["interrupted"] is True
    assert 1 <= finished < WANTED == summary["replicates_asked"]
    assert f"Interrupted: {finished} of {WANTED} replicates finished." in printed.decode()
    record = json.loads((out / "provenance.json").read_text())
    assert record["interrupted"] is True

    content = (out / "series.csv").read_text()
    assert content.endswith("\n")
    rows = list(csv.DictReader(content.splitlines()))
    assert {int(row["replicate"]) for row in rows} == set(record["replicates"])
    assert len(record["replicates"]) == finished
    for replicate in record["replicates"]:
        years = [int(row["year"]) for row in rows if int(row["replicate"]) == replicate]
        assert (min(years), max(years)) == tuple(summary["years"])
    left = {path.name for path in out.rglob("*")}
    assert not [name for name in left if name.startswith(".")]  # a file that is being written begins with a dot
    assert {"scenario.toml", "actors.csv", "report.html"} <= left
    assert ("figures" in left) is figures


def test_a_second_interrupt_stops_while_what_is_finished_is_written(tmp_path: Path) -> None:
    """It was answered with a word alone, and a third one was needed."""
    out = tmp_path / "out"
    process = started(out, 1)
    with no_longer(process):
        wait_for(process, rb"[1-9]\d*/%d" % WANTED)
        os.killpg(process.pid, signal.SIGINT)
        wait_for(process, rb"writing what is finished; interrupt again to stop")
        os.killpg(process.pid, signal.SIGINT)
        printed, rest = process.communicate(timeout=SOON)
    assert process.returncode == 130
    assert printed == b""  # no report, which takes longest
    assert b"are finished and kept" in rest
    assert rest.endswith(b"interrupted\n")
    assert b"Traceback" not in rest
    assert not (out / "provenance.json").exists()  # the record, written last


def test_an_interrupt_before_the_first_replicate(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = started(out, 1, "--no-figures")
    wait_for(process, rb"0/%d" % WANTED)
    os.killpg(process.pid, signal.SIGINT)
    _, rest = process.communicate(timeout=SOON)
    assert process.returncode == 130, rest
    assert b"Traceback" not in rest
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["interrupted"], summary["replicates"] in (0, 1)) == (True, True)


def test_an_interrupted_comparison_keeps_whole_pairs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    files = [str(SCENARIOS / f"{name}.toml") for name in ("baseline", "carbon_tax")]
    command = [sys.executable, str(ROOT / "run.py"), "compare", *files, "--replicates", str(WANTED), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    with no_longer(process):
        shown = wait_for(process, rb"[1-9]\d*/%d" % WANTED)
        os.killpg(process.pid, signal.SIGINT)
        printed, rest = process.communicate(timeout=SOON)
    assert process.returncode == 130, shown + rest
    assert b"Traceback" not in shown + rest
    summary = json.loads((out / "summary.json").read_text())
    assert summary["interrupted"] is True
    assert f"Interrupted: {summary['replicates']} of {WANTED} replicates finished." in printed.decode()
    rows = list(csv.DictReader((out / "series.csv").read_text().splitlines()))
    pairs = {(row["scenario"], int(row["replicate"])) for row in rows}
    assert len(pairs) == 2 * summary["replicates"] > 0
    assert (out / "report.html").exists()


def test_an_interrupt_while_something_is_cleared_away_is_not_swallowed() -> None:
    """Python only prints what a callback raises, as that of an import's lock; other errors in one stay as they are."""
    code = """
import time, weakref
from sim.cli import _stop_as_ctrl_c

class Thing: pass

def cleared(error):
    def raised(_):
        raise error
    thing = Thing()
    return weakref.ref(thing, raised)

_stop_as_ctrl_c()
cleared(ValueError("mine"))
try:
    cleared(KeyboardInterrupt)
    time.sleep(30)
except KeyboardInterrupt:
    print("heard", flush=True)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert done.stdout == "heard\n"
    assert "ValueError: mine" in done.stderr
    assert "KeyboardInterrupt" not in done.stderr
