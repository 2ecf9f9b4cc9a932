"""A limit on what one actor may emit in a year."""

from dataclasses import dataclass
from math import inf

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class CarbonBudget(Policy):
    """The same yearly emission limit for every actor it applies to, not tradable, changing at a constant rate.

    On the ramp the limit comes down from no limit: at a phase of one half it is twice as high. Where power is short,
    others buy what those at the limit leave: a limit that binds large buyers of clean power alone can raise the
    emissions of all.
    """

    name = "carbon_budget"
    strength = "limit"
    levers = ("carbon_budget",)
    source = "Schwartz et al. 2020, Green AI (budgets instead of unbounded accuracy); level assumed by the scenario"
    effect = "stops an actor from buying compute whose electricity emits beyond its limit; it trains and sells less"
    cannot = (
        "let limits be traded or saved for a later year, differ by the size of an actor within one kind, or keep "
        "others from buying what those at the limit leave: while power is short a loose limit can raise "
        "the emissions of all"
    )
    laws = (
        "New York City, Local Law 97 of 2019: a limit on the emissions of each large building, lower from 2030 "
        "on; its fine above the limit is not there",
    )
    hardly = 1e15
    claims = (
        Claim("emissions_operational", FALLS, 0, 0.5),
        Claim("spend_bound_by_carbon", RISES, 0.5, 1),
        Claim("market_value", FALLS, 0, 0.9),
    )

    limit: float = quantity("tCO2e/yr", "the most one actor may emit in a year", low=1e-9, high=1e15, default=inf)
    growth: float = quantity("%/yr", "yearly change of the limit", low=-50, high=50, default=0.0)

    def act(self, view: View) -> dict[str, float]:
        return {"carbon_budget": self.limit * power(1.0 + self.growth, self.years_in_force(view)) / self.phase(view)}
