"""Policies: one small file each. Dropping a file into this folder registers the policy it defines."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from sim.policies.base import Policy


@cache
def registry() -> dict[str, type[Policy]]:
    """Every policy by its name."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {policy.name: policy for policy in sorted(Policy.__subclasses__(), key=lambda policy: policy.name)}


__all__ = ["Policy", "registry"]
