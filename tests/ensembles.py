"""Ensembles of small worlds as the page answers them, for tests."""

import pickle
from dataclasses import replace
from functools import cache

import numpy as np

from sim.app.ensemble import PairedWorlds
from sim.app.members import Both, MemberTask
from sim.app.members import KeptMembers as Members
from sim.scenario import Scenario
from tests.pairs import BASELINE, FEW, Setup
from tests.worlds import SCENARIOS


@cache
def ensemble(
    policy: str, members: int = 6, *, wide: bool = True, until: int = 2030, more: tuple[str, ...] = ()
) -> PairedWorlds:
    """So many pairs of a shipped policy on few actors."""
    setup = Setup(BASELINE, SCENARIOS / f"{policy}.toml", 3, settings=(*FEW, *more), until=until)
    return of(*setup.scenarios(), members, wide=wide)


def of(baseline: Scenario, policy: Scenario, members: int, *, wide: bool = True) -> PairedWorlds:
    """So many pairs of two scenarios."""
    work, both = Members(), (pickle.dumps(baseline), pickle.dumps(policy))
    found = [work(MemberTask(member, wide, *both)) for member in range(members)]
    return PairedWorlds(baseline, policy, [one for one in found if one is not None], wide)


def with_values(
    worlds: PairedWorlds, id: str, before: list[float], after: list[float], *, bound: tuple[bool, bool] = (False, False)
) -> PairedWorlds:
    """The same with these values of a measure in the last year, by pair; and whether they are only lower bounds."""
    column = list(worlds.measures).index(id)
    found = []
    for i, one in enumerate(worlds.found):
        values, bounds = [each.copy() for each in one.values], [np.array(each) for each in one.bounds]
        for world, value in enumerate((before[i], after[i])):
            values[world][-1, column] = value
            bounds[world][-1, column] = bound[world]
        found.append(Both(one.member, one.wide, (values[0], values[1]), (bounds[0], bounds[1]), one.places))
    return replace(worlds, found=found)
