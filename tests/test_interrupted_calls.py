"""A call of Python that is interrupted keeps what is finished, and says how much that is and what goes on."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import Notice
from sim.store.place import PARTIAL
from tests.worlds import small

ASKED = 3


def _two() -> list[sim.Scenario]:
    return [small(until=2012), small("baseline", "policy.carbon_tax.rate=50", until=2012)]


def _taxed() -> sim.Scenario:
    return small("carbon_tax", "policy.carbon_tax.start=2012", until=2012)


VARY = {"policy.carbon_tax.rate": [0, 50]}
CALLS: dict[str, Callable[..., Any]] = {
    "run": lambda **more: sim.run(small(until=2012), **more),
    "compare": lambda **more: sim.compare(_two(), assumptions=False, **more),
    "decompose": lambda **more: sim.decompose(small(until=2012), **more),
}
SHOWN = {
    "run": "<Run of baseline: 1 replicate of 3, interrupted>",
    "compare": ": 1 pair of 3, interrupted>",
    "decompose": "<Decomposition of baseline: 1 of 3 replicates of ",
}


def stopping(after: int) -> Callable[[Iterable[Any], int], Iterator[Any]]:
    """A progress that is interrupted when so many are finished."""

    def progress(results: Iterable[Any], total: int) -> Iterator[Any]:
        for number, one in enumerate(results):
            if number == after:
                raise KeyboardInterrupt
            yield one

    return progress


@pytest.mark.parametrize("call", CALLS)
def test_what_is_finished_is_given_back_with_a_notice(call: str) -> None:
    with pytest.warns(Notice) as told:
        found = CALLS[call](replicates=ASKED, workers=1, progress=stopping(1))
    (notice,) = told
    text = str(notice.message)
    assert text.startswith(f"Interrupted: 1 of {ASKED} replicates finished. ")
    assert f"run.py {call}`" in text
    assert notice.filename == __file__  # the line that called, so that each is told
    assert SHOWN[call] in repr(found)
    assert repr(found).endswith(", interrupted>")
    assert found.interrupted


@pytest.mark.parametrize("call", CALLS)
def test_nothing_finished_is_an_interrupt(call: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        with pytest.raises(KeyboardInterrupt):
            CALLS[call](replicates=ASKED, workers=1, progress=stopping(0))


@pytest.mark.parametrize("name", ["sweep", "resume"])
def test_a_study_names_the_directory_that_goes_on(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    world = _taxed()
    if name == "resume":
        sim.sweep(world, VARY, replicates=2, out=out, workers=1)
        more: Callable[[], Any] = lambda: sim.resume(out, replicates=3, workers=1)  # noqa: E731
    else:
        more = lambda: sim.sweep(world, VARY, replicates=2, out=out, workers=1)  # noqa: E731

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.api._carried_out", stop)
    with pytest.warns(Notice) as told, pytest.raises(KeyboardInterrupt):
        more()
    (notice,) = (one for one in told if issubclass(one.category, Notice))
    assert f"kept in {out}. sim.resume({str(out)!r}) goes on." in str(notice.message)
    assert notice.filename == __file__
    monkeypatch.undo()
    assert not sim.resume(out, workers=1).empty
    assert not list(out.rglob(f"*{PARTIAL}"))


def test_a_study_without_a_directory_is_interrupted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.api._carried_out", stop)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Notice)
        with pytest.raises(KeyboardInterrupt):
            sim.sweep(_taxed(), VARY, replicates=2, workers=1)
