"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, removers (of carbon), suppliers (staff and everything else that firms and labs buy)."""

import numpy as np

from sim.arrays import Array, Block, Rows
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.moment import settled
from sim.economy.parties import (
    ACTORS,
    EACH_OTHER,
    GOVERNMENT,
    LEFT,
    OWN,
    PURCHASES,
    SPONSORING,
    TRANSFERS,
    Entry,
    Flows,
    Names,
    Sheet,
)
from sim.economy.state import World
from sim.mathematics import fill, total
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
    Entry(ACTORS, EACH_OTHER, SPONSORING),
    Entry(EACH_OTHER, ACTORS, SPONSORING),
)
PURPOSES = [entry.purpose for entry in ORDINARY.entries]
DIVIDEND, PRODUCTS, COMPUTE, PERMITS = map(PURPOSES.index, ("dividend", "cost of AI products", "compute", "permits"))
BY_FLOP = tuple(map(PURPOSES.index, ("electricity", "carbon", "compute levy", "clean power", "carbon removals")))
PAYING = tuple(entry.payer == ACTORS for entry in ORDINARY.entries)
REMAINDER = Entry(ACTORS, OWN, LEFT)
RECEIVED, SPENT = 0, 1  # sides of actors' books


@record
class Books:
    """Flows of one step [USD/yr]: in total by payer, payee and purpose; in and out by actor, (n,)."""

    starts: Rows  # of kinds, see ``Groups.starts``
    flows: Flows
    received: Array
    spent: Array


@settled
def names(scenario: Scenario) -> tuple[Names, ...]:
    """What the kinds of a scenario are called in the books."""
    return tuple(Names.of(kind) for kind in scenario.kinds)


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
    starts, called = world.groups.starts, names(world.scenario)
    sums, found = np.empty((len(ORDINARY.entries), len(called))), np.empty((2, world.groups.size))
    _settle(
        starts, use.sales, funds.income, funds.venture, use.public, funds.academic, funds.public_research,
        funds.dividend, funds.allowances, use.sponsored, use.research, sale.bought, sale.paid_training,
        sale.paid_serving, costs.power, costs.carbon, costs.levy, costs.clean, costs.removal, sale.emission_permits,
        sale.compute_permits, use.given, 1.0 - world.scenario.product.margin, sums, found,
    )  # fmt: skip
    return Books(starts, Flows(called, ((ORDINARY, sums),)), found[RECEIVED], found[SPENT])


@loop
def _settle(
    starts: Rows, sales: Array, income: Array, venture: Array, public: Array, academic: Array, public_research: Array,
    dividend: Array, allowances: Array, sponsored: Array, research: Array, bought: Array, paid_training: Array,
    paid_serving: Array, power: Array, carbon: Array, levy: Array, clean: Array, removal: Array,
    emission_permits: Array, compute_permits: Array, given: Array, cost: float, sums: Block, found: Block,
) -> None:  # fmt: skip
    """Sums of payments by entry of ``ORDINARY`` and kind into ``sums``; what actors then received and spent into
    ``found``."""
    amount = np.empty(sales.size)
    fill(found[RECEIVED], 0.0)
    fill(found[SPENT], 0.0)
    made_of = (sales, income, venture, public, academic, public_research, dividend, allowances, sales, research, bought,
               power, carbon, levy, emission_permits, clean, removal, given, sponsored)  # fmt: skip
    for entry, column in enumerate(made_of):
        if entry == DIVIDEND:
            for i in range(sales.size):
                amount[i] = dividend[i] - allowances[i]
        elif entry == PRODUCTS:
            for i in range(sales.size):
                amount[i] = cost * sales[i] - paid_serving[i]
        elif entry == COMPUTE:
            for i in range(sales.size):
                permits = emission_permits[i] + compute_permits[i]
                compute = bought[i] * (power[i] + carbon[i] + levy[i] + clean[i] + removal[i])
                amount[i] = paid_training[i] + paid_serving[i] - compute - permits
        elif entry == PERMITS:
            for i in range(sales.size):
                amount[i] = emission_permits[i] + compute_permits[i]
        elif entry in BY_FLOP:
            for i in range(sales.size):
                amount[i] = bought[i] * column[i]
        else:
            for i in range(sales.size):
                amount[i] = column[i]
        post(starts, amount, entry, SPENT if PAYING[entry] else RECEIVED, sums, found)
