"""Startups' lives: funding rounds, failure, acquisition and founding, decided once a year at random."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.accounts import Books
from sim.actors import Funds
from sim.mechanisms import funding
from sim.state import World

Array = NDArray[np.float64]


@dataclass
class Toll:
    """What a step did to startups, and the change of all cash [USD], (n,)."""

    cash_change: Array
    failed: int = 0
    acquired: int = 0
    founded: int = 0


def live_and_die(world: World, books: Books, funds: Funds, wants: Array) -> Toll:
    """Profits and rounds within the step; at the end of a year failures, acquisitions and foundings. Closes the books.

    ``wants`` (n,) [USD/yr] is what each would spend, which says how much cash is enough.
    """
    dt = world.dt
    on = world.scenario.mechanisms
    enough = world.scenario.finance.runway * wants
    profit = np.where(books.keeps_cash, (books.received - books.spent) * dt, 0.0)
    books.pay("investors", "profits", funding.paid_out(world.cash + profit, profit, enough) / dt * books.keeps_cash)
    if on.funding_rounds:
        _rounds(world, books, funds, enough)
    cash = world.cash + np.where(books.keeps_cash, (books.received - books.spent) * dt, 0.0)
    books.receive("investors", "venture capital", np.maximum(-cash, 0.0) / dt)  # what customers unserved did not pay
    world.cash = np.maximum(cash, 0.0)
    toll = Toll(np.zeros_like(cash))
    if on.exit_and_entry and (world.steps_done + 1) % world.scenario.time.steps_per_year == 0:
        places = world.raises & ~world.alive
        _fail(world, books, funds, toll)
        _found(world, books, funds, places, toll)
    books.pass_on()
    toll.cash_change = np.where(books.keeps_cash, (books.received - books.spent) * dt, 0.0)
    return toll


def _rounds(world: World, books: Books, funds: Funds, enough: Array) -> None:
    """Investors set money aside all the time, and pay of it what a startup needs at its moment of the year.

    What is not needed then goes elsewhere.
    """
    finance, dt = world.scenario.finance, world.dt
    since = world.year - world.time + world.draw_uniform("moment", world.year)  # from the start of the step
    now = (since >= 0) & (since < dt) & world.raises & world.alive
    now &= funding.happens(finance.round_rate, world.draw_uniform("round", world.year))
    cash = np.maximum(world.cash + (books.received - books.spent) * since, 0.0)
    there = world.entitlement + funds.promised * since
    paid = np.where(now, funding.round_paid(there, cash, finance.round_multiple, enough), 0.0)
    world.entitlement = np.where(now, funds.promised * (dt - since), world.entitlement + funds.promised * dt)
    books.receive("investors", "venture capital", paid / dt)


def _fail(world: World, books: Books, funds: Funds, toll: Toll) -> None:
    """Those far below what a new startup begins with are bought or wound up; what they know goes to the buyer."""
    finance = world.scenario.finance
    failing = np.flatnonzero(world.raises & world.alive & (world.cash < finance.failure_floor * _seed(world, funds)))
    if not failing.size:
        return
    possible = np.flatnonzero(world.sponsors & (world.reach > 0))
    sold = failing[world.draw_uniform("exit", world.year)[failing] < finance.acquired_share * (possible.size > 0)]
    if sold.size:
        chance = world.draw_uniform("buyer", world.year)
        buyers = possible[funding.buyers(world.reach[possible], chance[possible], chance[sold])]
        np.maximum.at(world.knowledge, buyers, world.knowledge[sold])
        np.minimum.at(world.error, buyers, world.error[sold])
        price = np.zeros_like(world.cash)
        np.add.at(price, buyers, finance.acquisition_price * funds.sales[sold])
        books.pay("investors", "acquisitions", price / world.dt)
    left = np.zeros_like(world.cash)
    left[failing] = world.cash[failing]
    books.pay("investors", "liquidation", left / world.dt)
    world.alive = world.alive.copy()
    world.alive[failing] = False
    world.error = world.error.copy()
    world.error[failing] = world.law.law.highest
    for column in (world.cash, world.entitlement, world.plan, world.volume, world.trained, world.research):
        column[failing] = 0.0
    toll.failed, toll.acquired = failing.size, sold.size


def _found(world: World, books: Books, funds: Funds, places: NDArray[np.bool_], toll: Toll) -> None:
    """New startups take places that were empty, with seed money and what is publicly known."""
    finance = world.scenario.finance
    new = np.flatnonzero(places & funding.happens(finance.founding_rate, world.draw_uniform("founding", world.year)))
    if not new.size:
        return
    seed = np.zeros_like(world.cash)
    seed[new] = _seed(world, funds)
    books.receive("investors", "venture capital", seed / world.dt)
    burn = world.per_actor([getattr(kind, "burn", 0.0) for kind in world.scenario.kinds])
    world.alive[new] = True
    world.cash[new] = seed[new]
    world.plan[new] = burn[new] * seed[new]
    world.volume[new] = world.plan[new] / world.hardware_price(world.middle)
    world.research_share[new] = world.first_research_share[new]
    world.trained[new] = world.volume[new] * (1.0 - world.research_share[new])
    world.research[new] = world.research_share[new] * world.plan[new]
    world.knowledge[new], world.dearness[new], world.reach[new] = world.public_knowledge, 1.0, world.first_reach[new]
    world.served[new] = 1.0
    for part in world.rights.values():  # permits given away go to those who were there
        part[new] = 0.0
    toll.founded = new.size


def _seed(world: World, funds: Funds) -> float:
    """What a new startup begins with [USD]: some time's venture capital of an average place."""
    return world.scenario.finance.seed * float(funds.promised.sum()) / max(int(world.raises.sum()), 1)
