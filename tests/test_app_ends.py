"""However the page's command ends, its workers end with it and say nothing."""

import os
import signal
import sys
import time

import psutil
import pytest

from benchmarks.kills import workers_of
from tests.pairs import BASELINE, FEW
from tests.serving import NotServing, served

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals of groups")]
SMALL = [word for setting in FEW for word in ("--set", setting)]
SOON = 10.0  # seconds until a process is gone whose output has closed


def working(process: psutil.Process) -> bool:
    """Whether a process has not ended; one that ended stays on the list until somebody asks how."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def all_end(processes: list[psutil.Process]) -> bool:
    """Whether they all end soon, if they have not yet."""
    until = time.monotonic() + SOON
    while any(map(working, processes)) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(working, processes))


def workers_there(parent: int) -> list[psutil.Process]:
    """The workers of a page, whose address is there before them."""
    until = time.monotonic() + SOON
    while len(found := workers_of(parent)) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(found) >= 2
    return found


@pytest.mark.parametrize(
    ("number", "at_once"),
    [(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGHUP, False)],
)
def test_a_signal_to_all_ends_all_in_silence(number: signal.Signals, at_once: bool) -> None:
    """While workers simulate, or before there are any: a terminal and a batch system send it to the whole group."""
    with served(BASELINE, *SMALL) as page:
        workers = [] if at_once else workers_there(page.process.pid)
        os.killpg(page.process.pid, number)
        said = page.ended()
    assert page.process.returncode == 0, said
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said
    assert said.rstrip().endswith("The page has ended.")
    assert all_end(workers)


def test_workers_end_with_a_page_that_is_killed() -> None:
    with served(BASELINE, *SMALL) as page:
        workers = workers_there(page.process.pid)
        page.process.kill()
        assert "Traceback" not in page.ended()  # which waits for all that hold its output
    assert all_end(workers)


def test_a_page_that_does_not_come_up_says_why() -> None:
    with pytest.raises(NotServing, match=r"ended with code 2.*no such file"), served("nothing.toml"):
        pass
    with pytest.raises(NotServing, match="gave no address within 0 s"), served(BASELINE, patience=0.01):
        pass
