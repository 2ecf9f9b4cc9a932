"""What a compiled function is made of, so that it is compiled anew when any of it changes.

numba sees when the file of a function changes, and not when one that it calls in another file does.
"""

from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_type_hints

import numpy as np


@cache
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
        name = f"{each.__module__}.{each.__qualname__}"
        found.add(f"{name}: {_code(each.__code__, each.__doc__)} {each.__defaults__}")
        for called, value in _named(each):
            if isinstance(value, FunctionType):
                waiting.append(value)
            else:
                found.add(f"{name}: {called}: {_text(value)}")
    return frozenset(found)


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
        if isinstance(value, ModuleType) and value.__name__.startswith("sim."):
            for inner in sorted(name for name in names if hasattr(value, name)):
                held = getattr(value, inner)
                yield f"{name}.{inner}", getattr(held, "function", held)
    for name, hint in get_type_hints(function, include_extras=True).items():
        yield name, hint


def _text(value: Any) -> str:
    """A value as text that changes when it does; of what no compiled function can read, its type."""
    if hasattr(value, "_fields"):  # a NamedTuple
        hints = get_type_hints(value if isinstance(value, type) else type(value), include_extras=True)
        return f"{value!r} {[(name, _text(hint)) for name, hint in hints.items()]}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {value.tobytes().hex()}"
    if isinstance(value, int | float | str | tuple | type(None) | np.generic | type):
        return repr(value)
    return getattr(value, "__name__", type(value).__name__)
