"""Why a scenario changes nothing, or no more than another, where it does not."""

from collections.abc import Mapping, Sequence

from sim.policies import Policy
from sim.policies.levers import LEVERS
from sim.policies.programme import Programme
from sim.policies.public_compute import PublicCompute
from sim.report.words import spaced
from sim.results.comparison import Comparison
from sim.scenario import Scenario
from sim.scenario.scenario import setting_apart
from sim.scenario.schema import Time

WITHIN_LIMITS = "where what it limits stays within its limits"
NO_EFFECT = "where what it changes has no effect"
NO_CENTRE = "Public compute says nothing of a computing centre: it is bought in the market, as with a voucher."
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


def why_the_same(one: Scenario, other: Scenario) -> str:
    """A sentence on why no more than size and dates can tell two scenarios apart; empty where more can."""
    policies = that_differ(one, other)
    first, second = ([policy for policy in policies if policy in world.policies] for world in (one, other))
    if len(first) != 1 or len(second) != 1 or len(policies) != 2:
        return ""
    equal = all(isinstance(policy, Programme) and policy.equal_money_for_compute for policy in policies)
    covered = (one.target(first[0]).covered, other.target(second[0]).covered)
    if not equal or first[0].name == second[0].name or covered[0] != covered[1]:
        return ""
    name = spaced(one.name)
    said = [
        f"{name[:1].upper()}{name[1:]} and {spaced(other.name)} are the same by construction, but for size and dates: "
        "both pay for compute in the same market, in equal parts."
    ]
    if any(isinstance(policy, PublicCompute) for policy in policies):
        said.append(
            "What a centre adds (machines of its own, lower prices, jobs larger than a lab's part, staff) is not in "
            "the model."
        )
    apart = [policy.id for policy in policies if hasattr(policy, "allotment")]
    said += [
        f'Divided by lottery, need or merit they differ (policy.{id}.allotment = "lottery" and so on).'
        for id in apart[:1]
    ]
    return " ".join(said)


def no_centre(scenarios: Sequence[Scenario]) -> list[str]:
    """What public compute is not, where a scenario has it."""
    policies = (policy for scenario in scenarios for policy in scenario.policies)
    return [NO_CENTRE] if any(isinstance(policy, PublicCompute) and not policy.neutral for policy in policies) else []


def that_differ(baseline: Scenario, other: Scenario) -> list[Policy]:
    """The policies that only one of two scenarios has; none where more than policies differs."""
    return setting_apart((other, baseline)) if baseline.is_same_world(other) else []


def _never_in_force(policy: Policy, time: Time) -> str:
    """Why a policy does nothing in the years that are simulated; empty where it is in force in some."""
    if policy.acts_within(time.start, time.end):
        return ""
    if policy.neutral:
        return f"the {spaced(policy.strength)} of {spaced(policy.id)} is at its neutral value"
    if not policy.begins_by(time.end):
        return f"{spaced(policy.id)} begins in {policy.start:g}, after {time.end}, the last year simulated"
    return f"{spaced(policy.id)} ends in {policy.end:g}, before {time.start}, the first year simulated"


def limits_alone(policies: list[Policy]) -> bool:
    """Whether all these policies are limits, which do nothing where they do not bind."""
    return bool(policies) and all(any(LEVERS[lever].limits for lever in policy.levers) for policy in policies)
