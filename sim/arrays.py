"""Arrays by what they hold, parts of wholes, and values at the middle and at the end of a step."""

from collections import namedtuple
from collections.abc import Callable, Iterable
from functools import reduce
from operator import add
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# As compiled loops have to know them: with two axes, and what they write into.
Table = Annotated[NDArray[np.float64], "two axes"]
Solid = Annotated[NDArray[np.float64], "three axes"]
Block = Annotated[NDArray[np.float64], "two axes, written"]
Marks = Annotated[NDArray[np.bool_], "two axes, written"]
Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]  # positions of actors
Links = NDArray[np.int32]  # the same where they are many
Noted = Annotated[NDArray[np.int32], "written"]

Value = TypeVar("Value")


class Through(NamedTuple, Generic[Value]):
    """A value at the middle of a step, where flows are read, and at its end, where the state goes on."""

    middle: Value
    end: Value


def through(rule: Callable[[float], Value], dt: float) -> Through[Value]:
    """What ``rule`` makes of a state after half a step and after a whole one; it takes years, ``dt`` is a step's."""
    return Through(rule(dt / 2), rule(dt))


def rows_of(record: Any, *columns: str) -> Any:
    """The row of each column in the block that a loop fills, by the name of the record's field that it becomes: of all
    its fields, or of these alone. For a constant of a module, which loops read. Raises ValueError for a column that the
    record does not have."""
    names, make = columns or record._fields, cast(Any, namedtuple)
    unknown = [name for name in names if name not in record._fields]
    if unknown:
        raise ValueError(f"{record.__name__} has no {', '.join(unknown)}")
    return make(record.__name__, names)(*range(len(names)))


def named(rows: Any, found: Array) -> dict[str, Any]:
    """Columns of a block, by their names in ``rows_of``."""
    return dict(zip(rows._fields, found, strict=False))


def unwritten(values: Array) -> Array:
    """The same array, in which nobody can write from now on."""
    values.setflags(write=False)
    return values


def added(values: Iterable[Any]) -> Any:
    """Numbers or arrays added one after the other: the same bits on every Python.

    The built-in ``sum`` makes up for rounding of floats from Python 3.12 on, and not before.
    """
    return reduce(add, values, 0.0)


def part(amount: Array | float, whole: Array | float, nothing: float = 0.0) -> Array:
    """Amount over whole, both (n,) or either one number; ``nothing`` where the whole is nothing."""
    shape = max(np.shape(amount), np.shape(whole), key=len)
    return np.asarray(np.divide(amount, whole, out=np.full(shape, nothing), where=np.greater(whole, 0)))
