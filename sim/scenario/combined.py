"""Policies of several scenarios in one world."""

from collections.abc import Sequence
from typing import Any

from sim.errors import InputError
from sim.scenario.build import build
from sim.scenario.scenario import Scenario

NAME, OPTION = "combined", "--combined"


def combined(scenarios: Sequence[Scenario]) -> Scenario:
    """The first scenario with the policies of all others too, whatever order these stand in.

    Raises InputError where there are less than two others, where one changes more of the world than its policies, or
    leaves out a policy of the first, and where two write one policy otherwise.
    """
    world, *others = scenarios
    if len(others) < 2:
        allowed, fix = "two or more beside the baseline", "name the scenarios whose policies are combined"
        raise InputError("nothing to combine", key=OPTION, found=_names(others), allowed=allowed, fix=fix)
    tree = world.tree.copy()
    entries: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in tree.policies}
    own = set(entries)
    for other in others:
        written = {entry["id"]: entry for entry in other.tree.policies}
        apart = [id for id, entry in written.items() if entries.get(id, entry) != entry]
        if not other.is_same_world(world) or own - set(written):
            found, fix = f"{other.name} differs from {world.name} in more", "leave it out, or write one file with all"
            raise InputError("policies are combined that are added to one world", key=OPTION, found=found,
                             allowed="scenarios that add policies to the first", fix=fix)  # fmt: skip
        if apart:
            found, fix = f"{apart[0]} in {other.name}, and otherwise before it", "give one of them an id of its own"
            raise InputError("two scenarios have one policy, each otherwise", key=OPTION, found=found,
                             allowed="each policy once", fix=fix)  # fmt: skip
        for id, entry in written.items():
            if id not in entries:
                tree.policies.append(dict(entry))
                for key in entry:
                    path = f"policy.{id}.{key}"
                    tree.wrote(path, other.tree.where(path)["file"])
        entries |= written
    tree.name = NAME
    tree.data["title"] = f"Combined: {_names(others)}"
    tree.data["question"] = "What do these policies do combined?"
    return build(tree)


def _names(scenarios: Sequence[Scenario]) -> str:
    return ", ".join(one.name for one in scenarios) or "nothing"
