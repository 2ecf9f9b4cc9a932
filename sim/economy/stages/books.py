"""10 settle: every dollar has a payer and a payee. Parties: kinds of actor, cloud, utilities, government,
investors, customers, removers (of carbon), suppliers (staff and everything else that firms and labs buy)."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Rows
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.moment import settled
from sim.economy.parties import (
    ACTORS,
    CARBON,
    EACH_OTHER,
    GOVERNMENT,
    LEFT,
    LEVIED,
    OWN,
    PERMITS_SOLD,
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


class Posted(NamedTuple):
    """What stands behind each entry of ``ORDINARY``, in their order, (n,): USD/yr, or USD/FLOP of ``BY_FLOP``."""

    sales: Array
    income: Array
    venture: Array
    public: Array  # with vouchers out of revenue
    academic: Array
    vouchers: Array
    public_research: Array
    support: Array  # for clean power
    dividend: Array  # with permits given away
    allowances: Array
    products: Array  # sales
    research: Array
    compute: Array  # FLOP/yr bought
    power: Array
    carbon: Array
    levy: Array
    permits: Array  # for emissions
    clean: Array  # above the grid's price, net of support
    removal: Array
    given: Array
    sponsored: Array


GRANTS = ("public", "academic", "vouchers", "public_research", "support", "dividend", "allowances")
ENTRIES = {  # payments of every step by field of ``Posted``; those among actors come last
    "sales": Entry("customers", ACTORS, "AI products"),
    "income": Entry(OWN, ACTORS, OWN),
    "venture": Entry("investors", ACTORS, "venture capital"),
    **{field: Entry(GOVERNMENT, ACTORS, of) for field, of in zip(GRANTS, PURCHASES + TRANSFERS, strict=True)},
    "products": Entry(ACTORS, "suppliers", "cost of AI products"),
    "research": Entry(ACTORS, "suppliers", "efficiency research"),
    "compute": Entry(ACTORS, "cloud", "compute"),
    "power": Entry(ACTORS, "utilities", "electricity"),
    "carbon": Entry(ACTORS, GOVERNMENT, CARBON),
    "levy": Entry(ACTORS, GOVERNMENT, LEVIED),
    "permits": Entry(ACTORS, GOVERNMENT, PERMITS_SOLD),
    "clean": Entry(ACTORS, "utilities", "clean power"),
    "removal": Entry(ACTORS, "removers", "carbon removals"),
    "given": Entry(ACTORS, EACH_OTHER, SPONSORING),
    "sponsored": Entry(EACH_OTHER, ACTORS, SPONSORING),
}
ORDINARY = Sheet(*(ENTRIES[field] for field in Posted._fields))
PUBLIC, DIVIDEND, PRODUCTS = map(Posted._fields.index, ("public", "dividend", "products"))
COMPUTE, PERMITS, CLEAN = map(Posted._fields.index, ("compute", "permits", "clean"))
BY_FLOP = tuple(map(Posted._fields.index, ("power", "carbon", "levy", "support", "removal")))
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
        starts, use.sales, funds.income, funds.venture, use.public, funds.academic, use.vouchers,
        funds.public_research, funds.dividend, funds.allowances, use.sponsored, use.research, sale.bought,
        sale.paid_training, sale.paid_serving, costs.power, costs.carbon, costs.levy, costs.support, costs.clean,
        costs.removal, sale.emission_permits, sale.compute_permits, use.given, 1.0 - world.scenario.product.margin,
        sums, found,
    )  # fmt: skip
    return Books(starts, Flows(called, ((ORDINARY, sums),)), found[RECEIVED], found[SPENT])


@loop
def _settle(
    starts: Rows, sales: Array, income: Array, venture: Array, public: Array, academic: Array, vouchers: Array,
    public_research: Array, dividend: Array, allowances: Array, sponsored: Array, research: Array, bought: Array,
    paid_training: Array, paid_serving: Array, power: Array, carbon: Array, levy: Array, support: Array, clean: Array,
    removal: Array, emission_permits: Array, compute_permits: Array, given: Array, cost: float, sums: Block,
    found: Block,
) -> None:  # fmt: skip
    """Sums of payments by entry of ``ORDINARY`` and kind into ``sums``; what actors then received and spent into
    ``found``."""
    n = sales.size
    amount = np.empty(n)
    fill(found[RECEIVED], 0.0)
    fill(found[SPENT], 0.0)
    posted = Posted(
        sales=sales, income=income, venture=venture, public=public, academic=academic, vouchers=vouchers,
        public_research=public_research, support=support, dividend=dividend, allowances=allowances, products=sales,
        research=research, compute=bought, power=power, carbon=carbon, levy=levy, permits=emission_permits, clean=clean,
        removal=removal, given=given, sponsored=sponsored,
    )  # fmt: skip
    for entry, column in enumerate(posted):
        if entry == PUBLIC:
            for i in range(n):
                amount[i] = column[i] - vouchers[i]
        elif entry == DIVIDEND:
            for i in range(n):
                amount[i] = column[i] - allowances[i]
        elif entry == PRODUCTS:
            for i in range(n):
                amount[i] = cost * column[i] - paid_serving[i]
        elif entry == COMPUTE:
            for i in range(n):
                permits = emission_permits[i] + compute_permits[i]
                compute = bought[i] * (power[i] + carbon[i] + levy[i] + clean[i] + removal[i])
                amount[i] = paid_training[i] + paid_serving[i] - compute - permits
        elif entry == PERMITS:
            for i in range(n):
                amount[i] = column[i] + compute_permits[i]
        elif entry == CLEAN:  # utilities get all of it, and the state pays back its part
            for i in range(n):
                amount[i] = bought[i] * (column[i] + support[i])
        elif entry in BY_FLOP:
            for i in range(n):
                amount[i] = bought[i] * column[i]
        else:
            for i in range(n):
                amount[i] = column[i]
        post(starts, amount, entry, SPENT if PAYING[entry] else RECEIVED, sums, found)
