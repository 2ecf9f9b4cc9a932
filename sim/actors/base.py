"""What every kind of actor has, and the two rules in which kinds differ: what they want to spend and can spend."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import ClassVar, NamedTuple

from sim.arrays import Array, Mask
from sim.errors import BrokenCode, InputError
from sim.mathematics import exp
from sim.owncode import Registered, is_own, place_of
from sim.quantity import choice, integer, quantity, weights
from sim.records import Portable

PARTIES = (
    "cloud",
    "utilities",
    "government",
    "investors",
    "customers",
    "removers",
    "suppliers",
)  # beside the kinds, in the books
SECTORS = ("industry", "academia")
ONE_EACH = "finite numbers of at least 0, one for each actor"  # what rules say


class Endowment(NamedTuple):
    """What actors of one kind begin with, each of shape (count,)."""

    plan: Array  # USD/yr planned for training compute
    income: Array  # USD/yr from outside the AI market: core revenue or grants
    cash: Array  # USD
    reach: Array  # weight among sellers of AI products; 0 sells nothing


class Funds(NamedTuple):
    """What actors of one kind have now, each of shape (count,); money in USD/yr unless said otherwise."""

    income: Array
    demand: Array  # for its AI products
    sales: Array  # of AI products, if it can serve as many customers as about the last year
    margin: Array  # left of sales after all costs but training
    venture: Array  # coming in from investors all the time
    promised: Array  # venture capital that investors set aside, to come in now or in rounds
    dividend: Array  # public money without a purpose
    academic: Array  # public money for compute of academic actors
    public_research: Array  # public money for efficiency research of academic actors, beside their own plans
    offered: Array  # by investors beside venture capital, to those whose own means fall short
    contest: Array  # marginal value of accuracy: what a seller wants to spend
    start_plan: Array
    cash: Array  # USD
    allowances: Array  # part of the dividend: value of permits given away


class Economy(NamedTuple):
    """What all actors see alike."""

    market_gain: float  # AI product market over its start
    dt: float  # years in a step, for rates that drain a stock


class OwnMeans(NamedTuple):
    """Names of a kind's numbers on what its median actor may spend on training in the first year: amount times share;
    the amount's spread, and its growth where it grows."""

    amount: str
    share: str
    spread: str
    growth: str | None


@dataclass(frozen=True, kw_only=True)
class Kind(Registered, Portable, ABC):
    """Numbers and rules shared by all actors of one kind; ``id`` is the name of its table in the scenario."""

    rule: ClassVar[str]
    sector: ClassVar[str]  # of SECTORS
    title: ClassVar[str]  # class name in Mesa
    own_means: ClassVar[OwnMeans]
    pays_from_cash: ClassVar[bool] = False  # keeps a cash stock; otherwise what is left each year is passed on
    raises_venture: ClassVar[bool] = False  # and, where it keeps cash, fails without it and is founded again
    sponsors: ClassVar[bool] = False  # pays for compute of academia, and buys those that fail
    settles_with: ClassVar[str] = "investors"  # who gets what is left, where there is no cash stock
    income_from: ClassVar[str] = "customers"
    income_is: ClassVar[str] = "core revenue"

    id: str = choice("name of the kind", default="")
    label: str = choice("what a reader calls these actors", default="")
    count: int = integer("number of actors", low=1, high=10_000_000)
    home: dict[str, float] = weights("weights of the regions where actors of this kind are at home")
    home_share: float = quantity("1", "share of its work that an actor runs in its home region", low=0, high=1)
    pue: float = quantity("1", "power usage effectiveness of the data centres used", low=1, high=4)
    start_plan: float = quantity(
        "USD/yr", "median planned spending on training compute at the start, without unequal_means", low=1e-6, high=1e12
    )
    start_spread: float = quantity("1", "spread of first plans (sd of ln)", low=0, high=4)
    means_spread: float = quantity(
        "1", "inequality among actors of the kind (sd of log10 size)", low=0, high=3,
        default=0.0,
    )  # fmt: skip
    ramp: float = quantity("1", "most by which a plan can grow or shrink within a year", low=1, high=1000)
    openness: float = quantity(
        "1", "share of its efficiency research that an actor publishes", low=0, high=1, default=0.5
    )
    release_share: float = quantity("1", "share of actors that release their models", low=0, high=1, default=0.0)
    contract_share: float = quantity(
        "1", "share of last year's volume held under contract, where contracts allocate", low=0, high=1, default=0.0
    )
    carbon_budget: float = quantity(
        "tCO2e/yr", "emission limit that an actor carries", low=1e-9, high=1e15, default=inf
    )

    @abstractmethod
    def endow(self, plan: Array, other: Array, reach: Array) -> Endowment:
        """Start of all actors, from three independent standard normal draws of shape (count,)."""

    @abstractmethod
    def wants(self, funds: Funds, economy: Economy) -> Array:
        """Desired spending on training compute [USD/yr], shape (count,)."""

    @abstractmethod
    def means(self, funds: Funds, economy: Economy) -> Array:
        """The most that can be spent on training compute [USD/yr], shape (count,)."""

    @property
    def comes_and_goes(self) -> bool:
        """Whether some of its actors fail, and places of theirs stay empty for a time."""
        return self.raises_venture and self.pays_from_cash

    def income_growth(self) -> float:
        """Real growth of outside income [1/yr]."""
        return 0.0

    def _start_plan(self, draw: Array) -> Array:
        return self.start_plan * exp(self.start_spread * draw)


def amounts(found: Array) -> Mask:
    """Which of what a kind's rules say are amounts: finite, and at least 0."""
    return (found >= 0.0) & (found < inf)


def no_amount(kind: Kind, rule: str, found: str, file: Path, allowed: str = ONE_EACH) -> InputError:
    """The error where a kind's rule (the name of its method) says what is no amount: of one's own code where that is
    not of this package."""
    said, place = f"`{rule}` of the rule {kind.rule}", place_of(getattr(type(kind), rule))
    own = place and place.file if is_own(type(kind)) else None
    told = {"found": found, "allowed": allowed}
    if place and own:
        fix = f"mend {said}, {place.key} of {own}"
        return BrokenCode(f"{said} gave what is no amount", file=file, key=f"kind.{kind.id}", fix=fix, **told)
    return InputError(f"{said} gave what is no amount", file=file, key=f"kind.{kind.id}", fix=f"mend {said}", **told)
