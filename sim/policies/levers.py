"""Everything a policy may pull: unit, neutral value, how several pulls combine, and along which axes it acts.

A policy that needs a new lever adds one entry to LEVERS, one field to Levers, and one use in a stage of the step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from math import inf
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.records import record

TREASURY, EQUAL_DIVIDEND = "treasury", "equal_dividend"
ACADEMIC_COMPUTE, COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH = "academic_compute", "compute_vouchers", "efficiency_research"
FOR_LABS = (ACADEMIC_COMPUTE, COMPUTE_VOUCHERS, EFFICIENCY_RESEARCH)  # uses that pay academic labs alone
REVENUE_USES = (TREASURY, EQUAL_DIVIDEND, *FOR_LABS)  # what a scenario may choose
PAST_EMISSIONS, PAST_COMPUTE = "past_emissions", "past_compute"  # permits given away: their value goes back
USES = (*REVENUE_USES, PAST_EMISSIONS, PAST_COMPUTE)
LOTTERY = "lottery"
MOST_MONEY = 1e100  # of what is paid, in any unit: with more, sums of money are no numbers
ALLOTMENTS = ("equal", "need", "merit", LOTTERY)  # how public compute is divided
SERVED = {"": "all", "industry": "actors of industry", "academia": "academic labs"}  # by a policy for one sector
SCOPES = ("training", "serving")  # compute that a permit may be needed for
GROUPS = (PRICES, LIMITS, SUPPORT, OPENNESS) = "Prices", "Limits", "Support", "Openness"
ACTED_ON = (EMITTED, BOUGHT, RUNS, GIVEN, KNOWN) = (
    "emissions", "all compute", "the size of training runs", "compute of labs, paid by the state",
    "what is known of models",
)  # fmt: skip


@dataclass(frozen=True)
class Lever:
    """One lever. ``axes`` names what it may differ by: use of revenue, kind of actor, region, scope, market for
    permits, and entry, where what several entries of a policy ask must not be mixed. One that ``limits`` does nothing
    where what it bounds stays below it. One that makes a market has ``permits``: fields of Levers, with their axes,
    that say who needs them and what part of their value goes to a use."""

    group: str  # of GROUPS: there a policy stands that has it as its first lever
    acts_on: str  # of ACTED_ON, the same way
    unit: str
    neutral: float
    low: float
    high: float
    combine: Callable[[Any, Any], Any]
    axes: tuple[str, ...]
    doc: str
    limits: bool = False
    permits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def differs_by(self) -> tuple[str, ...]:
        """All that policies which pull it may differ in."""
        return tuple(dict.fromkeys(axis for axes in (self.axes, *self.permits.values()) for axis in axes))

    @property
    def of_carbon(self) -> bool:
        """Whether it is an amount of what is emitted, or a price of it."""
        return "CO2e" in self.unit


LEVERS = {
    "carbon_price": Lever(
        PRICES, EMITTED, "USD/kgCO2e", 0.0, 0.0, MOST_MONEY, np.add, ("use", "kind", "region"),
        "paid per kg emitted, by where its revenue goes",
    ),
    "carbon_budget": Lever(
        LIMITS, EMITTED, "kgCO2e/yr", inf, 0.0, inf, np.minimum, ("kind",),
        "the most one actor may emit in a year", limits=True,
    ),
    "carbon_cap": Lever(
        LIMITS, EMITTED, "kgCO2e/yr", inf, 1e-6, inf, np.minimum, ("market",),
        "emission permits issued in a year", limits=True,
        permits={"carbon_covered": ("market", "kind", "region"), "carbon_sold": ("market", "use")},
    ),
    "carbon_banking": Lever(
        LIMITS, EMITTED, "1/yr", 0.0, 0.0, inf, np.maximum, ("market",),
        "rate at which unused emission permits come back to the market",
    ),
    "carbon_floor": Lever(
        PRICES, EMITTED, "USD/kgCO2e", 0.0, 0.0, MOST_MONEY, np.maximum, ("market",),
        "lowest price of an emission permit",
    ),
    "carbon_ceiling": Lever(
        PRICES, EMITTED, "USD/kgCO2e", inf, 0.0, inf, np.minimum, ("market",),
        "highest price of an emission permit, at which as many are sold as are asked for",
    ),
    "compute_levy": Lever(
        PRICES, BOUGHT, "USD/FLOP", 0.0, 0.0, MOST_MONEY, np.add, ("use", "kind"),
        "paid per FLOP bought, by where its revenue goes",
    ),
    "compute_cap": Lever(
        LIMITS, BOUGHT, "FLOP/yr", inf, 1.0, inf, np.minimum, (), "compute permits issued in a year", limits=True,
        permits={"compute_covered": ("scope", "kind"), "compute_sold": ("use",)},
    ),
    "public_compute": Lever(
        SUPPORT, GIVEN, "1", 0.0, 0.0, 0.9, np.add, ("entry", "kind"),
        "share of actors' compute that the treasury pays",
    ),
    "public_budget": Lever(
        SUPPORT, GIVEN, "USD/yr", 0.0, 0.0, MOST_MONEY, np.add, ("entry", "kind"),
        "money of the treasury for public compute, on average for each of those served",
    ),
    "clean_support": Lever(
        SUPPORT, EMITTED, "USD/kWh", 0.0, 0.0, MOST_MONEY, np.add, ("region",),
        "paid by the treasury per kWh of clean power used",
    ),
    "unclaimed": Lever(
        SUPPORT, GIVEN, "USD/yr", 0.0, 0.0, MOST_MONEY, np.add, (), "money of budgets that nobody is there to take",
    ),
    "winners": Lever(
        SUPPORT, GIVEN, "1", 0.0, 0.0, 1.0, np.maximum, ("entry",), "share of those served who win in a lottery",
    ),
    "voucher": Lever(
        SUPPORT, GIVEN, "USD/yr", 0.0, 0.0, MOST_MONEY, np.add, ("kind",),
        "compute money from the treasury for each actor",
    ),
    "run_ceiling": Lever(
        LIMITS, RUNS, "FLOP", inf, 0.0, inf, np.minimum, ("kind",), "the largest run that is allowed", limits=True,
    ),
    "run_ratio": Lever(
        LIMITS, RUNS, "1", inf, 1.0, inf, np.minimum, ("kind",),
        "the largest run allowed, over the largest of a year ago",
        limits=True,
    ),
    "publishing": Lever(
        OPENNESS, KNOWN, "1", 0.0, 0.0, 1.0, np.maximum, ("entry", "kind"), "share of actors that have to publish",
    ),
    "weights_lag": Lever(
        OPENNESS, KNOWN, "yr", inf, 0.0, inf, np.minimum, ("entry",), "time after which models have to be released",
    ),
    "findings": Lever(
        OPENNESS, KNOWN, "1", 0.0, 0.0, 1.0, np.maximum, ("entry",), "least share of research that has to be published",
    ),
    "report_threshold": Lever(
        OPENNESS, KNOWN, "FLOP", inf, 0.0, inf, np.minimum, ("entry", "kind"), "runs above it have to be reported"
    ),
    "report_lag": Lever(
        OPENNESS, KNOWN, "yr", inf, 0.0, inf, np.minimum, ("entry",), "time from a run to when it is known",
    ),
    "report_coverage": Lever(
        OPENNESS, KNOWN, "1", 0.0, 0.0, 1.0, np.maximum, ("entry",), "share of actors that report",
    ),
    "report_methods": Lever(
        OPENNESS, KNOWN, "1", 0.0, 0.0, 1.0, np.maximum, ("entry",),
        "least share of research published after a run is known"
    ),
}  # fmt: skip
MARKETS = frozenset(name for name, lever in LEVERS.items() if lever.permits)


class Covered(NamedTuple):
    """Who needs permits of one market, and where: positions of kinds and of regions."""

    kinds: tuple[int, ...]
    regions: tuple[int, ...]


class Licensed(NamedTuple):
    """Who needs permits for compute, and for what: positions of kinds, and names of scopes."""

    kinds: tuple[int, ...]
    scopes: tuple[str, ...]


Right = Covered | Licensed  # to permits given away, by what they are needed for


class PolicyEntry(NamedTuple):
    """One entry of a policy among those that pull levers by entry."""

    kinds: tuple[int, ...]  # positions of those it applies to
    allotment: str  # of ALLOTMENTS
    lane: int  # see ``PullTarget``
    lottery: str  # what its winners are drawn for

    @property
    def duty(self) -> "Duty":
        """What a duty to release models is known by."""
        return Duty(self.kinds, self.lane)


class Duty(NamedTuple):
    """What a duty to release models is known by: its kinds, and its lane among several for them."""

    kinds: tuple[int, ...]
    lane: int


@dataclass(frozen=True)
class PullTarget:
    """Where a pull lands: positions along each axis, and the lane of its entry: entries of a policy for the same kinds
    that overlap have one each, and one that begins when another has ended goes on in that one's."""

    kinds: tuple[int, ...]
    regions: tuple[int, ...]
    uses: tuple[tuple[str, float], ...] = ((TREASURY, 1.0),)  # of its revenue, with their parts of one
    scopes: tuple[str, ...] = SCOPES
    allotment: str = ALLOTMENTS[0]
    lane: int = 0
    lottery: str = LOTTERY

    @property
    def covered(self) -> Covered:
        """What a market for permits is known by."""
        return Covered(self.kinds, self.regions)

    @property
    def entry(self) -> PolicyEntry:
        """What an entry is told by beside its levers."""
        return PolicyEntry(self.kinds, self.allotment, self.lane, self.lottery)

    @property
    def licensed(self) -> Licensed:
        """What permits for compute are known by."""
        return Licensed(self.kinds, self.scopes)

    def positions(self) -> dict[str, tuple[int, ...]]:
        """Positions along every axis by its name."""
        return {
            "use": tuple(USES.index(use) for use, _ in self.uses),
            "kind": self.kinds,
            "region": self.regions,
            "scope": tuple(SCOPES.index(scope) for scope in self.scopes),
        }


@record
class Levers:
    """All levers in force during one step, each an array over its axes (a plain number without any)."""

    carbon_price: Array  # (uses, kinds, regions) USD/kgCO2e
    carbon_budget: Array  # (kinds,) kgCO2e/yr for one actor
    carbon_cap: Array  # (markets,) kgCO2e/yr
    carbon_covered: Array  # (markets, kinds, regions) 1 where emissions need permits
    carbon_sold: Array  # (markets, uses) part of the value of permits
    carbon_banking: Array  # (markets,) 1/yr
    carbon_floor: Array  # (markets,) USD/kgCO2e
    carbon_ceiling: Array  # (markets,) USD/kgCO2e
    compute_levy: Array  # (uses, kinds) USD/FLOP
    compute_cap: float  # FLOP/yr
    compute_covered: Array  # (scopes, kinds) 1 where compute needs permits
    compute_sold: Array  # (uses,) part of the value of permits
    public_compute: Array  # (entries, kinds)
    public_budget: Array  # (entries, kinds) USD/yr for one actor on average
    clean_support: Array  # (regions,) USD/kWh
    unclaimed: float  # USD/yr
    winners: Array  # (entries,)
    voucher: Array  # (kinds,) USD/yr for one actor
    run_ceiling: Array  # (kinds,) FLOP
    run_ratio: Array  # (kinds,)
    publishing: Array  # (entries, kinds)
    weights_lag: Array  # (entries,) yr
    findings: Array  # (entries,)
    report_threshold: Array  # (entries, kinds) FLOP
    report_lag: Array  # (entries,) yr
    report_coverage: Array  # (entries,)
    report_methods: Array  # (entries,)
    pulled: frozenset[str] = frozenset()  # names of those that a policy pulls; all others are neutral
    markets: tuple[Covered, ...] = ()  # for emission permits; where there is none, axes are of one that is neutral
    licensed: Licensed | None = None  # who needs permits for compute; None where nobody does
    entries: tuple[PolicyEntry, ...] = ()  # where there is none, axes are of one that is neutral

    def by_market(self, values: Array) -> dict[Covered, float]:
        """Values (markets,) by market for emission permits; none where there is none."""
        return dict(zip(self.markets, values.tolist(), strict=True)) if self.markets else {}


def combined(pulls: list[tuple[dict[str, float], PullTarget]], kinds: int, regions: int) -> Levers:
    """The levers in force, from each policy's pull and target, in the order given."""
    if not any(pull for pull, _ in pulls):
        return _neutral(kinds, regions, 1, 1)
    state: dict[str, Any] = {}
    markets = tuple(dict.fromkeys(target.covered for pull, target in pulls if "carbon_cap" in pull))
    licensed = next((target.licensed for pull, target in pulls if "compute_cap" in pull), None)
    entries = tuple(target.entry for pull, target in pulls if _by_entry(pull))
    neutral, entry = _neutral(kinds, regions, max(len(markets), 1), max(len(entries), 1)), 0
    for pull, target in pulls:
        market = markets.index(target.covered) if "carbon_cap" in pull else 0
        for name, value in pull.items():
            lever = LEVERS[name]
            if name not in state:
                state[name] = np.array(getattr(neutral, name))
            at = _positions(target, market, entry, lever.axes)
            state[name][at] = lever.combine(state[name][at], value * _parts(target, lever.axes))
            for permits, axes in lever.permits.items():  # of one entry at a time: the scenario's checks see to it
                held = state.setdefault(permits, np.array(getattr(neutral, permits)))
                held[_positions(target, market, entry, axes)] = _parts(target, axes)
        entry += _by_entry(pull)
    changed: dict[str, Any] = {name: values if values.ndim else float(values) for name, values in state.items()}
    pulled = frozenset(name for pull, _ in pulls for name in pull)
    return replace(neutral, **changed, pulled=pulled, markets=markets, licensed=licensed, entries=entries)


def _by_entry(pull: dict[str, float]) -> bool:
    """Whether levers by entry are among those pulled."""
    return any("entry" in LEVERS[name].axes for name in pull)


@cache
def _neutral(kinds: int, regions: int, markets: int, entries: int) -> Levers:
    """The levers when nobody pulls one."""
    sizes = {
        "use": len(USES),
        "kind": kinds,
        "region": regions,
        "scope": len(SCOPES),
        "market": markets,
        "entry": entries,
    }
    found: dict[str, Any] = {}
    for name, lever in LEVERS.items():
        found[name] = np.full([sizes[axis] for axis in lever.axes], lever.neutral) if lever.axes else lever.neutral
        found |= {permits: np.zeros([sizes[axis] for axis in axes]) for permits, axes in lever.permits.items()}
    return Levers(**found)


@lru_cache(maxsize=1000)
def _parts(target: PullTarget, axes: tuple[str, ...]) -> Array | float:
    """What part of a pull lands on each use, over the axes of a lever."""
    if "use" not in axes:
        return 1.0
    return np.array([part for _, part in target.uses]).reshape([-1 if axis == "use" else 1 for axis in axes])


@lru_cache(maxsize=1000)
def _positions(target: PullTarget, market: int, entry: int, axes: tuple[str, ...]) -> tuple[Any, ...]:
    """Where in a lever's array a pull lands."""
    positions = target.positions() | {"market": (market,), "entry": (entry,)}
    return np.ix_(*[positions[axis] for axis in axes])
