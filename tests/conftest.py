"""A skipped test proves nothing: it fails. The fixture ``say`` runs a command in the test's process; ``made`` is a
run directory, to be read or copied.

Random examples are the same in every run; HYPOTHESIS_PROFILE=random looks for new ones.
"""

import gc
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from sim import measures, owncode
from sim.actors import Kind
from sim.cli import main
from sim.compiled import OPEN, PARTS, Loop, prepare
from sim.measures import registry
from sim.measures.base import DECLARED
from sim.outputs import decomposition
from sim.policies import Policy
from sim.registry import _below
from sim.report.gallery import Gallery
from sim.study.engine import local
from tests.saying import Said, Say
from tests.studies import MANY, planned, shards
from tests.worlds import SMALL

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("random", derandomize=False, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
assert registry()  # all measures are known
prepare()  # so that no test is held up, and none is told of it
DRAWING = (
    "test_few_draws", "test_figures", "test_results", "test_screens", "test_sensitivity", "test_study_figures",
    "test_sweep",
)  # fmt: skip
DRAWS = (Gallery.draw_all, decomposition.draw_all)
LOOKING = ("test_reference", "test_contract", "test_every_policy", "test_market", "test_records")


@pytest.fixture(scope="module", autouse=True)
def looking(request: pytest.FixtureRequest) -> Generator[None]:
    """In some files, which meet every mechanism, policy and shipped scenario, loops look at the types of what they are
    given. That takes a good part of a small step, so the others are called as users call them."""
    if request.module.__name__.rpartition(".")[2] not in LOOKING:
        yield
        return
    loops = [part for part in PARTS if isinstance(part, Loop) and part.made]
    for each in loops:
        each.call(looking=True)
    yield
    for each in loops:
        each.call(looking=each.function.__module__.startswith(OPEN))


def pytest_collection_finish() -> None:
    """What files of tests declare is no code of one's own, of which a plan would tell."""
    owncode._NOTED.clear()
    gc.freeze()  # what files of tests hold is no garbage, and need not be gone through


@pytest.fixture(autouse=True)
def nothing_declared_stays(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """A policy, kind or measure that a test declares is gone after it."""
    known, classes = list(DECLARED), len(_below(Policy) + _below(Kind))
    made = measures._registered.cache_info().misses
    monkeypatch.setattr(owncode, "_NOTED", {})
    yield
    DECLARED[:] = known
    if measures._registered.cache_info().misses > made:  # also of a test that took back itself what it declared
        measures._registered.cache_clear()
    if len(_below(Policy) + _below(Kind)) > classes:
        gc.collect()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Turn a skip into a failure that says so."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """The same for a whole module."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command and returns its code and what it printed."""

    def run(*arguments: object) -> Said:
        try:
            code: int | str | None = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return Said(code, shown.out, shown.err)

    return run


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory that nobody changes, without pictures."""
    place = tmp_path_factory.mktemp("made") / "run"
    assert main(["run", *map(str, SMALL), "--workers", "1", "--quiet", "--no-figures", "--out", str(place)]) == 0
    return place


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The shards of the study of many chunks when nobody kills anything."""
    study = planned(tmp_path_factory.mktemp("undisturbed"), **MANY)
    study.carry_out(local(1))
    return shards(study)


@pytest.fixture(scope="module", autouse=True)
def pictures(request: pytest.FixtureRequest) -> Generator[None]:
    """Commands of this process draw pictures in some files of tests alone. They take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        if request.module.__name__.rpartition(".")[2] not in DRAWING:
            _draw(patch, lambda *_: {}, lambda *_: {})
        yield


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures for one test."""
    _draw(monkeypatch, *DRAWS)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pictures for one test of a file in which others look at some."""
    _draw(monkeypatch, lambda *_: {}, lambda *_: {})


def _draw(patch: pytest.MonkeyPatch, figures: Any, figures_of_decompositions: Any) -> None:
    patch.setattr(Gallery, "draw_all", figures)
    patch.setattr(decomposition, "draw_all", figures_of_decompositions)
