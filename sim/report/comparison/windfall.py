"""Which part of the clean power that the treasury pays for is bought without its support too."""

import numpy as np

from sim.arrays import Array
from sim.measures.carbon import CLEAN_POWER, ENERGY
from sim.report.comparison.reasons import that_differ
from sim.report.words import plain
from sim.results.comparison import Comparison
from sim.results.statistics import effect

PLACES = 2  # significant figures
LEAST = 0.01  # from which part on it is told


def bought_anyway(found: Comparison, scenario: int) -> list[str]:
    """A clause on it, of the last year, where support for clean power in all regions is all that a scenario adds; none
    where it is next to nothing."""
    baseline, world, last = found.scenarios[0], found.scenarios[scenario], found.years[-1]
    acting = [one for one in that_differ(baseline, world) if one.acts_within(last, last)]
    alone = all("clean_support" in one.levers and one in world.policies for one in acting)
    everywhere = all({*(one.regions or world.region_ids)} == {*world.region_ids} for one in acting)
    if not (acting and alone and everywhere):
        return []
    worlds = (False, True) if found.drawn else (False,)
    shares = [_share(found, scenario, wide=wide) for wide in worlds]
    nothing = [np.zeros_like(share) for share in shares]
    part = effect(nothing[0], shares[0], (nothing[1], shares[1]) if found.drawn else None)
    if part is None or part.few or not part.told.amount.middle >= LEAST:
        return []
    middle, *ends = (plain(100.0 * value, PLACES) for value in part.told.amount)
    reach = "" if ends[0] == ends[1] else f" ({' to '.join(ends)} %)"
    return [f"{middle} %{reach} of the clean power that it pays for is bought without it too"]


def _share(found: Comparison, scenario: int, *, wide: bool) -> Array:
    """Clean power of the baseline over that of a scenario, by pair: at most all of it."""
    without, with_it = (
        found.values(i, CLEAN_POWER, wide=wide) * found.values(i, ENERGY, wide=wide) for i in (0, scenario)
    )
    share = np.divide(without, with_it, out=np.full(without.shape, np.nan), where=with_it > 0)
    return np.asarray(np.minimum(share, 1.0))
