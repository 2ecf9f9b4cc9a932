"""Academic labs: grants pay, and the size of the field they keep up with sets what they want."""

from dataclasses import dataclass

import numpy as np

from sim.actors.base import Economy, Endowment, Funds, Kind, OwnMeans
from sim.arrays import Array
from sim.mathematics import exp, power
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class AcademicLab(Kind):
    """Wants to keep up with the field and earns nothing from accuracy; pays from a share of its grants."""

    rule = "academic_lab"
    sector = "academia"
    title = "AcademicLab"
    own_means = OwnMeans("grant", "compute_share", "grant_spread", "grant_growth")
    settles_with = "suppliers"
    income_from = "government"
    income_is = "grants"

    grant: float = quantity("USD/yr", "median grant money of a lab, without unequal_means", low=0, high=1e12)
    grant_spread: float = quantity("1", "spread of grants (sd of its ln)", low=0, high=4)
    grant_growth: float = quantity("%/yr", "real growth of grants", low=-20, high=30)
    compute_share: float = quantity("1", "most of a grant that may go to compute", low=0, high=1)
    keeping_up: float = quantity("1", "omega: elasticity of desired spending to market growth", low=0, high=3)

    def endow(self, plan: Array, other: Array, reach: Array) -> Endowment:
        grant = self.grant * exp(self.grant_spread * other)
        return Endowment(self._start_plan(plan), grant, np.zeros_like(plan), np.zeros_like(reach))

    def wants(self, funds: Funds, economy: Economy) -> Array:
        return np.asarray(funds.start_plan * power(economy.market_gain, self.keeping_up) + funds.academic)

    def means(self, funds: Funds, economy: Economy) -> Array:
        return self.compute_share * funds.income + funds.academic + funds.dividend

    def income_growth(self) -> float:
        return self.grant_growth
