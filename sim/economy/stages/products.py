"""The market for AI products: where it tends, and customers who come back."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask
from sim.compiled import inner, loop
from sim.economy.moment import pace
from sim.economy.state import Actors, Contest, Fixed, World, sell
from sim.mathematics import total
from sim.mechanisms import expectations, planning, product
from sim.scenario import Scenario


class Demand(NamedTuple):
    """What decides how large the market is."""

    now: float  # USD/yr
    size: float  # USD/yr at the start
    growth: float  # power of the fall in error
    cap: float  # most that it can grow
    start_error: float
    closed: float  # part of the gap to where it tends that closes

    @classmethod
    def of(cls, scenario: Scenario, now: float, closed: float) -> "Demand":
        """That of a scenario."""
        p = scenario.product
        return cls(now, p.size, p.growth_exponent, p.cap, scenario.law_table.start_error, closed)


class Outlook(NamedTuple):
    """What decides on the growth of the market that is expected."""

    growth: float  # 1/yr expected so far
    years: float  # that have passed since
    closed: float  # part of the gap to what happened in them that closes
    most: float  # 1/yr

    @classmethod
    def of(cls, world: World) -> "Outlook":
        """That of a world at mid-step."""
        closed, most = pace(world.scenario).expectations.half, world.scenario.expectations.most
        return cls(world.markets.expected_growth, world.clock.dt / 2, closed, most)


def expected_after(world: World, sold: float) -> float:
    """Growth of the market [1/yr] that is expected after a step that took it to ``sold`` [USD/yr]; as it was where
    nobody goes by it."""
    if not world.on.expectations:
        return world.markets.expected_growth
    now, closed = world.markets, pace(world.scenario).expectations.whole
    most = world.scenario.expectations.most
    return expectations.expected(now.expected_growth, now.products, sold, world.clock.dt, closed, most)


@inner
def demanded(ln_used: float, on: Demand) -> float:
    """The market [USD/yr] on its way to where it tends with the error of what is used; as it is where nothing is."""
    rest = product.market_at_rest(on.size, on.growth, on.cap, on.start_error, ln_used) if ln_used == ln_used else on.now
    return planning.approached(on.now, rest, on.closed)


def after(fixed: Fixed, actors: Actors, open_error: float, products: float) -> tuple[Actors, float]:
    """The actors, with customers' habit, and the market [USD/yr] after a step, with the errors reached in it."""
    scenario, rates, found = fixed.scenario, pace(fixed.scenario), np.empty((4, actors.error.size))
    contest, demand = Contest.of(scenario, open_error), Demand.of(scenario, products, rates.adoption.whole)
    if scenario.mechanisms.brand_habit:
        _come_back(actors.alive, actors.ln_error, actors.ln_reach, actors.reach, contest, rates.habit, found)
        actors = replace(actors, reach=found[3])
    return actors, _after(actors.alive, actors.ln_error, actors.ln_reach, contest, demand, found)


@loop
def _after(alive: Mask, ln_error: Array, ln_reach: Array, contest: Contest, on: Demand, found: Block) -> float:
    """The market [USD/yr] after a step; ``found`` is room for work."""
    return demanded(sell(alive, ln_error, ln_reach, contest, found), on)


@loop
def _come_back(
    alive: Mask, ln_error: Array, ln_reach: Array, reach: Array, contest: Contest, closed: float, found: Block
) -> None:
    """Reach after a step in which customers come back to those who sold, into row 3; its sum stays."""
    sell(alive, ln_error, ln_reach, contest, found)
    share, work = found[1], found[2]
    for i in range(reach.size):
        work[i] = reach[i] if share[i] > 0.0 else 0.0
    sold, held = total(share), total(work)
    for i in range(reach.size):
        target = share[i] / sold * held
        found[3, i] = planning.approached(reach[i], target, closed) if share[i] > 0.0 else reach[i]
