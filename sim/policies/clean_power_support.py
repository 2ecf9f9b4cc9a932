"""Money from the treasury for every kWh of clean power that compute uses."""

from dataclasses import dataclass

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class CleanPowerSupport(Policy):
    """The treasury pays whoever uses firm clean power for compute a rate per kWh, as tax credits for it do. It is paid
    for all of it, also what buyers had promised or would have bought anyway. It is never more than what the first clean
    kWh costs in all where it is used. Without the mechanism ``abatement`` nobody buys more clean power for it. In the
    books it goes to buyers, who pay utilities in full: whoever of both is paid in law, buyers see the same price.
    """

    name = "clean_power_support"
    strength = "rate"
    levers = ("clean_support",)
    source = "clean electricity production credit, 26 U.S.C. 45Y (US 2022); the rate is the scenario's choice"
    effect = "makes clean power cheaper to its buyers, so that more of it takes the place of the grid's"
    cannot = (
        "pay for building instead of use, tell new clean power from old, hold a price of power fixed, reach power that "
        "is not for compute, or say where its own money comes from"
    )
    laws = (
        "United States, Inflation Reduction Act of 2022: credits to producers per kWh of power from new clean plants "
        "(26 U.S.C. 45Y: 0.3 cents, or 1.5 under rules on wages, adjusted for inflation) and from old reactors (45U)",
        "United Kingdom, contracts for difference under the Energy Act 2013: suppliers of power pay producers what the "
        "market pays less than a fixed price; here the state pays, and the rate does not follow the market",
    )
    hardly = 1e-9
    claims = (
        Claim("clean_power_share", RISES, 1.7),
        Claim("emissions_operational", FALLS, 0.2, 0.75),
        Claim("public_outlay", RISES, 1),
    )

    rate: float = quantity("USD/kWh", "paid per kWh of clean power when it begins", low=0, high=100, default=0.0)
    growth: float = quantity("%/yr", "real growth of the rate", low=-50, high=50, default=0.0)

    def act(self, view: View) -> dict[str, float]:
        grown = power(1.0 + self.growth, self.years_in_force(view))
        return {"clean_support": self.phase(view) * self.rate * grown}
