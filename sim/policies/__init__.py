"""Policies: one small file each. Dropping a file into this folder registers the policy it defines."""

from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.registry import defined


def registry() -> dict[str, type[Policy]]:
    """Every policy by its name."""
    return defined(Policy, "name", __name__, __path__)


__all__ = ["FALLS", "RISES", "Claim", "Policy", "registry"]
