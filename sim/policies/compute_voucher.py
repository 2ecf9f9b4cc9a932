"""Money from the treasury that buys nothing but compute."""

from dataclasses import dataclass

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim
from sim.policies.programme import Programme, shared
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class ComputeVoucher(Programme):
    """The same yearly amount for each academic lab (or actor of the kinds named), for training compute alone.

    It is the ``value`` of one, or a part in a sum of money for all together, in equal parts among those that take part.
    """

    name = "compute_voucher"
    strength = "value"
    levers = ("voucher", "unclaimed")
    buys = "compute vouchers"
    source = "cloud credits of the NAIRR pilot (US NSF 2024); the value is the scenario's choice"
    effect = "adds money for training compute on top of what its holders spend; what finds no compute is not paid"
    cannot = "pay for serving customers, be passed on or be saved; whom it serves is a kind of actor, not who applies"
    laws = (
        "United States, pilot of the National AI Research Resource since 2024: cloud credits for researchers",
        "China, computing vouchers of cities such as Shanghai and Beijing since 2023: for startups, with `kinds`",
    )
    hardly = 1e-9
    claims = (
        Claim("compute_share_academia", RISES, 1.05),
        Claim("public_outlay", RISES, 1),
        Claim("compute_ratio_industry_academia", FALLS, 0, 0.95),
    )

    value: float = quantity("USD/yr", "voucher of one actor, when it begins", low=0, high=1e12, default=0.0)
    growth: float = quantity("%/yr", "real growth of value or budget", low=-50, high=100, default=0.0)

    @property
    def equal_money_for_compute(self) -> bool:
        return not self.neutral

    def act(self, view: View) -> dict[str, float]:
        grown = power(1.0 + self.growth, self.years_in_force(view))
        each, unclaimed = shared(self.money(view) * grown, view)
        return {"voucher": self.phase(view) * self.value * grown + each, "unclaimed": unclaimed}
