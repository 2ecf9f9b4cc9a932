"""Permits given away, duties to publish, and compute that the treasury pays, in the slow economy."""

from collections import defaultdict
from math import inf

from tests.reference.actors import Actor
from tests.reference.policies import CAPS
from tests.reference.records import best


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
        for policy, use in CAPS.items():
            if self.rules.proceeds(policy) != use or any(use in actor.parts for actor in self.agents):
                continue
            for actor in self.agents:
                kind, regions = actor.kind.id, self.assumptions.region_ids
                needs = {region: self.rules.emission_permits(kind, region) for region in regions}
                actor.parts[use] = sum(needs[region] * actor.last_year[region] for region in regions)
                if use == "past_compute":
                    actor.parts[use] = sum(
                        self.rules.compute_permits(kind, training=what == "training") * actor.last_year[what]
                        for what in ("training", "serving")
                    )
            total = sum(actor.parts[use] for actor in self.agents)
            for actor in self.agents:
                actor.parts[use] = actor.parts[use] / total if total else 0.0

    def given_away(self, actor: Actor) -> float:
        """Value of permits that comes back to an actor."""
        total = 0.0
        for use in CAPS.values():
            living = (
                sum(other.parts.get(use, 0.0) for other in self.agents if other.alive) if self.paid_out[use] else 0.0
            )
            if living and actor.alive:
                total += self.paid_out[use] * actor.parts.get(use, 0.0) / living
        return total

    def publish(self) -> None:
        """Duties: what share of research is published now, and which models are due."""
        due: dict[str, float] = {}
        for actor in self.agents:
            share, lag, findings = self.rules.publishing(actor.kind.id)
            obliged = actor.release_draw < share
            actor.sharing = max(actor.kind.openness, findings) if obliged else actor.kind.openness
            if obliged and actor.alive and lag < inf:
                due[actor.kind.id] = min(due.get(actor.kind.id, inf), actor.error)
        for kind, error in due.items():
            record = self.dutiful.setdefault(kind, [])
            record.append((self.begin, min([error, *(e for _, e in record[-1:])])))
            self.duty_error = min(self.duty_error, best(record, self.begin - self.rules.publishing(kind)[1]))

    def grant(self) -> None:
        """The treasury's money for compute: vouchers, and a share of all AI compute."""
        merit = self.assumptions.finance.sponsor_contest
        for actor in self.agents:
            actor.public = self.rules.voucher(actor.kind.id) if actor.alive else 0.0
        wishes = sum(min((a.private + a.public + a.serving) / a.own_cost, a.most) for a in self.agents)
        kinds = [kind.id for kind in self.assumptions.kinds]
        shares = {
            rule: max(self.rules.public_compute(rule, kind) for kind in kinds)
            for rule in ("equal", "need", "merit", "lottery")
        }
        total = sum(shares.values())
        for rule, share in shares.items():
            served = [a for a in self.agents if a.alive and self.rules.public_compute(rule, a.kind.id) > 0]
            if not share or not served:
                continue
            means = sorted(actor.means for actor in served)
            median = (means[(len(means) - 1) // 2] + means[len(means) // 2]) / 2
            draws = dict(zip(self.agents, self.draw[0]("lottery", self.year), strict=True))
            last = sorted(draws[a] for a in served)[max(int(self.rules.winners() * len(served)), 1) - 1]
            weight = {
                actor: self.rules.public_compute(rule, actor.kind.id)
                * {
                    "equal": 1.0, "need": float(actor.means <= median), "merit": actor.error**-merit,
                    "lottery": float(draws[actor] <= last),
                }[rule]
                for actor in served
            }  # fmt: skip
            whole = wishes / (1 - min(total, 0.9)) * min(1, 0.9 / total)
            for actor in served:
                actor.public += share * whole * weight[actor] / sum(weight.values()) * actor.own_cost
