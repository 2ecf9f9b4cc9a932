"""Whoever has to wait is told beforehand about how long, by a clock that was read while the first steps were taken."""

import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from sim.cli.simulating import foretell
from sim.experiment import compare, decompose, duration, run
from sim.experiment.duration import TimePlan
from tests.worlds import BASELINE, SCENARIOS, SMALL, small

TAX = str(SCENARIOS / "carbon_tax.toml")
TINY = [str(word) for word in SMALL[1:]]
COMMANDS = {
    "run": ["run", str(BASELINE)],
    "compare": ["compare", str(BASELINE), TAX],
    "decompose": ["decompose", str(BASELINE), "--measure", "emissions_total"],
    "laws": ["laws", "--compare", str(BASELINE)],
}


def clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """A clock that goes on by so many seconds each time that it is read."""
    ticks = count()
    monkeypatch.setattr(duration, "perf_counter", lambda: seconds * next(ticks))


class Begun(Exception):
    """What simulates or draws was called."""


def begin(*_: object, **__: object) -> None:
    raise Begun


def said(command: str, out: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """What is said before a command begins its work."""
    with pytest.raises(Begun):
        main([*COMMANDS[command], *TINY, "--out", str(out), *more])
    return capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_long_command_says_so_and_a_short_one_does_not(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.study.repeated.Repeated.carry_out", begin)
    clock(monkeypatch, 100.0)
    words = said(command, tmp_path / "long", capsys)
    assert re.search(r"^About \d+ (minutes|hours)\.$", words, re.MULTILINE)
    assert "About" not in said(command, tmp_path / "quiet", capsys, "--quiet")
    clock(monkeypatch, 0.0)
    assert "About" not in said(command, tmp_path / "short", capsys)


def test_what_is_slow_when_it_is_called_first_is_not_counted_for_every_replicate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As right after compiling, when the first start and the first steps take a hundred times as long."""
    now, calls, one = 0.0, 0, small(until=2013)
    begin_, advance_ = duration.begin, duration.advance

    def slowly(function: Any) -> Any:
        def timed(*given: Any) -> Any:
            nonlocal now, calls
            calls += 1
            now += 100.0 if calls <= 1 + duration.STEPS_TIMED else 1.0
            return function(*given)

        return timed

    monkeypatch.setattr(duration, "perf_counter", lambda: now)
    monkeypatch.setattr(duration, "begin", slowly(begin_))
    monkeypatch.setattr(duration, "advance", slowly(advance_))
    assert duration.replicate_pace(one) == duration.ReplicatePace(1.0, float(one.time.steps_per_year))


def test_a_directory_of_large_tables_takes_long_to_draw_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.outputs.run.redraw", begin)
    (tmp_path / "actors.csv").write_text("some\n", encoding="utf-8")
    for byte, words in ((0.0, ""), (20.0, "About 2 minutes.\n")):
        monkeypatch.setattr(duration, "BYTE", byte)
        with pytest.raises(Begun):
            main(["report", str(tmp_path)])
        assert capsys.readouterr().err == words


def test_findings_say_how_long_before_they_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.evidence.findings import findings

    monkeypatch.setattr("sim.evidence.findings.run", begin)
    heard: list[TimePlan] = []
    with pytest.raises(Begun):
        findings(foretell=heard.append)
    assert [plan.seconds > 0 for plan in heard] == [True]


@pytest.mark.parametrize(
    ("seconds", "workers", "said"),
    [
        (9.9, 2, ""),
        (10, 1, "About 10 seconds.\n"),
        (44, 2, "About 40 seconds on 2 workers.\n"),
        (59, 1, "About a minute.\n"),
        (121, 2, "About 2 minutes on 2 workers.\n"),
        (31 * 60, 2, "About 30 minutes on 2 workers.\n"),
        (2.2 * 3600, 1, "About 2 hours.\n"),
    ],
)
def test_times_are_rounded_plainly(seconds: float, workers: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    foretell(seconds, False, workers)
    assert capsys.readouterr().err == said


def test_a_time_follows_from_what_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock of one second a reading: a world takes 1 s to begin, 4 s of steps and 1 s of measuring a year."""
    clock(monkeypatch, 1.0)
    baseline, tax = small(until=2031, replicates=3), small("carbon_tax", until=2031, replicates=3)
    world = 1 + 20 * 5
    assert run.planned(baseline, workers=1) == TimePlan(3 * world, 1)
    assert run.planned(baseline, workers=1, every_step=True) == TimePlan(3 * (1 + 20 * 9), 1)
    beside = compare.planned([baseline, tax], replicates=2, assumptions=False, workers=1)
    assert beside == TimePlan(2 * (world + 1 + 5 * 5), 1)  # from 2027 on the other world goes its own way
    parts = len(decompose.worlds(baseline, decompose.factors(baseline)))
    assert decompose.planned(baseline, replicates=2, workers=1) == TimePlan(2 * parts * world, 1)


def test_workers_share_the_work_that_there_are_processors_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    alone = duration.time_plan(30.0, 4, 1).seconds
    assert duration.time_plan(30.0, 4) == duration.time_plan(30.0, 4, 2)
    assert duration.time_plan(30.0, 4, 2).seconds == pytest.approx(alone / 2, rel=0.1)
    assert duration.time_plan(30.0, 4, 8).workers == 4
    assert duration.time_plan(30.0, 4, 8).seconds == duration.time_plan(30.0, 4, 2).seconds
    assert duration.time_plan(0.001, 4).workers == 1
