"""Commands killed at random moments leave nothing half-written and no process; ``benchmarks/kills.py`` kills more."""

import signal
from pathlib import Path

import pytest

from benchmarks.kills import killed


@pytest.mark.parametrize(
    ("name", "number", "after"),
    [("run", signal.SIGKILL, 1.2), ("run in two", signal.SIGTERM, 2.0), ("compare", signal.SIGINT, 1.0)],
)
def test_a_kill_leaves_nothing_half_made(name: str, number: signal.Signals, after: float, tmp_path: Path) -> None:
    killed(name, number, after, tmp_path / "out")
