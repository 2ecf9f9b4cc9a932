"""What policies ask of the slow economy, read off the scenario one by one."""

from collections.abc import Iterator
from math import inf
from typing import Any

from sim.policies import Policy
from sim.scenario import Scenario

TREASURY, EQUAL_DIVIDEND = "treasury", "equal_dividend"
ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH = "academic_compute", "efficiency_research"
USES = (TREASURY, EQUAL_DIVIDEND, ACADEMIC_COMPUTE, EFFICIENCY_RESEARCH, "past_emissions", "past_compute")
CAPS = {"cap_and_trade": "past_emissions", "compute_permits": "past_compute"}  # what permits are given away by


def limited(policy: Any) -> bool:
    """Whether a policy issues permits."""
    return bool(policy.cap < inf or policy.cap_share < inf)


class Rulebook:
    """The policies of a scenario at a moment."""

    def __init__(self, scenario: Scenario, now: float, before: dict[tuple[str, float], tuple[float, float]]) -> None:
        self.scenario, self.now, self.before = scenario, now, before
        self.sectors = {kind.id: kind.sector for kind in scenario.kinds}

    def in_force(self, name: str, kind: str | None = None) -> Iterator[tuple[Any, float, float]]:
        """Policies of a name that apply to a kind (any without one): with their years in force and their phase."""
        for policy in self.scenario.policies:
            if policy.name == name and policy.start <= self.now < policy.end and self.meant(policy, kind):
                years = self.now - (policy.origin if policy.origin > -inf else self.scenario.time.start)
                yield policy, years, min(1.0, years / policy.ramp) if policy.ramp else 1.0

    def meant(self, policy: Policy, kind: str | None) -> bool:
        """Whether a policy applies to a kind."""
        if kind is None or kind in policy.kinds:
            return True
        return not policy.kinds and policy.serves in ("", self.sectors[kind])

    def tax(self, use: str, kind: str, region: str) -> float:
        """Carbon taxes per kg of one kind in one region whose revenue goes to one use."""
        total = 0.0
        for policy, years, strength in self.in_force("carbon_tax", kind):
            if policy.revenue_use == use and region in (policy.regions or [region]):
                total += strength * policy.rate * (1 + policy.growth) ** years
        return total

    def lowest(self, name: str, what: str, kind: str | None = None) -> float:
        """The lowest of limits that come down on a ramp."""
        found = self.in_force(name, kind)
        return min(
            (getattr(p, what) * (1 + getattr(p, "growth", 0.0)) ** years / phase for p, years, phase in found),
            default=inf,
        )

    def cap(self, name: str, which: int) -> float:
        """The lowest of caps: as an amount, or as a share of emissions (0) or compute (1) before they began."""
        caps = []
        for policy, years, phase in self.in_force(name):
            share = policy.cap_share * self.before[policy.name, policy.origin][which] if policy.cap_share < inf else inf
            caps.append(min(policy.cap, share) * (1 + policy.growth) ** years / phase)
        return min(caps, default=inf)

    def emission_permits(self, kind: str, region: str) -> float:
        """1 where emissions need permits."""
        found = self.in_force("cap_and_trade", kind)
        return float(any(region in (policy.regions or [region]) and limited(policy) for policy, _, _ in found))

    def compute_permits(self, kind: str, training: bool) -> float:
        """1 where compute needs permits."""
        found = self.in_force("compute_permits", kind)
        return float(any((training or policy.scope == "all") and limited(policy) for policy, _, _ in found))

    def proceeds(self, name: str) -> str | None:
        """Where the value of permits goes; nowhere when none are issued."""
        for policy, _, _ in self.in_force(name):
            if limited(policy):
                return CAPS[name] if policy.allocation == "grandfathering" else str(policy.revenue_use)
        return None

    def banking(self) -> float:
        """Rate at which saved emission permits come back."""
        return max((policy.banking for policy, _, _ in self.in_force("cap_and_trade")), default=0.0)

    def voucher(self, kind: str) -> float:
        """The yearly voucher of an actor of a kind."""
        found = self.in_force("compute_voucher", kind)
        return sum(phase * policy.value * (1 + policy.growth) ** years for policy, years, phase in found)

    def public_compute(self, allotment: str, kind: str) -> float:
        """The share of AI compute that is public, under a rule of allotment, where a kind takes part in it."""
        found = self.in_force("public_compute", kind)
        return sum(phase * policy.share for policy, _, phase in found if policy.allotment == allotment)

    def winners(self) -> float:
        """Share of those served who win in a lottery."""
        return max((policy.winners for policy, _, _ in self.in_force("public_compute") if policy.share), default=0.0)

    def publishing(self, kind: str) -> tuple[float, float, float]:
        """Share of actors who have to publish, the time after which models are due, and the least share of findings."""
        found = [(p, phase) for p, _, phase in self.in_force("open_publication", kind) if p.share]
        return (
            max((phase * policy.share for policy, phase in found), default=0.0),
            min((policy.weights_lag for policy, _ in found if policy.weights), default=inf),
            max((policy.findings for policy, _ in found), default=0.0),
        )
