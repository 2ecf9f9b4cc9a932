"""Rules of allocation. Dropping a file into this folder registers the rule it defines."""

from sim.mechanisms.market.rules.base import Rule
from sim.registry import defined

RULES: dict[str, type[Rule]] = defined(Rule, "name", __name__, __path__)

__all__ = ["RULES", "Rule"]
