"""From when to when policies are in force, in words."""

from collections.abc import Iterable
from math import isfinite

from sim.plurals import plural
from sim.policies import Policy
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Time


def dated(scenario: Scenario) -> list[str]:
    """A sentence for each policy that ends: policy grants is in force from 2028 to the end of 2031, 4 years."""
    return [
        f"policy {policy.id} is in force {span_of([policy], scenario.time)}, {_how_long(policy, scenario.time)}."
        for policy in scenario.policies
        if isfinite(policy.end) and not policy.neutral and policy.end > scenario.time.start
    ]


def span_of(policies: Iterable[Policy], time: Time) -> str:
    """From the first date of policies to the last, within a run: from 2028 to the end of 2032."""
    every = list(policies)
    start, end = min(_begins(policy, time) for policy in every), max(policy.end for policy in every)
    return f"from {start:g} to {f'the end of {end - 1:g}' if end == int(end) else f'{end:g}'}"


def over_before(policies: Iterable[Policy], time: Time) -> list[list[Policy]]:
    """The policies that were in force in a run and in no part of its last year, those of one name together: an entry
    that another goes on from is not over."""
    by_name: dict[str, list[Policy]] = {}
    for policy in policies:
        if policy.acts_within(time.start, time.end):
            by_name.setdefault(policy.name, []).append(policy)
    return [entries for entries in by_name.values() if all(policy.end <= time.end for policy in entries)]


def _begins(policy: Policy, time: Time) -> float:
    return max(policy.start, float(time.start))


def _how_long(policy: Policy, time: Time) -> str:
    years = policy.end - _begins(policy, time)
    return f"{years:g} {plural('year', years)}"
