"""11 live: profits and rounds within the step; at the end of a year startups fail, are bought, and are founded."""

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Marks, Mask, Rows, named, rows_of
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
CHANGE, CASH, ASIDE, DEARNESS = range(2, 6)  # rows behind RECEIVED and SPENT


class Lives(NamedTuple):
    """Who is there after a step, with what."""

    actors: Actors
    books: Books  # closed: what is left is passed on
    rights: Mapping[Right, Array]  # parts in permits given away, (n,)
    cash_change: Array  # USD over the step, (n,)
    failed: int = 0
    acquired: int = 0
    new: Rows = NOBODY  # who begins at the end of the step


def live(world: World, ledger: Ledger, books: Books) -> Lives:
    """Cash, rounds, failures and foundings. Closes the books."""
    fixed, actors, clock = world.fixed, world.actors, world.clock
    traits, draws, mechanisms, year = fixed.traits, fixed.draws, fixed.scenario.mechanisms, clock.year
    sums, found = np.empty((len(CAPITAL.entries), len(books.flows.names))), np.empty((6, actors.cash.size))
    begun = year - clock.time
    moments = chances = actors.cash  # not looked at where venture capital flows steadily
    if mechanisms.funding_rounds:
        moments, chances = (draws.uniform(purpose, year, fixed.raising) for purpose in ("moment", "round"))
    _live(
        books.starts, actors.cash, books.received, books.spent, traits.keeps_cash, traits.raises, actors.alive,
        ledger.money.funds.promised, actors.entitlement, ledger.money.wants, moments, chances, begun,
        ledger.sale.price, ledger.costs.power, ledger.costs.hardware_price, _rounds(fixed.scenario), sums, found,
    )  # fmt: skip
    received, spent, change, cash, aside, dearness = found
    books = Books(books.starts, books.flows.also(CAPITAL, sums), received, spent)
    lives = Lives(_went_on(world, ledger, cash, aside, dearness), books, ledger.acts.rights, change)
    return _come_and_go(world, ledger, lives) if mechanisms.exit_and_entry and clock.ends_year else lives


class Rounds(NamedTuple):
    """How venture capital comes in: steadily, or in rounds with some probability."""

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
    promised: Array, entitlement: Array, wants: Array, moments: Array, chances: Array, begun: float, price: Array,
    power: Array, hardware_price: float, on: Rounds, sums: Block, found: Block,
) -> None:  # fmt: skip
    """The books [USD/yr], with profits to owners, money from investors and what others than startups have left, cash,
    what stays set aside, the change of cash [USD], and the price of compute over what it costs to make into ``found``.

    Investors set money aside all the time, and pay of it what a startup needs at its moment of the year
    (``moments``), in which the step begins at -``begun`` [yr]. What is not needed then goes elsewhere. They also pay
    for what customers unserved did not.
    """
    owners, capital, rest = np.empty(cash.size), np.empty(cash.size), np.empty(cash.size)
    for i in range(cash.size):
        left, enough = received[i] - spent[i], on.runway * wants[i]
        profit = left * on.dt if keeps_cash[i] else 0.0
        owners[i] = funding.paid_out(cash[i] + profit, profit, enough) / on.dt if keeps_cash[i] else 0.0
        left -= owners[i]
        paid, aside = 0.0, entitlement[i]
        if on.there:
            since = begun + moments[i]  # from the start of the step
            now = since >= 0.0 and since < on.dt and raises[i] and alive[i] and funding.happens(on.likely, chances[i])
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
        found[CASH, i] = max(after, 0.0)
        found[ASIDE, i] = aside
        found[CHANGE, i] = (left + missing) * on.dt if keeps_cash[i] else 0.0
    for i in range(cash.size):
        found[DEARNESS, i] = price[i] / (hardware_price + power[i])
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


class Changing(NamedTuple):
    """Columns of actors that change as they come and go, beside who is alive."""

    plan: Array
    cash: Array
    entitlement: Array
    reach: Array
    error: Array
    knowledge: Array
    research_share: Array
    research: Array
    dearness: Array
    volume: Array
    trained: Array
    served: Array


OF, changing = rows_of(Changing), attrgetter(*Changing._fields)


class Turn(NamedTuple):
    """Who goes and who comes at the end of a year."""

    failing: Rows
    sold: Rows  # those of them who are bought
    buyers: Rows  # of each of these
    new: Rows


class TurnTerms(NamedTuple):
    """On which terms they go and come."""

    seed: float  # USD that a new one begins with
    price: float  # of a year's sales that a buyer pays
    hardware_price: float  # USD/FLOP
    public: float  # knowledge that all have
    highest: float  # the error of those who have learnt nothing
    dt: float  # yr


def _come_and_go(world: World, ledger: Ledger, lives: Lives) -> Lives:
    """Startups fail and are founded at the end of a year; a new one waits until the next if its place is free now."""
    scenario, traits, before, books = world.scenario, world.fixed.traits, lives.actors, lives.books
    seed = scenario.finance.seed * ledger.money.venture / max(_raising(scenario), 1)
    turn = _turn(world, before, seed)
    new = turn.new
    if not turn.failing.size and not new.size:
        return lives
    n, sums = before.cash.size, np.empty((len(ENDS.entries), len(books.flows.names)))
    living, columns, found = np.empty((1, n), dtype=bool), np.empty((len(OF), n)), np.empty((3, n))
    price, hardware_price = scenario.finance.acquisition_price, moment(scenario, world.clock).hardware_price
    terms = TurnTerms(seed, price, hardware_price, ledger.ideas.public, world.fixed.law.law.highest, world.clock.dt)
    _turn_over(
        books.starts, Changing(*changing(before)), before.alive, books.received, books.spent, traits.keeps_cash,
        ledger.money.funds.sales, traits.first_reach, traits.first_research_share, traits.kind_index, _shares(scenario),
        turn.failing, turn.sold, turn.buyers, new, terms, living, columns, sums, found,
    )  # fmt: skip
    rights, clean = lives.rights, before.clean
    if new.size:  # permits were given to those who were there
        rights = {right: without(part, new) for right, part in rights.items()}
        clean = without(clean, new) if world.on.abatement else clean
    actors = replace(before, alive=living[0], clean=clean, **named(OF, columns))
    books = Books(books.starts, books.flows.also(ENDS, sums), found[RECEIVED], found[SPENT])
    return Lives(actors, books, rights, found[CHANGE], turn.failing.size, turn.sold.size, new)


@settled
def _raising(scenario: Scenario) -> int:
    """How many places there are for those who raise venture capital."""
    return sum(kind.count for kind in scenario.kinds if kind.raises_venture)


@settled
def _shares(scenario: Scenario) -> Array:
    """Share of its money that a new one of each kind plans to spend in a year, (kinds,)."""
    return np.array([getattr(kind, kind.own_means.share) for kind in scenario.kinds])


def _turn(world: World, actors: Actors, seed: float) -> Turn:
    """Those whose cash is far below what a new startup begins with, ``seed`` [USD], are bought or wound up. New ones
    take places that were empty. Who keeps no cash cannot run out of it."""
    finance, fixed, year = world.scenario.finance, world.fixed, world.clock.year
    traits, draws = fixed.traits, fixed.draws
    founded = draws.uniform("founding", year, fixed.raising) < pace(world.scenario).founding
    new = np.flatnonzero(traits.raises & founded & ~world.actors.alive)
    fails = traits.raises & traits.keeps_cash & actors.alive & (actors.cash < finance.failure_floor * seed)
    failing = np.flatnonzero(fails)
    sold = buyers = NOBODY
    if failing.size:
        possible = np.flatnonzero(traits.sponsors & actors.alive & ~fails & (actors.reach > 0))
        share = finance.acquired_share * (possible.size > 0)
        sold = failing[draws.uniform("exit", year, fixed.raising)[failing] < share]
    if sold.size:
        chance = draws.uniform("buyer", year)
        buyers = possible[funding.buyers(actors.reach[possible], chance[possible], chance[sold])]
    return Turn(failing, sold, buyers, new)


@loop
def _turn_over(
    starts: Rows, before: Changing, alive: Mask, received: Array, spent: Array, keeps_cash: Mask, sales: Array,
    first_reach: Array, first_research_share: Array, kind_index: Rows, shares: Array, failing: Rows, sold: Rows,
    buyers: Rows, new: Rows, on: TurnTerms, living: Marks, columns: Block, sums: Block, found: Block,
) -> None:  # fmt: skip
    """Who is ``living`` (1, n) afterwards, and ``columns`` of ``Changing``; the books [USD/yr], in ``sums`` and
    ``found``, whose last row is the change of cash [USD].

    What those who are sold know goes to their buyers. A buyer that keeps cash pays out of it, and its investors what
    is missing. Investors get the cash that is left to those who fail.
    """
    cash, payments = before.cash, np.zeros((4, alive.size))  # USD/yr by entry of ENDS
    for row, values in enumerate(before):
        for i in range(values.size):
            columns[row, i] = values[i]
    for i in range(alive.size):
        living[0, i] = alive[i]
    for each in range(sold.size):
        row, buyer = sold[each], buyers[each]
        columns[OF.error, buyer] = min(columns[OF.error, buyer], before.error[row])
        columns[OF.knowledge, buyer] = max(columns[OF.knowledge, buyer], before.knowledge[row])
        payments[0, buyer] += on.price * sales[row]
    for i in range(cash.size):
        if keeps_cash[i]:
            payments[2, i] = max(payments[0, i] - cash[i], 0.0) / on.dt
            columns[OF.cash, i] = max(cash[i] - payments[0, i], 0.0)
        payments[0, i] = payments[0, i] / on.dt
    for row in failing:
        payments[1, row] = cash[row] / on.dt
        living[0, row] = False
        columns[OF.error, row] = on.highest
        for gone in (OF.plan, OF.cash, OF.entitlement, OF.research, OF.volume, OF.trained):
            columns[gone, row] = 0.0
    for row in new:
        share, planned = first_research_share[row], shares[kind_index[row]] * on.seed
        bought = planned / on.hardware_price
        living[0, row] = True
        columns[OF.plan, row] = planned
        columns[OF.cash, row] = on.seed
        columns[OF.reach, row] = first_reach[row]
        columns[OF.knowledge, row] = on.public
        columns[OF.research_share, row] = share
        columns[OF.research, row] = share * planned
        columns[OF.dearness, row] = 1.0
        columns[OF.volume, row] = bought
        columns[OF.trained, row] = bought * (1.0 - share)
        columns[OF.served, row] = 1.0
        payments[2, row] = on.seed / on.dt
    for i in range(cash.size):
        payments[3, i] = 0.0 if keeps_cash[i] else received[i] - (spent[i] + payments[0, i])  # a buyer has not left
        found[RECEIVED, i] = received[i]
        found[SPENT, i] = spent[i]
    for entry in range(4):
        post(starts, payments[entry], entry, RECEIVED if entry == 2 else SPENT, sums, found)
    for i in range(cash.size):
        found[CHANGE, i] = (found[RECEIVED, i] - found[SPENT, i]) * on.dt if keeps_cash[i] else 0.0
