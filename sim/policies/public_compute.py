"""Compute that the treasury pays."""

from dataclasses import dataclass

from sim.policies.base import FALLS, RISES, Claim
from sim.policies.levers import ALLOTMENTS
from sim.policies.programme import Programme, shared
from sim.policies.view import View
from sim.quantity import choice, quantity


@dataclass(frozen=True, kw_only=True)
class PublicCompute(Programme):
    """Training compute for academic labs (or the kinds named), a share of all actors' compute, paid by the treasury.

    The share is of what the modelled actors want at no rent and without what policies charge, public compute included,
    in FLOP; what everyone else buys is not counted. While compute is scarce labs get a little more than the share: the
    rent is a smaller part of what a small buyer pays, so that they give up less. In its place a sum of
    money may be given, for as much compute as it buys. The compute is divided equally;
    by need, among the half with least means; by merit, in proportion to 1/error to the power of sponsors' favour; or
    among the winners of a yearly lottery, as many as ``winners`` says, rounded down, and at least one. Several
    programmes stay apart: each divides its own share or money among its own, and draws its own winners.
    """

    name = "public_compute"
    strength = "share"
    levers = ("public_compute", "public_budget", "unclaimed", "winners")
    buys = "public compute"
    source = "National AI Research Resource Task Force 2023; the share is the scenario's choice"
    effect = "adds training compute for those it serves; where compute is scarce, it displaces that of others"
    cannot = (
        "build machines of its own, choose single projects, or hand out what is not used; it buys from the same "
        "market as all"
    )
    laws = (
        "United States, National AI Research Resource, as planned by its task force in 2023: 2.6 billion USD over six "
        "years (`total`)",
        "European Union, Regulation (EU) 2021/1173 on the European High Performance Computing Joint Undertaking: "
        "public machines for research",
    )
    hardly = 1e-9
    claims = (
        Claim("compute_share_academia", RISES, 10),
        Claim("public_outlay", RISES, 1),
        Claim("compute_ratio_industry_academia", FALLS, 0, 0.1),
    )

    share: float = quantity("1", "public compute as a share of the compute of all actors", low=0, high=0.9, default=0.0)
    allotment: str = choice("how it is divided among those it serves", ALLOTMENTS, default="equal")
    winners: float = quantity("1", "share of those served who win in a lottery", low=0.001, high=1, default=0.1)

    @property
    def equal_money_for_compute(self) -> bool:
        return not self.neutral and self.strength not in self.given and self.allotment == ALLOTMENTS[0]

    def without_effect(self) -> dict[str, str]:
        return {} if self.allotment == "lottery" else {"winners": f'since allotment = "{self.allotment}"'}

    def act(self, view: View) -> dict[str, float]:
        each, unclaimed = shared(self.money(view), view)
        return {
            "public_compute": self.share * self.phase(view),
            "public_budget": each,
            "unclaimed": unclaimed,
            "winners": self.winners,
        }
