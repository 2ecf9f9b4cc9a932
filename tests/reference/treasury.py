"""Permits given away, duties to publish, and compute that the treasury pays, in the slow economy."""

from collections import defaultdict
from fractions import Fraction
from math import floor, inf
from typing import Any

from tests.reference.actors import Actor, drained
from tests.reference.policies import (
    ACADEMIC_COMPUTE,
    CAPS,
    COMPUTE_VOUCHERS,
    EFFICIENCY_RESEARCH,
    EQUAL_DIVIDEND,
    PAID_OUT,
    TREASURY,
)
from tests.reference.records import best


def plain_cost(actor: Actor) -> float:
    """What a FLOP costs an actor without rent and without what policies charge for it."""
    return actor.own_cost - sum(actor.tax.values()) - actor.levy


class Treasury:
    """The part of the economy that deals with public duties and public money."""

    def note_before(self) -> None:
        """Emissions and compute in the calendar year before each policy with permits, of those it applies to."""
        for name in CAPS:
            for policy, _, _ in self.rules.in_force(name):
                if policy.cap_share == inf:
                    continue
                year = self.by_year[int(policy.origin + self.dt / 10) - 1]
                meant = [kind.id for kind in self.assumptions.kinds if self.rules.meant(policy, kind.id)]
                regions = policy.regions or self.assumptions.region_ids
                scope = ["training"] if getattr(policy, "scope", "all") == "training" else ["training", "serving"]
                self.before[policy.id] = (
                    sum(year[kind, region] for kind in meant for region in regions),
                    sum(year[kind, what] for kind in meant for what in scope),
                )

    def close_year(self) -> None:
        """A calendar year is over: what each kind, and each actor, emitted and bought in it."""
        self.by_year[self.year] = defaultdict(float)
        for actor in self.agents:
            for what, amount in actor.this_year.items():
                self.by_year[self.year][actor.kind.id, what] += amount
            new = actor in self.founded
            actor.last_year = dict.fromkeys(actor.this_year, 0.0) if new else actor.this_year
            actor.this_year = dict.fromkeys(actor.this_year, 0.0)

    def give_rights(self) -> None:
        """Parts in permits that are given away go by the calendar year before the first of them."""
        for right in [*self.permits, *self.rules.licensed()]:
            given = any(self.rules.proceeds(right).get(use) for use in CAPS.values())
            if not given or any(right in actor.parts for actor in self.agents):
                continue
            kinds, what = right  # regions, or what compute is used for
            for actor in self.agents:
                actor.parts[right] = sum(actor.last_year[each] for each in what) if actor.kind.id in kinds else 0.0
            total = sum(actor.parts[right] for actor in self.agents)
            for actor in self.agents:
                actor.parts[right] = actor.parts[right] / total if total else 0.0

    def pay_back(self) -> None:
        """What of earmarked money is paid out: the value of permits that are given away to those of their holders who
        are there; none of it while nobody is."""
        rate = self.assumptions.finance.recycling
        self.paid_out = {use: drained(self.earmarked[use], rate, self.dt) for use in PAID_OUT}
        kept = [TREASURY] if self.living else [TREASURY, EQUAL_DIVIDEND]  # the money stays while nobody is there
        kept += [] if self.labs else [ACADEMIC_COMPUTE, COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH]
        self.paid_out |= dict.fromkeys(kept, 0.0)
        self.back = {}
        for right, value in self.held.items():
            if any(actor.parts[right] for actor in self.agents if actor.alive):
                self.back[right] = drained(value, rate, self.dt)
        regions = self.assumptions.region_ids
        for use in CAPS.values():
            of = [right for right in self.back if (right[1][0] in regions) == (use == "past_emissions")]
            self.paid_out[use] = sum(self.back[right] for right in of)

    def given_away(self, actor: Actor) -> float:
        """Value of permits that comes back to an actor."""
        total = 0.0
        for right, value in self.back.items():
            living = sum(other.parts[right] for other in self.agents if other.alive)
            total += value * actor.parts[right] / living if actor.alive else 0.0
        return total

    def publish(self) -> None:
        """Duties: what share of research is published now, and which models are due."""
        for actor in self.agents:
            actor.sharing = actor.kind.openness
        for when, actor, methods, _ in self.known:
            if when > self.begin - 1:
                actor.sharing = max(actor.sharing, methods)
        for policy, _, phase in sorted(self.rules.in_force("open_publication"), key=lambda found: found[0].id):
            if not phase * policy.share:
                continue
            kinds = self.for_kinds(policy)
            meant = [actor for actor in self.agents if self.rules.meant(policy, actor.kind.id)]
            obliged = [actor for actor in meant if actor.release_draw < phase * policy.share]
            for actor in obliged:
                actor.sharing = max(actor.sharing, policy.findings)
            due = [actor.error for actor in obliged if actor.alive]
            if due and policy.weights:
                record = self.dutiful.setdefault((kinds, self.lane(policy, kinds)), [])
                record.append((self.begin, min([*due, *(e for _, e in record[-1:])])))
                self.duty_error = min(self.duty_error, best(record, self.begin - policy.weights_lag))

    def lane(self, policy: Any, kinds: tuple[int, ...]) -> int:
        """Which of several duties for these kinds it is: one that begins goes on with what the last one to end left, if
        nobody has that already, and else begins one of its own."""
        lanes: list[Any] = []  # the policy that each duty belongs to
        duties = [one for one in self.assumptions.policies if one.name == policy.name and self.for_kinds(one) == kinds]
        for other in sorted(duties, key=lambda one: (one.start, one.id)):
            ended = sorted((-one.end, at) for at, one in enumerate(lanes) if one.end <= other.start)
            at = ended[0][1] if ended else len(lanes)
            lanes[at : at + 1] = [other]
            if other.id == policy.id:
                return at
        raise LookupError(policy.id)

    def for_kinds(self, policy: Any) -> tuple[int, ...]:
        """Positions of the kinds that a policy applies to."""
        return tuple(i for i, kind in enumerate(self.assumptions.kinds) if self.rules.meant(policy, kind.id))

    def grant(self) -> None:
        """The treasury's money for compute: vouchers, budgets, and a share of the compute of all actors."""
        for actor in self.agents:
            actor.voucher = self.paid_out[COMPUTE_VOUCHERS] / len(self.labs) if actor in self.labs else 0.0
            actor.public = actor.voucher + (self.rules.voucher(actor.kind.id) if actor.alive else 0.0)
        self.unclaimed = 0.0
        for kinds, money in self.rules.vouchers():
            takers = self.takers(kinds, money)
            for actor in takers:
                actor.public += money / len(takers)
        for policy, _, phase in self.rules.in_force("public_compute"):
            self.buy_public(policy, phase)
        wishes = sum(min((a.private + a.public + a.serving) / plain_cost(a), a.most) for a in self.agents)
        programmes = [
            (policy, phase * policy.share, self.served(policy))
            for policy, _, phase in self.rules.in_force("public_compute")
        ]
        total = sum(share for _, share, served in programmes if served)
        for policy, share, served in programmes:
            if not share or not served:
                continue
            parts = self.allotted(policy, served)
            whole = wishes / (1 - min(total, 0.9)) * min(1, 0.9 / total)
            for actor in served:
                actor.public += share * whole * parts[actor] / sum(parts.values()) * plain_cost(actor)

    def served(self, policy: Any) -> list[Actor]:
        """Those whom a programme is for and who are there."""
        return [actor for actor in self.agents if actor.alive and self.rules.meant(policy, actor.kind.id)]

    def takers(self, kinds: list[str], money: float) -> list[Actor]:
        """Who is there to take money of a programme; it is noted where nobody is."""
        found = [actor for actor in self.agents if actor.alive and actor.kind.id in kinds]
        self.unclaimed += 0.0 if found else money
        return found

    def buy_public(self, policy: Any, phase: float) -> None:
        """The budget of a programme for public compute, which shares out compute and not money by its rule."""
        served, money = self.served(policy), phase * policy.budget
        if policy.total:
            money = policy.total / (policy.end - policy.start)
        if not served or not money:
            self.unclaimed += money
            return
        parts = self.allotted(policy, served)
        flop = money / sum(parts[actor] * plain_cost(actor) for actor in served)
        for actor in served:
            actor.public += flop * parts[actor] * plain_cost(actor)

    def allotted(self, policy: Any, served: list[Actor]) -> dict[Actor, float]:
        """Parts in public compute by a programme's rule of allotment."""
        merit, means = self.assumptions.finance.sponsor_contest, sorted(actor.means for actor in served)
        median = (means[(len(means) - 1) // 2] + means[len(means) // 2]) / 2
        of = "lottery" if policy.id == "public_compute" else f"lottery {policy.id}"  # each draws its own winners
        draws = dict(zip(self.agents, self.draw[0](of, self.year), strict=True))
        winners = max(floor(Fraction(str(policy.winners)) * len(served)), 1)
        last = sorted(draws[a] for a in served)[winners - 1]
        return {
            actor: {
                "equal": 1.0, "need": float(actor.means <= median), "merit": actor.error**-merit,
                "lottery": float(draws[actor] <= last),
            }[policy.allotment]
            for actor in served
        }  # fmt: skip

    def report(self) -> None:
        """Runs of this step that have to be reported, at most one of an actor in a year, and those now known."""
        end = self.begin + self.dt
        draws = dict(zip(self.agents, self.draw[0]("report", 0), strict=True))
        for actor in self.agents:
            actor.reported = 0
            asked = [
                policy
                for policy, threshold in self.rules.pulls("report_threshold", actor.kind.id)
                if actor.run > threshold and draws[actor] < policy.coverage
            ]
            if asked and actor.reported_in != self.year:
                actor.reported_in = self.year
                lag, methods = min(policy.lag for policy in asked), max(policy.methods for policy in asked)
                self.due.append((end + lag, actor, methods, actor.run))
        for when, actor, methods, run in self.due:
            if when <= end + 1e-9:
                if actor is not None:
                    actor.reported += 1
                    self.known.append((end, actor, methods, run))
                self.known_run = max(self.known_run, run)
        self.due = [
            (when, None if actor in self.founded else actor, methods, run)  # a new one's place is not its run
            for when, actor, methods, run in self.due
            if when > end + 1e-9
        ]
        self.known = [entry for entry in self.known if entry[1] not in self.founded]
        for actor in self.founded:
            actor.reported_in = -1
