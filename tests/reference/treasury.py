"""Permits given away, duties to publish, and compute that the treasury pays, in the slow economy."""

from collections import defaultdict
from math import inf

from tests.reference.actors import Actor
from tests.reference.policies import CAPS, Market
from tests.reference.records import best

ALLOTMENTS = ("equal", "need", "merit", "lottery")


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
        past = {place: self.rules.proceeds("cap_and_trade", place) == "past_emissions" for place in self.permits}
        past["past_compute"] = self.rules.proceeds("compute_permits") == "past_compute"
        for right, given in past.items():
            if not given or any(right in actor.parts for actor in self.agents):
                continue
            for actor in self.agents:
                if right == "past_compute":
                    actor.parts[right] = sum(
                        self.rules.compute_permits(actor.kind.id, training=what == "training") * actor.last_year[what]
                        for what in ("training", "serving")
                    )
                else:
                    kinds, regions = right
                    needs = actor.kind.id in kinds
                    actor.parts[right] = sum(actor.last_year[region] for region in regions) if needs else 0.0
            total = sum(actor.parts[right] for actor in self.agents)
            for actor in self.agents:
                actor.parts[right] = actor.parts[right] / total if total else 0.0

    def given_away(self, actor: Actor) -> float:
        """Value of permits that comes back to an actor."""
        total, value = 0.0, {"past_compute": self.paid_out["past_compute"]}
        for place, part in self.parts_held().items():
            value[place] = self.paid_out["past_emissions"] * part
        for right, amount in value.items():
            living = sum(other.parts.get(right, 0.0) for other in self.agents if other.alive) if amount else 0.0
            if living and actor.alive:
                total += amount * actor.parts.get(right, 0.0) / living
        return total

    def parts_held(self) -> dict[Market, float]:
        """Parts of markets in the value of emission permits given away that is not yet paid out."""
        whole = sum(self.held.values())
        return {place: amount / whole if whole else 0.0 for place, amount in self.held.items()}

    def publish(self) -> None:
        """Duties: what share of research is published now, and which models are due."""
        due: dict[str, float] = {}
        for actor in self.agents:
            share, lag, findings = self.rules.publishing(actor.kind.id)
            obliged = actor.release_draw < share
            actor.sharing = max(actor.kind.openness, findings) if obliged else actor.kind.openness
            if actor.known_at > self.begin - 1:
                actor.sharing = max(actor.sharing, self.rules.reports(actor.kind.id)[3])
            if obliged and actor.alive and lag < inf:
                due[actor.kind.id] = min(due.get(actor.kind.id, inf), actor.error)
        for kind, error in due.items():
            record = self.dutiful.setdefault(kind, [])
            record.append((self.begin, min([error, *(e for _, e in record[-1:])])))
            self.duty_error = min(self.duty_error, best(record, self.begin - self.rules.publishing(kind)[1]))

    def grant(self) -> None:
        """The treasury's money for compute: vouchers, budgets, and a share of all AI compute."""
        for actor in self.agents:
            actor.public = self.rules.voucher(actor.kind.id) if actor.alive else 0.0
        self.unclaimed = 0.0
        for kinds, money in self.rules.budgets("compute_voucher"):
            takers = self.takers(kinds, money)
            for actor in takers:
                actor.public += money / len(takers)
        for rule in ALLOTMENTS:
            self.buy_public(rule)
        wishes = sum(min((a.private + a.public + a.serving) / plain_cost(a), a.most) for a in self.agents)
        kinds = [kind.id for kind in self.assumptions.kinds]
        shares = {rule: max(self.rules.public_compute(rule, kind) for kind in kinds) for rule in ALLOTMENTS}
        total = sum(shares.values())
        for rule, share in shares.items():
            served = [a for a in self.agents if a.alive and self.rules.public_compute(rule, a.kind.id) > 0]
            if not share or not served:
                continue
            allotted = self.allotted(rule, served)
            weight = {actor: self.rules.public_compute(rule, actor.kind.id) * allotted[actor] for actor in served}
            whole = wishes / (1 - min(total, 0.9)) * min(1, 0.9 / total)
            for actor in served:
                actor.public += share * whole * weight[actor] / sum(weight.values()) * plain_cost(actor)

    def takers(self, kinds: list[str], money: float) -> list[Actor]:
        """Who is there to take money of a programme; it is noted where nobody is."""
        found = [actor for actor in self.agents if actor.alive and actor.kind.id in kinds]
        self.unclaimed += 0.0 if found else money
        return found

    def buy_public(self, rule: str) -> None:
        """Budgets for public compute under one rule of allotment, which share out compute and not money, among those
        who have the same programmes."""
        parts = dict.fromkeys(self.agents, 0.0)  # of each, before the rule
        for kinds, money in self.rules.budgets("public_compute", rule):
            takers = self.takers(kinds, money)
            for actor in takers:
                parts[actor] += money / len(takers)
        for each in sorted({part for part in parts.values() if part > 0}):
            served = [actor for actor in self.agents if parts[actor] == each]
            weight = self.allotted(rule, served)
            flop = each * len(served) / sum(weight[actor] * plain_cost(actor) for actor in served)
            for actor in served:
                actor.public += flop * weight[actor] * plain_cost(actor)

    def allotted(self, rule: str, served: list[Actor]) -> dict[Actor, float]:
        """Parts in public compute under a rule of allotment."""
        merit, means = self.assumptions.finance.sponsor_contest, sorted(actor.means for actor in served)
        median = (means[(len(means) - 1) // 2] + means[len(means) // 2]) / 2
        draws = dict(zip(self.agents, self.draw[0]("lottery", self.year), strict=True))
        last = sorted(draws[a] for a in served)[max(int(self.rules.winners() * len(served)), 1) - 1]
        return {
            actor: {
                "equal": 1.0, "need": float(actor.means <= median), "merit": actor.error**-merit,
                "lottery": float(draws[actor] <= last),
            }[rule]
            for actor in served
        }  # fmt: skip

    def report(self) -> None:
        """Runs of this step that have to be reported, at most one of an actor in a year, and those now known."""
        end = self.begin + self.dt
        draws = dict(zip(self.agents, self.draw[0]("report", 0), strict=True))
        for actor in self.agents:
            threshold, lag, coverage, _ = self.rules.reports(actor.kind.id)
            actor.reported = 0
            if actor.run > threshold and draws[actor] < coverage and actor.reported_in != self.year:
                actor.reported_in = self.year
                self.due.append((end + lag, actor, actor.run))
        for when, actor, run in self.due:
            if when <= end + 1e-9:
                if actor is not None:
                    actor.reported += 1
                    actor.known_at = end
                self.known_run = max(self.known_run, run)
        later = [entry for entry in self.due if entry[0] > end + 1e-9]
        self.due = [(when, None if actor in self.founded else actor, run) for when, actor, run in later]  # not theirs
        for actor in self.founded:
            actor.reported_in = actor.known_at = -1
