"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, removers (of carbon), suppliers (staff and everything else that firms and labs buy)."""

import numpy as np

from sim.arrays import Array, Block, Mask, Rows, Table
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.parties import ACTORS, EACH_OTHER, GOVERNMENT, OWN, PURCHASES, TRANSFERS, Entry, Flows, Names, Sheet
from sim.economy.state import World
from sim.mathematics import total
from sim.records import record
from sim.scenario import Scenario

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
    Entry(ACTORS, "utilities", "clean power"),
    Entry(ACTORS, "removers", "carbon removals"),
    Entry(ACTORS, EACH_OTHER, "sponsored compute"),
    Entry(EACH_OTHER, ACTORS, "sponsored compute"),
)
REMAINDER = Entry(ACTORS, OWN, "what is left")
RECEIVED, SPENT = 0, 1  # sides of actors' books


@record
class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

    starts: Rows  # of kinds, see ``Groups.starts``
    flows: Flows
    received: Array
    spent: Array

    @property
    def left(self) -> Array:
        """What each received minus what it spent [USD/yr], (n,)."""
        return self.received - self.spent

    def add(self, sheet: Sheet, amounts: Array) -> "Books":
        """With more payments between the actors and other parties: one row of ``amounts`` (entries, n) for each entry
        of the sheet."""
        sums, found = np.empty((len(amounts), len(self.flows.names))), np.empty((2, len(self.received)))
        _post(self.starts, amounts, sheet.paying, self.received, self.spent, sums, found)
        return Books(self.starts, self.flows.also(sheet, sums), found[0], found[1])


def names(scenario: Scenario) -> tuple[Names, ...]:
    """What the kinds of a scenario are called in the books."""
    found: tuple[Names, ...] | None = scenario.derived.get(Names)
    if found is None:
        found = scenario.derived[Names] = tuple(Names.of(kind) for kind in scenario.kinds)
    return found


@loop
def _post(starts: Rows, amounts: Table, paying: Mask, received: Array, spent: Array, sums: Block, found: Block) -> None:
    """Sums of payments by entry and kind into ``sums``; what actors then received and spent into ``found``."""
    for i in range(received.size):
        found[RECEIVED, i] = received[i]
        found[SPENT, i] = spent[i]
    for entry in range(paying.size):
        post(starts, amounts[entry], entry, SPENT if paying[entry] else RECEIVED, sums, found)


@loop
def post(starts: Rows, amounts: Array, entry: int, side: int, sums: Block, found: Block) -> None:
    """Note one entry's payments (n,): their sums by kind in a row of ``sums``, and add them to a ``side`` of actors'
    books, a row of ``found``."""
    for kind in range(starts.size - 1):
        sums[entry, kind] = total(amounts[starts[kind] : starts[kind + 1]])
    for i in range(amounts.size):
        found[side, i] += amounts[i]


def settle(world: World, ledger: Ledger) -> Books:
    """What actors earn and spend in the ordinary way.

    Sales of AI products leave a margin. Hardware (with rent), power and carbon are paid for all compute; what of them
    serves customers belongs to the cost of AI products.
    """
    funds, costs, sale, use, groups = ledger.money.funds, ledger.costs, ledger.sale, ledger.use, world.groups
    sums, found = np.empty((len(ORDINARY.entries), len(groups.kinds))), np.zeros((2, groups.size))
    _receive(groups.starts, use.sales, funds.income, funds.venture, use.public, funds.academic, funds.public_research,
             funds.dividend, funds.allowances, use.sponsored, sums, found)  # fmt: skip
    _spend(groups.starts, use.sales, use.research, sale.bought, sale.paid_training, sale.paid_serving, costs.power,
           costs.carbon, costs.levy, costs.clean, costs.removal, sale.emission_permits, sale.compute_permits, use.given,
           1.0 - world.scenario.product.margin, sums, found)  # fmt: skip
    return Books(groups.starts, Flows(names(world.scenario), ((ORDINARY, sums),)), found[0], found[1])


@loop
def _receive(
    starts: Rows, sales: Array, income: Array, venture: Array, public: Array, academic: Array, research: Array,
    dividend: Array, allowances: Array, sponsored: Array, sums: Block, found: Block,
) -> None:  # fmt: skip
    """Note what actors get, in the order of ``ORDINARY``, in row 0 of ``found``."""
    work = np.empty(sales.size)
    post(starts, sales, 0, RECEIVED, sums, found)
    post(starts, income, 1, RECEIVED, sums, found)
    post(starts, venture, 2, RECEIVED, sums, found)
    post(starts, public, 3, RECEIVED, sums, found)
    post(starts, academic, 4, RECEIVED, sums, found)
    post(starts, research, 5, RECEIVED, sums, found)
    for i in range(sales.size):
        work[i] = dividend[i] - allowances[i]
    post(starts, work, 6, RECEIVED, sums, found)
    post(starts, allowances, 7, RECEIVED, sums, found)
    post(starts, sponsored, 18, RECEIVED, sums, found)


@loop
def _spend(
    starts: Rows, sales: Array, research: Array, bought: Array, paid_training: Array, paid_serving: Array, power: Array,
    carbon: Array, levy: Array, clean: Array, removal: Array, emission_permits: Array, compute_permits: Array,
    given: Array, cost: float, sums: Block, found: Block,
) -> None:  # fmt: skip
    """Note what actors spend, in the order of ``ORDINARY``, in row 1 of ``found``."""
    work = np.empty(sales.size)
    for i in range(sales.size):
        work[i] = cost * sales[i] - paid_serving[i]
    post(starts, work, 8, SPENT, sums, found)
    post(starts, research, 9, SPENT, sums, found)
    for i in range(sales.size):
        compute = bought[i] * (power[i] + carbon[i] + levy[i] + clean[i] + removal[i])
        permits = emission_permits[i] + compute_permits[i]
        work[i] = paid_training[i] + paid_serving[i] - compute - permits
    post(starts, work, 10, SPENT, sums, found)
    for i in range(sales.size):
        work[i] = bought[i] * power[i]
    post(starts, work, 11, SPENT, sums, found)
    for i in range(sales.size):
        work[i] = bought[i] * carbon[i]
    post(starts, work, 12, SPENT, sums, found)
    for i in range(sales.size):
        work[i] = bought[i] * levy[i]
    post(starts, work, 13, SPENT, sums, found)
    for i in range(sales.size):
        work[i] = emission_permits[i] + compute_permits[i]
    post(starts, work, 14, SPENT, sums, found)
    for i in range(sales.size):
        work[i] = bought[i] * clean[i]
    post(starts, work, 15, SPENT, sums, found)
    for i in range(sales.size):
        work[i] = bought[i] * removal[i]
    post(starts, work, 16, SPENT, sums, found)
    post(starts, given, 17, SPENT, sums, found)
