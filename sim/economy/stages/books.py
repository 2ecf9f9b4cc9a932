"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, suppliers (staff and everything else that firms and labs buy)."""

import numpy as np

from sim.arrays import Array, Block, Mask, Rows, Table
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.parties import ACTORS, EACH_OTHER, GOVERNMENT, OWN, PURCHASES, TRANSFERS, Entry, Flows, Names, Sheet
from sim.economy.state import World
from sim.mathematics import total
from sim.records import record

ORDINARY = Sheet(  # payments of every step; those among actors come last
    Entry("customers", ACTORS, "AI products"),
    Entry(OWN, ACTORS, OWN),
    Entry("investors", ACTORS, "venture capital"),
    *(Entry(GOVERNMENT, ACTORS, purpose) for purpose in PURCHASES + TRANSFERS),
    Entry(ACTORS, "suppliers", "cost of AI products"),
    Entry(ACTORS, "suppliers", "efficiency research"),
    Entry(ACTORS, "cloud", "compute"),
    Entry(ACTORS, "utilities", "electricity"),
    Entry(ACTORS, GOVERNMENT, "carbon"),
    Entry(ACTORS, GOVERNMENT, "compute levy"),
    Entry(ACTORS, GOVERNMENT, "permits"),
    Entry(ACTORS, EACH_OTHER, "sponsored compute"),
    Entry(EACH_OTHER, ACTORS, "sponsored compute"),
)
REMAINDER = Entry(ACTORS, OWN, "what is left")
LEFT = Sheet(REMAINDER)


@record
class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

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
        return cls(world.groups.starts, Flows(derived[Names]), nothing, nothing)

    @property
    def left(self) -> Array:
        """What each received minus what it spent [USD/yr], (n,)."""
        return self.received - self.spent

    def add(self, sheet: Sheet, amounts: Array) -> "Books":
        """With more payments between the actors and other parties: one row of ``amounts`` (entries, n) for each entry
        of the sheet."""
        names, posted = self.flows.names, self.flows.posted
        sums, found = np.empty((len(amounts), len(names))), np.empty((2, len(self.received)))
        _post(self.starts, amounts, sheet.paying, self.received, self.spent, sums, found)
        return Books(self.starts, Flows(names, (*posted, (sheet, sums))), found[0], found[1])

    def pass_on(self, keeps_cash: Mask) -> "Books":
        """Actors without a cash stock pass on what is left: firms to investors, labs to suppliers."""
        return self.add(LEFT, np.where(keeps_cash, 0.0, self.left)[np.newaxis])


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
    amounts = np.empty((len(ORDINARY.entries), world.groups.size))
    _receive(use.sales, funds.income, funds.venture, use.public, funds.academic, funds.public_research, funds.dividend,
             funds.allowances, use.sponsored, amounts)  # fmt: skip
    _spend(use.sales, use.research, sale.bought, sale.paid_training, sale.paid_serving, costs.power, costs.carbon,
           costs.levy, sale.emission_permits, sale.compute_permits, use.given, 1.0 - world.scenario.product.margin,
           amounts)  # fmt: skip
    return Books.empty(world).add(ORDINARY, amounts)


@loop
def _receive(
    sales: Array, income: Array, venture: Array, public: Array, academic: Array, research: Array, dividend: Array,
    allowances: Array, sponsored: Array, amounts: Block,
) -> None:  # fmt: skip
    """What actors get, in the order of ``ORDINARY``."""
    amounts[0], amounts[1], amounts[2], amounts[3] = sales, income, venture, public
    amounts[4], amounts[5], amounts[7], amounts[16] = academic, research, allowances, sponsored
    for i in range(sales.size):
        amounts[6, i] = dividend[i] - allowances[i]


@loop
def _spend(
    sales: Array, research: Array, bought: Array, paid_training: Array, paid_serving: Array, power: Array,
    carbon: Array, levy: Array, emission_permits: Array, compute_permits: Array, given: Array, cost: float,
    amounts: Block,
) -> None:  # fmt: skip
    """What actors spend, in the order of ``ORDINARY``."""
    amounts[9], amounts[15] = research, given
    for i in range(sales.size):
        amounts[8, i] = cost * sales[i] - paid_serving[i]
    for i in range(sales.size):
        permits = emission_permits[i] + compute_permits[i]
        compute = bought[i] * (power[i] + carbon[i] + levy[i])
        amounts[10, i] = paid_training[i] + paid_serving[i] - compute - permits
        amounts[14, i] = permits
    for i in range(sales.size):
        amounts[11, i] = bought[i] * power[i]
        amounts[12, i] = bought[i] * carbon[i]
        amounts[13, i] = bought[i] * levy[i]
