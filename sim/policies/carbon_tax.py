"""A price on every tonne emitted."""

from dataclasses import dataclass

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class CarbonTax(Policy):
    """A price on every tonne of operational emissions, rising at a constant real rate, on top of existing prices."""

    name = "carbon_tax"
    strength = "rate"
    levers = ("carbon_price",)
    source = "Pigou 1920, The Economics of Welfare; the rate is the scenario's choice"
    effect = "makes compute dearer in proportion to its carbon, so that less is bought for the same money"
    cannot = "exempt small emitters, pay part of its revenue back by a benchmark, or charge for the making of hardware"
    laws = (
        "Canada, Greenhouse Gas Pollution Pricing Act 2018: 20 CAD a tonne in 2019, 10 more each year to 50 in "
        "2022, then 15 more each year to 170 in 2030",
        "France, carbon component of the energy taxes since 2014 (Code des douanes): from 7 EUR a tonne in 2014 "
        "to 44.60 from 2018 on (on fuels for heating and transport, not on power, which is under EU emission trading)",
        "Germany, Brennstoffemissionshandelsgesetz 2019: fixed prices from 25 EUR a tonne in 2021 to 55 in 2025 "
        "(on fuels for heating and transport, not on power, which is under EU emission trading)",
    )
    hardly = 1e-6
    claims = (
        Claim("emissions_operational", FALLS, 0.5, 0.998),
        Claim("policy_revenue", RISES, 1),
    )

    rate: float = quantity("USD/tCO2", "tax when it begins", low=0, high=10_000, default=0.0)
    growth: float = quantity("%/yr", "real growth of the rate", low=-20, high=50, default=0.0)

    def act(self, view: View) -> dict[str, float]:
        return {"carbon_price": self.phase(view) * self.rate * power(1.0 + self.growth, self.years_in_force(view))}
