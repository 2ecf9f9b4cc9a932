"""What a verdict says of policies that were over before the last year, to which its sizes belong."""

from sim.report.comparison.reasons import that_differ
from sim.report.words import spaced
from sim.results.comparison import Comparison
from sim.scenario.dates import over_before, span_of


def ended(found: Comparison, scenario: int) -> list[str]:
    """A clause on when policies of a scenario ran, where they are over before the last year; none where they are not:
    it ran from 2028 to the end of 2032."""
    world = found.scenarios[scenario]
    own = [policy for policy in that_differ(found.scenarios[0], world) if policy in world.policies]
    several = len({policy.name for policy in own if not policy.neutral}) > 1
    over = over_before(own, world.time)
    names = [" and ".join(spaced(policy.id) for policy in entries) if several else "it" for entries in over]
    return [f"{name} ran {span_of(entries, world.time)}" for name, entries in zip(names, over, strict=True)]
