"""What is simulated for an answer, in order, and the worlds that come of it."""

import pickle

from sim.app.ensemble import PairedWorlds
from sim.app.members import Both, MemberTask
from sim.scenario import Scenario

STAGES = (1, 16, 32)  # pairs after which the page is told: first one on the assumptions as they stand, then drawn
STANDING = 9  # pairs on the assumptions as they stand: sizes are theirs, and what luck alone leaves open


def tasks(baseline: Scenario, policy: Scenario) -> list[MemberTask]:
    """What is simulated for an answer, in order."""
    both = pickle.dumps(baseline), pickle.dumps(policy)
    drawn = [MemberTask(member, True, *both) for member in range(STAGES[-1])]
    standing = [MemberTask(member, False, *both) for member in range(STANDING)]
    return [standing[0], *drawn[: STAGES[1]], *standing[1:], *drawn[STAGES[1] :]]


def ensemble(baseline: Scenario, policy: Scenario, found: list[Both]) -> PairedWorlds:
    """Pairs as they came, in the order of members."""
    ordered = sorted(found, key=lambda both: both.member)
    drawn, luck = ([one for one in ordered if one.wide is wide] for wide in (True, False))
    return PairedWorlds(baseline, policy, drawn, drawn=True, luck=luck)
