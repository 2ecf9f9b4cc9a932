"""Corporations: a core business pays, customers of AI products pay back."""

from dataclasses import dataclass

import numpy as np

from sim.actors.base import Economy, Endowment, Funds, Kind, OwnMeans
from sim.arrays import Array
from sim.mathematics import exp
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Corporation(Kind):
    """Spends what accuracy is worth to it, out of a share of its core revenue and the margin on AI products."""

    rule = "corporation"
    sector = "industry"
    title = "Corporation"
    own_means = OwnMeans("core_revenue", "core_share", "core_spread", "core_growth")
    sponsors = True

    core_revenue: float = quantity(
        "USD/yr", "median revenue of the core business, without unequal_means", low=0, high=1e13
    )
    core_spread: float = quantity("1", "spread of core revenue (sd of its ln)", low=0, high=4)
    core_growth: float = quantity("%/yr", "real growth of core revenue", low=-20, high=30)
    core_share: float = quantity("1", "most of core revenue that may go to AI training", low=0, high=1)
    reach: float = quantity(
        "1", "median weight among sellers at equal accuracy, without unequal_means", low=0, high=1e6
    )
    reach_spread: float = quantity("1", "spread of selling weight (sd of ln)", low=0, high=4)

    def endow(self, plan: Array, other: Array, reach: Array) -> Endowment:
        income = self.core_revenue * exp(self.core_spread * other)
        reach = self.reach * exp(self.reach_spread * reach)
        return Endowment(self._start_plan(plan), income, np.zeros_like(plan), reach)

    def wants(self, funds: Funds, economy: Economy) -> Array:
        return funds.contest

    def means(self, funds: Funds, economy: Economy) -> Array:
        return self.core_share * funds.income + funds.margin + funds.dividend

    def income_growth(self) -> float:
        return self.core_growth
