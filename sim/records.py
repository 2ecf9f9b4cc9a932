"""Frozen dataclasses that are quick to make, and properties that are quick to keep: many are, at every step."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, Generic, TypeVar, dataclass_transform

Record = TypeVar("Record")
Value = TypeVar("Value")


class once(Generic[Value]):  # a decorator
    """A property that is worked out when it is first asked for, and kept: ``functools.cached_property`` without the
    lock that this takes up to Python 3.11. Threads that ask at the same time both work it out, to the same."""

    def __init__(self, make: Callable[[Any], Value]) -> None:
        self.make, self.__doc__ = make, make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Value:
        if instance is None:
            return self  # type: ignore[return-value]
        found = instance.__dict__[self.name] = self.make(instance)
        return found


@dataclass_transform(frozen_default=True)
def record(cls: type[Record]) -> type[Record]:
    """A frozen dataclass whose fields are set all at once: one by one takes three times as long.

    It has neither default factories nor a ``__post_init__``.
    """
    made: Any = dataclass(frozen=True)(cls)
    known: dict[str, Any] = {}
    given, own = [], fields(made)
    for field in own:
        given.append(field.name)
        if field.default is not MISSING:
            known[f"_{field.name}"] = field.default
            given[-1] += f"=_{field.name}"
    values = ", ".join(f"'{field.name}': {field.name}" for field in own)
    known["_set"] = object.__setattr__
    exec(f"def __init__(self, {', '.join(given)}): _set(self, '__dict__', {{{values}}})", known)  # as dataclasses do
    made.__init__ = known["__init__"]
    return cls
