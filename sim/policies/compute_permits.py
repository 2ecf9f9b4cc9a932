"""Tradable permits for compute."""

from dataclasses import dataclass
from math import inf

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim, Policy, given_back
from sim.policies.levers import LEVERS, PAST_COMPUTE
from sim.policies.view import View
from sim.quantity import choice, quantity


@dataclass(frozen=True, kw_only=True)
class ComputePermits(Policy):
    """A cap on the compute of all actors it applies to together, with FLOP allowances that are traded.

    With permits for training alone, training and serving are bought apart, at two prices. The price of permits clears
    together with the market for compute. Grandfathering gives the value of permits back, within about a year, in
    proportion to the compute bought in the calendar year before the first permits, as far as it would have needed some.
    """

    name = "compute_permits"
    strength = "cap"
    relative = "cap_share"
    levers = ("compute_cap",)
    source = "Bornstein, Bedi 2026, arXiv:2601.19886; the cap is the scenario's choice"
    effect = "gives compute the price at which what is bought meets the cap"
    cannot = (
        "let permits be saved for a later year, hold for some regions alone, divide its revenue among more than two "
        "uses, or tell uses of compute apart beside training and serving"
    )
    laws = ("No law yet: it is a proposal (see the source)",)
    hardly = 1e40
    claims = (
        Claim("energy_total", FALLS, 0, 0.9),
        Claim("compute_permit_price", RISES, 1e-6),
    )

    cap: float = quantity(
        "FLOP/yr", "compute permitted in a year, when it begins", low=1, high=1e40, default=inf, typical=1e27
    )
    cap_share: float = quantity(
        "1",
        "compute permitted in a year, when it begins, as a share of what those it applies to bought in its scope in "
        "the calendar year before; beside cap the lower holds",
        low=1e-9,
        high=1e15,
        default=inf,
    )
    growth: float = quantity("%/yr", "yearly change of the cap", low=-50, high=400, default=0.0)
    scope: str = choice("compute that needs permits", ("all", "training"), default="all")
    allocation: str = choice("how permits reach the actors", ("auction", "grandfathering"), default="auction")
    auction_share: float = quantity(
        "1", "share of the permits that is auctioned under grandfathering", low=0, high=1, default=0.0
    )

    def act(self, view: View) -> dict[str, float]:
        share = self.cap_share * view.before.compute if self.cap_share < inf else inf
        cap = min(self.cap, share) * power(1.0 + self.growth, self.years_in_force(view)) / self.phase(view)
        cap = max(cap, LEVERS["compute_cap"].low)  # where nothing was bought in the year before
        return {"compute_cap": cap}

    def proceeds(self) -> dict[str, float]:
        return given_back(super().proceeds(), PAST_COMPUTE, self.allocation, self.auction_share)

    def scopes(self) -> tuple[str, ...]:
        return ("training",) if self.scope == "training" else ("training", "serving")
