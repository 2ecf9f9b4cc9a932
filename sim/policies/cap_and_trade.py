"""Tradable permits for emissions."""

from dataclasses import dataclass
from math import inf

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim, Policy, Refusal, given_back
from sim.policies.levers import LEVERS, PAST_EMISSIONS
from sim.policies.view import View
from sim.quantity import choice, quantity


@dataclass(frozen=True, kw_only=True)
class CapAndTrade(Policy):
    """A cap on the operational emissions of all actors it applies to together, with permits that are traded.

    Entries for other kinds or regions are caps of their own, each with its permits and its price; who falls under
    several pays for permits of each. Prices clear together with the market for compute. Under an auction the revenue
    goes where ``revenue_use`` says. Under grandfathering the value of permits goes back, within about a year, to those
    who emitted what the cap covers in the calendar year before its first permits, in proportion; ``auction_share`` says
    what part is auctioned all the same. Unused permits lapse, or with banking come back later at a rate; nobody looks
    ahead, so permits are saved only where the price is zero, or lowest. On the ramp the cap comes down from no cap, and
    nothing is saved.

    An auction may have a lowest price, at which permits that nobody takes stay unsold, and a highest one, at which as
    many are sold as are asked for, whatever the cap: at both it is a carbon tax. On the ramp the lowest price grows
    from nothing.
    """

    name = "cap_and_trade"
    strength = "cap"
    relative = "cap_share"
    levers = ("carbon_cap", "carbon_banking", "carbon_floor", "carbon_ceiling")
    source = "Dales 1968, Pollution, Property and Prices; Montgomery 1972; the cap is the scenario's choice"
    effect = "gives emissions the price at which they meet the cap"
    cannot = (
        "let permits of one cap be used under another, or have a lowest or highest price where permits are given "
        "away, a reserve that takes permits back, or offsets, or divide its revenue among more than two uses; nor does "
        "anybody look ahead"
    )
    laws = (
        "European Union, Directive 2003/87/EC as amended by Directive (EU) 2023/959: a cap that falls by 4.3 "
        "points of a fixed base a year from 2024 and 4.4 from 2028 (`falls`)",
        "California, Cap-and-Trade Program since 2013: a cap by year, with permits that are auctioned or given away; a "
        "lowest and a highest price that both grow by 5 % a year beyond inflation (17 CCR 95911, 95915)",
    )
    hardly = 1e15
    claims = (
        Claim("emissions_operational", FALLS, 0, 0.9),
        Claim("permit_price", RISES, 1),
    )

    cap: float = quantity(
        "tCO2e/yr", "permits issued in a year, when it begins", low=1e-9, high=1e15, default=inf, typical=1e6
    )
    cap_share: float = quantity(
        "1",
        "permits issued in a year, when it begins, as a share of what those it applies to emitted by electricity in "
        "the calendar year before; beside cap the lower holds",
        low=1e-9,
        high=1e15,
        default=inf,
    )
    growth: float = quantity("%/yr", "yearly change of the cap", low=-50, high=50, default=0.0)
    allocation: str = choice("how permits reach the actors", ("auction", "grandfathering"), default="auction")
    auction_share: float = quantity(
        "1", "share of the permits that is auctioned under grandfathering", low=0, high=1, default=0.0
    )
    banking: float = quantity(
        "1/yr",
        "how fast permits that nobody needed come back (a cap that binds leaves none); at 0 they lapse, as on the ramp",
        low=0,
        high=20,
        default=0.0,
    )

    price_floor: float = quantity(
        "USD/tCO2", "lowest price of a permit in an auction, when it begins", low=0, high=1e9, default=0.0
    )
    price_ceiling: float = quantity(
        "USD/tCO2",
        "highest price of a permit in an auction, when it begins; more permits than the cap are sold at it",
        low=0,
        high=1e9,
        default=inf,
    )
    price_growth: float = quantity(
        "%/yr", "real growth of the lowest and the highest price", low=-50, high=100, default=0.0
    )

    def act(self, view: View) -> dict[str, float]:
        share = self.cap_share * view.before.emissions if self.cap_share < inf else inf
        phase = self.phase(view)
        cap = min(self.cap, share) * power(1.0 + self.growth, self.years_in_force(view)) / phase
        cap = max(cap, LEVERS["carbon_cap"].low)  # where nothing was emitted in the year before
        saved = self.banking if phase == 1.0 else 0.0  # far more than the cap is issued on the ramp
        grown = power(1.0 + self.price_growth, self.years_in_force(view))
        lowest, highest = phase * self.price_floor * grown, self.price_ceiling * grown
        return {"carbon_cap": cap, "carbon_banking": saved, "carbon_floor": lowest, "carbon_ceiling": highest}

    def refusal(self) -> Refusal | None:
        floor, ceiling = self.price_floor > 0.0, self.price_ceiling < inf
        if self.allocation != "auction" and (floor or ceiling):
            key = "price_floor" if floor else "price_ceiling"
            problem = "permits that are given away have no lowest or highest price"
            return Refusal(key, problem, 'allocation = "auction" beside it', f"auction the permits, or take {key} out")
        if self.price_floor > self.price_ceiling:
            problem = "the lowest price of a permit lies above the highest"
            return Refusal("price_floor", problem, "at most price_ceiling", "lower price_floor, or raise price_ceiling")
        return None

    def proceeds(self) -> dict[str, float]:
        return given_back(super().proceeds(), PAST_EMISSIONS, self.allocation, self.auction_share)
