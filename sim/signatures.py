"""What compiled functions are given, from their annotations: for the compiler, and to look at values by."""

from collections.abc import Callable, Hashable
from functools import cache
from operator import call as ask
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from sim.arrays import Array, Block, Links, Marks, Mask, Noted, Rows, Solid, Table


class Given(NamedTuple):
    """An array, contiguous, as compiled code takes it."""

    dtype: type[np.generic]
    axes: int
    written: bool = False  # into


GIVEN = {
    Array: Given(np.float64, 1),
    Table: Given(np.float64, 2),
    Solid: Given(np.float64, 3),
    Mask: Given(np.bool_, 1),
    Rows: Given(np.uintp, 1),  # from 0 up: none counts from the end
    Links: Given(np.uint32, 1),
    Noted: Given(np.uint32, 1, written=True),
    Block: Given(np.float64, 2, written=True),
    Marks: Given(np.bool_, 2, written=True),
}
SIGNED = {np.uintp: np.intp, np.uint32: np.int32}  # positions, as numpy has them
WRITTEN = 0x0400  # of numpy's flags: may be written into
WRITABLE = 0x0001 | 0x0100 | WRITTEN  # contiguous as in C, and aligned
NUMBERS: dict[Any, tuple[type, ...]] = {
    float: (float, int, np.floating, np.integer), int: (int, np.integer), bool: (bool, np.bool_)
}  # fmt: skip


def signature(function: Callable[..., Any]) -> tuple[Any, ...]:
    """numba's types of a function's arguments."""
    return tuple(map(_type, _hints(function)))


def looking(function: Callable[..., Any], compiled: Callable[..., Any]) -> Callable[..., Any]:
    """What was compiled of a function, to be called; raises TypeError where it would misread what it is given."""
    looks = list(map(_look, _hints(function)))

    def call(*values: Any) -> Any:
        if all(map(ask, looks, values)):  # how many there are, it sees itself
            return compiled(*values)
        place = list(map(ask, looks, values)).index(False)
        name = function.__code__.co_varnames[place]
        raise TypeError(f"{function.__name__} was compiled for another {name}: {_told(values[place])}")

    return call


def _hints(function: Callable[..., Any]) -> list[Any]:
    """Types of a function's arguments, in their order. Raises TypeError where one has none."""
    code, hints = function.__code__, get_type_hints(function, include_extras=True)
    names = code.co_varnames[: code.co_argcount]
    for name in names:
        if name not in hints:
            raise TypeError(f"{function.__qualname__} is compiled by its annotations, and {name} has none")
    return [hints[name] for name in names]


@cache
def _fields(hint: Hashable) -> list[Any]:
    """Types of the fields of a NamedTuple."""
    return list(get_type_hints(hint, include_extras=True).values())


def _type(hint: Any) -> Any:
    from numba import types
    from numba.np.numpy_support import from_dtype

    if hasattr(hint, "_fields"):  # a NamedTuple
        made: Any = types.BaseTuple
        return made.from_types(list(map(_type, _fields(hint))), hint)
    if hint in GIVEN:
        dtype, axes, written = GIVEN[hint]
        return types.Array(from_dtype(np.dtype(dtype)), axes, "C", readonly=not written)
    numbers = {float: types.float64, int: types.int64, bool: types.boolean}
    if hint not in numbers:
        raise TypeError(f"{hint} is no type of what is compiled; `loop` says which are")
    return numbers[hint]


def _look(hint: Any) -> Callable[[Any], bool]:
    """What tells whether compiled code reads a value as what it is."""
    if hint in GIVEN:
        return _look_at_arrays(GIVEN[hint])
    if hint in NUMBERS:
        numbers = NUMBERS[hint]
        return lambda value: isinstance(value, numbers)
    looks = list(map(_look, _fields(hint)))
    return lambda value: type(value) is hint and all(fits(field) for fits, field in zip(looks, value, strict=True))


def _look_at_arrays(given: Given) -> Callable[[Any], bool]:
    alike = {np.dtype(dtype) for dtype in (given.dtype, SIGNED.get(given.dtype, given.dtype))}  # in the native order
    flags = {WRITABLE} if given.written else {WRITABLE, WRITABLE & ~WRITTEN}

    def fits(value: Any) -> bool:
        if type(value) is not np.ndarray or value.ndim != given.axes:
            return False
        return value.dtype in alike and value.flags.num & WRITABLE in flags

    return fits


def _told(value: Any) -> str:
    return f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else repr(value)
