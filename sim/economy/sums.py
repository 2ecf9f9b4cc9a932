"""Sums over a window of time and over its actors."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask, Table
from sim.compiled import inner, loop
from sim.mathematics import total


class ActorRates(NamedTuple):
    """What each actor has, (n,): per year in a step, summed over time in a window."""

    compute: Array
    inference: Array
    paid: Array
    paid_inference: Array
    research: Array
    sponsored: Array
    means: Array
    embodied: Array
    carbon_taxed: Array
    licensed: Array
    sales: Array


class Bounds(NamedTuple):
    """What held back whose spending in a step, (n,); what they paid is summed over actors and time."""

    bound_by_means: Mask
    bound_by_carbon: Mask
    bound_by_ramp: Mask
    bound_by_ceiling: Mask


class Abated(NamedTuple):
    """What each actor did against its emissions in a step, summed over actors and time, (n,)."""

    clean: Array
    avoided: Array
    removed: Array
    abatement: Array


class Rates(NamedTuple):
    """What a step has of each rate that is no actor's, summed over time."""

    market: float  # USD/yr
    capacity: float  # FLOP/yr
    outside: float  # FLOP/yr
    rent: float  # USD/FLOP
    permit_price: float  # USD/kgCO2e
    permit_price_highest: float  # USD/kgCO2e
    permit_price_lowest: float  # USD/kgCO2e
    at_highest_price: float  # 1 or 0
    at_lowest_price: float  # 1 or 0
    license_price: float  # USD/FLOP
    unspent: float  # USD/yr
    sent_on: float  # FLOP/yr


BY_ACTOR = (*ActorRates._fields, "largest_run", "training_emissions", "reports")  # rows of a window's sums
LARGEST_RUN, TRAINING, REPORTS = map(BY_ACTOR.index, ("largest_run", "training_emissions", "reports"))
IN_ALL = (*Bounds._fields, *Abated._fields, *Rates._fields, "damage", "rent_paid")  # its numbers
ABATED, RATES, DAMAGE, RENT_PAID = map(IN_ALL.index, (Abated._fields[0], Rates._fields[0], "damage", "rent_paid"))


WHOLES = (*ActorRates._fields, "training_emissions")  # summed over actors


@loop
def wholes(columns: ActorRates, training_emissions: Array, found: Block) -> None:
    """Sums over actors into ``found`` (1, columns) in the order of ``WHOLES``."""
    for row, values in enumerate(columns):
        found[0, row] = total(values)
    found[0, len(columns)] = total(training_emissions)


@loop
def carbon(emissions: Table, embodied: Array, by_region: Block, by_actor: Block) -> None:
    """Operational emissions by region, and all by actor, each into a block of one row."""
    for i in range(embodied.size):
        by_actor[0, i] = 0.0
    for region in range(emissions.shape[0]):
        by_region[0, region] = total(emissions[region])
        for i in range(embodied.size):
            by_actor[0, i] += emissions[region, i]
    for i in range(embodied.size):
        by_actor[0, i] += embodied[i]


@loop
def add(
    actors: ActorRates, bounds: Bounds, abated: Abated, rates: Rates, run: Array, reports: Array, emissions: Table,
    energy: Table, revenue_by_use: Array, damage: float, rented: float, dt: float, sums: Block, emissions_sum: Block,
    energy_sum: Block, revenue_sum: Block, numbers: Block,
) -> None:  # fmt: skip
    """Add a step of ``dt`` years to a window: ``sums`` in the order of ``BY_ACTOR``, emissions by region and actor,
    energy by region, revenue by use, and ``numbers`` (1, columns) in the order of ``IN_ALL``."""
    n, carbon = run.size, total(actors.embodied)
    for row, values in enumerate(actors):
        _flow(values, dt, sums[row])
    largest, training, work = sums[LARGEST_RUN], sums[TRAINING], np.zeros(n)
    for i in range(n):
        largest[i] = max(largest[i], run[i])
        sums[REPORTS, i] += reports[i]
    for region in range(emissions.shape[0]):
        for i in range(n):
            work[i] += emissions[region, i]
        _flow(emissions[region], dt, emissions_sum[region])
        carbon += total(emissions[region])
        energy_sum[0, region] += total(energy[region]) * dt
    for i in range(n):
        both = actors.compute[i] + actors.inference[i]
        training[i] += work[i] * (actors.compute[i] / both if both > 0.0 else 0.0) * dt
    for use in range(revenue_by_use.size):
        revenue_sum[0, use] += revenue_by_use[use] * dt
    for column, bound in enumerate(bounds):
        numbers[0, column] += _bound(actors.paid, bound, work) * dt
    for column, values in enumerate(abated):
        numbers[0, ABATED + column] += total(values) * dt
    for column, rate in enumerate(rates):
        numbers[0, RATES + column] += rate * dt
    numbers[0, DAMAGE] += carbon * damage * dt
    numbers[0, RENT_PAID] += rates.rent * rented * (total(actors.compute) + total(actors.inference)) * dt


@inner
def _flow(values: Array, dt: float, sums: Array) -> None:
    """Add a flow over ``dt`` years to ``sums``."""
    for i in range(values.size):
        sums[i] += values[i] * dt


@inner
def _bound(paid: Array, bound: Mask, work: Array) -> float:
    """What those bound pay; ``work`` is room for it."""
    for i in range(paid.size):
        work[i] = paid[i] if bound[i] else 0.0
    return total(work)
