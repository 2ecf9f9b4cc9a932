"""Passes over the actors of a period, of all or of some rows."""

from math import inf, nan

import numpy as np

from sim.arrays import Array, Mask, Rows
from sim.compiled import loop
from sim.mathematics import largest, total

AS_LARGE = 1e-9  # of a value: what others lack of it at most that are as large but for rounding


@loop
def lowest_at(values: Array, counted: Mask, rows: Rows) -> float:
    """The lowest value of those of some rows that count; NaN without any."""
    lowest = inf
    for row in rows:
        lowest = min(lowest, values[row]) if counted[row] else lowest
    return lowest if lowest < inf else nan


@loop
def mean_of_largest(values: Array, rows: Rows, few: int) -> float:
    """Mean of the largest few at some rows; 0 of nobody."""
    most = np.empty(min(rows.size, few))
    if not most.size:
        return 0.0
    largest(values, rows, most)
    return total(most) / most.size


@loop
def able_at(means: Array, price: Array, alive: Mask, rows: Rows, amount: float) -> int:
    """How many of some rows, if alive, have means for an amount at their price."""
    able = 0
    for row in rows:
        able += alive[row] and means[row] >= amount * price[row]
    return able


@loop
def holds(rows: Rows, asked: int) -> bool:
    """Whether a row is one of some."""
    held = False
    for row in rows:
        held = held or row == asked
    return held


@loop
def part_above(values: Array, counted: Mask, least: float) -> float:
    """Share of those counted whose value is at least ``least``; NaN where that is nothing, or nobody counts."""
    count, above = 0, 0
    for i in range(values.size):
        count += counted[i]
        above += counted[i] and values[i] >= least
    return above / count if count and least > 0.0 else nan


@loop
def part_of_largest(values: Array, rows: Rows, most: int) -> float:
    """Share of some rows in the largest values above zero; those that are equal but for rounding share the places that
    are left. NaN without any."""
    belongs, ordered = np.zeros(values.size, dtype=np.bool_), np.empty(most)
    for row in rows:
        belongs[row] = True
    largest(values, np.arange(values.size), ordered)
    least, count, part, equal, own = max(ordered[0], 0.0), 0, 0, 0, 0
    for i in range(values.size):
        if values[i] > least * (1.0 + AS_LARGE):
            count += 1
            part += belongs[i]
        elif values[i] >= least * (1.0 - AS_LARGE) and least > 0.0:
            equal += 1
            own += belongs[i]
    if equal:
        return (part + (most - count) * own / equal) / most
    return part / count if count else nan
