"""What a compiled function is made of, so that it is compiled anew when any of it changes.

numba sees when the file of a function changes, and not when one that it calls in another file does.
"""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_type_hints

import numpy as np

BY_VERSION = sys.stdlib_module_names | {"numpy", "numba"}  # their versions say what they are


def ingredients(function: Callable[..., Any]) -> frozenset[str]:
    """The code of a function and of all that it calls, and the numbers that these name."""
    found: set[str] = set()
    seen: set[Any] = set()
    waiting: list[Any] = [function]
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        parts, called = own_parts(each)
        found.update(parts)
        waiting.extend(called)
    return frozenset(found)


@cache
def own_parts(function: FunctionType) -> tuple[list[str], list[FunctionType]]:
    """What a function is made of itself, and the functions that it names."""
    name = f"{function.__module__}.{function.__qualname__}"
    parts = [f"{name}: {_code(function.__code__, function.__doc__)} {_text(function.__defaults__)}"]
    called = list[FunctionType]()
    for named, value in _named(function):
        if isinstance(value, FunctionType):
            called.append(value)
        else:
            parts.append(f"{name}: {named}: {_text(value)}")
    return parts, called


def _code(code: CodeType, docstring: str | None = None) -> str:
    """What runs, whatever its lines are called and its docstring says."""
    consts = [each for each in code.co_consts if docstring is None or each != docstring]
    inner = [_code(each) if isinstance(each, CodeType) else repr(each) for each in consts]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {inner}"


def _names(code: CodeType) -> set[str]:
    within = (_names(each) for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*within)


def _named(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Values from elsewhere that a function may name, and the types of what it is given."""
    names = _names(function.__code__)
    for name in sorted(names & function.__globals__.keys()):
        value = function.__globals__[name]
        yield name, getattr(value, "function", value)
        if isinstance(value, ModuleType) and value.__name__.partition(".")[0] not in BY_VERSION:
            for inner in sorted(name for name in names if hasattr(value, name)):
                held = getattr(value, inner)
                yield f"{name}.{inner}", getattr(held, "function", held)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield name, getattr(cell.cell_contents, "function", cell.cell_contents)
    yield from (function.__kwdefaults__ or {}).items()
    yield from get_type_hints(function, include_extras=True).items()


def _text(value: Any) -> str:
    """A value as text that changes when it does; of what no compiled function reads as a number, its name or type."""
    if hasattr(value, "_fields"):  # a NamedTuple
        hints = get_type_hints(value if isinstance(value, type) else type(value), include_extras=True)
        return f"{value!r} {[(name, _text(hint)) for name, hint in hints.items()]}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {value.tobytes().hex()}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} {[_text(each) for each in value]}"
    if isinstance(value, dict):
        return f"dict {[(_text(key), _text(each)) for key, each in value.items()]}"
    if isinstance(value, set | frozenset):
        return f"set {sorted(map(_text, value))}"
    if isinstance(value, int | float | complex | str | bytes | type(None) | np.generic | type):
        return repr(value)
    return getattr(value, "__name__", type(value).__name__)
