"""Policies of several scenarios in one world."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.arrays import added
from sim.errors import InputError
from sim.policies import Policy
from sim.policies.levers import LEVERS
from sim.quantity import Quantity
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
    there = _policies(world)
    own = set(there)
    for other in others:
        policies = _policies(other)
        twice = [id for id in policies if id in there and id not in own]
        apart = [id for id, policy in policies.items() if there.get(id, policy) != policy]
        alike = replace(other, run=world.run)  # as pairs are simulated, whatever seed its file has
        if not alike.is_same_world(world) or own - set(policies):
            found, fix = f"{other.name} differs from {world.name} in more", "leave it out, or write one file with all"
            raise InputError("policies are combined that are added to one world", key=OPTION, found=found,
                             allowed="scenarios that add policies to the first", fix=fix)  # fmt: skip
        if apart:
            raise _set_twice(apart[0], next(one for one in scenarios if apart[0] in _policies(one)), other)
        if twice:
            found, fix = f"{twice[0]} in {other.name}, and before it", f"leave one out, or take {twice[0]} out of one"
            raise InputError("two scenarios have the same policy", key=OPTION, found=found,
                             allowed="each policy in one of them, since effects are added", fix=fix)  # fmt: skip
        for entry in other.tree.policies:
            if entry["id"] not in there:
                tree.add_policy(entry, other.tree)
        there |= policies
        tree.sources = tree.sources | other.tree.sources
        tree.gave_way += [said for said in other.tree.gave_way if said not in tree.gave_way]
    tree.name = NAME
    tree.data["title"] = f"Combined: {_names(others).replace('_', ' ')}"
    tree.data["question"] = "What do these policies do combined?"
    return build(tree)


def _policies(scenario: Scenario) -> dict[str, Policy]:
    return {policy.id: policy for policy in scenario.policies}


def _set_twice(id: str, one: Scenario, other: Scenario) -> InputError:
    """The error where two scenarios have one policy with other numbers, which says what adding them up would come to,
    where that is plain."""
    first, second = _policies(one)[id], _policies(other)[id]
    key = next(
        (key for key in (*second.given, *second.parameters()) if getattr(first, key) != getattr(second, key)), ""
    )
    numbers = [_number(scenario, f"policy.{id}.{key}") for scenario in (one, other)]
    names = [
        f"{scenario.name} ({number.value:g} {number.unit})" if number else scenario.name
        for scenario, number in zip((one, other), numbers, strict=True)
    ]
    units = {number.unit if number else "" for number in numbers}
    adds = key in second.given and all(LEVERS[lever].combine is np.add for lever in second.levers)
    both = "for both"
    if adds and len(units) == 1 and (values := [float(number.value) for number in numbers if number]):
        both = f"to add them up to {added(values):g} {units.pop()}"
    fix = f"leave one out, and run twice; {both}, give one of them an id of its own"
    return InputError(
        f"two scenarios set {id} in two ways", key=OPTION, found=f"{' and '.join(names)} both set {id}",
        allowed="each policy in one scenario, since one world has one of it", fix=fix,
    )  # fmt: skip


def _number(scenario: Scenario, path: str) -> Quantity | None:
    """A plain number of a scenario, as it was written."""
    number = scenario.numbers.get(path)
    return number if number and isinstance(number.value, int | float) else None


def _names(scenarios: Sequence[Scenario]) -> str:
    return ", ".join(one.name for one in scenarios) or "nothing"
