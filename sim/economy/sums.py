"""Sums over a window of time and over its actors."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask, Table
from sim.compiled import inner, loop
from sim.mathematics import total

WHOLES = (
    "compute", "inference", "paid", "paid_inference", "research", "sponsored", "training_emissions", "embodied",
    "carbon_taxed", "licensed", "sales",
)  # fmt: skip


class Rates(NamedTuple):
    """What a step has of each rate that is no actor's."""

    market: float  # USD/yr
    capacity: float  # FLOP/yr
    outside: float  # FLOP/yr
    rent: float  # USD/FLOP
    permit_price: float  # USD/kgCO2e
    permit_price_highest: float  # USD/kgCO2e
    permit_price_lowest: float  # USD/kgCO2e
    license_price: float  # USD/FLOP
    unspent: float  # USD/yr
    sent_on: float  # FLOP/yr


@loop
def wholes(
    compute: Array, inference: Array, paid: Array, paid_inference: Array, research: Array, sponsored: Array,
    training_emissions: Array, embodied: Array, carbon_taxed: Array, licensed: Array, sales: Array, found: Block,
) -> None:  # fmt: skip
    """Sums into ``found`` (1, columns), in the order of ``WHOLES``."""
    columns = (compute, inference, paid, paid_inference, research, sponsored, training_emissions, embodied,
               carbon_taxed, licensed, sales)  # fmt: skip
    for row, values in enumerate(columns):
        found[0, row] = total(values)


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
    compute: Array, inference: Array, paid: Array, paid_inference: Array, research: Array, sponsored: Array,
    means: Array, embodied: Array, carbon_taxed: Array, licensed: Array, sales: Array, run: Array, emissions: Table,
    energy: Table, bound_by_means: Mask, bound_by_carbon: Mask, bound_by_ramp: Mask, bound_by_ceiling: Mask, dt: float,
    damage: float, clean: Array, avoided: Array, removed: Array, abatement: Array, reports: Array,
    revenue_by_use: Array, rates: Rates, sums: Block, emissions_sum: Block, energy_sum: Block, revenue_sum: Block,
    numbers: Block,
) -> None:  # fmt: skip
    """Add a step of ``dt`` years to the sums of a window: by actor, emissions by region and actor, energy by region,
    revenue by use, and in all, what those bound by something paid, the damage done, abatement, rates of others,
    and scarcity rent paid."""
    n, carbon = run.size, total(embodied)
    flows = (compute, inference, paid, paid_inference, research, sponsored, means, embodied, carbon_taxed, licensed,
             sales)  # fmt: skip
    for row, values in enumerate(flows):
        _flow(values, dt, sums[row])
    largest, training, work = sums[11], sums[12], np.zeros(n)
    for i in range(n):
        largest[i] = max(largest[i], run[i])
    for region in range(emissions.shape[0]):
        for i in range(n):
            work[i] += emissions[region, i]
        _flow(emissions[region], dt, emissions_sum[region])
        carbon += total(emissions[region])
        energy_sum[0, region] += total(energy[region]) * dt
    for i in range(n):
        both = compute[i] + inference[i]
        training[i] += work[i] * (compute[i] / both if both > 0.0 else 0.0) * dt
    for row, bound in enumerate((bound_by_means, bound_by_carbon, bound_by_ramp, bound_by_ceiling)):
        numbers[0, row] += _bound(paid, bound, work) * dt
    numbers[0, 4] += carbon * damage * dt
    for row, values in enumerate((clean, avoided, removed, abatement)):
        numbers[0, 5 + row] += total(values) * dt
    for i in range(n):
        sums[13, i] += reports[i]
    for use in range(revenue_by_use.size):
        revenue_sum[0, use] += revenue_by_use[use] * dt
    numbers[0, 9] += rates.market * dt
    numbers[0, 10] += rates.capacity * dt
    numbers[0, 11] += rates.outside * dt
    numbers[0, 12] += rates.rent * dt
    numbers[0, 13] += rates.permit_price * dt
    numbers[0, 14] += rates.permit_price_highest * dt
    numbers[0, 15] += rates.permit_price_lowest * dt
    numbers[0, 16] += rates.license_price * dt
    numbers[0, 17] += rates.unspent * dt
    numbers[0, 18] += rates.sent_on * dt
    numbers[0, 19] += rates.rent * (total(compute) + total(inference)) * dt


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
