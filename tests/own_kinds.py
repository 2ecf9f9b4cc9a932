"""Scenarios with a kind of one's own, whose numbers have names that no shipped kind has."""

from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from sim.actors import Economy, Endowment, Funds, Kind
from sim.actors.base import OwnMeans
from sim.arrays import Array
from sim.mathematics import exp
from sim.scenario import Scenario
from tests.worlds import small

EVENTFUL = (  # so that actors fail, are bought by whoever may buy, beyond what a buyer has, and are founded again
    "finance.failure_floor=0.9", "finance.founding_rate=3", "finance.acquired_share=1", "finance.acquisition_price=20",
    "finance.seed=0.5", "kind.corporation.reach=0.01",
)  # fmt: skip
SETTLES = ("investors", "customers", "core revenue"), ("suppliers", "government", "grants")  # industry, academia
TAX = ("policy.carbon_tax.rate=1000", 'policy.carbon_tax.revenue_use="academic_compute"')  # for labs that are there


class Flags(NamedTuple):
    """What a kind says of itself."""

    pays_from_cash: bool
    raises_venture: bool
    sponsors: bool
    academia: bool

    @property
    def name(self) -> str:
        """Those that are set."""
        return " ".join(name for name, yes in self._asdict().items() if yes) or "none"

    @property
    def comes_and_goes(self) -> bool:
        """Whether actors of such a kind fail and are founded."""
        return self.pays_from_cash and self.raises_venture


FLAGS = [Flags(*each) for each in product((False, True), repeat=4)]


@cache
def own_rule(flags: Flags) -> type[Kind]:
    """A rule with these flags: it spends part of its money a year, beside all that comes in."""

    class Named:  # the registry looks at what a class itself says, and does not find this one
        rule = f"own_{flags.name.replace(' ', '_')}"

    @dataclass(frozen=True, kw_only=True)
    class Own(Named, Kind):
        sector = "academia" if flags.academia else "industry"
        title = "Own"
        own_means = OwnMeans("money", "spend_rate", "money_spread", None)
        pays_from_cash, raises_venture, sponsors, _ = flags
        settles_with, income_from, income_is = SETTLES[flags.academia]

        money: float = 2e5
        money_spread: float = 1.0
        spend_rate: float = 0.6
        weight: float = 5.0

        def endow(self, plan: Array, other: Array, reach: Array) -> Endowment:
            money, nothing = self.money * exp(self.money_spread * other), np.zeros_like(plan)
            income, cash = (nothing, money) if self.pays_from_cash else (money, nothing)
            return Endowment(self._start_plan(plan), income, cash, self.weight * exp(reach))

        def wants(self, funds: Funds, economy: Economy) -> Array:
            return funds.contest + funds.promised

        def means(self, funds: Funds, economy: Economy) -> Array:
            money = self.spend_rate * (funds.cash + funds.income)
            return np.asarray(money + funds.margin + funds.venture + funds.dividend)

    return Own


def with_own_kind(flags: Flags, *settings: str, until: int = 2018) -> Scenario:
    """The baseline with few actors, eventful, and with six of a kind of one's own."""
    scenario = small("baseline", *EVENTFUL, *(TAX if flags.academia else ()), *settings, until=until)
    like = vars(next(kind for kind in scenario.kinds if kind.id == "startup"))
    common = {field.name: like[field.name] for field in fields(Kind)}
    own = own_rule(flags)(**{**common, "id": "own", "label": "Own", "count": 6})
    return replace(scenario, kinds=(*scenario.kinds, own))
