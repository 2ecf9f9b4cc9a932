"""A levy on every FLOP bought."""

from dataclasses import dataclass

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class ComputeLevy(Policy):
    """A levy on every FLOP bought, for training and serving alike, as a share of what its hardware costs.

    The share is of the price of hardware to a large buyer at the moment, on which the levy has no influence. A rent
    while compute is scarce, electricity and what small buyers pay on top are left out.
    """

    name = "compute_levy"
    strength = "rate"
    levers = ("compute_levy",)
    source = (
        "Korinek, Lockwood 2026, Public Finance in the Age of AI: A Primer, which weighs taxes on compute; the "
        "rate is the scenario's choice"
    )
    effect = "makes compute dearer for those it applies to, so that they buy less, and brings in money"
    cannot = (
        "exempt small buyers within a kind, hold for some regions alone, tell training from serving, or charge for "
        "what those buy who are not modelled"
    )
    laws = (
        "No law yet: taxes on digital services (France 2019, Loi 2019-759: 3 %; United Kingdom 2020, Finance Act 2020: "
        "2 %) are on revenue of large firms, not on compute",
    )
    hardly = 1e-9
    claims = (
        Claim("policy_revenue", RISES, 5e10, 2e11),
        Claim("training_compute_corporation", FALLS, 0.88, 0.97),
        Claim("compute_share_academia", RISES, 4, 15),
    )

    rate: float = quantity(
        "1", "levy when it begins, over the price of hardware for a large buyer", low=0, high=100, default=0.0
    )
    growth: float = quantity("%/yr", "real growth of the rate", low=-20, high=50, default=0.0)

    def act(self, view: View) -> dict[str, float]:
        rate = self.rate * power(1.0 + self.growth, self.years_in_force(view))
        return {"compute_levy": self.phase(view) * rate * view.hardware_price}
