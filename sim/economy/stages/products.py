"""The market for AI products: where it tends, and customers who come back."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask
from sim.compiled import inner, loop
from sim.economy.contest import Contest, sell
from sim.economy.moment import pace, settled
from sim.economy.state import Actors, Fixed, World
from sim.mathematics import total
from sim.mechanisms import expectations, planning, product
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
    """That of a scenario."""
    p = scenario.product
    return Demand(p.size, p.growth_exponent, p.cap, scenario.law_table.start_error, *pace(scenario).adoption)


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
    closed = pace(world.scenario).expectations.whole
    return expectations.expected(now.expected_growth, now.products, sold, world.clock.dt, closed, most)


def after(fixed: Fixed, actors: Actors, open_error: float, products: float) -> tuple[Actors, float]:
    """The actors, with customers' habit, and the market [USD/yr] after a step, with the errors reached in it."""
    scenario, rates = fixed.scenario, pace(fixed.scenario)
    contest = Contest.of(scenario, open_error)
    if scenario.mechanisms.brand_habit:
        found = np.empty((1, actors.error.size))
        _come_back(actors.alive, actors.ln_error, actors.ln_reach, actors.reach, contest, rates.habit, found)
        actors = replace(actors, reach=found[0])
    return actors, _after(actors.alive, actors.ln_error, actors.ln_reach, contest, products, demand(scenario))


@loop
def _after(
    alive: Mask, ln_error: Array, ln_reach: Array, contest: Contest, now: float, on: Demand
) -> float:  # fmt: skip
    """The market [USD/yr] after a step."""
    return demanded(sell(alive, ln_error, ln_reach, contest, np.empty((3, alive.size))), now, on.whole, on)


@loop
def _come_back(
    alive: Mask, ln_error: Array, ln_reach: Array, reach: Array, contest: Contest, closed: float, found: Block
) -> None:
    """Reach after a step in which customers come back to those who sold, into ``found``; its sum stays."""
    sold_by = np.empty((3, reach.size))
    sell(alive, ln_error, ln_reach, contest, sold_by)
    share, work = sold_by[1], sold_by[2]
    for i in range(reach.size):
        work[i] = reach[i] if share[i] > 0.0 else 0.0
    sold, held = total(share), total(work)
    for i in range(reach.size):
        target = share[i] / sold * held
        found[0, i] = planning.approached(reach[i], target, closed) if share[i] > 0.0 else reach[i]
