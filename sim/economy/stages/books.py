"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, suppliers (staff and everything else that firms and labs buy)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.actors import Kind
from sim.arrays import Array, Mask
from sim.economy.ledger import Ledger
from sim.economy.parties import GOVERNMENT, PURCHASES, TRANSFERS, Flows
from sim.economy.state import World

ACTORS = "actors"  # in a payment: each kind for its own


class Payment(NamedTuple):
    """What actors pay to one party, or get from one."""

    payer: str
    payee: str
    purpose: str
    amount: Array  # USD/yr, (n,)


@dataclass(frozen=True)
class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

    rows: tuple[tuple[Kind, slice], ...]
    flows: Flows
    received: Array
    spent: Array

    @classmethod
    def empty(cls, world: World) -> "Books":
        """Books of a step in which nothing was paid yet."""
        nothing = np.zeros(world.groups.size)
        return cls(tuple(world.rows()), {}, nothing, nothing)

    @property
    def left(self) -> Array:
        """What each received minus what it spent [USD/yr], (n,)."""
        return self.received - self.spent

    def add(self, *payments: Payment) -> "Books":
        """With more payments between the actors and other parties, in the order given."""
        flows, received, spent = dict(self.flows), self.received.copy(), self.spent.copy()
        for payer, payee, purpose, amount in payments:
            if not amount.any():
                continue
            if payer == ACTORS:
                spent += amount
                _note(flows, ((kind.id, payee, purpose, amount[r]) for kind, r in self.rows))
            else:
                received += amount
                _note(flows, ((payer, kind.id, purpose, amount[r]) for kind, r in self.rows))
        return Books(self.rows, flows, received, spent)

    def earn_outside(self, amount: Array) -> "Books":
        """``amount`` (n,) of grants or core income comes from each kind's own party."""
        flows = dict(self.flows)
        _note(flows, ((kind.income_from, kind.id, kind.income_is, amount[r]) for kind, r in self.rows))
        return Books(self.rows, flows, self.received + amount, self.spent)

    def hand_over(self, purpose: str, given: Array, got: Array) -> "Books":
        """Actors pay ``given`` (n,) and actors get ``got`` (n,), of one sum; each giver pays all takers alike."""
        flows, total = dict(self.flows), float(got.sum())
        parts = {other.id: float(got[o].sum()) / total for other, o in self.rows} if total > 0 else {}
        for kind, r in self.rows:
            _note(flows, ((kind.id, other, purpose, given[r] * part) for other, part in parts.items() if part))
        return Books(self.rows, flows, self.received + got, self.spent + given)

    def pass_on(self, keeps_cash: Mask) -> "Books":
        """Actors without a cash stock pass on what is left: firms to investors, labs to suppliers."""
        flows, left = dict(self.flows), np.where(keeps_cash, 0.0, self.left)
        _note(flows, ((kind.id, kind.settles_with, "what is left", left[r]) for kind, r in self.rows))
        return Books(self.rows, flows, self.received, self.spent + left)

    def net(self) -> dict[str, float]:
        """What each party received minus what it paid [USD/yr]."""
        sums: dict[str, float] = defaultdict(float)
        for (payer, payee, _), amount in self.flows.items():
            sums[payer] -= amount
            sums[payee] += amount
        return dict(sums)


def _note(flows: Flows, entries: Iterable[tuple[str, str, str, Array]]) -> None:
    """Add amounts by payer, payee and purpose to flows that nobody else holds yet."""
    for payer, payee, purpose, amount in entries:
        total = float(amount.sum())
        if total:
            key = payer, payee, purpose
            flows[key] = flows.get(key, 0.0) + total


def settle(world: World, ledger: Ledger) -> Books:
    """What actors earn and spend in the ordinary way.

    Sales of AI products leave a margin. Hardware (with rent), power and carbon are paid for all compute; what of them
    serves customers belongs to the cost of AI products.
    """
    funds, costs, sale, use = ledger.money.funds, ledger.costs, ledger.sale, ledger.use
    permits = sale.emission_permits + sale.compute_permits
    paid = sale.paid_training + sale.paid_serving
    hardware = paid - sale.bought * (costs.power + costs.carbon + costs.levy) - permits
    cost = (1.0 - world.scenario.product.margin) * use.sales - sale.paid_serving
    treasury = (use.public, funds.academic, funds.public_research, funds.dividend - funds.allowances, funds.allowances)
    books = Books.empty(world).add(Payment("customers", ACTORS, "AI products", use.sales)).earn_outside(funds.income)
    books = books.add(
        Payment("investors", ACTORS, "venture capital", funds.venture),
        *(Payment(GOVERNMENT, ACTORS, *paid) for paid in zip(PURCHASES + TRANSFERS, treasury, strict=True)),
        Payment(ACTORS, "suppliers", "cost of AI products", cost),
        Payment(ACTORS, "suppliers", "efficiency research", use.research),
        Payment(ACTORS, "cloud", "compute", hardware),
        Payment(ACTORS, "utilities", "electricity", sale.bought * costs.power),
        Payment(ACTORS, GOVERNMENT, "carbon", sale.bought * costs.carbon),
        Payment(ACTORS, GOVERNMENT, "compute levy", sale.bought * costs.levy),
        Payment(ACTORS, GOVERNMENT, "permits", permits),
    )
    return books.hand_over("sponsored compute", use.given, use.sponsored)
