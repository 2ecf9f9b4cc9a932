"""Registering by presence: whatever the files of a folder define below a base class, found by name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def defined(base: Any, key: str, package: str, path: list[str]) -> dict[str, Any]:
    """Classes below ``base`` in a package's files by their attribute ``key``, in the order of names.

    Raises ValueError when two share a name.
    """
    for module in iter_modules(path):
        import_module(f"{package}.{module.name}")
    found: dict[str, Any] = {}
    for cls in _below(base):
        name = cls.__dict__.get(key)
        if name is None:
            continue
        if name in found:
            raise ValueError(f"two classes of {package} are named '{name}': {found[name].__name__}, {cls.__name__}")
        found[name] = cls
    return dict(sorted(found.items()))


def _below(base: Any) -> list[Any]:
    return [cls for child in base.__subclasses__() for cls in (child, *_below(child))]
