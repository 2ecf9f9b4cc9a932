"""What a worker of the page does: members of an ensemble, each with its baseline kept, so that only what a policy
changes is simulated."""

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from sim.app.places import MemberPath, Seen, seen, watch
from sim.arrays import Array
from sim.errors import InputError, NoPrices
from sim.experiment.draws import on_draw
from sim.experiment.notes import ReplicateNotes
from sim.experiment.path import WorldPath, parting
from sim.scenario import Scenario
from sim.scenario.drawing import shared, undecided
from sim.scenario.variants import with_values

EVERY = 3  # years between places of a baseline from which a policy world may part
SCENARIOS_KEPT = 8  # in one worker: what a tab or two set last
MOST_KEPT = 80  # baselines in one worker, about 5 MB each at 700 actors to 2040
MOST_ACTORS_KEPT = 560_000  # in all places of these, about 0.5 kB each


@dataclass(frozen=True)
class MemberTask:
    """One member of two scenarios, pickled: on a draw of the assumptions, or as they stand."""

    member: int
    wide: bool
    baseline: bytes
    policy: bytes

    @property
    def place(self) -> int:
        """Which worker does it: the one for first answers, or one of the others, counted round; always the same one for
        the same member, so that its baseline is there."""
        return self.member + self.wide

    def __call__(self, kept: "KeptMembers") -> "Both | None":
        """Do it with what a worker keeps."""
        return kept(self)


@dataclass(frozen=True)
class Both:
    """What became of a member: yearly values (year, measure) of both worlds, and where they are only lower bounds."""

    member: int
    wide: bool
    values: tuple[Array, Array]
    bounds: tuple[Array, Array]
    places: tuple[Seen, Seen]


def begun(scenario: Scenario, member: int) -> MemberPath:
    """The path of a member at its start, with an eye on places."""
    path = WorldPath(scenario, member, ReplicateNotes(scenario, actor_years=()))
    watch(path)
    return path


class Member:
    """A baseline simulated to its end, with places on the way from which others part."""

    def __init__(self, baseline: Scenario, member: int, wide: bool) -> None:
        self.drawn: dict[str, float] = {}
        self.found = undecided(baseline) if wide else {}
        self.last: tuple[bytes, Both | None] | None = None  # the policy world asked for last, and what became of it
        if wide:
            self.drawn, _, made = on_draw(
                [baseline], baseline.run.seed, member, lambda worlds: _with_places(worlds[0], member)
            )
        else:
            made = _with_places(baseline, member)
        self.own, self.path, self.places = made

    @property
    def size(self) -> int:
        """Actors in all its places."""
        return len(self.places) * self.own.actors

    def under(self, policy: Scenario, member: int) -> MemberPath | None:
        """The path under another scenario, to its end; None where the draw makes no possible world of it: the checks
        refuse its numbers, or no prices meet its caps."""
        own = {path: self.drawn[path] for path in shared(self.found, policy)}
        try:
            changed = with_values(policy, own) if own else policy
        except InputError:
            return None
        try:
            return self._played(changed, member)
        except NoPrices:
            if self.drawn:
                return None
            raise

    def _played(self, changed: Scenario, member: int) -> MemberPath:
        """The path under a scenario, to its end, from where it parts from this baseline."""
        year = parting(self.own, changed)
        if year is None:
            other = begun(changed, member)
        else:
            other = next(path for at, path in reversed(self.places) if at <= year).fork(changed)
        other.finish()
        return other


def _with_places(baseline: Scenario, member: int) -> tuple[Scenario, MemberPath, list[tuple[int, MemberPath]]]:
    """A baseline, its path to the end, and its path in some years on the way."""
    path, places = begun(baseline, member), []
    for year in range(baseline.time.start, baseline.time.end + 1, EVERY):
        path.advance_to(year)
        places.append((year, path.fork(baseline)))
    path.finish()
    return baseline, path, places


class KeptMembers:
    """The members that a worker keeps: those asked for last, as far as there is room. Of a baseline that has more than
    there is room for, those that came first: all are asked for in turn, so each would leave before its turn."""

    def __init__(self) -> None:
        self.members: OrderedDict[tuple[bytes, int, bool], Member] = OrderedDict()
        self.scenarios: OrderedDict[bytes, Scenario] = OrderedDict()

    def __call__(self, task: MemberTask) -> Both | None:
        """Both worlds of a member; None where the draw makes no possible world."""
        key = sha256(task.baseline).digest(), task.member, task.wide
        if key not in self.members:
            self.members[key] = Member(self._scenario(task.baseline), task.member, task.wide)
        self.members.move_to_end(key)
        member = self.members[key]
        while self._are_many():
            last = next(reversed(self.members))
            del self.members[next((one for one in self.members if one[0] != key[0]), last)]
        asked = sha256(task.policy).digest()
        if member.last is None or member.last[0] != asked:
            member.last = asked, self._both(member, task)
        return member.last[1]

    def _both(self, member: Member, task: MemberTask) -> Both | None:
        other = member.under(self._scenario(task.policy), task.member)
        if other is None:
            return None
        before, after = seen(member.path), seen(other)
        values, bounds, places = (before[0], after[0]), (before[1], after[1]), (before[2], after[2])
        return Both(task.member, task.wide, values, bounds, places)

    def _are_many(self) -> bool:
        return len(self.members) > MOST_KEPT or sum(one.size for one in self.members.values()) > MOST_ACTORS_KEPT

    def _scenario(self, pickled: bytes) -> Scenario:
        key = sha256(pickled).digest()
        if key not in self.scenarios:
            self.scenarios[key] = pickle.loads(pickled)
            while len(self.scenarios) > SCENARIOS_KEPT:
                self.scenarios.popitem(last=False)
        return self.scenarios[key]
