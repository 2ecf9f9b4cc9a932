"""Bars of progress on standard error."""

import sys
from threading import RLock
from typing import Any

from tqdm import tqdm


class Bar(tqdm):  # type: ignore[misc]
    """A bar with a lock of its own. tqdm does not give back the one of all its bars where an interrupt meets it while
    it draws, and other threads would wait for that for ever."""

    monitor_interval = 0  # no thread of its own, so that workers can be forked

    def __new__(cls, *_: Any, **__: Any) -> "Bar":
        bar: Bar = super().__new__(cls)
        bar._lock = RLock()
        return bar


Bar.set_lock(RLock())  # while one is made


def bar(*source: Any, total: int, unit: str, quiet: bool) -> Any:
    """A bar of so many units, over a source of them or to be moved on by hand; ``quiet``: none is shown."""
    return Bar(*source, total=total, unit=unit, disable=quiet, file=sys.stderr)
