"""A duty to publish: models after a time, and findings."""

from dataclasses import dataclass
from math import inf

from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.policies.view import View
from sim.quantity import amounts, flag, quantity


@dataclass(frozen=True, kw_only=True)
class OpenPublication(Policy):
    """A share of the actors it applies to releases its models some time after they are trained, and its findings.

    Which actors is drawn once, with the draw that says who releases models anyway. Models of before the policy count
    from its start on. What was released stays released. Several duties ask each what it says of those it applies to.
    """

    name = "open_publication"
    strength = "share"
    levers = ("publishing", "weights_lag", "findings")
    source = (
        "public access to funded research without delay (Nelson 2022, OSTP memorandum of 25 August), carried over to "
        "models; share and lag are the scenario's choice"
    )
    effect = "brings the best released model nearer to the frontier, and public knowledge with the findings"
    cannot = "ask for data or code, tell models by what they can do, or take back what was released"
    laws = (
        "United States, memorandum of the Office of Science and Technology Policy of 25 August 2022: findings of "
        "research paid by the state are free to read at once (`findings`)",
        "Plan S of European research funders since 2021: the same (`findings`). No law asks for the release of "
        "models yet",
    )
    hardly = 1e-9
    claims = (
        Claim("access_gap_median_lab", FALLS, 0, 0.8),
        Claim("public_efficiency_factor", RISES, 1.05),
    )

    share: float = quantity("1", "share of actors that have to publish", low=0, high=1, default=0.0)
    weights: bool = flag("whether models have to be released", default=True)
    weights_lag: float = quantity("yr", "time from a model to its release", low=0, high=100, default=1.0)
    findings: float = quantity("1", "least share of research that is published", low=0, high=1, default=0.0)

    def without_effect(self) -> dict[str, str]:
        if self.weights:
            return {}
        found = {"weights_lag": "since weights = false"}
        nothing = "since neither models (weights = false) nor findings (findings = 0) are asked for"
        return found if any(amounts(self.findings)) else {"share": nothing, **found}

    def act(self, view: View) -> dict[str, float]:
        lag = self.weights_lag if self.weights else inf
        return {"publishing": self.share * self.phase(view), "weights_lag": lag, "findings": self.findings}
