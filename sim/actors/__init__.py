"""Kinds of actor: one small file of rules each. Dropping a file into this folder registers the rules it defines."""

from sim.actors.base import PARTIES, Economy, Endowment, Funds, Kind
from sim.registry import defined


def registry() -> dict[str, type[Kind]]:
    """Every kind's rules by name."""
    return defined(Kind, "rule", __name__, __path__)


__all__ = ["PARTIES", "Economy", "Endowment", "Funds", "Kind", "registry"]
