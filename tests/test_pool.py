"""Worker processes: they end with their parent, and what is finished outlives them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sim.errors import Notice
from sim.experiment.path import simulate
from sim.experiment.pool import STARTS, WorkerLost, _lost, enough_workers, finished, gathered, mapped
from sim.processors import at_most, processors
from tests.saying import Say
from tests.test_bad_places import contents
from tests.test_layers import imported
from tests.working import Deadly, Wrong, threads
from tests.worlds import BASELINE, FEW, ROOT, SMALL

SOON = 15.0  # seconds: a worker that starts imports for a few


WAYS = list(STARTS) if sys.platform == "linux" else ["spawn"]


@pytest.fixture(params=WAYS)
def started(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How workers are started."""
    monkeypatch.setattr("sim.experiment.pool.way_to_start", lambda: request.param)
    return str(request.param)


def still_there(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("command", ["run", "compare"])
@pytest.mark.slow
def test_workers_end_with_a_parent_that_is_killed(command: str, tmp_path: Path) -> None:
    """They hold its output open, so whoever reads that would wait for ever."""
    files = [str(BASELINE)] * (2 if command == "compare" else 1)
    typed = [command, *files, "--until", "2014", "--replicates", "400", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), *typed, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        until, shown = time.monotonic() + 60, b""
        assert process.stderr is not None
        while b"1/400" not in shown:
            assert time.monotonic() < until, shown
            shown += process.stderr.read1(1000)  # type: ignore[attr-defined]
        os.kill(process.pid, signal.SIGKILL)
        _, rest = process.communicate(timeout=SOON)
        until = time.monotonic() + SOON
        while still_there(process.pid):
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        if still_there(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    assert b"Traceback" not in shown + rest
    assert process.returncode == -signal.SIGKILL


@pytest.mark.usefixtures("started")
def test_workers_have_one_thread_and_the_environment_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who calls `sim.run` may use libraries of their own afterwards."""
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = dict(os.environ)
    assert list(finished(threads, range(2), 2)) == [["1", "1", "1"]] * 2
    assert dict(os.environ) == before


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="nothing tells how many processors a process may use")
def test_processors_that_a_process_may_not_use_are_not_counted() -> None:
    all_of_them = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(all_of_them)})
        assert processors() == enough_workers(1000.0, 4) == 1
    finally:
        os.sched_setaffinity(0, all_of_them)
    assert processors() == len(all_of_them)


def test_nothing_else_starts_processes() -> None:
    """Only the pool does, so what holds of it holds of every command; and the page, whose workers stay while it does,
    and which has reports made beside it (tests/test_app_desk.py). ``processors`` asks what this process itself is."""
    files = [*(ROOT / "sim").rglob("*.py")]
    assert len(files) > 300
    for file in files:
        if file.name not in ("pool.py", "crew.py", "handed.py", "processors.py"):
            names = {name.split(".")[0] for name in imported(file)}
            assert not names & {"multiprocessing", "subprocess", "joblib"}, file
            assert "PoolExecutor" not in file.read_text(encoding="utf-8"), file  # others' executors are taken as given


@pytest.mark.usefixtures("started")
def test_what_is_finished_outlives_a_worker_that_keeps_dying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiment.pool.TRIES", 2)
    cause = r"killed by signal 9 \(SIGKILL\): out of memory is likely; what is finished is kept"
    with pytest.warns(Notice, match=cause):
        done, cut_short = gathered(Deadly(5, signal.SIGKILL), range(6), 2, None)
    assert cut_short
    assert set(done) <= {0, 1, 4, 9, 16}
    assert len(done) >= 4  # at most one was under way in the other worker


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (-9, "was killed by signal 9 (SIGKILL): out of memory is likely"),
        (-11, "crashed: signal 11 (SIGSEGV)"),
        (-15, "was stopped by signal 15 (SIGTERM)"),
        (-250, "crashed: signal 250"),
        (3, "ended with exit code 3"),
    ],
)
def test_the_cause_is_the_true_one(code: int, cause: str) -> None:
    assert _lost(code).problem == f"a worker process {cause}"


@pytest.mark.usefixtures("started")
def test_a_worker_that_dies_once_is_replaced(tmp_path: Path) -> None:
    done, cut_short = gathered(Deadly(1, signal.SIGKILL, str(tmp_path / "mark")), range(4), 2, None)
    assert (sorted(done), cut_short) == ([0, 1, 4, 9], False)


def test_nothing_finished_is_an_error_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiment.pool.TRIES", 1)
    with pytest.raises(WorkerLost, match="exit code 3"):
        gathered(Deadly(0, 0), range(1), 2, None)


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("stubborn", [False, True])
def test_an_error_in_a_worker_says_where(stubborn: bool) -> None:
    with pytest.raises(RuntimeError if stubborn else ZeroDivisionError) as raised:
        list(finished(Wrong(stubborn), range(3), 2))
    told = str(raised.value) + "".join(getattr(raised.value, "__notes__", []))
    assert "working.py" in told
    assert ("stays at home" if stubborn else "one by nothing") in told


def test_a_process_with_threads_is_not_forked() -> None:
    """What another thread holds locked would stay locked in the copy."""
    script = (
        "from threading import Event, Thread; from sim.processors import way_to_start as way; end = Event()\n"
        "print(way()); Thread(target=end.wait).start(); print(way()); end.set()"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == WAYS[:2]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they are spawned")
def test_it_starts_workers_from_one_server_that_has_all_they_need() -> None:
    """Each start would take a second else, as in a notebook."""
    script = (
        "import os; from threading import Event, Thread; from sim.experiment.pool import finished\n"
        "from tests.working import born; end = Event(); Thread(target=end.wait).start()\n"
        "found = {one for _ in range(2) for one in finished(born, range(4), 2)}\n"
        "(server, ready), = found; print(server == os.getpid(), ready); end.set()"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "True"]


SCRIPT = """
import threading, multiprocessing
import sim
threading.Thread(target=threading.Event().wait, daemon=True).start()  # so that workers are not forked
print("begun", flush=True)
def simulated():
    sim.run(sim.load({file!r}, {few!r}, until=2012, replicates=4), workers=2)
    print("done")
{how}
"""
UNGUARDED = "simulated()"
IN_A_CHILD = """
multiprocessing.set_start_method("spawn", force=True)
simulated() if __name__ == "__mp_main__" else multiprocessing.Process(target=print).start()
"""


@pytest.mark.parametrize(
    ("how", "begun", "told"),
    [
        (UNGUARDED, (2, 3), 1),
        (IN_A_CHILD, (2, 2), 1),
        (f"if __name__ == '__main__':\n    {UNGUARDED}", (3, 3), 0),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_a_script_without_a_guard_is_told(how: str, begun: tuple[int, int], told: int, tmp_path: Path) -> None:
    """Once and soon, also where a worker of somebody else would start workers while it imports the script."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(file=str(BASELINE), few=list(FEW), how=how), encoding="utf-8")
    done = subprocess.run([sys.executable, script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert begun[0] <= done.stdout.count("begun") <= begun[1]
    assert done.stdout.count("done") == 1 - told
    assert done.stderr.count("this script has no main guard") == told
    assert done.stderr.count('if __name__ == "__main__":') == told
    assert done.stderr.count("Traceback") == told


@pytest.mark.parametrize(
    ("said", "most"),
    [("50000 100000", 1), ("100000 100000", 1), ("150000 100000", 2), ("max 100000", 10**6), (None, 10**6)],
)
def test_a_container_has_no_more_processors_than_its_quota(
    said: str | None, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.processors.QUOTA", tmp_path / "none")
    there = processors()
    monkeypatch.setattr("sim.processors.QUOTA", tmp_path / "cpu.max")
    if said:
        (tmp_path / "cpu.max").write_text(f"{said}\n")
    assert processors() == min(there, most)


def test_nothing_takes_more_processes_than_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what is drawn of results."""
    monkeypatch.setattr("sim.experiment.pool.way_to_start", lambda: WAYS[0])
    with at_most(1):
        assert processors() == 1
        assert set(mapped(lambda _: os.getpid(), range(3))) == {os.getpid()}
    with at_most(10**6):
        assert processors() == len(os.sched_getaffinity(0))


def test_whether_to_fork_is_asked_in_one_place() -> None:
    files = [file for file in (ROOT / "sim").rglob("*.py") if "active_count" in file.read_text(encoding="utf-8")]
    assert [file.name for file in files] == ["processors.py"]


@pytest.mark.usefixtures("started")
def test_a_worker_ends_at_once_whatever_a_signal_means_to_its_parent() -> None:
    """The command line takes SIGTERM for an interrupt."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(WorkerLost, match="SIGTERM"):
            gathered(Deadly(0, signal.SIGTERM), range(1), 2, None)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.slow
def test_memory_that_ends_keeps_what_is_finished(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_first(scenario: Any, replicate: int, *rest: Any, **more: Any) -> object:
        if replicate == 1:
            raise MemoryError
        return simulate(scenario, replicate, *rest, **more)

    monkeypatch.setattr("sim.experiment.run.simulate", at_first)
    out = tmp_path / "out"
    with pytest.warns(Notice, match="memory did not suffice; what is finished is kept"):
        said = say("run", *SMALL[:-1], "2", "--workers", "1", "--out", out)
    assert said.code == 130
    assert "Interrupted: 1 of 2 replicates finished." in said.out
    assert "report.html" in contents(out)
