"""What an actor of the reference asks of the market for compute."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reference.actors import Actor


@dataclass(eq=False)
class Order:
    """Money for compute, the part of its owner's limits that goes with it, and whether it needs compute permits."""

    actor: "Actor"
    money: float
    part: float
    licensed: float
    bought: float = 0.0
    paid: float = 0.0
    would_cost: float = 0.0  # a FLOP in all, region by region
    where: list[float] = field(default_factory=list)  # compute by region, or parts where none is bought

    def price(self) -> float:
        """What a FLOP costs, or would."""
        economy, own = self.actor.model, self.actor.own_cost + self.actor.dues
        idle = self.would_cost if economy.apart else own + economy.rent + self.licensed * economy.license_price
        return self.paid / self.bought if self.bought > 0 else idle
