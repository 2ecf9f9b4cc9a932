"""The state of a world, in frozen parts. Arrays have one row for each actor, (n,); kinds are stored contiguously.

Nobody writes to an array after it is made: a step makes the next world and leaves this one as it was, so a fork is
a reference, and whoever holds a world can step it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np

from sim.actors import Kind
from sim.arrays import Array, Mask, Rows, unwritten
from sim.economy.contest import Contest, sell
from sim.economy.draws import Draws
from sim.economy.groups import Groups
from sim.economy.parties import Flows
from sim.economy.past import Highest, Past
from sim.economy.reports import Reports
from sim.economy.years import Years
from sim.mathematics import logs
from sim.mechanisms.grids import Connected
from sim.mechanisms.network import Graph
from sim.mechanisms.scaling import AnchoredLaw
from sim.mechanisms.theories.meek import ln_counted, part_removable
from sim.policies import Policy
from sim.policies.base import in_lanes
from sim.policies.levers import Covered, Duty, PullTarget, Right
from sim.records import found_once, record
from sim.scenario import Scenario
from sim.scenario.schema import Mechanisms


@dataclass(frozen=True, eq=False)
class Traits:
    """What never changes about the actors, (n,)."""

    kind_index: Rows  # position of each actor's kind
    pue: Array
    openness: Array  # share of research published by choice
    contract_share: Array  # of last year's volume; zero where no rule of allocation reserves
    own_budget: Array  # kgCO2e/yr without any policy
    keeps_cash: Mask  # others pass on what is left each year
    raises: Mask  # venture capital
    sponsors: Mask  # compute of academia
    academic: Mask
    standing: Array  # weight among actors of a kind, beside what its spreads say
    start_plan: Array  # USD/yr
    start_income: Array  # USD/yr
    first_reach: Array  # weight among sellers at the start
    release_draw: Array  # below the share that has to release, an actor has to
    releases: Mask  # models by choice
    home: Rows  # region
    home_share: Array  # of work done at home
    first_research_share: Array

    @found_once
    def ln_standing(self) -> Array:
        """ln of ``standing``."""
        return logs(self.standing)


@dataclass(frozen=True, eq=False)
class Fixed:
    """What never changes in a world; policies change where someone steers it (see ``World.under``)."""

    scenario: Scenario
    policies: tuple[Policy, ...]  # in their canonical order, so that any order in a file gives the same bits
    draws: Draws
    law: AnchoredLaw
    groups: Groups
    traits: Traits
    network: Graph  # who learns from whom
    cloud: Array  # (regions,) shares of mobile work at equal prices
    initial_research: float  # USD/yr published at the start, by all
    initial_own_research: float  # USD/yr kept secret at the start, mean over actors

    @found_once
    def rows(self) -> list[tuple[Kind, slice]]:
        """Each kind with its rows."""
        return self.groups.rows(self.scenario.kinds)

    @found_once
    def nothing(self) -> Array:
        """Zeros, (n,): one column wherever a step has nothing to note, not to be written to."""
        return unwritten(np.zeros(self.groups.size))

    @found_once
    def wholly(self) -> Array:
        """Ones, (regions, n), not to be written to."""
        return unwritten(np.ones((len(self.scenario.regions), self.groups.size)))

    @found_once
    def raising(self) -> frozenset[str]:
        """Kinds that raise venture capital: of them alone some come and go."""
        return frozenset(kind.id for kind in self.scenario.kinds if kind.raises_venture)

    @found_once
    def pledging(self) -> Array:
        """1 for those large enough to promise clean power, else 0, (n,)."""
        return unwritten(np.where(self.traits.start_income >= self.scenario.pledges.size, 1.0, 0.0))

    @found_once
    def limited(self) -> bool:
        """Whether anyone has a carbon budget without any policy."""
        return bool(self.traits.own_budget.min() < inf)

    @found_once
    def targets(self) -> tuple[PullTarget, ...]:
        """Where the pulls of each policy land."""
        return in_lanes(self.policies, tuple(map(self.scenario.target, self.policies)))


@record
class Clock:
    """The calendar, in years; 2012.5 is the middle of 2012."""

    start: int
    steps_per_year: int
    steps_done: int = 0

    @property
    def dt(self) -> float:
        """Length of a step [yr]."""
        return 1.0 / self.steps_per_year

    @property
    def time(self) -> float:
        """Now: the start of the step to come."""
        return self.start + self.steps_done * self.dt

    @property
    def middle(self) -> float:
        """The middle of the step to come."""
        return self.start + (self.steps_done + 0.5) * self.dt

    @property
    def year(self) -> int:
        """The calendar year of the step to come."""
        return self.start + self.steps_done // self.steps_per_year

    @property
    def begins_year(self) -> bool:
        """Whether the step to come is the first of its calendar year."""
        return self.steps_done % self.steps_per_year == 0

    @property
    def ends_year(self) -> bool:
        """Whether the step to come is the last of its calendar year."""
        return (self.steps_done + 1) % self.steps_per_year == 0


@record
class Actors:
    """What actors have and are, (n,). "About the last year" is an exponential window of ``training.window`` years."""

    alive: Mask
    plan: Array  # USD/yr to spend on training and research
    cash: Array  # USD; 0 for kinds that keep none
    entitlement: Array  # USD that investors have set aside
    reach: Array  # weight among sellers at equal accuracy
    error: Array  # best of own training so far
    knowledge: Array  # ln of effective compute per FLOP, over the start
    research_share: Array  # of spending
    research: Array  # USD/yr in the last step
    dearness: Array  # price of compute over what it costs to make
    volume: Array  # FLOP/yr bought, about the last year
    trained: Array  # FLOP/yr of it for training
    lead: Array  # training compute bought over that about the last year, at least 1
    served: Array  # part of the demand for its products that it had compute for, about the last year
    luck: Array  # of the year's runs, standard normal
    site: Array  # (regions, n) shares of mobile work
    clean: Array  # (regions, n) shares of clean power in what is used there

    @found_once
    def ln_error(self) -> Array:
        """ln of ``error``."""
        return logs(self.error)

    @found_once
    def ln_reach(self) -> Array:
        """ln of ``reach``; minus infinity for those who sell nothing."""
        return logs(self.reach)


@record
class Markets:
    """What markets are like at the end of the last step."""

    capacity: float  # FLOP/yr
    products: float  # USD/yr of AI products, released models that cost nothing included
    expected_growth: float  # 1/yr of ln of that market, where anyone goes by what is expected
    permit_prices: Mapping[Covered, float]  # USD/kgCO2e of emission permits, by market
    banked: Mapping[Covered, float]  # kgCO2e of emission permits saved, by market
    rent: float = 0.0  # USD/FLOP
    license_price: float = 0.0  # USD/FLOP of a compute permit
    connected: Connected | None = None  # power by region; None before grids limit it


@record
class Treasury:
    """Public money, and what every party paid to every other."""

    earmarked: Array  # (uses,) USD of policies' revenue that is not paid out
    held: Mapping[Right, float]  # USD of it from permits given away, by permits
    rights: Mapping[Right, Array]  # parts in permits given away, (n,)
    flows: Flows  # USD since the start


@record
class Memory:
    """What is known of the past."""

    frontier: Past
    frontier_knowledge: float  # ln of effective compute per FLOP in the frontier's run, over the start
    released: Past  # models given away by choice, when they were reached
    dutiful: Mapping[Duty, Past]  # models under a duty to be released
    duty_error: float  # the best error released by duty; infinite without any
    largest: Highest  # runs, FLOP
    years: Years  # emissions and compute by calendar year
    reports: Reports  # of large runs
    public_knowledge: float = 0.0  # ln of effective compute per FLOP, over the start
    emitted: float = 0.0  # kgCO2e since the start, operational and embodied


@record
class Sellers:
    """Who may sell AI products, and the best released model beside them."""

    access: Array  # the best error at hand, own or of a released model, (n,)
    share: Array  # of the AI product market, (n,); 0 for those who sell nothing; the rest is open models'

    @classmethod
    def of(cls, fixed: Fixed, actors: Actors, open_error: float) -> "Sellers":
        """Shares by reach and accuracy of those alive, where the best released model has ``open_error``."""
        found = np.empty((3, fixed.groups.size))
        sell(actors.alive, actors.ln_error, actors.ln_reach, Contest.of(fixed.scenario, open_error), found)
        return cls(np.minimum(actors.error, open_error), found[1])


@record
class World:
    """One world at one moment. ``start.begin`` makes the first, ``step.advance`` the next."""

    fixed: Fixed
    clock: Clock
    actors: Actors
    markets: Markets
    treasury: Treasury
    memory: Memory

    @found_once
    def scenario(self) -> Scenario:
        """The assumptions, and the policies in force now."""
        return self.fixed.scenario

    @found_once
    def on(self) -> Mechanisms:
        """Which mechanisms are switched on."""
        return self.fixed.scenario.mechanisms

    @found_once
    def groups(self) -> Groups:
        """Rows of actors by kind, rule and sector."""
        return self.fixed.groups

    def rows(self) -> list[tuple[Kind, slice]]:
        """Each kind with its rows."""
        return self.fixed.rows

    @found_once
    def open_error(self) -> float:
        """The error of the best released model now; infinite while there is none."""
        return openly(self.scenario, self.clock.time, self.memory.released, self.memory.duty_error)

    @found_once
    def access(self) -> Array:
        """The best error at hand now, own or of a released model, (n,)."""
        return np.minimum(self.actors.error, self.open_error)

    @found_once
    def elasticity(self) -> Array:
        """-d ln error / d ln compute at everyone's own error and knowledge, (n,)."""
        return self.fixed.law.elasticity(self.actors.error, self.actors.knowledge)

    @found_once
    def against_ideas(self) -> Array:
        """``elasticity`` divided by the share of what is known that a run of everyone's size gains, (n,)."""
        law = self.fixed.law
        if law.terms.alike:
            return self.elasticity
        return self.elasticity / law.gain(self.actors.error, self.actors.knowledge)

    @found_once
    def rewarded(self) -> Array:
        """-d ln loss / d ln compute, (n,), of the loss that customers go by."""
        remaining = self.scenario.remaining_loss
        return self.elasticity * part_removable(self.actors.error, remaining) if remaining else self.elasticity

    @found_once
    def ln_loss(self) -> Array:
        """ln of the loss that sponsors go by, (n,)."""
        remaining = self.scenario.remaining_loss
        return ln_counted(self.actors.ln_error, remaining) if remaining else self.actors.ln_error

    @found_once
    def sellers(self) -> Sellers:
        """Who may sell AI products now, and the best released model beside them."""
        return Sellers.of(self.fixed, self.actors, self.open_error)

    def __repr__(self) -> str:
        return f"<World of {self.scenario.name} at {self.clock.time:g}>"

    @property
    def done(self) -> bool:
        """Whether the last year of the scenario is over."""
        return self.clock.steps_done >= self.scenario.steps

    def under(self, scenario: Scenario) -> "World":
        """This world under a scenario that differs in its policies alone. Raises ValueError where more differs."""
        if not self.scenario.is_same_world(scenario):
            raise ValueError(f"{scenario.name} differs from {self.scenario.name} in more than its policies")
        return replace(self, fixed=replace(self.fixed, scenario=scenario, policies=in_order(scenario)))

    def __deepcopy__(self, memo: dict[int, Any]) -> "World":
        return self  # nobody changes it


def openly(scenario: Scenario, time: float, released: Past, duty_error: float) -> float:
    """The error of the best model that everyone can use at a time; infinite while there is none."""
    if not scenario.mechanisms.open_release:
        return inf
    return min(released.at(time - scenario.release.lag), duty_error)


def in_order(scenario: Scenario) -> tuple[Policy, ...]:
    """Policies in their canonical order."""
    return tuple(sorted(scenario.policies, key=lambda policy: (policy.name, policy.id)))
