"""What a scenario says of one step, whatever the world is like: trends, and what closes within it."""

from collections.abc import Callable
from functools import partial, wraps
from math import inf
from numbers import Real
from typing import Any, NamedTuple, TypeVar

import numpy as np

from sim.actors import Kind
from sim.actors.base import no_amount
from sim.arrays import Array, Through, through, unwritten
from sim.economy import trends
from sim.economy.state import Clock
from sim.mechanisms.abatement import Offer
from sim.mechanisms.planning import closed
from sim.mechanisms.training import logit
from sim.owncode import own_answer
from sim.scenario import Scenario
from sim.scenario.schema import grown, path_at


class Moment(NamedTuple):
    """Trends at the middle of a step; in yearly series, of its calendar year."""

    hardware_price: float  # USD/FLOP for a large buyer
    flop_per_kwh: float
    embodied: float  # kgCO2e/FLOP
    outside: float  # FLOP/yr that everyone not modelled wants at no rent
    recorded: Through[float]  # FLOP/yr of capacity on record, at mid-step and at the end of the step
    most_capacity: Through[float]  # FLOP/yr that electricity can drive, at the same times
    begun: float  # FLOP/kWh at the start of the step
    ended: float  # and at its end
    connects: tuple[Through[float], Through[float]]  # FLOP/kWh, and power for hardware that grids connect [kWh/yr]
    connects_in: Array  # (regions,) kWh/yr that each grid connects anew in a year
    limits: bool  # whether that is limited in each region
    income_growth: Array  # (kinds,) outside income over its start
    electricity: Array  # (regions,) USD/kWh
    intensity: Array  # (regions,) kgCO2e/kWh
    carbon_price: Array  # (regions,) USD/kgCO2e without any policy
    social_cost: float  # USD/kgCO2e
    clean_premium: Array  # (regions,) USD/kWh of the first clean power
    offer: Offer  # of more clean power and of removals
    promise: float  # share of clean power that large buyers keep, in the calendar year
    on_record: bool  # whether capacity still is as on record
    nothing: Array  # (kinds, regions) of zeros, for prices that there are none of


class Pace(NamedTuple):
    """Parts of gaps that close by the middle and by the end of a step, and what else its length makes of rates."""

    adoption: Through[float]  # of the market for products
    expectations: Through[float]  # of expected growth
    research: Through[float]  # of shares of research
    siting: Through[float]  # of shares of mobile work
    absorption: Through[float]  # of what is public to what actors know
    leak: float  # of leads over what is public
    neighbours: float  # to the best that one is linked to
    window: float  # of averages about the last year
    habit: float  # of sellers' reach
    recycling: float  # 1/yr of the treasury's money that is paid out
    round: float  # probability of a round within a year
    founding: float  # and of a founding
    logit: float  # of the typical share of a run


Derived = TypeVar("Derived")


def settled(make: Callable[[Scenario], Derived]) -> Callable[[Scenario], Derived]:
    """Have what follows from a scenario alone worked out once for it."""

    @wraps(make)
    def of(scenario: Scenario) -> Derived:
        derived: dict[Any, Derived] = scenario.derived
        try:
            return derived[of]
        except KeyError:
            derived[of] = make(scenario)
        return derived[of]

    return of


def timed(make: Callable[[Scenario, Clock], Derived]) -> Callable[[Scenario, Clock], Derived]:
    """Have what follows from a scenario and the step alone worked out once for both."""

    @wraps(make)
    def of(scenario: Scenario, clock: Clock) -> Derived:
        derived: dict[Any, dict[int, Derived]] = scenario.derived  # by the number of steps done before
        try:
            return derived[of][clock.steps_done]
        except KeyError:
            derived.setdefault(of, {})[clock.steps_done] = make(scenario, clock)
        return derived[of][clock.steps_done]

    return of


def share_trends(first: Scenario, other: Scenario) -> None:
    """Have a scenario that differs from the first in its policies alone share what is known of trends, ever after."""
    other.derived.setdefault(moment, first.derived.setdefault(moment, {}))


def _growth(kind: Kind, scenario: Scenario) -> float:
    """Growth of a kind's outside income [1/yr]. Raises InputError for what is no such number."""
    found = own_answer(kind.income_growth)
    if not isinstance(found, Real) or not -1.0 <= found < inf:
        raise no_amount(kind, "income_growth", str(found), scenario.file, "a finite number from -1 up")
    return float(found)


@timed
def moment(scenario: Scenario, clock: Clock) -> Moment:
    """The trends of the step to come."""
    years = clock.middle - scenario.time.start
    power, grids, prices, social_cost = _of_year(scenario, clock.year)
    m, end = scenario.market, clock.time + clock.dt
    begun, middle, ended = (trends.flop_per_kwh(scenario, when) for when in (clock.time, clock.middle, end))
    connects_in = trends.connections_in(scenario, clock.year)
    return Moment(
        hardware_price=trends.hardware_price(scenario, clock.middle),
        flop_per_kwh=middle,
        embodied=trends.embodied_per_flop(scenario, middle),
        outside=trends.outside_demand(scenario, clock.middle),
        recorded=Through(*(path_at(m.capacity, m.capacity_growth, when) for when in (clock.middle, end))),
        most_capacity=Through(trends.most_capacity(scenario, middle), trends.most_capacity(scenario, ended)),
        begun=begun,
        ended=ended,
        connects=_connects(scenario, clock),
        connects_in=connects_in,
        limits=bool(np.isfinite(connects_in).all()),
        income_growth=np.array([grown(1.0, _growth(kind, scenario), years) for kind in scenario.kinds]),
        electricity=power,
        intensity=grids,
        carbon_price=prices,
        social_cost=social_cost,
        clean_premium=trends.clean_premium(scenario, clock.middle),
        offer=trends.offer(scenario, clock.middle),
        promise=trends.kept_promise(scenario, clock.year),
        on_record=clock.time < m.capacity.years[-1],
        nothing=unwritten(np.zeros((len(scenario.kinds), len(scenario.regions)))),
    )


def _connects(scenario: Scenario, clock: Clock) -> tuple[Through[float], Through[float]]:
    """What capacity can grow by: efficiency at the middle and the end of a step, and power connected until then."""
    added = trends.connections(scenario, clock.year)
    return (
        through(lambda years: trends.flop_per_kwh(scenario, clock.time + years), clock.dt),
        through(lambda years: added * years, clock.dt),
    )


def _of_year(scenario: Scenario, year: int) -> tuple[Array, Array, Array, float]:
    """Electricity prices, intensity of grids, carbon prices and the social cost of carbon in a calendar year."""
    found = scenario.derived.get(("year", year))
    if found is None:
        by_region = (trends.electricity, trends.intensity, trends.carbon_price)
        found = *(of(scenario, year) for of in by_region), scenario.yardsticks.social_cost.at(year)
        scenario.derived["year", year] = found
    power, grids, prices, social_cost = found
    return power, grids, prices, social_cost


@settled
def pace(scenario: Scenario) -> Pace:
    """Rates of a step, which are the same in every step of a scenario."""
    dt, knowledge, finance = 1.0 / scenario.time.steps_per_year, scenario.knowledge, scenario.finance

    def closing(rate: float) -> Through[float]:
        return through(partial(closed, rate), dt)

    return Pace(
        adoption=closing(scenario.product.adoption),
        expectations=closing(scenario.expectations.adjustment),
        research=closing(scenario.research.adjustment),
        siting=closing(scenario.siting.speed),
        absorption=closing(knowledge.absorption),
        leak=closed(knowledge.leak, dt),
        neighbours=closed(scenario.network.rate, dt),
        window=closed(1.0 / scenario.training.window, dt),
        habit=closed(scenario.product.habit, dt),
        recycling=closed(finance.recycling, dt) / dt,
        round=closed(finance.round_rate, 1.0),
        founding=closed(finance.founding_rate, 1.0),
        logit=logit(scenario.training.run_share),
    )
