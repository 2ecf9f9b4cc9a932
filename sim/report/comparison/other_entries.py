"""Scenarios that differ from the baseline in entries of the world: no policy brings that about, and nobody pays."""

from sim.plurals import counted, plural
from sim.results.comparison import Comparison
from sim.scenario import Scenario
from sim.scenario.purse import in_force
from sim.scenario.scenario import setting_apart

WORLD_BUDGET = "not a policy: what it takes to bring this about is not counted"
ALONE = "what it differs in is no policy, and what it takes to bring that about is not counted"
TOO = "it differs in more than its policies, and what it takes to bring that about is not counted"


def is_world(found: Comparison, scenario: int) -> bool:
    """Whether a scenario differs from the baseline in the world alone, and in no policy in force. A scaling law is
    nothing that anybody brings about."""
    return not found.held and _is_world(found.scenarios[0], found.scenarios[scenario])


def _is_world(baseline: Scenario, other: Scenario) -> bool:
    return not baseline.is_same_world(other) and all(one.neutral for one in setting_apart((baseline, other)))


def not_counted(found: Comparison, scenario: int) -> list[str]:
    """A clause on it, where a scenario differs in entries of the world; none where it has policies alone."""
    first, other = found.scenarios[0], found.scenarios[scenario]
    return [] if found.held or first.is_same_world(other) else [ALONE if _is_world(first, other) else TOO]


def has_policies(found: Comparison) -> bool:
    """Whether any scenario has a policy in force: without one there is no public money to tell of."""
    return any(policy for one in found.scenarios for policy in in_force(one))


def what(policies: int, worlds: int, *, how_many: bool) -> str:
    """What is held against a baseline: 3 policies and 1 other world; policies and other worlds."""
    parts = {"policy": policies, "other world": worlds}
    return " and ".join(counted(n, noun) if how_many else plural(noun, 2) for noun, n in parts.items() if n)
