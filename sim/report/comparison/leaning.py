"""What a verdict says of a direction that is unclear where nearly all draws lie on one side of nothing."""

from dataclasses import replace

from sim.report.certainty import by, sized
from sim.report.comparison.verdict import SpokenEffect
from sim.results.certainty import Sureness, counts_as_small, sureness
from sim.results.comparison import Comparison

NEARLY_ALL = 0.9  # of the draws


def with_leaning(found: Comparison, scenario: int, claim: SpokenEffect) -> SpokenEffect:
    """The claim with how many draws lie on which side, where its direction is unclear though nine tenths lie on one,
    and neither the size nor the median is small or on the other: though lower in 9 of 10 draws, by 47 % in the middle
    one."""
    change, id = claim.last, claim.measure.id
    if sureness(change) is not Sureness.UNCLEAR or id not in found.measures:
        return claim
    lower, higher, of = found.ahead(scenario, id)
    relative = change.is_relative
    size, median = (one.on(relative=relative).middle for one in (change.luck, change.told))
    way = -1 if lower > higher else 1
    if max(lower, higher) < NEARLY_ALL * of or min(way * size, way * median) <= 0:
        return claim
    if counts_as_small(change) or counts_as_small(replace(change, luck=change.told)):
        return claim
    told, _ = sized(change, change.told.on(relative=change.in_percent), claim.unit)
    draws = "draws" if found.drawn else "replicates"
    side = f"{'lower' if way < 0 else 'higher'} in {max(lower, higher)} of {of} {draws}"
    return replace(claim, leaning=f"though {side}, {by(told)} in the middle one")
