"""The compiler as it is used here: imported without what it does not need, not interrupted, in several processes."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from sim.imports import absent
from sim.processors import may_fork, processors


@cache
def numba_alone() -> Any:
    """numba, without scipy's linear algebra: it would import that only to see whether it is there."""
    import numba

    if not {"scipy.linalg", "numba.np.arraymath"} & sys.modules.keys():
        with absent("scipy.linalg"):
            from numba.np import arraymath
        arraymath._HAVE_BLAS = True  # other people's functions find it when they call it
    return numba


class Located:
    """Where numba finds what it kept of a function: in a directory whose name says all that the function is made of, so
    that neither the file's place, its date nor its lines matter."""

    def __init__(self, place: str) -> None:
        self.place = place

    @classmethod
    def from_function(cls, _function: Callable[..., Any], _file: str) -> "Located":
        """In the directory that is now numba's."""
        return cls(numba_alone().config.CACHE_DIR)

    def ensure_cache_path(self) -> None:
        """It is there."""

    def get_cache_path(self) -> str:
        """The directory."""
        return self.place

    def get_source_stamp(self) -> str:
        """Always the same: another function lies in another directory."""
        return ""

    def get_disambiguator(self) -> str:
        """The same."""
        return ""


LOCATED = f"{Located.__module__}.{Located.__qualname__}"  # as numba is told of it


def checked(compiled: Any) -> Callable[..., Any]:
    """What was compiled, which looks at the types of what it is given, once positions are numbers from 0 up and arrays
    in tuples cannot be written to."""
    (signature,) = compiled.nopython_signatures
    places = [
        i for i, kind in enumerate(signature.args)
        if not getattr(getattr(kind, "dtype", None), "signed", True)
        or any(hasattr(each, "layout") for each in getattr(kind, "types", ()))
    ]  # fmt: skip

    def call(*values: Any) -> Any:
        given = list(values)
        for i in places:
            given[i] = _as_read(given[i])
        return compiled(*given)

    return call if places else compiled


def _as_read(value: Any) -> Any:
    """An array, or a tuple with arrays, as compiled code reads it."""
    if isinstance(value, tuple):
        return type(value)(*map(_as_read, value))
    if not hasattr(value, "dtype"):
        return value
    seen = value.view(f"u{value.itemsize}" if value.dtype.kind == "i" else value.dtype)
    seen.setflags(write=False)
    return seen


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
