"""Independent pieces of work in one process or several, as they finish. The results do not depend on how."""

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")
CalledOff = Callable[[], bool]  # asks whether what is being worked on is not wanted any more
Work = Callable[[int, CalledOff | None], Result]
Progress = Callable[[Iterable[Result], int], Iterable[Result]]

WORTH_A_POOL = 6.0  # seconds of work from which starting worker processes pays
REBUILDS = 3  # times a broken pool is built again before giving up


def finished(work: Work[Result], tasks: Sequence[int], workers: int) -> Generator[Result, None, None]:
    """What ``work`` makes of each task, as it finishes. With several workers ``work`` has to be picklable."""
    if workers <= 1:
        for task in tasks:
            yield work(task, None)
    else:
        yield from _parallel(work, tasks, workers)


def gathered(
    work: Work[Result], tasks: Sequence[int], workers: int, progress: Progress[Result] | None
) -> tuple[list[Result], bool]:
    """What ``work`` makes of all tasks, as it finishes, and whether a KeyboardInterrupt cut it short.

    ``progress`` wraps the iterator of results, given their number. What is finished is kept on an interrupt.
    """
    done: list[Result] = []
    source = finished(work, tasks, workers)
    try:
        for result in progress(source, len(tasks)) if progress else source:
            done.append(result)  # noqa: PERF402 (an interrupt must leave what is finished)
    except KeyboardInterrupt:
        return done, True
    finally:
        source.close()
    return done, False


def enough_workers(seconds: float, tasks: int) -> int:
    """Processes worth starting for an amount of work."""
    return min(os.cpu_count() or 1, tasks) if seconds > WORTH_A_POOL else 1


def _parallel(work: Work[Result], tasks: Sequence[int], workers: int) -> Generator[Result, None, None]:
    """A pool whose worker was killed is built again for what is missing."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # one thread a worker
    missing = set(tasks)
    for attempt in range(REBUILDS + 1):
        context = get_context("spawn")
        stop = context.Event()
        pending: dict[Future[Result], int] = {}
        pool = ProcessPoolExecutor(workers, context, _start_worker, (stop,))
        try:
            with _interrupts_held():
                pending = {pool.submit(_work, work, task): task for task in sorted(missing)}
            while pending:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    missing.discard(pending.pop(future))
                    yield result
            return
        except BrokenProcessPool:
            if attempt == REBUILDS:
                raise
        finally:
            stop.set()  # what still runs or waits is not wanted any more
            for future in pending:
                future.cancel()
            Thread(target=pool.shutdown).start()  # waits apart, and keeps what a starting worker still needs


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Workers started meanwhile inherit that they hear no interrupt, even before their first line runs."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_stop: Event  # in a worker process: set when the parent wants no more


def _start_worker(stop: Event) -> None:
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means


def _work(work: Work[Result], task: int) -> Result:
    return work(task, _stop.is_set)
