"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, removers (of carbon), suppliers (staff and everything else that firms and labs buy)."""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

import numpy as np

from sim.actors import Kind
from sim.arrays import Array, Block, Mask, Rows, Table, added
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.parties import GOVERNMENT, PURCHASES, TRANSFERS, Flows
from sim.economy.state import World
from sim.mathematics import total
from sim.records import record

ACTORS = "actors"  # in an entry: each kind for its own
OWN = "own"  # in an entry: the party, or the purpose, that the kind says
EACH_OTHER = "each other"  # in an entry: other actors
Key = tuple[str, str, str]  # payer, payee and purpose


class Entry(NamedTuple):
    """What actors pay to one party, or get from one."""

    payer: str
    payee: str
    purpose: str


class Names(NamedTuple):
    """What a kind is called in the books, and whom it deals with."""

    id: str
    settles_with: str
    income_from: str
    income_is: str

    @classmethod
    def of(cls, kind: Kind) -> "Names":
        """Those of a kind."""
        return cls(kind.id, kind.settles_with, kind.income_from, kind.income_is)


VENTURE = Entry("investors", ACTORS, "venture capital")
ORDINARY = (  # payments of every step; those among actors come last
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
    Entry(ACTORS, "utilities", "clean power"),
    Entry(ACTORS, "removers", "carbon removals"),
    Entry(ACTORS, EACH_OTHER, "sponsored compute"),
    Entry(EACH_OTHER, ACTORS, "sponsored compute"),
)
REMAINDER = Entry(ACTORS, OWN, "what is left")


@record
class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

    names: tuple[Names, ...]
    starts: Rows  # of kinds, see ``Groups.starts``
    flows: Flows
    received: Array
    spent: Array

    @classmethod
    def empty(cls, world: World) -> "Books":
        """Books of a step in which nothing was paid yet."""
        nothing = np.zeros(world.groups.size)
        derived = world.scenario.derived
        if Names not in derived:
            derived[Names] = tuple(Names.of(kind) for kind in world.scenario.kinds)
        return cls(derived[Names], world.groups.starts, {}, nothing, nothing)

    @property
    def left(self) -> Array:
        """What each received minus what it spent [USD/yr], (n,)."""
        return self.received - self.spent

    def add(self, entries: tuple[Entry, ...], amounts: Array) -> "Books":
        """With more payments between the actors and other parties: one row of ``amounts`` (entries, n) for each.

        Of what actors pay to each other, each giver pays all takers alike: gifts come before what is taken.
        """
        flows, sums, found = dict(self.flows), np.empty((len(entries), len(self.names))), np.empty((2, len(amounts[0])))
        keys, paying = _keys(entries, self.names)
        _post(self.starts, amounts, paying, self.received, self.spent, sums, found)
        by_kind = sums.tolist()
        for own, row in zip(keys, by_kind, strict=True):
            if any(row):
                for key, amount in zip(own, row, strict=True):
                    if amount and key:
                        flows[key] = flows.get(key, 0.0) + amount
        if entries[-1].payer == EACH_OTHER:
            _hand_over(flows, entries[-1].purpose, [name.id for name in self.names], *by_kind[-2:])
        return Books(self.names, self.starts, flows, *found)

    def pass_on(self, keeps_cash: Mask) -> "Books":
        """Actors without a cash stock pass on what is left: firms to investors, labs to suppliers."""
        return self.add((REMAINDER,), np.where(keeps_cash, 0.0, self.left)[np.newaxis])

    def net(self) -> dict[str, float]:
        """What each party received minus what it paid [USD/yr]."""
        sums: dict[str, float] = defaultdict(float)
        for (payer, payee, _), amount in self.flows.items():
            sums[payer] -= amount
            sums[payee] += amount
        return dict(sums)


@cache
def _keys(entries: tuple[Entry, ...], kinds: tuple[Names, ...]) -> tuple[list[list[Key | None]], Mask]:
    """Payer, payee and purpose by entry and kind, none of what actors pay to each other; and in which entries actors
    pay."""

    def key(entry: Entry, kind: Names) -> Key | None:
        payer, payee, purpose = entry
        if EACH_OTHER in entry:
            return None
        if payer == ACTORS:
            return kind.id, kind.settles_with if payee == OWN else payee, purpose
        return kind.income_from if payer == OWN else payer, kind.id, kind.income_is if purpose == OWN else purpose

    keys = [[key(entry, kind) for kind in kinds] for entry in entries]
    return keys, np.array([entry.payer == ACTORS for entry in entries])


def _hand_over(flows: Flows, purpose: str, kinds: list[str], given: list[float], got: list[float]) -> None:
    """Note what kinds pay to each other."""
    whole = added(got)
    for payer, amount in zip(kinds, given, strict=True):
        for payee, part in zip(kinds, got, strict=True):
            if amount and part:
                flows[payer, payee, purpose] = amount * (part / whole)


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
    _receive(use.sales, funds.income, funds.venture, use.public, funds.academic, funds.public_research, funds.dividend,
             funds.allowances, use.sponsored, amounts)  # fmt: skip
    _spend(use.sales, use.research, sale.bought, sale.paid_training, sale.paid_serving, costs.power, costs.carbon,
           costs.levy, costs.clean, costs.removal, sale.emission_permits, sale.compute_permits, use.given,
           1.0 - world.scenario.product.margin, amounts)  # fmt: skip
    return Books.empty(world).add(ORDINARY, amounts)


@loop
def _receive(
    sales: Array, income: Array, venture: Array, public: Array, academic: Array, research: Array, dividend: Array,
    allowances: Array, sponsored: Array, amounts: Block,
) -> None:  # fmt: skip
    """What actors get, in the order of ``ORDINARY``."""
    amounts[0], amounts[1], amounts[2], amounts[3] = sales, income, venture, public
    amounts[4], amounts[5], amounts[7], amounts[18] = academic, research, allowances, sponsored
    for i in range(sales.size):
        amounts[6, i] = dividend[i] - allowances[i]


@loop
def _spend(
    sales: Array, research: Array, bought: Array, paid_training: Array, paid_serving: Array, power: Array,
    carbon: Array, levy: Array, clean: Array, removal: Array, emission_permits: Array, compute_permits: Array,
    given: Array, cost: float, amounts: Block,
) -> None:  # fmt: skip
    """What actors spend, in the order of ``ORDINARY``."""
    amounts[9], amounts[17] = research, given
    for i in range(sales.size):
        amounts[8, i] = cost * sales[i] - paid_serving[i]
    for i in range(sales.size):
        permits = emission_permits[i] + compute_permits[i]
        compute = bought[i] * (power[i] + carbon[i] + levy[i] + clean[i] + removal[i])
        amounts[10, i] = paid_training[i] + paid_serving[i] - compute - permits
        amounts[14, i] = permits
    for i in range(sales.size):
        amounts[11, i] = bought[i] * power[i]
        amounts[12, i] = bought[i] * carbon[i]
        amounts[13, i] = bought[i] * levy[i]
        amounts[15, i] = bought[i] * clean[i]
        amounts[16, i] = bought[i] * removal[i]
