"""Whether a kind of actor is declared so that it can be used: looked at whenever all are asked for."""

from dataclasses import fields
from typing import Any

from sim.actors.base import PARTIES, SECTORS
from sim.errors import InputError, unknown
from sim.registry import refuse_plain_fields

SAYS = ("sector", "title", "own_means")  # what every kind says of itself


def look_at(cls: Any) -> None:
    """Raises InputError for a kind that leaves something out, or says what may not be."""
    key, usable = f"{cls.__module__}.{cls.__name__}", [one.name for one in fields(cls)]
    for name in (*SAYS, *sorted(getattr(cls, "__abstractmethods__", ()))):
        if not hasattr(cls, name) or name not in SAYS:
            problem, fix = f"the kind '{cls.rule}' does not say its {name}", f"add {name}, see docs/add-a-kind.md"
            allowed = "kinds with a sector, a title, own means, endow, wants and means"
            raise InputError(problem, key=key, allowed=allowed, fix=fix)
    refuse_plain_fields(cls, f"the kind '{cls.rule}'")
    if cls.rule in SECTORS:  # rows are found by rules and by sectors
        problem, fix = f"the kind '{cls.rule}' is called like a sector", "give it another rule"
        raise InputError(problem, key=f"{key}.rule", found=cls.rule, allowed=f"not {' or '.join(SECTORS)}", fix=fix)
    if cls.sector not in SECTORS:
        raise unknown("sector", cls.sector, SECTORS, key=f"{key}.sector")
    for name in ("settles_with", "income_from"):
        if getattr(cls, name) not in PARTIES:
            raise unknown("party", getattr(cls, name), PARTIES, key=f"{key}.{name}")
    for role, name in cls.own_means._asdict().items():
        if name not in usable and not (name is None and role == "growth"):
            raise unknown("number", name, usable, key=f"{key}.own_means.{role}")
