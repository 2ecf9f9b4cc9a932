"""Registering by presence: what the files of a folder define, found by name. Nobody keeps a list."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

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

    Raises ValueError when two share a name. The same class anew, as when a cell of a notebook runs again, takes its own
    place.
    """
    present(package, path)
    found: dict[str, Any] = {}
    for cls in _below(base):
        name = cls.__dict__.get(key)
        if name is None:
            continue
        if name in found and _place(found[name]) != _place(cls):
            raise ValueError(f"two classes of {package} are named '{name}': {found[name].__name__}, {cls.__name__}")
        found[name] = cls
    return dict(sorted(found.items(), key=lambda item: (getattr(item[1], "order", UNLISTED), item[0])))


def _below(base: Any) -> list[Any]:
    return [cls for child in base.__subclasses__() for cls in (child, *_below(child))]


def _place(cls: Any) -> tuple[str, str]:
    """Where a class is declared."""
    return cls.__module__, cls.__qualname__
