"""A limit on the size of one training run."""

from dataclasses import dataclass
from math import inf

from sim.mathematics import power
from sim.policies.base import FALLS, RISES, Claim, Policy
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class TrainingRunCeiling(Policy):
    """No training run may be larger than a number of FLOP. Smaller runs are free.

    An actor at the ceiling buys no more compute than its largest run needs beside its other work; part of the money
    left goes to efficiency research. On the ramp the ceiling comes down from no ceiling. A ceiling that follows the
    frontier is ``training_run_pace``.
    """

    name = "training_run_ceiling"
    strength = "limit"
    levers = ("run_ceiling",)
    source = "thresholds of 1e25 FLOP (EU AI Act 2024, article 51) and 1e26 FLOP (US Executive Order 14110, 2023)"
    effect = "stops the largest runs and turns the money to efficiency research or to nothing"
    cannot = (
        "license single runs, look at what a model can do, see a run that is split in parts, or keep others from "
        "buying the compute that is left, so that emissions need not fall while power is short"
    )
    laws = (
        "No law forbids runs by their size yet. The thresholds of Regulation (EU) 2024/1689, article 51 (1e25 "
        "FLOP) and of US Executive Order 14110 of 2023 (1e26 FLOP, revoked in 2025) ask for reports and care, "
        "as `reporting_duty` does; here such a threshold is a limit",
    )
    hardly = 1e40
    claims = (
        Claim("frontier_run_flop", FALLS, 0, 0.1),
        Claim("spend_bound_by_ceiling", RISES, 0.2, 1),
        Claim("research_share", RISES, 1.3),
    )

    limit: float = quantity("FLOP", "the largest run that is allowed, when it begins", low=1, high=1e40, default=inf)
    growth: float = quantity("%/yr", "yearly change of the limit", low=-50, high=400, default=0.0)

    def act(self, view: View) -> dict[str, float]:
        return {"run_ceiling": self.limit * power(1.0 + self.growth, self.years_in_force(view)) / self.phase(view)}
