"""11 live: profits and rounds within the step; at the end of a year startups fail, are bought, and are founded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from sim.arrays import Array, Mask, Rows
from sim.economy import trends
from sim.economy.ledger import Ledger
from sim.economy.recent import recent
from sim.economy.stages.books import ACTORS, Books, Payment
from sim.economy.state import Actors, World
from sim.mechanisms import funding

Column = TypeVar("Column", Array, Mask)


@dataclass(frozen=True)
class Lives:
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
    dt, on, enough = world.clock.dt, world.on, world.scenario.finance.runway * ledger.money.wants
    actors, keeps_cash = _went_on(world, ledger), world.fixed.traits.keeps_cash
    profit = np.where(keeps_cash, books.left * dt, 0.0)
    owners = funding.paid_out(actors.cash + profit, profit, enough) / dt * keeps_cash
    books = books.add(Payment(ACTORS, "investors", "profits", owners))
    if on.funding_rounds:
        paid, entitlement = _rounds(world, ledger, books, enough)
        books = books.add(Payment("investors", ACTORS, "venture capital", paid))
        actors = replace(actors, entitlement=entitlement)
    cash = actors.cash + np.where(keeps_cash, books.left * dt, 0.0)
    missing = np.maximum(-cash, 0.0) / dt  # what customers unserved did not pay
    books = books.add(Payment("investors", ACTORS, "venture capital", missing))
    lives = Lives(replace(actors, cash=np.maximum(cash, 0.0)), books, ledger.acts.rights, np.zeros_like(cash))
    if on.exit_and_entry and world.clock.ends_year:
        places = world.fixed.traits.raises & ~world.actors.alive
        lives = _found(world, ledger, _fail(world, ledger, lives), places)
    books = lives.books.pass_on(keeps_cash)
    return replace(lives, books=books, cash_change=np.where(keeps_cash, books.left * dt, 0.0))


def _went_on(world: World, ledger: Ledger) -> Actors:
    """The actors at the end of the step, before money moved."""
    plan, costs, sale, runs = ledger.plan, ledger.costs, ledger.sale, ledger.runs
    return replace(
        world.actors,
        plan=plan.plan.end,
        error=runs.error,
        knowledge=ledger.ideas.knowledge,
        research_share=plan.research_share.end,
        research=ledger.use.research,
        dearness=sale.price / (costs.hardware_price + costs.power),
        volume=runs.volume,
        trained=runs.trained,
        lead=runs.lead,
        served=recent(world, world.actors.served, ledger.use.served),
        luck=ledger.order.luck,
        past_emissions=recent(world, world.actors.past_emissions, sale.emissions),
        site=costs.site.end,
    )


def _rounds(world: World, ledger: Ledger, books: Books, enough: Array) -> tuple[Array, Array]:
    """Money of rounds [USD/yr] and what stays set aside [USD], (n,).

    Investors set money aside all the time, and pay of it what a startup needs at its moment of the year. What is not
    needed then goes elsewhere.
    """
    finance, clock, draws, actors = world.scenario.finance, world.clock, world.fixed.draws, world.actors
    promised, dt = ledger.money.funds.promised, clock.dt
    since = clock.year - clock.time + draws.uniform("moment", clock.year)  # from the start of the step
    now = (since >= 0) & (since < dt) & world.fixed.traits.raises & actors.alive
    now &= funding.happens(finance.round_rate, draws.uniform("round", clock.year))
    cash = np.maximum(actors.cash + books.left * since, 0.0)
    there = actors.entitlement + promised * since
    paid = np.where(now, funding.round_paid(there, cash, finance.round_multiple, enough), 0.0)
    return paid / dt, np.where(now, promised * (dt - since), actors.entitlement + promised * dt)


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
        books = books.add(Payment(ACTORS, "investors", "acquisitions", price / dt))
    left = _set(np.zeros_like(actors.cash), failing, actors.cash[failing])
    books = books.add(Payment(ACTORS, "investors", "liquidation", left / dt))
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
    return replace(lives, actors=actors, books=books, failed=failing.size, acquired=sold.size)


def _found(world: World, ledger: Ledger, lives: Lives, places: Mask) -> Lives:
    """New startups take ``places`` (n,) that were empty, with seed money and what is publicly known."""
    finance, traits, draws, clock = world.scenario.finance, world.fixed.traits, world.fixed.draws, world.clock
    happens = funding.happens(finance.founding_rate, draws.uniform("founding", clock.year))
    new = np.flatnonzero(places & happens)
    if not new.size:
        return lives
    seed = _seed(world, ledger)
    money = _set(np.zeros(places.size), new, seed)
    books = lives.books.add(Payment("investors", ACTORS, "venture capital", money / clock.dt))
    burn = world.groups.per_actor([getattr(kind, "burn", 0.0) for kind in world.scenario.kinds])
    plan = burn[new] * seed
    volume, share = plan / trends.hardware_price(world.scenario, clock.middle), traits.first_research_share[new]
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
    return replace(lives, actors=actors, books=books, rights=rights, founded=new.size)


def _set(column: Column, rows: Rows, values: Array | float) -> Column:
    """Another column that differs in some rows."""
    changed = column.copy()
    changed[rows] = values
    return changed


def _seed(world: World, ledger: Ledger) -> float:
    """What a new startup begins with [USD]: some time's venture capital of an average place."""
    places = max(int(world.fixed.traits.raises.sum()), 1)
    return world.scenario.finance.seed * float(ledger.money.funds.promised.sum()) / places
