"""What happened in a window of time (a step or a calendar year): what measures are computed from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sim.arrays import Array, Mask, added
from sim.economy.parties import GOVERNMENT, Flows
from sim.economy.state import Groups, Past, World
from sim.mechanisms.scaling import AnchoredLaw
from sim.scenario.schema import Yardsticks


@dataclass(frozen=True)
class Step:
    """One step of the world. Rates are per year; shapes are (n,) unless said otherwise."""

    time: float  # year at its start
    dt: float  # years it lasts
    alive: Mask  # actors alive at the end of the step
    compute: Array  # FLOP/yr bought for training
    inference: Array  # FLOP/yr bought to serve customers
    run: Array  # FLOP of the largest run
    paid: Array  # USD/yr for training compute: hardware, rent, electricity, carbon
    paid_inference: Array  # USD/yr for inference compute, in the same way
    research: Array  # USD/yr for efficiency research
    sponsored: Array  # USD/yr of training compute paid by sponsors, part of ``paid``
    public: Array  # USD/yr of training compute paid by the treasury, part of ``paid``
    means: Array  # USD/yr that could have been spent on training and research
    bound_by_means: Mask  # who would spend more on training if they could pay
    bound_by_carbon: Mask  # who is at the limit of a carbon budget
    bound_by_ramp: Mask  # whose plans cannot grow any faster
    bound_by_ceiling: Mask  # whose largest run is at a ceiling
    unit_cost: Array  # USD/FLOP in full
    energy: Array  # (regions, n) kWh/yr, training and inference
    emissions: Array  # (regions, n) kgCO2e/yr, operational, training and inference
    embodied: Array  # kgCO2e/yr of making the hardware used
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
    permit_price: float  # USD/kgCO2e of an emission permit
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


@dataclass(frozen=True)
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
    emissions: Array  # (regions, n) kgCO2e, operational
    training_emissions: Array  # kgCO2e, operational, of training alone
    embodied: Array  # kgCO2e of making the hardware used
    carbon_taxed: Array  # USD paid for carbon under policies, permits included
    licensed: Array  # USD paid for compute permits
    sales: Array  # USD of AI products
    bound: dict[str, float]  # USD of spending bound by "means", "carbon", "ramp", "ceiling"
    market: float  # USD of AI products sold
    damage: float  # USD of climate damage
    error: Array  # best error of own training so far, at the end
    access: Array  # best error at hand, own or released, at the end
    knowledge: Array  # ln of effective compute per FLOP that actors trained with, over the start
    public_knowledge: float  # the same of what is public
    frontier_knowledge: float  # the same in the run that set the frontier
    unit_cost: Array  # USD/FLOP in full, in the last step
    carbon_per_flop: Array  # kgCO2e/FLOP, operational, in the last step
    embodied_per_flop: float  # kgCO2e/FLOP of making the hardware, in the last step
    capacity: float  # FLOP on offer
    outside: float  # FLOP bought by everyone not modelled
    rent: float  # USD/FLOP scarcity rent, on average over time
    permit_price: float  # USD/kgCO2e of an emission permit, on average over time
    license_price: float  # USD/FLOP of a compute permit, on average over time
    outcomes: dict[str, float]  # years by market outcome
    failed: int  # startups that failed, those bought included
    acquired: int  # of those, startups that a corporation bought
    founded: int  # startups that began
    revenue_by_use: Array  # (uses,) USD of policies' revenue
    treasury: dict[str, float]  # USD that the treasury pays to actors, by purpose


def observe(world: World, steps: Sequence[Step]) -> Period:
    """The window that a world's last steps cover."""
    memory, yardsticks = world.memory, world.scenario.yardsticks
    return period(steps, world.groups, world.fixed.law, memory.frontier, memory.emitted, yardsticks)


def period(
    steps: Sequence[Step], groups: Groups, law: AnchoredLaw, past: Past, emitted: float, yardsticks: Yardsticks
) -> Period:
    """The window that the given consecutive steps cover; ``emitted`` [kgCO2e] is the sum since the start."""
    last = steps[-1]
    years = added(step.dt for step in steps)

    def total(flow: Callable[[Step], Any]) -> Any:
        """A flow summed over the window."""
        return added(flow(step) * step.dt for step in steps)

    def training(step: Step) -> Array:
        """Share of an actor's compute that trains: both kinds run at the same places."""
        both = step.compute + step.inference
        return np.divide(step.compute, both, out=np.zeros_like(both), where=both > 0)

    outcomes: dict[str, float] = {}
    for step in steps:
        outcomes[step.outcome] = outcomes.get(step.outcome, 0.0) + step.dt
    purposes = sorted({purpose for step in steps for payer, _, purpose in step.flows if payer == GOVERNMENT})
    return Period(
        end=last.time + last.dt,
        years=years,
        groups=groups,
        law=law,
        yardsticks=yardsticks,
        past=past,
        emitted=emitted,
        alive=last.alive,
        compute=total(lambda s: s.compute),
        inference=total(lambda s: s.inference),
        largest_run=np.asarray(np.max([step.run for step in steps], axis=0)),
        paid=total(lambda s: s.paid),
        paid_inference=total(lambda s: s.paid_inference),
        research=total(lambda s: s.research),
        sponsored=total(lambda s: s.sponsored),
        means=total(lambda s: s.means) / years,
        energy=total(lambda s: s.energy.sum(axis=1)),
        emissions=total(lambda s: s.emissions),
        training_emissions=total(lambda s: s.emissions.sum(axis=0) * training(s)),
        embodied=total(lambda s: s.embodied),
        carbon_taxed=total(lambda s: s.carbon_taxed),
        licensed=total(lambda s: s.licensed),
        sales=total(lambda s: s.sales),
        bound={
            "means": total(lambda s: float(s.paid[s.bound_by_means].sum())),
            "carbon": total(lambda s: float(s.paid[s.bound_by_carbon].sum())),
            "ramp": total(lambda s: float(s.paid[s.bound_by_ramp].sum())),
            "ceiling": total(lambda s: float(s.paid[s.bound_by_ceiling].sum())),
        },
        market=total(lambda s: s.market),
        damage=total(lambda s: float(s.emissions.sum() + s.embodied.sum()) * s.damage),
        error=last.error,
        access=last.access,
        knowledge=last.knowledge,
        public_knowledge=last.public_knowledge,
        frontier_knowledge=last.frontier_knowledge,
        unit_cost=last.unit_cost,
        carbon_per_flop=last.carbon_per_flop,
        embodied_per_flop=last.embodied_per_flop,
        capacity=total(lambda s: s.capacity),
        outside=total(lambda s: s.outside),
        rent=total(lambda s: s.rent) / years,
        permit_price=total(lambda s: s.permit_price) / years,
        license_price=total(lambda s: s.license_price) / years,
        outcomes=outcomes,
        failed=sum(step.failed for step in steps),
        acquired=sum(step.acquired for step in steps),
        founded=sum(step.founded for step in steps),
        revenue_by_use=total(lambda s: s.revenue_by_use),
        treasury={purpose: total(partial(_paid_for, purpose)) for purpose in purposes},
    )


def _paid_for(purpose: str, step: Step) -> float:
    """What the treasury pays for a purpose in a step [USD/yr]."""
    paid = (amount for (payer, _, what), amount in step.flows.items() if payer == GOVERNMENT and what == purpose)
    return float(added(paid))
