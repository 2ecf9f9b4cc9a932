"""Frozen dataclasses that are quick to make: many are, at every step; what of them is pickled; and tables that nobody
can change."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, Generic, NoReturn, TypeVar, dataclass_transform, overload

Record = TypeVar("Record")
Value = TypeVar("Value")


@dataclass_transform(frozen_default=True, eq_default=False)
def record(cls: type[Record]) -> type[Record]:
    """A frozen dataclass whose fields are set all at once: one by one takes three times as long.

    It has neither default factories nor a ``__post_init__``. It equals itself alone: many hold arrays, which give no
    single answer.
    """
    made: Any = dataclass(frozen=True, eq=False)(cls)
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


def altered(one: Record, **changed: Any) -> Record:
    """A record with other values of some fields, sooner than by ``dataclasses.replace``. It keeps what was worked out
    of the first one: whoever changes a field also hands over what follows from it."""
    made = object.__new__(type(one))
    vars(made).update(vars(one), **changed)
    return made


def parts(thing: Any) -> dict[str, Any]:
    """The fields of a dataclass by name."""
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


class Portable:
    """A frozen dataclass of which its fields alone are pickled and copied: what was found in it since may hold what
    cannot be, as functions of measures, and is found again. So one that was looked at is pickled to the same bytes."""

    def __getstate__(self) -> dict[str, Any]:
        return parts(self)


class Unchanging(dict[str, Value]):
    """A dictionary that nobody can change. Unlike a ``MappingProxyType`` it can be pickled and copied."""

    def _refused(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this table cannot be changed")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refused

    def __reduce__(self) -> Any:
        return type(self), (dict(self),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


class found_once(Generic[Value]):
    """A property that is worked out when someone first asks for it. ``functools.cached_property`` does the same in
    twice the time, with a lock in Python 3.11."""

    def __init__(self, function: Callable[[Any], Value]) -> None:
        self.function, self.__doc__ = function, function.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, one: None, owner: type) -> "found_once[Value]": ...
    @overload
    def __get__(self, one: object, owner: type) -> Value: ...
    def __get__(self, one: object, owner: type) -> Any:
        if one is None:
            return self
        value = one.__dict__[self.name] = self.function(one)
        return value
