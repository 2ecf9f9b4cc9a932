"""Commands killed at random moments leave nothing half-written and no process; ``benchmarks/kills.py`` kills more."""

import signal
from pathlib import Path

import pytest

from benchmarks.kills import Moment, killed


@pytest.mark.parametrize(
    ("name", "number", "when", "left"),
    [
        ("run", signal.SIGKILL, Moment(1, 0.0), "shards"),
        ("run in two", signal.SIGTERM, Moment(5, 0.0), "all"),
        ("compare", signal.SIGINT, Moment(0, 1.0), ""),
    ],
)
def test_a_kill_leaves_nothing_half_made(
    name: str, number: signal.Signals, when: Moment, left: str, tmp_path: Path
) -> None:
    assert left in killed(name, number, when, tmp_path / "out")
