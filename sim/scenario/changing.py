"""A scenario whose policies change while it runs: an entry ends, and another goes on with other parameters."""

import tomllib
from collections.abc import Mapping
from math import inf
from typing import Any

from sim.policies import Policy
from sim.scenario import build
from sim.scenario.files import tree_of
from sim.scenario.schema import Scenario
from sim.scenario.writing import resolved_toml


def entry_of(scenario: Scenario, name: str, at: float) -> Policy | None:
    """The entry of a policy that is in force at a time [year], or the next one to come; None without any."""
    still = [policy for policy in scenario.policies if policy.name == name and policy.end > at and not policy.neutral]
    return min(still, key=lambda policy: policy.start, default=None)


def changed(scenario: Scenario, name: str, at: float, parameters: Mapping[str, Any] | None) -> Scenario:
    """The scenario in which, from ``at`` [year] on, a policy has these ``parameters``, written as in a file.

    An entry in force ends at ``at`` and another begins (``carbon_tax-2``, ...), which counts growth and ramp from the
    start of the first. An entry that has not begun keeps its start. Without parameters the policy ends. Raises
    InputError where the parameters cannot be used.
    """
    data = tomllib.loads(resolved_toml(scenario))
    entries: list[dict[str, Any]] = data.get("policy", [])
    old = entry_of(scenario, name, at)
    start, origin, identity = at, at, _free(name, entries)
    if old is not None:
        written = next(entry for entry in entries if entry["id"] == old.id)
        if old.start < at:
            written["end"], origin = at, old.origin
        else:
            entries.remove(written)
            start, origin, identity = old.start, old.origin, old.id
    if parameters is not None:
        entry = {**parameters, "name": name, "id": identity, "start": start}
        if -inf < origin < start:
            entry["since"] = origin
        entries.append(entry)
    return build(tree_of(scenario.file, {**data, "policy": entries}))


def _free(name: str, entries: list[dict[str, Any]]) -> str:
    """An id that no entry has: the policy's name, or the name with the next number."""
    taken = {entry["id"] for entry in entries}
    names = (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3)))
    return next(each for each in names if each not in taken)
