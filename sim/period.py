"""What happened in a window of time (a step or a calendar year): what measures are computed from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.scaling import AnchoredLaw

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Step:
    """One step of the world. Rates are per year; shapes are (n,) unless said otherwise."""

    time: float  # year at its start
    dt: float  # years
    compute: Array  # FLOP/yr bought for training
    run: Array  # FLOP of the largest run
    paid: Array  # USD/yr for compute: hardware, rent, electricity, carbon
    means: Array  # USD/yr that could have been spent
    bound_by_means: NDArray[np.bool_]
    bound_by_carbon: NDArray[np.bool_]
    bound_by_ramp: NDArray[np.bool_]
    unit_cost: Array  # USD/FLOP in full
    energy: Array  # (n, regions) kWh/yr
    emissions: Array  # (n, regions) kgCO2e/yr
    carbon_per_flop: Array  # kgCO2e/FLOP
    error: Array  # best error so far, at the end of the step
    knowledge: float  # ln of effective compute per FLOP that the step trained with, over the start
    market: float  # USD/yr of AI products sold
    rent: float  # USD/FLOP scarcity rent
    outcome: str  # slack, cleared or rationed
    capacity: float  # FLOP/yr
    outside: float  # FLOP/yr bought by everyone not modelled
    flows: dict[tuple[str, str, str], float]  # (payer, payee, for) to USD/yr
    received: Array  # USD/yr that came in from all sides
    spent: Array  # USD/yr that went out to all sides, settled remainder included
    cash_change: Array  # USD over the step
    revenue_by_use: Array  # USD/yr of policies' revenue, by use


@dataclass(frozen=True)
class Groups:
    """Rows of actors: by kind, by rule and by sector."""

    kinds: dict[str, slice]
    rules: dict[str, Rows]
    sectors: dict[str, Rows]
    size: int

    def of(self, name: str) -> Rows:
        """Rows of a rule or a sector; empty when the scenario has none."""
        return self.rules.get(name, self.sectors.get(name, np.zeros(0, dtype=np.intp)))


@dataclass
class Past:
    """The frontier's error through time, for questions about being behind."""

    start: float
    times: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def add(self, time: float, error: float) -> None:
        """The frontier's error at a time."""
        self.times.append(time)
        self.errors.append(error)


@dataclass(frozen=True)
class Period:
    """Sums and ends over one window. Shapes are (n,); money in USD, compute in FLOP, energy in kWh, carbon in kg."""

    end: float
    years: float
    groups: Groups
    law: AnchoredLaw
    knowledge: float  # ln of effective compute per FLOP that the last step trained with, over the start
    past: Past
    emitted: float  # kgCO2e since the start
    compute: Array
    largest_run: Array
    paid: Array
    means: Array  # USD/yr, average
    energy: Array  # (regions,)
    emissions: Array  # (regions,)
    bound: dict[str, float]  # USD bound by means, carbon, ramp
    market: float  # USD sold
    error: Array
    unit_cost: Array
    carbon_per_flop: Array


def period(steps: Sequence[Step], groups: Groups, law: AnchoredLaw, past: Past, emitted: float) -> Period:
    """The window that the given consecutive steps cover."""
    last = steps[-1]
    years = sum(step.dt for step in steps)
    bound = {
        "means": sum(float(step.paid[step.bound_by_means].sum()) * step.dt for step in steps),
        "carbon": sum(float(step.paid[step.bound_by_carbon].sum()) * step.dt for step in steps),
        "ramp": sum(float(step.paid[step.bound_by_ramp].sum()) * step.dt for step in steps),
    }

    def total(parts: list[Array]) -> Array:
        return np.asarray(sum(parts[1:], parts[0]))

    return Period(
        end=last.time + last.dt,
        years=years,
        groups=groups,
        law=law,
        knowledge=last.knowledge,
        past=past,
        emitted=emitted,
        compute=total([step.compute * step.dt for step in steps]),
        largest_run=np.asarray(np.max([step.run for step in steps], axis=0)),
        paid=total([step.paid * step.dt for step in steps]),
        means=total([step.means * step.dt for step in steps]) / years,
        energy=total([step.energy.sum(axis=0) * step.dt for step in steps]),
        emissions=total([step.emissions.sum(axis=0) * step.dt for step in steps]),
        bound=bound,
        market=sum(step.market * step.dt for step in steps),
        error=last.error,
        unit_cost=last.unit_cost,
        carbon_per_flop=last.carbon_per_flop,
    )
