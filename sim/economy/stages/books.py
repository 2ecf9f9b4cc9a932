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
    funds, costs, sale, use = ledger.money.funds, ledger.costs, ledger.sale, ledger.use
    amounts, nothing = np.empty((len(ORDINARY.entries), world.groups.size)), np.zeros(world.groups.size)
    _receive(use.sales, funds.income, funds.venture, use.public, funds.academic, funds.public_research, funds.dividend,
             funds.allowances, use.sponsored, amounts)  # fmt: skip
    _spend(use.sales, use.research, sale.bought, sale.paid_training, sale.paid_serving, costs.power, costs.carbon,
           costs.levy, costs.clean, costs.removal, sale.emission_permits, sale.compute_permits, use.given,
           1.0 - world.scenario.product.margin, amounts)  # fmt: skip
    return Books(world.groups.starts, Flows(names(world.scenario)), nothing, nothing).add(ORDINARY, amounts)


@loop
def _receive(
    sales: Array, income: Array, venture: Array, public: Array, academic: Array, research: Array, dividend: Array,
    allowances: Array, sponsored: Array, amounts: Block,
) -> None:  # fmt: skip
    """What actors get, in the order of ``ORDINARY``."""
    for i in range(sales.size):
        amounts[0, i], amounts[1, i], amounts[2, i], amounts[3, i] = sales[i], income[i], venture[i], public[i]
    for i in range(sales.size):
        amounts[4, i], amounts[5, i], amounts[18, i] = academic[i], research[i], sponsored[i]
        amounts[6, i], amounts[7, i] = dividend[i] - allowances[i], allowances[i]


@loop
def _spend(
    sales: Array, research: Array, bought: Array, paid_training: Array, paid_serving: Array, power: Array,
    carbon: Array, levy: Array, clean: Array, removal: Array, emission_permits: Array, compute_permits: Array,
    given: Array, cost: float, amounts: Block,
) -> None:  # fmt: skip
    """What actors spend, in the order of ``ORDINARY``."""
    for i in range(sales.size):
        amounts[8, i] = cost * sales[i] - paid_serving[i]
        amounts[9, i], amounts[17, i] = research[i], given[i]
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
