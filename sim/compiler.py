"""The compiler as it is used here: imported without what it does not need, not interrupted, in several processes."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from sim.errors import InputError
from sim.imports import absent
from sim.processors import may_fork, processors


@cache
def numba_alone() -> Any:
    """numba, without scipy's linear algebra: it would import that only to see whether it is there. Raises InputError
    where it was told to compile nothing."""
    import numba

    settings: Any = numba.config
    if settings.DISABLE_JIT:
        fix = "unset NUMBA_DISABLE_JIT, or take it out of .numba_config.yaml"
        raise InputError("numba is told not to compile", key="NUMBA_DISABLE_JIT", found=1, allowed="0", fix=fix)
    if not {"scipy.linalg", "numba.np.arraymath"} & sys.modules.keys():
        with absent("scipy.linalg"):
            from numba.np import arraymath
        arraymath._HAVE_BLAS = True  # other people's functions find it when they call it
    return numba


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Raise a KeyboardInterrupt of a signal afterwards only: the compiler would print it and go on without it."""
    heard: list[int] = []
    usual = signal.default_int_handler
    main = threading.current_thread() is threading.main_thread()  # no other thread is interrupted
    held = [each for each in signal.valid_signals() if main and signal.getsignal(each) is usual]
    for each in held:
        signal.signal(each, lambda number, _frame: heard.append(number))
    try:
        yield
    finally:
        for each in held:
            signal.signal(each, usual)
        if heard:
            raise KeyboardInterrupt


def at_once(pieces: Sequence[Callable[[], object]]) -> Iterator[int]:
    """Do pieces of work that leave files behind, in as many processes as can be forked, else in this one; the number of
    each that is done. There are at most 256.

    A process that fails or is killed leaves its piece undone.
    """
    processes = min(processors(), len(pieces)) if may_fork() else 0
    if processes < 2:
        for number, piece in enumerate(pieces):
            piece()
            yield number
        return
    asked, asks = os.pipe()
    told, tells = os.pipe()
    os.write(asks, bytes(range(len(pieces))))
    os.close(asks)  # who asks for a piece when all are taken reads the end
    parent, children = os.getpid(), []
    try:
        for _ in range(processes):
            child = os.fork()
            if not child:
                _take(pieces, asked, tells, parent)
            children.append(child)
        os.close(tells)
        while done := os.read(told, 1):
            yield done[0]
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(asked)
        os.close(told)


def _take(pieces: Sequence[Callable[[], object]], asked: int, tells: int, parent: int) -> None:
    """In a child: piece by piece until there is none or the parent has ended, without a word."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's
        gc.disable()  # a compiler makes much garbage, and this process ends soon
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        silent = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):  # nobody waits for the end of what the parent printed
            os.dup2(silent, stream)
        while os.getppid() == parent and (taken := os.read(asked, 1)):
            pieces[taken[0]]()
            os.write(tells, taken)
    finally:
        os._exit(0)
