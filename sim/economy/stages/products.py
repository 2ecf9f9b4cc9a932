"""The market for AI products: where it tends, and customers who come back."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask
from sim.compiled import inner, loop
from sim.economy.contest import Contest, sell
from sim.economy.moment import pace, settled
from sim.economy.state import Actors, Fixed, World
from sim.mathematics import log, total
from sim.mechanisms import expectations, planning, product
from sim.records import altered
from sim.scenario import Scenario


class Demand(NamedTuple):
    """What decides how large the market is."""

    size: float  # USD/yr at the start
    growth: float  # power of the fall in error
    cap: float  # most that it can grow
    start_error: float
    half: float  # part of the gap to where it tends that closes by mid-step
    whole: float  # and by the end of the step


@settled
def demand(scenario: Scenario) -> Demand:
    """The demand for AI products that a scenario describes."""
    p = scenario.product
    return Demand(p.size, p.growth_exponent, p.cap, scenario.start_error, *pace(scenario).adoption)


@inner
def demanded(ln_used: float, now: float, closed: float, on: Demand) -> float:
    """The market [USD/yr], ``now`` on its way to where it tends with the error of what is used, when a part of the gap
    is ``closed``; as it is where nothing is used."""
    rest = product.market_at_rest(on.size, on.growth, on.cap, on.start_error, ln_used) if ln_used == ln_used else now
    return planning.approached(now, rest, closed)


def expected_after(world: World, sold: float) -> float:
    """Growth of the market [1/yr] that is expected after a step that took it to ``sold`` [USD/yr]; as it was where
    nobody goes by it."""
    now, most = world.markets, world.scenario.expectations.most
    if not world.on.expectations:
        return now.expected_growth
    closed = pace(world.scenario).expectations.end
    return expectations.expected(now.expected_growth, now.products, sold, world.clock.dt, closed, most)


def after(fixed: Fixed, actors: Actors, open_error: float, products: float) -> tuple[Actors, float]:
    """The actors, with customers' habit, and the market [USD/yr] after a step, with the errors reached in it."""
    scenario, on = fixed.scenario, demand(fixed.scenario)
    contest = Contest.of(scenario, open_error)
    if not scenario.mechanisms.brand_habit:
        return actors, _after(actors.alive, actors.ln_error, actors.ln_reach, contest, products, on)
    found = np.empty((2, actors.error.size))
    ln_error, closed = actors.ln_error, pace(scenario).habit
    sold = _come_back(actors.alive, ln_error, actors.ln_reach, actors.reach, contest, closed, products, on, found)
    return altered(actors, reach=found[0], ln_reach=found[1]), sold


@loop
def _after(alive: Mask, ln_error: Array, ln_reach: Array, contest: Contest, now: float, on: Demand) -> float:
    """The market [USD/yr] after a step."""
    return demanded(sell(alive, ln_error, ln_reach, contest, np.empty((3, alive.size))), now, on.whole, on)


@loop
def _come_back(
    alive: Mask, ln_error: Array, ln_reach: Array, reach: Array, contest: Contest, closed: float, products: float,
    on: Demand, found: Block,
) -> float:  # fmt: skip
    """The market [USD/yr] after a step in which customers come back to those who sold; reach then, whose sum stays, and
    ln of it into ``found``."""
    sold_by = np.empty((3, reach.size))
    sell(alive, ln_error, ln_reach, contest, sold_by)
    share, work = sold_by[1], sold_by[2]
    for i in range(reach.size):
        work[i] = reach[i] if share[i] > 0.0 else 0.0
    sold, held = total(share), total(work)
    for i in range(reach.size):
        target = share[i] / sold * held
        found[0, i] = planning.approached(reach[i], target, closed) if share[i] > 0.0 else reach[i]
    for i in range(reach.size):
        found[1, i] = log(found[0, i])
    return demanded(sell(alive, ln_error, found[1], contest, sold_by), products, on.whole, on)
