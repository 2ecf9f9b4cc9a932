"""The compiler as it is used here: imported without what it does not need, and not interrupted."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sim.imports import absent


@cache
def numba_alone() -> Any:
    """numba, without scipy's linear algebra: it would import that only to see whether it is there."""
    import numba

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
