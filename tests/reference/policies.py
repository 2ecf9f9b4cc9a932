"""What policies ask of the slow economy, read off the scenario one by one.

A policy that pulls a lever of ``MANY`` is one function here, marked with the lever and named as the policy.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise
from math import floor, inf
from typing import Any

from sim.policies import Policy
from sim.scenario import Scenario

TREASURY, EQUAL_DIVIDEND = "treasury", "equal_dividend"
ACADEMIC_COMPUTE, COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH = "academic_compute", "compute_vouchers", "efficiency_research"
PAID_OUT = (TREASURY, EQUAL_DIVIDEND, ACADEMIC_COMPUTE, COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH)
USES = (*PAID_OUT, "past_emissions", "past_compute")
CAPS = {"cap_and_trade": "past_emissions", "compute_permits": "past_compute"}  # what permits are given away by
MANY = ("carbon_price", "carbon_budget", "compute_levy", "run_ceiling", "run_ratio", "voucher", "report_threshold",
        "clean_support")  # fmt: skip

Rule = Callable[[Any, float, float], float]
Market = tuple[tuple[str, ...], tuple[str, ...]]  # for emission permits: the kinds and the regions that need them
RULES: dict[str, dict[str, Rule]] = {lever: {} for lever in MANY}  # by lever and name of policy
OF_HARDWARE: set[str] = set()  # policies whose rule gives a share of the price of hardware


def rule(lever: str, of_hardware: bool = False) -> Callable[[Rule], Rule]:
    """The value of a lever [base units] from a policy, its years in force and its phase (above 0, at most 1); it may be
    given as a share of what the hardware of a FLOP costs a large buyer."""

    def noted(function: Rule) -> Rule:
        RULES[lever][function.__name__] = function
        if of_hardware:
            OF_HARDWARE.add(function.__name__)
        return function

    return noted


@rule("carbon_price")
def carbon_tax(policy: Any, years: float, phase: float) -> float:
    return float(phase * policy.rate * (1 + policy.growth) ** years)


@rule("carbon_budget")
def carbon_budget(policy: Any, years: float, phase: float) -> float:
    return float(policy.limit * (1 + policy.growth) ** years / phase)


@rule("compute_levy", of_hardware=True)
def compute_levy(policy: Any, years: float, phase: float) -> float:
    return float(phase * policy.rate * (1 + policy.growth) ** years)


@rule("run_ceiling")
def training_run_ceiling(policy: Any, years: float, phase: float) -> float:
    return float(policy.limit * (1 + policy.growth) ** years / phase)


@rule("run_ratio")
def training_run_pace(policy: Any, years: float, phase: float) -> float:
    return float(policy.ratio / phase)


@rule("voucher")
def compute_voucher(policy: Any, years: float, phase: float) -> float:
    return float(phase * policy.value * (1 + policy.growth) ** years)


@rule("clean_support")
def clean_power_support(policy: Any, years: float, phase: float) -> float:
    return float(phase * policy.rate * (1 + policy.growth) ** years)


@rule("report_threshold")
def reporting_duty(policy: Any, years: float, phase: float) -> float:
    return float(policy.threshold * (1 + policy.growth) ** years / phase)


def limited(policy: Any) -> bool:
    """Whether a policy issues permits."""
    return bool(policy.cap < inf or policy.cap_share < inf)


def of_year(path: Any, now: float) -> float:
    """A number by year at a moment: with steps that of the last year named, else on a line through whole years. One
    number is of all years."""
    if not hasattr(path, "years"):
        return float(path)
    named = list(zip(path.years, path.values, strict=True))
    if path.between == "steps":
        return float(next((value for year, value in reversed(named) if year <= now), named[0][1]))
    year = min(max(floor(now), path.years[0]), path.years[-1])
    for (first, low), (last, high) in pairwise(named):
        if first <= year <= last:
            return float(low + (high - low) * (year - first) / (last - first))
    return float(named[0][1])


def plain(policy: Any, now: float, years: float) -> Any:
    """A policy whose numbers are those of a moment. Growth of a strength by year begins after the last year named."""
    by_year = [f.name for f in fields(policy) if hasattr(getattr(policy, f.name), "years")]
    if not by_year:
        return policy
    numbers = {name: of_year(getattr(policy, name), now) for name in by_year}
    grow = [name for name in (policy.strength, policy.relative) if name]
    if hasattr(policy, "growth") and set(grow) & set(by_year):
        for name in grow:
            after = max(0, floor(now - getattr(policy, name).years[-1])) if name in by_year else years
            numbers[name] = numbers.get(name, getattr(policy, name)) * (1 + policy.growth) ** after
        numbers["growth"] = 0.0
    return replace(policy, **numbers)


def part(policy: Any, use: str) -> float:
    """What part of a policy's revenue goes to a use."""
    first = 1.0 - policy.second_share if policy.revenue_use == use else 0.0
    return first + (policy.second_share if policy.second_use == use else 0.0)


class Rulebook:
    """The policies of a scenario at a moment, at which the hardware of a FLOP has a price [USD/FLOP]."""

    def __init__(self, scenario: Scenario, now: float, before: dict[str, tuple[float, float]], price: float) -> None:
        self.scenario, self.now, self.before, self.price = scenario, now, before, price
        self.sectors = {kind.id: kind.sector for kind in scenario.kinds}
        self.now_in_force = list(self.found())
        self.needed = cache(self.needed)  # asked for at every price
        self.tax, self.levy, self.lowest = cache(self.tax), cache(self.levy), cache(self.lowest)  # by every actor

    def in_force(self, name: str, kind: str | None = None) -> Iterator[tuple[Any, float, float]]:
        """Policies of a name that apply to a kind (any without one): with their years in force and their phase."""
        return (found for found in self.now_in_force if found[0].name == name and self.meant(found[0], kind))

    def found(self) -> Iterator[tuple[Any, float, float]]:
        """All policies in force, with the numbers of the moment: with their years in force and their phase."""
        for policy in self.scenario.policies:
            if policy.start <= self.now < policy.end:
                years = self.now - (policy.origin if policy.origin > -inf else self.scenario.time.start)
                on_ramp = max(years, 0.5 / self.scenario.time.steps_per_year)  # from where its first step begins
                yield plain(policy, self.now, years), years, min(1.0, on_ramp / policy.ramp) if policy.ramp else 1.0

    def meant(self, policy: Policy, kind: str | None) -> bool:
        """Whether a policy applies to a kind."""
        if kind is None or kind in policy.kinds:
            return True
        return not policy.kinds and policy.serves in ("", self.sectors[kind])

    def pulls(self, lever: str, kind: str) -> Iterator[tuple[Any, float]]:
        """The policies that pull a lever of ``MANY`` on a kind, each with the lever's value."""
        for name, value in RULES[lever].items():
            for policy, years, phase in self.in_force(name, kind):
                yield policy, value(policy, years, phase) * (self.price if name in OF_HARDWARE else 1.0)

    def tax(self, use: str, kind: str, region: str) -> float:
        """Prices per kg for one kind in one region whose revenue goes to one use."""
        found = self.pulls("carbon_price", kind)
        return sum(x * part(p, use) for p, x in found if region in (p.regions or [region]))

    def levy(self, use: str, kind: str) -> float:
        """Levies per FLOP on one kind whose revenue goes to one use."""
        return sum(x * part(policy, use) for policy, x in self.pulls("compute_levy", kind))

    def clean_support(self, region: str) -> float:
        """What is paid per kWh of clean power used in a region."""
        found = ((p, years, phase) for name in RULES["clean_support"] for p, years, phase in self.in_force(name))
        return sum(RULES["clean_support"][p.name](p, *when) for p, *when in found if region in (p.regions or [region]))

    def lowest(self, lever: str, kind: str) -> float:
        """The lowest of limits; infinite without any."""
        return min((value for _, value in self.pulls(lever, kind)), default=inf)

    def market(self, policy: Any) -> Market:
        """The market for emission permits that an entry belongs to."""
        kinds = tuple(kind for kind in self.sectors if self.meant(policy, kind))
        return kinds, tuple(r for r in self.scenario.region_ids if r in (policy.regions or [r]))

    def markets(self) -> list[Market]:
        """All those there are now."""
        return [self.market(policy) for policy, _, _ in self.in_force("cap_and_trade") if limited(policy)]

    def cap(self, name: str, which: int, market: Market | None = None) -> float:
        """The lowest of caps: as an amount, or as a share of emissions (0) or compute (1) before they began."""
        caps = []
        for policy, years, phase in self.in_force(name):
            if market and self.market(policy) != market:
                continue
            share = policy.cap_share * self.before[policy.id][which] if policy.cap_share < inf else inf
            caps.append(min(policy.cap, share) * (1 + policy.growth) ** years / phase)
        least = (1e-6, 1.0)[which]  # kg, FLOP
        return max(min(caps, default=inf), least)

    def needed(self, kind: str, region: str) -> list[Market]:
        """The markets of which emissions need permits."""
        return [place for place in self.markets() if kind in place[0] and region in place[1]]

    def due(self, kind: str, region: str, permits: dict[Market, float]) -> float:
        """What permits for a kg cost, at prices by market: those of all markets add up."""
        return sum(permits[place] for place in self.needed(kind, region))

    def licensed(self) -> list[Market]:
        """The market for permits for compute, where there is one: the kinds that need them, and for what."""
        found = [policy for policy, _, _ in self.in_force("compute_permits") if limited(policy)]
        scopes = {"all": ("training", "serving"), "training": ("training",)}
        return [(tuple(kind for kind in self.sectors if self.meant(p, kind)), scopes[p.scope]) for p in found]

    def compute_permits(self, kind: str, training: bool) -> float:
        """1 where compute needs permits."""
        found = self.in_force("compute_permits", kind)
        return float(any((training or policy.scope == "all") and limited(policy) for policy, _, _ in found))

    def proceeds(self, market: Market) -> dict[str, float]:
        """Where the value of permits goes, of a market there is: parts by use."""
        name = "compute_permits" if market in self.licensed() else "cap_and_trade"
        (policy,) = (
            policy for policy, _, _ in self.in_force(name)
            if limited(policy) and (name == "compute_permits" or self.market(policy) == market)
        )  # fmt: skip
        auctioned = policy.auction_share if policy.allocation == "grandfathering" else 1.0
        return {CAPS[name]: 1.0 - auctioned, **{use: auctioned * part(policy, use) for use in PAID_OUT}}

    def banking(self, market: Market) -> float:
        """Rate at which saved emission permits come back."""
        found = [policy for policy, _, phase in self.in_force("cap_and_trade") if phase == 1]
        return max((policy.banking for policy in found if self.market(policy) == market), default=0.0)

    def permit_prices(self, market: Market) -> tuple[float, float]:
        """The lowest and the highest price of emission permits."""
        found = [(p, years, phase) for p, years, phase in self.in_force("cap_and_trade") if self.market(p) == market]
        grown = [(phase, p, (1 + p.price_growth) ** years) for p, years, phase in found if limited(p)]
        lowest = max((phase * p.price_floor * growth for phase, p, growth in grown), default=0.0)
        return lowest, min((p.price_ceiling * growth for _, p, growth in grown), default=inf)

    def voucher(self, kind: str) -> float:
        """The yearly voucher of an actor of a kind."""
        return sum(value for _, value in self.pulls("voucher", kind))

    def vouchers(self) -> Iterator[tuple[list[str], float]]:
        """Money of vouchers for all now, each with the kinds it is for: a yearly budget, or a part of a total."""
        for policy, years, phase in self.in_force("compute_voucher"):
            money = phase * policy.budget * (1 + policy.growth) ** years
            if policy.total:
                money += policy.total / (policy.end - policy.start)
            yield [kind for kind in self.sectors if self.meant(policy, kind)], money
