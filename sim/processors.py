"""How many processors there are for this process, how it starts others, and one thread for each of these."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from math import ceil
from multiprocessing import current_process
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # what libraries go by


_most: ContextVar[int | None] = ContextVar("most", default=None)
QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container: microseconds of processor time in each period


def processors() -> int:
    """How many this process may use: a container or a batch system may leave it fewer than the machine has, and whoever
    asks for fewer workers (see ``at_most``) fewer still. One that may start no others has itself alone."""
    if starts_none():
        return 1
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):  # there is no file, or it says "max"
        quota, period = map(int, QUOTA.read_text(encoding="ascii").split())
        there = min(there, ceil(quota / period))
    return min(there, _most.get() or there)


def starts_none() -> bool:
    """Whether this process may start no others: Python forbids it to a worker of a pool of ``multiprocessing``."""
    return bool(current_process().daemon)


@contextmanager
def at_most(workers: int | None) -> Iterator[None]:
    """Around what a user asks to be done by so many workers (None: as many as there are processors): nothing in it, as
    drawing figures, takes more."""
    before = _most.set(workers)
    try:
        yield
    finally:
        _most.reset(before)


def may_fork() -> bool:
    """Whether this process may be copied. What another thread holds locked stays locked in the copy, and other systems'
    libraries forbid it. Threads of OpenBLAS do not count: it ends them before a copy is made."""
    return sys.platform == "linux" and threading.active_count() == 1


def way_to_start() -> str:
    """How a process is started that works for this one: forked where that is safe, so that it finds all imported and
    compiled; otherwise on Linux forked from a server that has imported it once; otherwise spawned, and imports it."""
    if may_fork():
        return "fork"
    return "forkserver" if sys.platform == "linux" else "spawn"


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes started meanwhile are told to have one thread each; this one's environment is then as it was."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
