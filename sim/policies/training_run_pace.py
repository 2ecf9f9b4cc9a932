"""A limit on how fast the largest training run may grow."""

from dataclasses import dataclass
from math import inf

from sim.policies.base import FALLS, RISES, Claim, Policy, Refusal
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class TrainingRunPace(Policy):
    """No training run may be larger than a ratio times the largest run of anyone up to a year ago."""

    name = "training_run_pace"
    strength = "ratio"
    levers = ("run_ratio",)
    source = "ceilings relative to the frontier, as discussed in compute governance (Heim, Koessler 2024)"
    effect = "slows the frontier to a pace and lets others catch up"
    cannot = (
        "slow anything but the largest runs, count what better methods get out of the same compute, or keep others "
        "from buying the compute that is left, so that emissions need not fall while power is short"
    )
    laws = ("No law yet: it is a proposal (see the source)",)
    hardly = 1e12
    claims = (
        Claim("frontier_run_flop", FALLS, 0, 0.9),
        Claim("spend_bound_by_ceiling", RISES, 0.05, 1),
    )

    ratio: float = quantity("1", "times the largest run of a year ago that are allowed", low=0, high=1e15, default=inf)

    def act(self, view: View) -> dict[str, float]:
        return {"run_ratio": self.ratio / self.phase(view)}

    def refusal(self) -> Refusal | None:
        if self.ratio >= 1:
            return None
        problem = "ratio below one: each year's largest run would be smaller than the last, down to nothing"
        return Refusal("ratio", problem, "at least 1", "raise ratio")
