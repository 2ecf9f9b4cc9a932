"""Workers of one's own: of a pool that may start no others, and of executors that know nothing of a notebook's cell."""

import sys
from functools import partial
from multiprocessing import get_context
from types import ModuleType

import pytest

import sim
from sim.errors import InputError
from sim.processors import processors
from sim.stamped import packed
from sim.study import engine
from sim.study.engine import through
from tests.worlds import small

CELL = "def work(task):\n    return task\n"


def simulated(workers: int | None) -> list[float]:
    found = sim.run(small(until=2012, replicates=2), workers=workers)
    return [float(value) for value in found.series["value"]]


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_in_a_worker_of_a_pool_there_is_one_worker_and_more_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python lets such a process start no others; until then it shows only where the work is large."""
    monkeypatch.setattr("sim.experiment.pool.WORTH_A_POOL", 0.0)
    with get_context("fork").Pool(1) as pool:
        assert pool.apply(processors) == 1
        assert pool.map(simulated, [None, 1]) == [simulated(1)] * 2
        with pytest.raises(InputError, match="may start no workers") as caught:
            pool.map(simulated, [2])
    assert caught.value.fix == "give workers=1, or leave workers out"


def cell() -> ModuleType:
    """A module that no other process can import, as what a cell of a notebook declares."""
    made = ModuleType("cell")
    exec(CELL, vars(made))
    return made


def test_a_worker_of_an_executor_that_lacks_a_definition_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made = cell()
    monkeypatch.setattr(engine, "_known", {})
    monkeypatch.setitem(sys.modules, "cell", made)
    content = packed(made.work)
    assert engine._done("same", content, 4) == 4
    del made.work
    with pytest.raises(InputError, match="worker processes do not know this") as caught:
        engine._done("other", content, 4)
    assert "Can't get attribute 'work' on <module 'cell'>" in str(caught.value.found)
    assert "no executor" in str(caught.value.fix)


def test_what_no_executor_can_be_sent_is_told_before_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = cell().work  # its module is nowhere
    monkeypatch.delitem(sys.modules, "cell", raising=False)
    with pytest.raises(InputError, match="worker processes do not know this"):
        list(through(None, 1)(partial(hidden), [0]))  # type: ignore[arg-type]
