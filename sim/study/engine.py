"""Where the chunks of a study are simulated. An engine gives what each task makes, as it finishes, in any order."""

from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from typing import Any, TypeVar

from sim.errors import InputError
from sim.experiment.pool import Work, finished
from sim.stamped import packed, unpacked
from sim.store.shards import digest as hashed

Result = TypeVar("Result")
Engine = Callable[[Work[Any], Sequence[int]], Iterable[Any]]
AHEAD = 4  # chunks that wait at each worker, so that none is idle and none of the memory is full
_known: dict[str, Work[Any]] = {}  # in a worker: work by its hash


def local(workers: int, meanwhile: Callable[[], Any] | None = None) -> Engine:
    """Processes of this machine; one worker is this process itself. See ``finished`` for ``meanwhile``."""
    return lambda work, tasks: finished(work, tasks, workers, meanwhile)


def through(executor: Executor, workers: int, send: Callable[[bytes], Any] = lambda content: content) -> Engine:
    """Any executor of ``concurrent.futures`` that has so many ``workers``.

    ``send`` takes what all chunks share to the workers; what it gives goes with each chunk. Raises InputError when the
    executor breaks, and when a worker has other code than this process: nothing that it makes is taken.
    """

    def engine(work: Work[Result], tasks: Sequence[int]) -> Generator[Result, None, None]:
        content = packed(work)
        name, sent = hashed(content.hex()), send(content)
        waiting, running = iter(tasks), set[Future[Result]]()
        try:
            while True:
                for task in waiting:
                    running.add(executor.submit(_done, name, sent, task))
                    if len(running) >= AHEAD * workers:
                        break
                if not running:
                    return
                ready, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        except BrokenExecutor as error:
            allowed, fix = "workers that live until their work is done", "start the executor again, and go on"
            raise InputError(f"the executor broke: {error}", allowed=allowed, fix=fix) from None
        finally:
            for future in running:
                future.cancel()

    return engine


def _done(name: str, content: bytes, task: int) -> Any:
    """In a worker: one task of work that is unpacked once. Raises InputError where its code is another."""
    work = _known.get(name)  # other threads of the worker may clear it at any moment
    if work is None:
        _known.clear()
        work = _known[name] = unpacked(content)
    return work(task)
