"""What every policy has: a schedule, targets, a strength with a neutral value, a use of its revenue."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import ceil, floor, inf, isfinite
from numbers import Real
from typing import Any, ClassVar, NamedTuple, Self

from sim.mathematics import power
from sim.owncode import Registered, own_answer
from sim.policies.declared import MOVES, beyond_range, no_levers
from sim.policies.levers import ALLOTMENTS, LEVERS, LOTTERY, REVENUE_USES, SCOPES, SERVED, TREASURY, PullTarget
from sim.policies.view import View
from sim.quantity import Series, Spec, amounts, choice, names, quantity
from sim.records import Portable

EARLIEST, LATEST = 1900, 2400  # calendar years in which a policy may start or end
COMPOUNDING = ("%/yr",)  # units of rates that build up from year to year
ONCE = ("USD",)  # units of sums for a whole policy
PLAIN = {float, int}  # what levers are, as a rule
RISES, FALLS = MOVES


@dataclass(frozen=True)
class Claim:
    """What a policy does to a measure in the first place, and by how much in its shipped scenario.

    ``least`` and ``most`` bound the measure over the baseline's, three to five years after the policy begins; where the
    baseline has nothing of it, they bound the measure itself.
    """

    measure: str  # its id
    moves: str  # RISES or FALLS
    least: float
    most: float = inf


class Refusal(NamedTuple):
    """Why a parameter cannot be used as it is."""

    key: str
    problem: str
    allowed: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Policy(Registered, Portable, ABC):
    """A policy reads the view and returns levers; it never changes the world, so nothing needs undoing.

    Its numbers may be given by year (``by_year``). ``act`` sees them as plain numbers of the moment.

    Subclasses state ``name``, ``strength`` (the field whose default is neutral: no policy), ``levers`` (those it
    pulls), ``source``, ``effect`` (what it does, in words), ``cannot`` (what it cannot do, going on from "It cannot"),
    ``laws`` (laws and programmes that it expresses, each in a sentence; where there are none, that), ``claims`` (what
    it does, in numbers that tests hold it to; empty where it has none), ``hardly`` (a strength, in the field's unit, at
    which it hardly acts) and ``act``.
    """

    name: ClassVar[str]
    strength: ClassVar[str]
    levers: ClassVar[tuple[str, ...]]
    source: ClassVar[str]
    effect: ClassVar[str]
    cannot: ClassVar[str]
    laws: ClassVar[tuple[str, ...]]
    claims: ClassVar[tuple[Claim, ...]]
    hardly: ClassVar[float]
    relative: ClassVar[str] = ""  # another field that may give the strength, as a share of how it was before
    amounts: ClassVar[tuple[str, ...]] = ()  # others that may give it, as sums of money
    buys: ClassVar[str] = ""  # what the treasury buys under it, where that has a name of its own
    serves: ClassVar[str] = ""  # of SERVED: the sector it applies to when a scenario names no kinds; empty: all

    id: str = choice("name of this entry, distinct among all policies of a scenario", default="")
    start: float = quantity(
        "year", "when it begins (2027.25 is the end of March 2027)", low=EARLIEST, high=LATEST, default=-inf
    )
    end: float = quantity("year", "when it ends", low=EARLIEST, high=LATEST, default=inf)
    since: float = quantity(
        "year",
        "when growth and ramp count from; its start where none is given",
        low=EARLIEST,
        high=LATEST,
        default=-inf,
    )
    ramp: float = quantity("yr", "time over which it grows from nothing to full strength", low=0, high=100, default=0.0)
    kinds: tuple[str, ...] = names("kinds of actor it applies to")
    regions: tuple[str, ...] = names("regions it applies to")
    revenue_use: str = choice("what its revenue pays for", REVENUE_USES, default=TREASURY)
    second_use: str = choice("what a second part of its revenue pays for", REVENUE_USES, default=TREASURY)
    second_share: float = quantity("1", "share of its revenue that goes to the second use", low=0, high=1, default=0.0)

    def __init_subclass__(cls, **more: Any) -> None:
        """A policy for one sector says of its ``kinds`` that these are what it applies to where none is named."""
        super().__init_subclass__(**more)
        own = vars(cls).get("__annotations__", {})
        if vars(cls).get("serves") in SERVED and "kinds" not in own:
            cls.__annotations__ = {**own, "kinds": tuple[str, ...]}
            cls.kinds = names("kinds of actor it applies to", none=SERVED[cls.serves])

    @abstractmethod
    def act(self, view: View) -> dict[str, float]:
        """The levers this policy pulls at the view's time, in base units. Called only while it is in force, of a policy
        whose numbers are those of that time."""

    def pull(self, view: View) -> dict[str, float]:
        """The levers pulled now; nothing outside the schedule, and nothing at the neutral strength. Raises BrokenCode
        for what ``act`` must not give."""
        if not self.start <= view.time < self.end:
            return {}
        now = self.at(view)
        if now.neutral:
            return {}
        levers = own_answer(now.act, view)
        if not isinstance(levers, dict) or not self._own_levers.issuperset(levers):
            raise no_levers(self, levers)
        numbers = levers.values()
        if not PLAIN.issuperset(map(type, numbers)) and not all(isinstance(one, Real) for one in numbers):
            raise no_levers(self, levers)
        for name, value in levers.items():
            if not LEVERS[name].low <= value <= LEVERS[name].high:
                raise beyond_range(self, name, value, view.time)
        return levers

    def at(self, view: View) -> Self:
        """This policy with plain numbers: those of the view's time where they are given by year, grown on after their
        last year."""
        if not self.paths:
            return self
        now: dict[str, Any] = {name: path.at(view.time) for name, path in self.paths.items()}
        growth = getattr(self, "growth", 0.0)
        if growth and any(name in now for name in self.strengths):
            for name in self.strengths:
                path = self.paths.get(name)
                years = self.years_in_force(view) if path is None else path.years_after(view.time)
                now[name] = now.get(name, getattr(self, name)) * power(1.0 + growth, years)
            now["growth"] = 0.0
        return replace(self, **now)

    def moments(self) -> list[Self]:
        """This policy with plain numbers, once for each year that its numbers name."""
        years = sorted({year for path in self.paths.values() for year in path.years})
        return [self.at(View(year, year)) for year in years] or [self]

    @cached_property
    def paths(self) -> dict[str, Series]:
        """Its numbers that are given by year."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in found.items() if isinstance(value, Series)}

    @cached_property
    def _own_levers(self) -> frozenset[str]:
        return frozenset(self.levers)

    @property
    def strengths(self) -> tuple[str, ...]:
        """The fields that may give its strength."""
        return self.may_give()

    @classmethod
    def may_give(cls) -> tuple[str, ...]:
        """The fields that may give the strength of such a policy."""
        return tuple(name for name in (cls.strength, cls.relative, *cls.amounts) if name)

    @property
    def given(self) -> list[str]:
        """Which of ``strengths`` are not at their neutral value, in any year."""
        usual = {name: type(self).__dataclass_fields__[name].default for name in self.strengths}
        return [name for name in usual if any(amount != usual[name] for amount in amounts(getattr(self, name)))]

    @property
    def neutral(self) -> bool:
        """Whether its strength stands at the value that means no policy, whenever it is."""
        return not self.given

    @property
    def goes_by_the_year_before(self) -> str:
        """The parameter that rests on the calendar year before it began; empty where none does."""
        return self.relative if self.relative in self.given else ""

    @staticmethod
    def year_before(began: float, steps_per_year: int) -> int:
        """The last calendar year that was over when the year of ``began`` [year] began, a moment where a step does."""
        return floor(round(began * steps_per_year) / steps_per_year) - 1

    def begins_by(self, last: int) -> bool:
        """Whether it begins before a calendar year is over."""
        return self.start < last + 1

    def acts_within(self, first: int, last: int) -> bool:
        """Whether it is in force in some of the calendar years from one to another, and not neutral."""
        return not self.neutral and self.begins_by(last) and self.end > first

    def lasts(self, steps_per_year: int) -> float:
        """How many steps there are in which it is in force: those whose middle lies between its dates."""
        if not isfinite(self.start) or not isfinite(self.end):
            return inf
        first, after = (ceil(date * steps_per_year - 0.5) for date in (self.start, self.end))
        return after - first

    def years_in_force(self, view: View) -> float:
        """Years since the policy began, before the run too; from the start of the run where no start is given."""
        return view.time - (self.origin if self.origin > -inf else view.run_start)

    @property
    def origin(self) -> float:
        """When the policy began that this entry continues [year]: its own start where it continues none."""
        return self.since if self.since > -inf else self.start

    def phase(self, view: View) -> float:
        """Strength reached on the ramp: above 0, at most 1. A date that is written later than its step begins counts
        from there: by the middle of the first step half a step has gone by."""
        years = max(self.years_in_force(view), 0.5 / view.steps_per_year)
        return min(1.0, years / self.ramp) if self.ramp > 0 else 1.0

    def target(self, kinds: dict[str, str], regions: tuple[str, ...]) -> PullTarget:
        """Positions of this policy's kinds and regions among the world's: kinds with their sectors, and regions."""
        meant = self.kinds or [kind for kind, sector in kinds.items() if self.serves in ("", sector)]
        return PullTarget(
            tuple(i for i, kind in enumerate(kinds) if kind in meant),
            tuple(i for i, region in enumerate(regions) if not self.regions or region in self.regions),
            tuple(self.moments()[0].proceeds().items()),
            self.scopes(),
            getattr(self, "allotment", ALLOTMENTS[0]),
            lottery=LOTTERY if self.id == self.name else f"{LOTTERY} {self.id}",
        )

    def target_at(self, target: PullTarget, view: View) -> PullTarget:
        """Its target, with its revenue divided as it is at the view's time."""
        return replace(target, uses=tuple(self.at(view).proceeds().items())) if self.paths else target

    def proceeds(self) -> dict[str, float]:
        """Where its revenue goes: parts of one, by use. Asked of a policy with plain numbers alone."""
        return divided({self.revenue_use: 1.0}, self.second_use, self.second_share)

    def uses(self) -> list[str]:
        """Every use that its revenue goes to, in any year."""
        return list(dict.fromkeys(use for moment in self.moments() for use in moment.proceeds()))

    def scopes(self) -> tuple[str, ...]:
        """The compute it applies to."""
        return SCOPES

    def refusal(self) -> Refusal | None:
        """A parameter that cannot be used as it is; None when all can."""
        return None

    def without_effect(self) -> dict[str, str]:
        """Parameters that have no effect beside the others, and why, going on from "has no effect,"; of its strength,
        where it does nothing at all, from "changes nothing,"."""
        return {}

    @classmethod
    def told(cls) -> str:
        """What it is and what it does, in two sentences."""
        first, _, _ = (cls.__doc__ or "").partition(".")
        return f"{' '.join(first.split())}. It {cls.effect}."

    @classmethod
    def by_year(cls) -> list[str]:
        """Names of the numbers that a scenario may give by year: no dates, rates that compound, or sums spent once."""
        specs: dict[str, Spec] = {name: cls.__dataclass_fields__[name].metadata["spec"] for name in cls.parameters()}
        common = {f.name for f in fields(Policy)}
        return [
            name
            for name, spec in specs.items()
            if spec.form == "number" and name not in common and spec.unit not in (*COMPOUNDING, *ONCE)
        ]

    @classmethod
    def parameters(cls) -> list[str]:
        """Names of the fields a scenario may set: a target or a use of revenue is offered only where a lever has it."""
        axes = {axis for lever in cls.levers for axis in LEVERS[lever].differs_by}
        of_revenue = ("revenue_use", "second_use", "second_share")
        needs = {"regions": "region", "kinds": "kind", **dict.fromkeys(of_revenue, "use")}
        return [f.name for f in fields(cls) if needs.get(f.name) is None or needs[f.name] in axes]


def divided(parts: dict[str, float], use: str, share: float) -> dict[str, float]:
    """Parts of one, by use, after a share of all went to one use. Uses that get nothing are left out."""
    found = {of: part * (1.0 - share) for of, part in parts.items()}
    found[use] = found.get(use, 0.0) + share
    return {of: part for of, part in found.items() if part > 0.0}


def given_back(parts: dict[str, float], past: str, allocation: str, auctioned: float) -> dict[str, float]:
    """Where the value of permits goes: to those with past use what is given away, and the rest as revenue."""
    return divided(parts, past, 1.0 - auctioned if allocation == "grandfathering" else 0.0)


def in_lanes(policies: Sequence[Policy], targets: Sequence[PullTarget]) -> tuple[PullTarget, ...]:
    """The targets of policies with their lanes (see ``PullTarget``), by dates alone: an entry goes on in the lane that
    was left last."""
    ends = defaultdict[tuple[str, tuple[int, ...]], list[float]](list)  # of each lane
    found = list(targets)
    for i in sorted(range(len(policies)), key=lambda i: policies[i].start):
        lanes, start = ends[policies[i].name, targets[i].kinds], policies[i].start
        free = [lane for lane, end in enumerate(lanes) if end <= start]
        lane = max(free, key=lanes.__getitem__, default=len(lanes))
        lanes[lane : lane + 1] = [policies[i].end]
        found[i] = replace(targets[i], lane=lane)
    return tuple(found)
