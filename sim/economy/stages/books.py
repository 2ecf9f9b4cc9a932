"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, suppliers (staff and everything else that firms and labs buy)."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.actors import Kind
from sim.arrays import Array
from sim.economy.ledger import Ledger
from sim.economy.state import World

GOVERNMENT = "government"
PURCHASES = ("public compute", "academic compute", "efficiency research")  # what policies make it buy for actors
TRANSFERS = ("dividend", "permits given away")  # revenue that goes back without a purpose

Flows = dict[tuple[str, str, str], float]  # (payer, payee, for) to USD/yr


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
    def keeps_cash(self) -> Array:
        """Who has a stock of cash, (n,)."""
        return np.concatenate([np.full(r.stop - r.start, kind.pays_from_cash) for kind, r in self.rows])

    @property
    def left(self) -> Array:
        """What each received minus what it spent [USD/yr], (n,)."""
        return self.received - self.spent

    def receive(self, payer: str, purpose: str, amount: Array) -> "Books":
        """``amount`` (n,) comes to the actors from one party."""
        entries = [(payer, kind.id, purpose, amount[r]) for kind, r in self.rows]
        return self._with(entries, received=self.received + amount)

    def pay(self, payee: str, purpose: str, amount: Array) -> "Books":
        """``amount`` (n,) goes from the actors to one party."""
        entries = [(kind.id, payee, purpose, amount[r]) for kind, r in self.rows]
        return self._with(entries, spent=self.spent + amount)

    def earn_outside(self, amount: Array) -> "Books":
        """``amount`` (n,) of grants or core income comes from each kind's own party."""
        entries = [(kind.income_from, kind.id, kind.income_is, amount[r]) for kind, r in self.rows]
        return self._with(entries, received=self.received + amount)

    def hand_over(self, purpose: str, given: Array, got: Array) -> "Books":
        """Actors pay ``given`` (n,) and actors get ``got`` (n,), of one sum; each giver pays all takers alike."""
        total = float(got.sum())
        entries = []
        for kind, r in self.rows:
            for other, o in self.rows:
                part = float(got[o].sum()) / total if total > 0 else 0.0
                entries.append((kind.id, other.id, purpose, given[r] * part))
        return self._with(entries, received=self.received + got, spent=self.spent + given)

    def pass_on(self) -> "Books":
        """Actors without a cash stock pass on what is left: firms to investors, labs to suppliers."""
        left = np.where(self.keeps_cash, 0.0, self.left)
        entries = [(kind.id, kind.settles_with, "what is left", left[r]) for kind, r in self.rows]
        return self._with(entries, spent=self.spent + left)

    def net(self) -> dict[str, float]:
        """What each party received minus what it paid [USD/yr]."""
        sums: dict[str, float] = defaultdict(float)
        for (payer, payee, _), amount in self.flows.items():
            sums[payer] -= amount
            sums[payee] += amount
        return dict(sums)

    def _with(self, entries: list[tuple[str, str, str, Array]], **columns: Any) -> "Books":
        flows = dict(self.flows)
        for payer, payee, purpose, amount in entries:
            total = float(amount.sum())
            if total:
                key = payer, payee, purpose
                flows[key] = flows.get(key, 0.0) + total
        return replace(self, flows=flows, **columns)


def settle(world: World, ledger: Ledger) -> Books:
    """What actors earn and spend in the ordinary way.

    Sales of AI products leave a margin. Hardware (with rent), power and carbon are paid for all compute; what of them
    serves customers belongs to the cost of AI products.
    """
    funds, costs, sale, use = ledger.money.funds, ledger.costs, ledger.sale, ledger.use
    permits = sale.emission_permits + sale.compute_permits
    paid = sale.paid_training + sale.paid_serving
    hardware = paid - sale.bought * (costs.power + costs.carbon) - permits
    books = Books.empty(world)
    books = books.receive("customers", "AI products", use.sales)
    books = books.earn_outside(funds.income)
    books = books.receive("investors", "venture capital", funds.venture)
    transfers = funds.dividend - funds.allowances, funds.allowances
    treasury = (use.public, funds.academic, funds.public_research, *transfers)
    for purpose, amount in zip(PURCHASES + TRANSFERS, treasury, strict=True):
        books = books.receive(GOVERNMENT, purpose, amount)
    cost = (1.0 - world.scenario.product.margin) * use.sales - sale.paid_serving
    books = books.pay("suppliers", "cost of AI products", cost)
    books = books.pay("suppliers", "efficiency research", use.research)
    books = books.pay("cloud", "compute", hardware)
    books = books.pay("utilities", "electricity", sale.bought * costs.power)
    books = books.pay(GOVERNMENT, "carbon", sale.bought * costs.carbon)
    books = books.pay(GOVERNMENT, "permits", permits)
    return books.hand_over("sponsored compute", use.given, use.sponsored)
