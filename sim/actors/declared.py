"""Whether a kind of actor is declared so that it can be used: looked at whenever all are asked for."""

from dataclasses import fields
from typing import Any

from sim.actors.base import PARTIES, SECTORS
from sim.errors import InputError, unknown


def look_at(cls: Any) -> None:
    """Raises InputError for a kind whose sector, title, parties or own means are not what they may be."""
    key, usable = f"{cls.__module__}.{cls.__name__}", [one.name for one in fields(cls)]
    for name in ("sector", "title", "own_means"):
        if not hasattr(cls, name):
            problem, fix = f"the kind '{cls.rule}' does not say its {name}", f"add {name}, see docs/add-a-kind.md"
            raise InputError(problem, key=key, allowed="kinds with a sector, a title and own means", fix=fix)
    if cls.sector not in SECTORS:
        raise unknown("sector", cls.sector, SECTORS, key=f"{key}.sector")
    for name in ("settles_with", "income_from"):
        if getattr(cls, name) not in PARTIES:
            raise unknown("party", getattr(cls, name), PARTIES, key=f"{key}.{name}")
    for role, name in cls.own_means._asdict().items():
        if name not in usable and not (name is None and role == "growth"):
            raise unknown("number", name, usable, key=f"{key}.own_means.{role}")
