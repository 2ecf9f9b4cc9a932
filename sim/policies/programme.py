"""What programmes of public money have in common: beside a price or a share they may be given as a sum of money."""

from dataclasses import dataclass
from math import inf

from sim.policies.base import Policy, Refusal
from sim.policies.view import View
from sim.quantity import quantity


@dataclass(frozen=True, kw_only=True)
class Programme(Policy):
    """Money that is shared among those served, whatever their number.

    What finds no compute in a step, or nobody to take it, stays in the treasury: nothing is carried forward.
    """

    amounts = ("budget", "total")
    serves = "academia"

    budget: float = quantity(
        "USD/yr",
        "money of the programme in a year, for all it serves together",
        low=0,
        high=1e14,
        default=0.0,
        typical=1e9,
    )
    total: float = quantity(
        "USD",
        "money of the whole programme, in even parts from its start to its end",
        low=0,
        high=1e16,
        default=0.0,
        typical=1e10,
    )

    @property
    def equal_money_for_compute(self) -> bool:
        """Whether all it does is to give a sum of money for compute to those it serves, in equal parts."""
        return False

    def money(self, view: View) -> float:
        """What there is for all together now [USD/yr]."""
        if not self.total:
            return self.phase(view) * self.budget
        return self.total * view.steps_per_year / self.lasts(view.steps_per_year)

    def refusal(self) -> Refusal | None:
        if len(self.given) > 1:
            extra, sizes = self.given[1], ", ".join(self.strengths)
            return Refusal(extra, "a programme has one size", f"one of {sizes}", f"take {extra} out")
        if self.total and not -inf < self.start < self.end < inf:
            problem, fix = "a total is spent from a start to an end", "give start and end, or a yearly budget"
            return Refusal("total", problem, "a total beside start and end", fix)
        for key in ("ramp", "growth"):
            if self.total and getattr(self, key, 0.0):
                fix = f"take {key} out, or give a yearly budget"
                return Refusal(key, "a total is spent in even parts", "0 beside a total", fix)
        return None


def shared(money: float, view: View) -> tuple[float, float]:
    """Of some money [USD/yr] what there is for each of those served, and what nobody is there to take."""
    return (money / view.served, 0.0) if view.served else (0.0, money)
