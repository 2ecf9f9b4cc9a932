"""What a worker of other code makes is refused, whenever it came and whoever started it; what is written stays."""

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import sim
from sim import owncode, stamped
from sim.codehash import code_hash
from sim.errors import InputError
from sim.experiment import pool
from sim.stamped import Stamp, opened, refuse_other_code, stamp
from sim.store.shards import present
from sim.study import engine
from sim.study.engine import local, through
from tests.studies import planned, shards
from tests.worlds import small

OTHER = "f" * 64


def other_code() -> None:
    """What makes of a process one that has imported another version."""
    stamped.code_hash = lambda: OTHER  # type: ignore[assignment]


class Relieved(Executor):
    """One worker after another: from some task on, one that came later, and has other code."""

    def __init__(self, task: int, patch: pytest.MonkeyPatch) -> None:
        self.left, self.patch = task, patch

    def submit(self, work: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.left -= 1
        with self.patch.context() as later:
            if self.left < 0:
                later.setattr(engine, "_known", {})
                later.setattr(stamped, "code_hash", lambda: OTHER)
            try:
                future.set_result(work(*args))
            except InputError as error:
                future.set_exception(error)
        return future


def test_a_worker_of_other_code_that_comes_late_is_refused_and_what_is_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "AHEAD", 1)
    study, whole = (planned(tmp_path / name) for name in ("late", "whole"))
    with pytest.raises(InputError, match="has other code") as raised:
        study.carry_out(through(Relieved(3, monkeypatch), 1))
    assert raised.value.found == f"code {OTHER[:12]}"
    assert raised.value.allowed == f"code {code_hash()[:12]}"
    assert len(present(study.directory)) == 3
    for each in (study, whole):
        each.carry_out(local(1))
    assert shards(study) == shards(whole)


@pytest.mark.slow
def test_an_executor_whose_workers_have_other_code_is_refused() -> None:
    world = small(until=2012, replicates=1)
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=other_code) as executor,
        pytest.raises(InputError, match="has other code"),
    ):
        sim.sweep(world, {"product.margin": [0.4]}, replicates=1, executor=executor, workers=1)


@pytest.mark.parametrize(("declares", "refused"), [("policy mine", True), ("figure mine", False)])
def test_code_of_ones_own_that_a_worker_has_otherwise_is_refused_where_it_simulates(
    declares: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = ({"mine": {"sha256": letter * 64, "declares": [declares]}} for letter in "ab")
    monkeypatch.setattr(owncode, "_NOTED", there)
    content = stamped.stamped(len)
    assert opened(content)("four") == 4
    monkeypatch.setattr(owncode, "_NOTED", {})  # which is not imported yet, or not at all
    assert opened(content)("four") == 4
    monkeypatch.setattr(owncode, "_NOTED", here)
    if not refused:
        assert opened(content)("four") == 4
        return
    with pytest.raises(InputError, match="has other code") as raised:
        opened(content)
    assert (raised.value.found, raised.value.allowed) == (f"mine {'a' * 12}", f"mine {'b' * 12}")


class Sent(NamedTuple):
    """A pipe that gives work behind a stamp."""

    asking: Stamp
    work: bytes

    def recv(self) -> bytes:
        """Both as they are sent."""
        return pickle.dumps(tuple(self))


def test_a_worker_that_is_spawned_after_a_file_was_edited_says_so() -> None:
    assert pool._received(Sent(stamp(), pickle.dumps(len)))("four") == 4  # type: ignore[arg-type]
    work = pool._received(Sent(Stamp(OTHER, {}), pickle.dumps(len)))
    unknown = pool._received(Sent(Stamp(OTHER, {}), b"of a class that is not here"))
    for one in (work, unknown):
        with pytest.raises(InputError, match="has other code"):
            one(0)
    refuse_other_code(stamp())
