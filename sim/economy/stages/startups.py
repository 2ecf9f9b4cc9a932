"""11 live: profits and rounds within the step; at the end of a year startups fail, are bought, and are founded."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np

from sim.arrays import Array, Block, Mask, Rows
from sim.compiled import loop
from sim.economy.ledger import Ledger
from sim.economy.moment import moment, pace
from sim.economy.parties import ACTORS, Entry, Sheet
from sim.economy.stages.books import REMAINDER, Books
from sim.economy.state import Actors, World
from sim.mechanisms import funding

Column = TypeVar("Column", Array, Mask)
VENTURE = Entry("investors", ACTORS, "venture capital")
CAPITAL = Sheet(Entry(ACTORS, "investors", "profits"), VENTURE, REMAINDER)
ACQUISITIONS, LIQUIDATION = (Sheet(Entry(ACTORS, "investors", what)) for what in ("acquisitions", "liquidation"))
SEED = Sheet(VENTURE)


class Lives(NamedTuple):
    """Who is there after a step, with what."""

    actors: Actors
    books: Books  # closed: what is left is passed on
    rights: Mapping[str, Array]  # parts in permits given away, (n,)
    cash_change: Array  # USD over the step, (n,)
    failed: int = 0
    acquired: int = 0
    founded: int = 0


def live(world: World, ledger: Ledger, books: Books) -> Lives:
    """Cash, rounds, failures and foundings. Closes the books."""
    traits, actors, clock, draws = world.fixed.traits, world.actors, world.clock, world.fixed.draws
    finance, funds, found = world.scenario.finance, ledger.money.funds, np.empty((6, world.groups.size))
    moments = chances = actors.cash  # not looked at where venture capital flows steadily
    if world.on.funding_rounds:
        moments, chances = draws.uniform("moment", clock.year), draws.uniform("round", clock.year)
    on = Rounds(world.on.funding_rounds, clock.year - clock.time, pace(world.scenario).round, finance.round_multiple,
                finance.runway, clock.dt)  # fmt: skip
    _live(actors.cash, books.received, books.spent, traits.keeps_cash, traits.raises, actors.alive, funds.promised,
          actors.entitlement, ledger.money.wants, moments, chances, on, found)  # fmt: skip
    books = books.add(CAPITAL, found[:3])
    lives = Lives(_went_on(world, ledger, found[3], found[4]), books, ledger.acts.rights, found[5])
    if world.on.exit_and_entry and clock.ends_year:
        places = traits.raises & ~world.actors.alive
        lives = _found(world, ledger, _fail(world, ledger, lives), places)
        if lives.books is not books:
            books = lives.books.pass_on(traits.keeps_cash)  # what a buyer does not have left
            change = np.where(traits.keeps_cash, books.left * clock.dt, 0.0)
            lives = lives._replace(books=books, cash_change=change)
    return lives


class Rounds(NamedTuple):
    """How money comes in."""

    there: bool  # whether venture capital comes in rounds
    since: float  # from the start of the year to that of the step, below 0 [yr]
    likely: float  # probability of a round within a year
    multiple: float
    runway: float  # yr
    dt: float  # yr


@loop
def _live(
    cash: Array, received: Array, spent: Array, keeps_cash: Mask, raises: Mask, alive: Mask, promised: Array,
    entitlement: Array, wants: Array, moment: Array, chance: Array, on: Rounds, found: Block,
) -> None:  # fmt: skip
    """Profits to owners, money from investors and what others than startups have left [USD/yr], cash, what stays set
    aside and the change of cash [USD] into ``found``.

    Investors set money aside all the time, and pay of it what a startup needs at its ``moment`` of the year. What is
    not needed then goes elsewhere. They also pay for what customers unserved did not.
    """
    for i in range(cash.size):
        left, enough = received[i] - spent[i], on.runway * wants[i]
        profit = left * on.dt if keeps_cash[i] else 0.0
        owners = funding.paid_out(cash[i] + profit, profit, enough) / on.dt if keeps_cash[i] else 0.0
        left -= owners
        paid, aside = 0.0, entitlement[i]
        if on.there:
            since = on.since + moment[i]  # from the start of the step
            now = since >= 0.0 and since < on.dt and raises[i] and alive[i] and funding.happens(on.likely, chance[i])
            aside = entitlement[i] + promised[i] * on.dt
            if now:
                held = max(cash[i] + left * since, 0.0)
                paid = funding.round_paid(entitlement[i] + promised[i] * since, held, on.multiple, enough) / on.dt
                aside = promised[i] * (on.dt - since)
        left += paid
        after = cash[i] + (left * on.dt if keeps_cash[i] else 0.0)
        found[0, i] = owners
        missing = max(-after, 0.0) / on.dt
        found[1, i] = paid + missing
        found[2, i] = 0.0 if keeps_cash[i] else left + missing
        found[3, i] = max(after, 0.0)
        found[4, i] = aside
        found[5, i] = (left + missing) * on.dt if keeps_cash[i] else 0.0


def _went_on(world: World, ledger: Ledger, cash: Array, entitlement: Array) -> Actors:
    """The actors at the end of the step, before anyone failed or was founded."""
    plan, costs, sale, runs, before = ledger.plan, ledger.costs, ledger.sale, ledger.runs, world.actors
    return Actors(
        alive=before.alive,
        plan=plan.plan.end,
        cash=cash,
        entitlement=entitlement,
        reach=before.reach,
        error=runs.error,
        knowledge=ledger.ideas.knowledge,
        research_share=plan.research_share.end,
        research=ledger.use.research,
        dearness=sale.price / (costs.hardware_price + costs.power),
        volume=runs.volume,
        trained=runs.trained,
        lead=runs.lead,
        served=ledger.use.recently,
        luck=ledger.order.luck,
        past_emissions=sale.past_emissions,
        site=costs.site,
    )


def _fail(world: World, ledger: Ledger, lives: Lives) -> Lives:
    """Those far below what a new startup begins with are bought or wound up; what they know goes to the buyer."""
    finance, traits, draws, year = world.scenario.finance, world.fixed.traits, world.fixed.draws, world.clock.year
    actors, books, dt = lives.actors, lives.books, world.clock.dt
    floor = finance.failure_floor * _seed(world, ledger)
    failing = np.flatnonzero(traits.raises & actors.alive & (actors.cash < floor))
    if not failing.size:
        return lives
    possible = np.flatnonzero(traits.sponsors & (actors.reach > 0))
    sold = failing[draws.uniform("exit", year)[failing] < finance.acquired_share * (possible.size > 0)]
    knowledge, error = actors.knowledge.copy(), actors.error.copy()
    if sold.size:
        chance = draws.uniform("buyer", year)
        buyers = possible[funding.buyers(actors.reach[possible], chance[possible], chance[sold])]
        np.maximum.at(knowledge, buyers, knowledge[sold])
        np.minimum.at(error, buyers, error[sold])
        price = np.zeros_like(actors.cash)
        np.add.at(price, buyers, finance.acquisition_price * ledger.money.funds.sales[sold])
        books = books.add(ACQUISITIONS, price[np.newaxis] / dt)
    left = _set(np.zeros_like(actors.cash), failing, actors.cash[failing])
    books = books.add(LIQUIDATION, left[np.newaxis] / dt)
    actors = replace(
        actors,
        alive=_set(actors.alive, failing, False),
        knowledge=knowledge,
        error=_set(error, failing, world.fixed.law.law.highest),
        cash=_set(actors.cash, failing, 0.0),
        entitlement=_set(actors.entitlement, failing, 0.0),
        plan=_set(actors.plan, failing, 0.0),
        volume=_set(actors.volume, failing, 0.0),
        trained=_set(actors.trained, failing, 0.0),
        research=_set(actors.research, failing, 0.0),
    )
    return lives._replace(actors=actors, books=books, failed=failing.size, acquired=sold.size)


def _found(world: World, ledger: Ledger, lives: Lives, places: Mask) -> Lives:
    """New startups take ``places`` (n,) that were empty, with seed money and what is publicly known."""
    traits, draws, clock = world.fixed.traits, world.fixed.draws, world.clock
    happens = draws.uniform("founding", clock.year) < pace(world.scenario).founding
    new = np.flatnonzero(places & happens)
    if not new.size:
        return lives
    seed = _seed(world, ledger)
    money = _set(np.zeros(places.size), new, seed)
    books = lives.books.add(SEED, money[np.newaxis] / clock.dt)
    burn = world.groups.per_actor([getattr(kind, "burn", 0.0) for kind in world.scenario.kinds])
    plan = burn[new] * seed
    volume, share = plan / moment(world.scenario, clock).hardware_price, traits.first_research_share[new]
    old = lives.actors
    actors = replace(
        old,
        alive=_set(old.alive, new, True),
        cash=_set(old.cash, new, seed),
        plan=_set(old.plan, new, plan),
        volume=_set(old.volume, new, volume),
        research_share=_set(old.research_share, new, share),
        trained=_set(old.trained, new, volume * (1.0 - share)),
        research=_set(old.research, new, share * plan),
        knowledge=_set(old.knowledge, new, ledger.ideas.public),
        dearness=_set(old.dearness, new, 1.0),
        reach=_set(old.reach, new, traits.first_reach[new]),
        served=_set(old.served, new, 1.0),
    )
    rights = {use: _set(part, new, 0.0) for use, part in lives.rights.items()}  # given to those who were there
    return lives._replace(actors=actors, books=books, rights=rights, founded=new.size)


def _set(column: Column, rows: Rows, values: Array | float) -> Column:
    """Another column that differs in some rows."""
    changed = column.copy()
    changed[rows] = values
    return changed


def _seed(world: World, ledger: Ledger) -> float:
    """What a new startup begins with [USD]: some time's venture capital of an average place."""
    places = max(int(world.fixed.traits.raises.sum()), 1)
    return world.scenario.finance.seed * float(ledger.money.funds.promised.sum()) / places
