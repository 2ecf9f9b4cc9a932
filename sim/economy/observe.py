"""What happened in a window of time (a step or a calendar year): what measures are computed from."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np

from sim.arrays import Array, Mask
from sim.economy import sums
from sim.economy.groups import Groups
from sim.economy.parties import GOVERNMENT, Flows
from sim.economy.past import Past
from sim.economy.state import World
from sim.economy.sums import Abated, ActorRates, Bounds, Rates
from sim.mathematics import total
from sim.mechanisms.scaling import AnchoredLaw
from sim.records import Unchanging, found_once, record
from sim.scenario.schema import Yardsticks

Found = TypeVar("Found")
# What the sums go over, read from a step or a period by name.
ACTOR_RATES, BOUNDS, ABATED, RATES = (attrgetter(*of._fields) for of in (ActorRates, Bounds, Abated, Rates))


@record
class Step:
    """One step of the world. Rates are per year; shapes are (n,) unless said otherwise."""

    time: float  # year at its start
    dt: float  # years it lasts
    alive: Mask  # actors alive at the end of the step
    compute: Array  # FLOP/yr bought for training
    inference: Array  # FLOP/yr bought to serve customers
    run: Array  # FLOP of the largest run
    paid: Array  # USD/yr for training compute: hardware, rent, electricity, carbon, permits
    paid_inference: Array  # USD/yr for inference compute, in the same way
    research: Array  # USD/yr for efficiency research
    sponsored: Array  # USD/yr of training compute paid by sponsors, part of ``paid``
    public: Array  # USD/yr of training compute paid by the treasury, part of ``paid``
    means: Array  # USD/yr that could have been spent on training and research
    bound_by_means: Mask  # who would spend more on training if they could pay
    bound_by_carbon: Mask  # who is at the limit of a carbon budget
    bound_by_ramp: Mask  # whose plans cannot grow any faster
    bound_by_ceiling: Mask  # who would spend more on training but for a ceiling on runs
    bound_by_power: bool  # whether compute is scarce for want of power: for all who buy
    unit_cost: Array  # USD/FLOP of training, in full
    energy: Array  # (regions, n) kWh/yr, training and inference
    emissions: Array  # (regions, n) kgCO2e/yr, operational, net of clean power and removals, training and inference
    embodied: Array  # kgCO2e/yr of making the hardware used
    clean: Array  # kWh/yr of firm clean power, part of ``energy``
    avoided: Array  # kgCO2e/yr that the grid's power would have emitted in its place
    removed: Array  # kgCO2e/yr emitted and removed again, no part of ``emissions``
    abatement: Array  # USD/yr for clean power above the grid's price, net of support, and for removals
    carbon_taxed: Array  # USD/yr paid for carbon under policies, permits included (existing carbon prices not counted)
    licensed: Array  # USD/yr paid for compute permits
    sales: Array  # USD/yr of AI products
    carbon_per_flop: Array  # kgCO2e/FLOP, operational
    embodied_per_flop: float  # kgCO2e/FLOP of making the hardware
    error: Array  # best error of own training so far, at the end of the step
    access: Array  # best error at hand, own or released, at the end of the step
    knowledge: Array  # ln of effective compute per FLOP that actors trained with, over the start
    public_knowledge: float  # the same of what is public
    frontier_knowledge: float  # the same in the run that set the frontier
    market: float  # USD/yr of AI products sold, released models that cost nothing included
    rent: float  # USD/FLOP scarcity rent
    rented: float  # part of actors' compute for which they pay it
    permit_price: float  # USD/kgCO2e of an emission permit; of several caps the mean by emissions covered
    permit_price_highest: float  # USD/kgCO2e under the cap where they are dearest
    permit_price_lowest: float  # USD/kgCO2e under the cap where they are cheapest
    at_highest_price: float  # 1 where permits of a cap cost the highest price that it allows, else 0
    at_lowest_price: float  # 1 where permits of a cap cost the lowest price that it allows, else 0
    license_price: float  # USD/FLOP of a compute permit
    outcome: str  # slack, cleared or rationed
    capacity: float  # FLOP/yr on offer
    outside: float  # FLOP/yr bought by everyone not modelled
    damage: float  # USD/kgCO2e: social cost of carbon
    failed: int  # startups that failed in the step, those bought included
    acquired: int  # of those, startups that a corporation bought
    founded: int  # startups that begin at the end of the step
    flows: Flows  # USD/yr by payer, payee and purpose
    received: Array  # USD/yr that came in from all sides
    spent: Array  # USD/yr that went out to all sides, settled remainder included
    cash_change: Array  # USD over the step
    revenue_by_use: Array  # (uses,) USD/yr of policies' revenue
    unspent: float  # USD/yr of public money for compute that nobody took, or that found no compute
    reports: Array  # runs that became known by a duty to report them
    known_run: float  # FLOP of the largest run that is known, at the end of the step; 0 while none is
    sent_on: float  # FLOP/yr of all who buy, planned where grids are full and done elsewhere

    def __repr__(self) -> str:
        return f"<Step from {self.time:g} to {self.time + self.dt:g}>"


@record
class Period:
    """One window: sums over its steps where a measure is a flow, the last state where it is a stock.

    Shapes are (n,) unless said otherwise.
    """

    end: float  # year of the window's end
    years: float  # years it lasts
    groups: Groups  # rows by kind (``kinds["startup"]``), by rule or sector (``of("academia")``), and ``size``
    law: AnchoredLaw  # the scaling law, anchored at the start
    yardsticks: Yardsticks  # what results are held against
    past: Past  # the frontier's error through time
    emitted: float  # kgCO2e since the start, operational and embodied
    alive: Mask  # actors alive at the end
    compute: Array  # FLOP bought for training
    inference: Array  # FLOP bought to serve customers
    largest_run: Array  # FLOP of the largest run
    paid: Array  # USD for training compute, all included
    paid_inference: Array  # USD for inference compute, all included
    research: Array  # USD for efficiency research
    sponsored: Array  # USD of training compute that sponsors paid
    means: Array  # USD/yr that could have been spent, on average
    energy: Array  # (regions,) kWh of all actors
    emissions: Array  # (regions, n) kgCO2e, operational, net of clean power and removals
    training_emissions: Array  # kgCO2e, operational, of training alone
    embodied: Array  # kgCO2e of making the hardware used
    clean: float  # kWh of firm clean power of all actors
    avoided: float  # kgCO2e that the grid's power would have emitted in its place
    removed: float  # kgCO2e emitted and removed again, no part of ``emissions``
    abatement: float  # USD for clean power above the grid's price, net of support, and for removals
    carbon_taxed: Array  # USD paid for carbon under policies, permits included
    licensed: Array  # USD paid for compute permits
    sales: Array  # USD of AI products
    bound: dict[str, float]  # USD of spending bound by "means", "carbon", "ramp", "ceiling", "power"
    market: float  # USD of AI products sold
    damage: float  # USD of climate damage
    error: Array  # best error of own training so far, at the end
    access: Array  # best error at hand, own or released, at the end
    knowledge: Array  # ln of effective compute per FLOP that actors trained with, over the start
    public_knowledge: float  # the same of what is public
    frontier_knowledge: float  # the same in the run that set the frontier
    unit_cost: Array  # USD/FLOP of training, in full, in the last step
    carbon_per_flop: Array  # kgCO2e/FLOP, operational, in the last step
    embodied_per_flop: float  # kgCO2e/FLOP of making the hardware, in the last step
    capacity: float  # FLOP on offer
    outside: float  # FLOP bought by everyone not modelled
    rent: float  # USD/FLOP scarcity rent, on average over time
    rent_paid: float  # USD of scarcity rent that actors pay
    permit_price: float  # USD/kgCO2e of an emission permit, on average over time
    permit_price_highest: float  # USD/kgCO2e under the cap where they are dearest, on average over time
    permit_price_lowest: float  # USD/kgCO2e under the cap where they are cheapest, on average over time
    at_highest_price: float  # share of time in which permits of a cap cost the highest price that it allows
    at_lowest_price: float  # share of time in which permits of a cap cost the lowest price that it allows
    license_price: float  # USD/FLOP of a compute permit, on average over time
    outcomes: dict[str, float]  # years by market outcome
    failed: int  # startups that failed, those bought included
    acquired: int  # of those, startups that a corporation bought
    founded: int  # startups that began
    revenue_by_use: Array  # (uses,) USD of policies' revenue
    flows: Flows  # USD by payer, payee and purpose
    unspent: float  # USD of public money for compute that nobody took, or that found no compute
    reports: Array  # runs that became known by a duty to report them
    known_run: float  # FLOP of the largest run that is known, at the end; 0 while none is
    sent_on: float  # FLOP of all who buy, planned where grids are full and done elsewhere

    def __repr__(self) -> str:
        return f"<Period from {self.end - self.years:g} to {self.end:g}>"

    @found_once
    def treasury(self) -> Mapping[str, float]:
        """USD that policies make the treasury pay to actors, by purpose."""
        return Unchanging(self.flows.paid_by(GOVERNMENT))

    @found_once
    def wholes(self) -> Mapping[str, float]:
        """Sums over all actors of what each of them has, by column."""
        found = np.empty((1, len(sums.WHOLES)))
        sums.wholes(ActorRates(*ACTOR_RATES(self)), self.training_emissions, found)
        return Unchanging(zip(sums.WHOLES, found[0].tolist(), strict=True))

    @found_once
    def emitted_in(self) -> tuple[float, ...]:
        """Operational emissions of all actors by region [kgCO2e]."""
        return self._carbon[0]

    @found_once
    def carbon(self) -> Array:
        """Operational and embodied emissions of each actor [kgCO2e], (n,)."""
        return self._carbon[1]

    @found_once
    def _carbon(self) -> tuple[tuple[float, ...], Array]:
        by_region, by_actor = np.empty((1, len(self.emissions))), np.empty((1, self.embodied.size))
        sums.carbon(self.emissions, self.embodied, by_region, by_actor)
        return tuple(by_region[0].tolist()), _sealed(by_actor[0])

    @found_once
    def _known(self) -> dict[Any, Any]:
        return {}

    def once(self, of: Callable[..., Found], *given: Any) -> Found:
        """What a function says of this window and what else is given, worked out once for all measures that ask it."""
        known, key = self._known, (of, *given)
        if key not in known:
            known[key] = of(self, *given)
        found: Found = known[key]
        return found


# means over time
AT_ONE_TIME = (
    "means",
    "rent",
    "permit_price",
    "permit_price_highest",
    "permit_price_lowest",
    "at_highest_price",
    "at_lowest_price",
    "license_price",
)
KEPT = (
    "alive",
    "error",
    "access",
    "knowledge",
    "public_knowledge",
    "frontier_knowledge",
    "unit_cost",
    "carbon_per_flop",
    "embodied_per_flop",
    "known_run",
)  # as in the last step


class Window:
    """Consecutive steps, added up one by one, so that none has to be kept."""

    def __init__(self, first: Step) -> None:
        n = first.run.size
        self.sums, self.emissions_sum = np.zeros((len(sums.BY_ACTOR), n)), np.zeros(first.emissions.shape)
        self.energy_sum, self.revenue_sum = np.zeros((1, len(first.energy))), np.zeros((1, first.revenue_by_use.size))
        self.numbers = np.zeros((1, len(sums.IN_ALL)))
        self.years, self.failed, self.acquired, self.founded = 0.0, 0, 0, 0
        self.outcomes: dict[str, float] = {}
        self.by_power = 0.0  # USD
        self.flows = Flows(())
        self.add(first)

    def add(self, step: Step) -> None:
        """Add one more step to the sums."""
        dt = step.dt
        self.end, self.state = step.time + dt, {name: getattr(step, name) for name in KEPT}  # and no more of the step
        sums.add(
            ActorRates(*ACTOR_RATES(step)), Bounds(*BOUNDS(step)), Abated(*ABATED(step)), Rates(*RATES(step)), step.run,
            step.reports, step.emissions, step.energy, step.revenue_by_use, step.damage, step.rented, dt, self.sums,
            self.emissions_sum, self.energy_sum, self.revenue_sum, self.numbers,
        )  # fmt: skip
        self.years += dt
        self.by_power += total(step.paid) * dt if step.bound_by_power else 0.0
        self.failed, self.acquired = self.failed + step.failed, self.acquired + step.acquired
        self.founded += step.founded
        self.outcomes[step.outcome] = self.outcomes.get(step.outcome, 0.0) + dt
        self.flows = self.flows.plus(step.flows, dt)

    def period(self, groups: Groups, law: AnchoredLaw, past: Past, emitted: float, yardsticks: Yardsticks) -> Period:
        """What the steps cover; ``emitted`` [kgCO2e] is the sum since the start. Nobody can write in its arrays, which
        all measures see."""
        found = dict[str, Any](zip(sums.BY_ACTOR, _sealed(self.sums), strict=True))
        found |= zip(sums.IN_ALL, self.numbers[0].tolist(), strict=True)
        for name in AT_ONE_TIME:
            found[name] = found[name] / self.years
        found["means"] = _sealed(found["means"])
        bound = {by.removeprefix("bound_by_"): found.pop(by) for by in Bounds._fields} | {"power": self.by_power}
        return Period(
            end=self.end,
            years=self.years,
            groups=groups,
            law=law,
            yardsticks=yardsticks,
            past=past,
            emitted=emitted,
            emissions=_sealed(self.emissions_sum),
            energy=_sealed(self.energy_sum)[0],
            bound=Unchanging(bound),
            revenue_by_use=_sealed(self.revenue_sum)[0],
            failed=self.failed,
            acquired=self.acquired,
            founded=self.founded,
            outcomes=Unchanging(self.outcomes),
            flows=self.flows,
            **found,
            **{name: _sealed(one) if type(one) is np.ndarray else one for name, one in self.state.items()},
        )


def _sealed(array: Any) -> Any:
    """A view in which nobody can write, of an array that its owner goes on with."""
    view = array.view()
    view.setflags(False)  # write: by its name it takes twice as long
    return view


def observe(world: World, steps: Sequence[Step]) -> Period:
    """The window that a world's last steps cover."""
    window = Window(steps[0])
    for step in steps[1:]:
        window.add(step)
    return seen(world, window)


def seen(world: World, window: Window) -> Period:
    """What a world's last steps, added up in a window, cover."""
    memory, yardsticks = world.memory, world.scenario.yardsticks
    return window.period(world.groups, world.fixed.law, memory.frontier, memory.emitted, yardsticks)
