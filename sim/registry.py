"""Registering by presence: what the files of a folder define, found by name. Nobody keeps a list."""

import sys
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from sim.errors import InputError

PACKAGE = __name__.partition(".")[0]
UNLISTED = 100  # place of what declares none: after those that do, by name


def present(package: str, path: Iterable[str]) -> tuple[ModuleType, ...]:
    """The modules of a package's folder, imported, in the order of their names."""
    return _imported(package, tuple(path))


@cache
def _imported(package: str, path: tuple[str, ...]) -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{package}.{module.name}") for module in iter_modules(path))


def defined(base: Any, key: str, package: str, path: Iterable[str]) -> dict[str, Any]:
    """Classes below ``base``, in a package's files and wherever else one is declared by now, by their attribute
    ``key``: first those with an ``order``, in it, then the others in the order of names.

    Raises InputError when two share a name. The same class anew, as when a cell of a notebook runs again, takes its own
    place.
    """
    present(package, path)
    found: dict[str, Any] = {}
    for cls in sorted(_below(base), key=lambda cls: getattr(cls, "_declaration", 0)):
        name = cls.__dict__.get(key)
        if name is None:
            continue
        if name in found and _place(found[name]) != _place(cls):
            raise _two(key, package, found[name], cls)
        found[name] = cls
    return dict(sorted(found.items(), key=lambda item: (getattr(item[1], "order", UNLISTED), item[0])))


def _below(base: Any) -> list[Any]:
    return [cls for child in base.__subclasses__() for cls in (child, *_below(child))]


def _two(key: str, package: str, old: Any, new: Any) -> InputError:
    """The error for two classes of one name; for one of this package and another it is the other's."""
    old, new = sorted((old, new), key=lambda cls: not _ships(cls))  # else in the order in which they were declared
    name = getattr(new, key)
    problem = f"two classes of {package} are named '{name}': {old.__name__}, {new.__name__}"
    allowed = f"a name that {'.'.join(_place(old))} has not"
    fix = f"take the other back with `del {old.__name__}.{key}`, or restart the kernel"  # a class outlives its ``del``
    fix = f"give it another {key}" if _ships(old) or _in_files(old, new) else fix
    return InputError(problem, key=f"{'.'.join(_place(new))}.{key}", found=name, allowed=allowed, fix=fix)


def _ships(cls: Any) -> bool:
    """Whether a class is of this package."""
    return str(cls.__module__).partition(".")[0] == PACKAGE


def _in_files(*classes: Any) -> bool:
    """Whether classes are declared in files, and not in cells of a notebook."""
    return all(getattr(sys.modules.get(cls.__module__), "__file__", None) for cls in classes)


def _place(cls: Any) -> tuple[str, str]:
    """Where a class is declared."""
    return cls.__module__, cls.__qualname__


def refuse_plain_fields(cls: Any, called: str) -> None:
    """Raises InputError for a field of a policy or kind, which is ``called`` so, that does not say what it may hold."""
    for one in fields(cls):
        if "spec" not in one.metadata:
            allowed = "fields that say their unit, range and meaning"
            fix = f'write {one.name}: float = quantity("1", "what it means", low=0, high=1, default=0.0)'
            key = f"{cls.__module__}.{cls.__name__}.{one.name}"
            raise InputError(f"{called} has a plain field '{one.name}'", key=key, allowed=allowed, fix=fix)
