"""Policies: one small file each. Dropping a file into this folder registers the policy it defines."""

from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.policies.declared import look_at
from sim.registry import defined


def registry() -> dict[str, type[Policy]]:
    """Every policy by its name. Raises InputError for one that is not declared as it has to be."""
    found = defined(Policy, "name", __name__, __path__)
    for policy in found.values():
        look_at(policy)
    return found


__all__ = ["FALLS", "RISES", "Claim", "Policy", "registry"]
