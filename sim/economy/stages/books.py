"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, suppliers (staff and everything else that firms and labs buy)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.actors import Kind
from sim.arrays import Array, Block, Mask, Rows, Table
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.parties import GOVERNMENT, PURCHASES, TRANSFERS, Flows
from sim.economy.state import World
from sim.mathematics import total

ACTORS = "actors"  # in an entry: each kind for its own
OWN = "own"  # in an entry: the party, or the purpose, that the kind says


class Entry(NamedTuple):
    """What actors pay to one party, or get from one."""

    payer: str
    payee: str
    purpose: str


VENTURE = Entry("investors", ACTORS, "venture capital")
ORDINARY = (  # payments of every step
    Entry("customers", ACTORS, "AI products"),
    Entry(OWN, ACTORS, OWN),
    VENTURE,
    *(Entry(GOVERNMENT, ACTORS, purpose) for purpose in PURCHASES + TRANSFERS),
    Entry(ACTORS, "suppliers", "cost of AI products"),
    Entry(ACTORS, "suppliers", "efficiency research"),
    Entry(ACTORS, "cloud", "compute"),
    Entry(ACTORS, "utilities", "electricity"),
    Entry(ACTORS, GOVERNMENT, "carbon"),
    Entry(ACTORS, GOVERNMENT, "compute levy"),
    Entry(ACTORS, GOVERNMENT, "permits"),
)


@dataclass(frozen=True)
class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

    rows: tuple[tuple[Kind, slice], ...]
    starts: Rows  # of kinds, see ``Groups.starts``
    flows: Flows
    received: Array
    spent: Array

    @classmethod
    def empty(cls, world: World) -> "Books":
        """Books of a step in which nothing was paid yet."""
        nothing = np.zeros(world.groups.size)
        return cls(tuple(world.rows()), world.groups.starts, {}, nothing, nothing)

    @property
    def left(self) -> Array:
        """What each received minus what it spent [USD/yr], (n,)."""
        return self.received - self.spent

    def add(self, entries: Sequence[Entry], amounts: Array) -> "Books":
        """With more payments between the actors and other parties: one row of ``amounts`` (entries, n) for each."""
        flows, sums, found = dict(self.flows), np.empty((len(entries), len(self.rows))), np.empty((2, amounts.shape[1]))
        paying = np.array([payer == ACTORS for payer, _, _ in entries])
        _post(self.starts, amounts, paying, self.received, self.spent, sums, found)
        for (payer, payee, purpose), by_kind in zip(entries, sums.tolist(), strict=True):
            for (kind, _), amount in zip(self.rows, by_kind, strict=True):
                if amount and payer == ACTORS:
                    to = kind.settles_with if payee == OWN else payee
                    _note(flows, (kind.id, to, purpose), amount)
                elif amount:
                    by = kind.income_from if payer == OWN else payer
                    _note(flows, (by, kind.id, kind.income_is if purpose == OWN else purpose), amount)
        return Books(self.rows, self.starts, flows, *found)

    def hand_over(self, purpose: str, given: Array, got: Array) -> "Books":
        """Actors pay ``given`` (n,) and actors get ``got`` (n,), of one sum; each giver pays all takers alike."""
        flows, sums, found = dict(self.flows), np.empty((2, len(self.rows))), np.empty((2, given.size))
        _post(self.starts, np.stack([given, got]), np.array([True, False]), self.received, self.spent, sums, found)
        (gave, took), ids = sums.tolist(), [kind.id for kind, _ in self.rows]
        whole = float(sums[1].sum())
        for payer, amount in zip(ids, gave, strict=True):
            for payee, part in zip(ids, took, strict=True):
                if amount and part:
                    _note(flows, (payer, payee, purpose), amount * (part / whole))
        return Books(self.rows, self.starts, flows, *found)

    def pass_on(self, keeps_cash: Mask) -> "Books":
        """Actors without a cash stock pass on what is left: firms to investors, labs to suppliers."""
        left = np.where(keeps_cash, 0.0, self.left)
        return self.add((Entry(ACTORS, OWN, "what is left"),), left[np.newaxis])

    def net(self) -> dict[str, float]:
        """What each party received minus what it paid [USD/yr]."""
        sums: dict[str, float] = defaultdict(float)
        for (payer, payee, _), amount in self.flows.items():
            sums[payer] -= amount
            sums[payee] += amount
        return dict(sums)


def _note(flows: Flows, key: tuple[str, str, str], amount: float) -> None:
    """Add an amount by payer, payee and purpose to flows that nobody else holds yet."""
    flows[key] = flows.get(key, 0.0) + amount


@loop
def _post(starts: Rows, amounts: Table, paying: Mask, received: Array, spent: Array, sums: Block, found: Block) -> None:
    """Sums of payments by entry and kind into ``sums``; what actors then received and spent into ``found``."""
    found[0] = received
    found[1] = spent
    for entry in range(paying.size):
        for kind in range(starts.size - 1):
            sums[entry, kind] = total(amounts[entry, starts[kind] : starts[kind + 1]])
        side = 1 if paying[entry] else 0
        for i in range(received.size):
            found[side, i] += amounts[entry, i]


def settle(world: World, ledger: Ledger) -> Books:
    """What actors earn and spend in the ordinary way.

    Sales of AI products leave a margin. Hardware (with rent), power and carbon are paid for all compute; what of them
    serves customers belongs to the cost of AI products.
    """
    funds, costs, sale, use = ledger.money.funds, ledger.costs, ledger.sale, ledger.use
    amounts = np.empty((len(ORDINARY), world.groups.size))
    incoming = (use.sales, funds.income, funds.venture, use.public, funds.academic, funds.public_research)
    _spend(funds.dividend, funds.allowances, use.sales, use.research, sale.bought, sale.paid_training,
           sale.paid_serving, costs.power, costs.carbon, costs.levy, sale.emission_permits, sale.compute_permits,
           1.0 - world.scenario.product.margin, amounts)  # fmt: skip
    for row, amount in enumerate(incoming):
        amounts[row] = amount
    return Books.empty(world).add(ORDINARY, amounts).hand_over("sponsored compute", use.given, use.sponsored)


@loop
def _spend(
    dividend: Array, allowances: Array, sales: Array, research: Array, bought: Array, paid_training: Array,
    paid_serving: Array, power: Array, carbon: Array, levy: Array, emission_permits: Array, compute_permits: Array,
    cost: float, amounts: Block,
) -> None:  # fmt: skip
    """Transfers and what actors spend into ``amounts``, from the seventh of ``ORDINARY`` on."""
    for i in range(sales.size):
        amounts[6, i] = dividend[i] - allowances[i]
        amounts[7, i] = allowances[i]
        amounts[8, i] = cost * sales[i] - paid_serving[i]
        amounts[9, i] = research[i]
    for i in range(sales.size):
        permits = emission_permits[i] + compute_permits[i]
        compute = bought[i] * (power[i] + carbon[i] + levy[i])
        amounts[10, i] = paid_training[i] + paid_serving[i] - compute - permits
        amounts[14, i] = permits
    for i in range(sales.size):
        amounts[11, i] = bought[i] * power[i]
        amounts[12, i] = bought[i] * carbon[i]
        amounts[13, i] = bought[i] * levy[i]
