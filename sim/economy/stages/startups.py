"""11 live: profits and rounds within the step; at the end of a year startups fail, are bought, and are founded."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask, Rows
from sim.compiled import loop
from sim.economy.groups import NOBODY
from sim.economy.ledger import Ledger
from sim.economy.moment import moment, pace, settled
from sim.economy.parties import ACTORS, Entry, Sheet
from sim.economy.stages.books import RECEIVED, REMAINDER, SPENT, Books, post
from sim.economy.state import Actors, World
from sim.economy.years import without
from sim.mechanisms import funding
from sim.policies.levers import Right
from sim.scenario import Scenario

VENTURE = Entry("investors", ACTORS, "venture capital")
CAPITAL = Sheet(Entry(ACTORS, "investors", "profits"), VENTURE, REMAINDER)
ENDS = Sheet(
    Entry(ACTORS, "investors", "acquisitions"), Entry(ACTORS, "investors", "liquidation"), VENTURE, REMAINDER
)  # fmt: skip


class Lives(NamedTuple):
    """Who is there after a step, with what."""

    actors: Actors
    books: Books  # closed: what is left is passed on
    rights: Mapping[Right, Array]  # parts in permits given away, (n,)
    cash_change: Array  # USD over the step, (n,)
    failed: int = 0
    acquired: int = 0
    founded: int = 0

    def new(self, world: World) -> Rows:
        """Rows of those who take part after the step and did not in ``world``, before it."""
        return np.flatnonzero(self.actors.alive & ~world.actors.alive) if self.founded else NOBODY


def live(world: World, ledger: Ledger, books: Books) -> Lives:
    """Cash, rounds, failures and foundings. Closes the books."""
    fixed, actors, clock = world.fixed, world.actors, world.clock
    traits, draws, mechanisms, year = fixed.traits, fixed.draws, fixed.scenario.mechanisms, clock.year
    sums, found = np.empty((len(CAPITAL.entries), len(books.flows.names))), np.empty((6, actors.cash.size))
    moments = chances = actors.cash  # not looked at where venture capital flows steadily
    if mechanisms.funding_rounds:
        moments, chances = (draws.uniform(purpose, year, fixed.raising) for purpose in ("moment", "round"))
    _live(
        books.starts, actors.cash, books.received, books.spent, traits.keeps_cash, traits.raises, actors.alive,
        ledger.money.funds.promised, actors.entitlement, ledger.money.wants, moments, chances, year - clock.time,
        ledger.sale.price, ledger.costs.power, ledger.costs.hardware_price, _rounds(fixed.scenario), sums, found,
    )  # fmt: skip
    received, spent, cash, aside, change, dearness = found
    books = Books(books.starts, books.flows.also(CAPITAL, sums), received, spent)
    lives = Lives(_went_on(world, ledger, cash, aside, dearness), books, ledger.acts.rights, change)
    return _come_and_go(world, ledger, lives) if mechanisms.exit_and_entry and clock.ends_year else lives


class Rounds(NamedTuple):
    """How money comes in."""

    there: bool  # whether venture capital comes in rounds
    likely: float  # probability of a round within a year
    multiple: float
    runway: float  # yr
    dt: float  # yr


@settled
def _rounds(scenario: Scenario) -> Rounds:
    finance, dt = scenario.finance, 1.0 / scenario.time.steps_per_year
    return Rounds(scenario.mechanisms.funding_rounds, pace(scenario).round, finance.round_multiple, finance.runway, dt)


@loop
def _live(
    starts: Rows, cash: Array, received: Array, spent: Array, keeps_cash: Mask, raises: Mask, alive: Mask,
    promised: Array, entitlement: Array, wants: Array, moment: Array, chance: Array, begun: float, price: Array,
    power: Array, hardware_price: float, on: Rounds, sums: Block, found: Block,
) -> None:  # fmt: skip
    """The books [USD/yr], with profits to owners, money from investors and what others than startups have left, cash,
    what stays set aside, the change of cash [USD], and the price of compute over what it costs to make into ``found``.

    Investors set money aside all the time, and pay of it what a startup needs at its ``moment`` of the year, in which
    the step begins at -``begun`` [yr]. What is not needed then goes elsewhere. They also pay for what customers
    unserved did not.
    """
    owners, capital, rest = np.empty(cash.size), np.empty(cash.size), np.empty(cash.size)
    for i in range(cash.size):
        left, enough = received[i] - spent[i], on.runway * wants[i]
        profit = left * on.dt if keeps_cash[i] else 0.0
        owners[i] = funding.paid_out(cash[i] + profit, profit, enough) / on.dt if keeps_cash[i] else 0.0
        left -= owners[i]
        paid, aside = 0.0, entitlement[i]
        if on.there:
            since = begun + moment[i]  # from the start of the step
            now = since >= 0.0 and since < on.dt and raises[i] and alive[i] and funding.happens(on.likely, chance[i])
            aside = entitlement[i] + promised[i] * on.dt
            if now:
                held = max(cash[i] + left * since, 0.0)
                paid = funding.round_paid(entitlement[i] + promised[i] * since, held, on.multiple, enough) / on.dt
                aside = promised[i] * (on.dt - since)
        left += paid
        after = cash[i] + (left * on.dt if keeps_cash[i] else 0.0)
        missing = max(-after, 0.0) / on.dt
        capital[i] = paid + missing
        rest[i] = 0.0 if keeps_cash[i] else left + missing
        found[RECEIVED, i] = received[i]
        found[SPENT, i] = spent[i]
        found[2, i] = max(after, 0.0)
        found[3, i] = aside
        found[4, i] = (left + missing) * on.dt if keeps_cash[i] else 0.0
    for i in range(cash.size):
        found[5, i] = price[i] / (hardware_price + power[i])
    for entry, amounts in enumerate((owners, capital, rest)):
        post(starts, amounts, entry, RECEIVED if entry == 1 else SPENT, sums, found)


def _went_on(world: World, ledger: Ledger, cash: Array, entitlement: Array, dearness: Array) -> Actors:
    """The actors at the end of the step, before anyone failed or was founded."""
    plan, costs, runs, before = ledger.plan, ledger.costs, ledger.runs, world.actors
    after = Actors(
        alive=before.alive,
        plan=plan.plan.end,
        cash=cash,
        entitlement=entitlement,
        reach=before.reach,
        error=runs.error,
        knowledge=ledger.ideas.knowledge,
        research_share=plan.research_share.end,
        research=ledger.use.research,
        dearness=dearness,
        volume=runs.volume,
        trained=runs.trained,
        lead=runs.lead,
        served=ledger.use.recently,
        luck=ledger.order.luck,
        site=costs.site,
        clean=costs.clean_share,
    )
    after.__dict__["ln_reach"] = before.ln_reach  # of the same reach
    return after


COMING_AND_GOING = (
    "alive", "plan", "cash", "entitlement", "reach", "error", "knowledge", "research_share", "research", "dearness",
    "volume", "trained", "served",
)  # fmt: skip
Columns = dict[str, Any]  # copies of what actors have, (n,), to be written to


def _come_and_go(world: World, ledger: Ledger, lives: Lives) -> Lives:
    """Startups fail and are founded at the end of a year; a new one waits until the next if its place is free now."""
    columns: Columns = {name: getattr(lives.actors, name).copy() for name in COMING_AND_GOING}
    payments = np.zeros((len(ENDS.entries), world.groups.size))  # USD/yr
    seed = _seed(world, ledger)
    failed, acquired = _fail(world, ledger, seed, columns, payments)
    new = _found(world, ledger, seed, columns, payments)
    if not failed and not new.size:
        return lives
    keeps, dt, rights = world.fixed.traits.keeps_cash, world.clock.dt, lives.rights
    payments[3] = np.where(keeps, 0.0, lives.books.received - (lives.books.spent + payments[0]))  # a buyer has not left
    books = lives.books.add(ENDS, payments)
    if new.size:  # permits were given to those who were there
        rights = {right: without(part, new) for right, part in rights.items()}
    if new.size and world.on.abatement:
        columns["clean"] = without(lives.actors.clean, new)
    change = np.where(keeps, books.left * dt, 0.0)
    return Lives(replace(lives.actors, **columns), books, rights, change, failed, acquired, new.size)


def _fail(world: World, ledger: Ledger, seed: float, columns: Columns, payments: Array) -> tuple[int, int]:
    """Those far below what a new startup begins with, ``seed`` [USD], are bought or wound up; what they know goes to
    the buyer.

    How many fail, and how many of them are bought. What buyers pay stands in row 0 of ``payments`` afterwards, what
    investors get back in row 1.
    """
    finance, traits, draws, year = world.scenario.finance, world.fixed.traits, world.fixed.draws, world.clock.year
    knowledge, error, cash = columns["knowledge"], columns["error"], columns["cash"]
    floor = finance.failure_floor * seed
    failing = np.flatnonzero(traits.raises & columns["alive"] & (cash < floor))
    if not failing.size:
        return 0, 0
    possible = np.flatnonzero(traits.sponsors & (columns["reach"] > 0))
    sold = failing[
        draws.uniform("exit", year, world.fixed.raising)[failing] < finance.acquired_share * (possible.size > 0)
    ]
    if sold.size:
        chance = draws.uniform("buyer", year)
        buyers = possible[funding.buyers(columns["reach"][possible], chance[possible], chance[sold])]
        np.maximum.at(knowledge, buyers, knowledge[sold])
        np.minimum.at(error, buyers, error[sold])
        np.add.at(payments[0], buyers, finance.acquisition_price * ledger.money.funds.sales[sold])
        payments[0] /= world.clock.dt
    payments[1, failing] = cash[failing] / world.clock.dt
    columns["alive"][failing] = False
    error[failing] = world.fixed.law.law.highest
    for name in ("cash", "entitlement", "plan", "volume", "trained", "research"):
        columns[name][failing] = 0.0
    return failing.size, sold.size


def _found(world: World, ledger: Ledger, seed: float, columns: Columns, payments: Array) -> Rows:
    """New startups take places that were empty, with ``seed`` money [USD] and what is publicly known; their rows.

    What they get stands in row 2 of ``payments`` afterwards.
    """
    traits, clock = world.fixed.traits, world.clock
    happens = world.fixed.draws.uniform("founding", clock.year, world.fixed.raising) < pace(world.scenario).founding
    new = np.flatnonzero(traits.raises & ~world.actors.alive & happens)
    if not new.size:
        return new
    burn = world.groups.per_actor([getattr(kind, "burn", 0.0) for kind in world.scenario.kinds])
    plan, share = burn[new] * seed, traits.first_research_share[new]
    volume = plan / moment(world.scenario, clock).hardware_price
    payments[2, new] = seed / clock.dt
    begins = {
        "alive": True, "cash": seed, "plan": plan, "volume": volume, "research_share": share,
        "trained": volume * (1.0 - share), "research": share * plan, "knowledge": ledger.ideas.public, "dearness": 1.0,
        "reach": traits.first_reach[new], "served": 1.0,
    }  # fmt: skip
    for name, value in begins.items():
        columns[name][new] = value
    return new


def _seed(world: World, ledger: Ledger) -> float:
    """What a new startup begins with [USD]: some time's venture capital of an average place."""
    places = max(int(np.count_nonzero(world.fixed.traits.raises)), 1)
    return world.scenario.finance.seed * float(ledger.money.funds.promised.sum()) / places
