"""Kinds of actor: one small file of rules each. Dropping a file into this folder registers the rules it defines."""

from sim.actors.base import PARTIES, Economy, Endowment, Funds, Kind
from sim.actors.declared import look_at
from sim.errors import InputError
from sim.registry import defined


def registry() -> dict[str, type[Kind]]:
    """Every kind's rules by name. Raises InputError for one that is not declared as it has to be."""
    found = defined(Kind, "rule", __name__, __path__)
    titles = dict[str, str]()
    for rule, kind in sorted(found.items(), key=lambda one: not one[1].__module__.startswith(f"{__name__}.")):
        look_at(kind)
        if titles.setdefault(kind.title, rule) != rule:
            problem, allowed = f"two kinds have the title '{kind.title}'", f"one that {titles[kind.title]} has not"
            fix = "give it another: agents are told apart by it"
            raise InputError(problem, key=f"{kind.__module__}.{kind.__name__}.title", found=kind.title, allowed=allowed,
                             fix=fix)  # fmt: skip
    return found


__all__ = ["PARTIES", "Economy", "Endowment", "Funds", "Kind", "registry"]
