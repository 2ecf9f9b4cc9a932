"""Startups: investors' money, burnt at a bounded rate."""

from dataclasses import dataclass

import numpy as np

from sim.actors.base import Economy, Endowment, Funds, Kind, OwnMeans
from sim.arrays import Array
from sim.mathematics import exp, expm1
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Startup(Kind):
    """Spends what accuracy is worth to it and what its investors press for, out of its cash."""

    rule = "startup"
    sector = "industry"
    title = "Startup"
    own_means = OwnMeans("cash", "burn", "cash_spread", None)
    pays_from_cash = True
    raises_venture = True

    cash: float = quantity("USD", "median cash at the start, without unequal_means", low=0, high=1e13)
    cash_spread: float = quantity("1", "spread of cash at the start (sd of its ln)", low=0, high=4)
    burn: float = quantity("1/yr", "most of its cash that may go to training compute", low=0.01, high=20)
    pressure: float = quantity("1", "share of new investors' money expected to go to compute", low=0, high=1)
    reach: float = quantity(
        "1", "median weight among sellers at equal accuracy, without unequal_means", low=0, high=1e6
    )
    reach_spread: float = quantity("1", "spread of selling weight (sd of ln)", low=0, high=4)

    def endow(self, plan: Array, other: Array, reach: Array) -> Endowment:
        cash = self.cash * exp(self.cash_spread * other)
        reach = self.reach * exp(self.reach_spread * reach)
        return Endowment(self._start_plan(plan), np.zeros_like(plan), cash, reach)

    def wants(self, funds: Funds, economy: Economy) -> Array:
        return funds.contest + self.pressure * funds.promised

    def means(self, funds: Funds, economy: Economy) -> Array:
        """Burn at a constant rate over the step, exact for constant inflows; never beyond cash and inflows."""
        drained = -expm1(-self.burn * economy.dt) / economy.dt
        inflow = funds.margin + funds.venture + funds.dividend
        return np.asarray(drained * funds.cash + (1.0 - drained / self.burn) * inflow)
