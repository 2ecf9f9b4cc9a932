"""Why a scenario changes nothing, where it does not."""

from collections.abc import Mapping

from sim.policies import Policy
from sim.policies.levers import LEVERS
from sim.results.comparison import Comparison
from sim.scenario import Scenario
from sim.scenario.scenario import setting_apart
from sim.scenario.schema import Time

WITHIN_LIMITS = "where what it limits stays within its limits"
NO_EFFECT = "where what it changes has no effect"
REPLICATES, DRAWN = "replicates", "drawn worlds"


def why_never(baseline: Scenario, other: Scenario) -> str:
    """A clause on why a scenario cannot change anything, whatever the luck; empty where it can."""
    if other.is_same(baseline):
        return f"changes nothing, since it is the same as {baseline.title}"
    policies = that_differ(baseline, other)
    reasons = [_never_in_force(policy, other.time) for policy in policies]
    between = ", and " if any("," in reason for reason in reasons) else " and "
    return f"changes nothing, since {between.join(reasons)}" if policies and all(reasons) else ""


def why_sometimes(found: Comparison, scenario: int) -> str:
    """In how many replicates and drawn worlds a scenario changes nothing, and why; empty where it always changes."""
    alike, many = (found.unchanged(scenario, wide=wide) for wide in (False, True)), len(found.pairs)
    counts = {what: (count, many) for what, count in zip((REPLICATES, DRAWN), alike, strict=True)}
    return in_how_many(counts, found.scenarios[0], found.scenarios[scenario])


def in_how_many(counts: Mapping[str, tuple[int, int]], baseline: Scenario, other: Scenario) -> str:
    """The same, of so many of so many worlds of a name; empty where it changes something in all."""
    many = " and ".join(f"{count} of {all_} {what}" for what, (count, all_) in counts.items() if count)
    if not many:
        return ""
    limits = limits_alone(that_differ(baseline, other))
    return f"It changes nothing in {many}, {WITHIN_LIMITS if limits else NO_EFFECT}."


def that_differ(baseline: Scenario, other: Scenario) -> list[Policy]:
    """The policies that only one of two scenarios has; none where more than policies differs."""
    return setting_apart((other, baseline)) if baseline.is_same_world(other) else []


def _never_in_force(policy: Policy, time: Time) -> str:
    """Why a policy does nothing in the years that are simulated; empty where it is in force in some."""
    if policy.neutral:
        return f"the {policy.strength} of {policy.id} is at its neutral value"
    if policy.start >= time.end + 1:
        return f"{policy.id} begins in {policy.start:g}, after {time.end}, the last year simulated"
    if policy.end <= time.start:
        return f"{policy.id} ends in {policy.end:g}, before {time.start}, the first year simulated"
    return ""


def limits_alone(policies: list[Policy]) -> bool:
    """Whether all these policies are limits, which do nothing where they do not bind."""
    return bool(policies) and all(any(LEVERS[lever].limits for lever in policy.levers) for policy in policies)
