"""Kinds of actor: one small file of rules each. Dropping a file into this folder registers the rules it defines."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sim.actors.base import Economy, Endowment, Funds, Kind


@cache
def registry() -> dict[str, type[Kind]]:
    """Every kind's rules by name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {kind.rule: kind for kind in sorted(Kind.__subclasses__(), key=lambda kind: kind.rule)}


__all__ = ["Economy", "Endowment", "Funds", "Kind", "registry"]
