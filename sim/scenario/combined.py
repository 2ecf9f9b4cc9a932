"""Policies of several scenarios in one world."""

from collections.abc import Sequence

from sim.errors import InputError
from sim.scenario.build import build
from sim.scenario.scenario import Scenario

NAME, OPTION = "combined", "--combined"


def combined(scenarios: Sequence[Scenario]) -> Scenario:
    """The first scenario with the policies of all others too, whatever order these stand in.

    Raises InputError where there are less than two others, where one changes more of the world than its policies, or
    leaves out a policy of the first, and where two have one policy: otherwise, or alike, which a sum would count twice.
    """
    world, *others = scenarios
    if len(others) < 2:
        allowed, fix = "two or more beside the baseline", "name the scenarios whose policies are combined"
        raise InputError("nothing to combine", key=OPTION, found=_names(others), allowed=allowed, fix=fix)
    tree = world.tree.copy()
    there = {policy.id: policy for policy in world.policies}
    own = set(there)
    for other in others:
        policies = {policy.id: policy for policy in other.policies}
        twice = [id for id in policies if id in there and id not in own]
        apart = [id for id, policy in policies.items() if there.get(id, policy) != policy]
        if not other.is_same_world(world) or own - set(policies):
            found, fix = f"{other.name} differs from {world.name} in more", "leave it out, or write one file with all"
            raise InputError("policies are combined that are added to one world", key=OPTION, found=found,
                             allowed="scenarios that add policies to the first", fix=fix)  # fmt: skip
        if apart:
            found, fix = f"{apart[0]} in {other.name}, and otherwise before it", "give one of them an id of its own"
            raise InputError("two scenarios have one policy, each otherwise", key=OPTION, found=found,
                             allowed="each policy once", fix=fix)  # fmt: skip
        if twice:
            found, fix = f"{twice[0]} in {other.name}, and before it", f"leave one out, or take {twice[0]} out of one"
            raise InputError("two scenarios have the same policy", key=OPTION, found=found,
                             allowed="each policy in one of them, since effects are added", fix=fix)  # fmt: skip
        for entry in other.tree.policies:
            if entry["id"] not in there:
                tree.policies.append(dict(entry))
                for key in entry:
                    path = f"policy.{entry['id']}.{key}"
                    tree.wrote(path, other.tree.where(path)["file"])
        there |= policies
        tree.sources = tree.sources | other.tree.sources
        tree.gave_way += [said for said in other.tree.gave_way if said not in tree.gave_way]
    tree.name = NAME
    tree.data["title"] = f"Combined: {_names(others).replace('_', ' ')}"
    tree.data["question"] = "What do these policies do combined?"
    return build(tree)


def _names(scenarios: Sequence[Scenario]) -> str:
    return ", ".join(one.name for one in scenarios) or "nothing"
