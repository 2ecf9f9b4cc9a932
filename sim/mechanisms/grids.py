"""Grids that connect so much power: what full regions send on, and how much is connected after a step."""

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Table
from sim.compiled import loop

FULL = 1e-12  # of a limit, by which what is planned exceeds it at least where a region is full


class Connected(NamedTuple):
    """Power by region, (regions,), as a step leaves it to the next."""

    parts: Array  # of the power that capacity draws: what is connected
    plans: Array  # kWh/yr of hardware that is planned at the middle of the step to come, if plans go on growing


class Sent(NamedTuple):
    """What full regions send on, (regions,): the same parts for all who planned to compute there."""

    stays: Array  # part of the work planned in a region that is done there
    goes: Array  # parts of all that is sent on, by the region where it is done


def rationed(planned: Array, most: Array, welcome: Array | None = None) -> Sent | None:
    """Places for work ``planned`` by region within the ``most`` that each can do, both (regions,) [kWh/yr].

    What is planned beyond a limit goes where there is room, in proportion to it. None where no region is full, or where
    all are. Where more is planned than all can do, limits give way alike. Of its room a region offers the part
    ``welcome`` (regions,), if given; what finds no place so stays where it was planned, beyond the limit there.
    """
    found = np.empty((2, planned.size))
    sends = _rationed(planned, most, most if welcome is None else welcome, welcome is not None, found)
    return Sent(*found) if sends else None


@loop
def _rationed(planned: Array, most: Array, welcome: Array, told: bool, found: Block) -> bool:
    """What is ``Sent`` into the rows of ``found``; whether anything is. ``welcome`` counts where it is told."""
    asked, able = 0.0, 0.0
    for region in range(most.size):
        asked += planned[region]
        able += most[region]
    way = max(1.0, asked / able)  # that limits give
    full, beyond, room, offered = False, 0.0, 0.0, 0.0
    for region in range(most.size):
        limit = most[region] * way
        over = planned[region] > limit * (1.0 + FULL)
        found[0, region] = limit / planned[region] if over else 1.0
        here = max(limit - planned[region], 0.0)
        found[1, region] = here * welcome[region] if told else here
        full |= over
        beyond += max(planned[region] - limit, 0.0)
        room += here
        offered += found[1, region]
    if not full or not room > 0.0 or not offered > 0.0:
        return False
    placed = min(1.0, offered / beyond) if told else 1.0
    for region in range(most.size):
        if told:
            found[0, region] = 1.0 - (1.0 - found[0, region]) * placed
        found[1, region] /= offered
    return True


def done(planned: Array, sent: Sent | None) -> Array:
    """Where work ``planned`` by region, (regions, ...), is done, of the same shape and the same in all."""
    if sent is None:
        return planned
    found = np.empty(planned.reshape(len(planned), -1).shape)
    _done(np.ascontiguousarray(planned).reshape(found.shape), *sent, found)
    return found.reshape(planned.shape)


@loop
def _done(planned: Table, stays: Array, goes: Array, found: Block) -> None:
    """Work by the region where it is done, into ``found``."""
    on = np.zeros(planned.shape[1])
    for region in range(stays.size):
        if stays[region] < 1.0:
            for i in range(on.size):
                on[i] += planned[region, i] * (1.0 - stays[region])
    for region in range(stays.size):
        for i in range(on.size):
            found[region, i] = planned[region, i] * stays[region] + on[i] * goes[region]


def as_planned(there: Array, sent: Sent | None) -> Array:
    """What is like ``there`` (..., regions, n) for a FLOP done in each region, for one that is planned in it."""
    if sent is None:
        return there
    stays, goes = sent.stays[:, np.newaxis], sent.goes[:, np.newaxis]
    return np.ascontiguousarray(there * stays + (there * goes).sum(axis=-2, keepdims=True) * (1.0 - stays))


def connect(before: Array, planned: Array, more: Array, whole: float) -> Array:
    """Power connected by region after a step, (regions,), ``whole`` in all [kWh/yr].

    A region has the part of the whole that was ``planned`` in it, as far as what was there ``before`` and the ``more``
    that its grid can connect go. What that leaves is shared out in proportion to what grids could have beyond.
    """
    found = np.empty((1, before.size))
    _connect(before, planned if planned.any() else before, more, whole, found)
    return np.asarray(found[0])


@loop
def _connect(before: Array, plans: Array, more: Array, whole: float, found: Block) -> None:
    """Power connected into the row of ``found``."""
    planned, taken, room = 0.0, 0.0, 0.0
    for region in range(plans.size):
        planned += plans[region]
    for region in range(plans.size):
        most = before[region] + more[region]
        found[0, region] = min(plans[region] * (whole / planned), most)
        taken += found[0, region]
        room += most - found[0, region]
    left = max(whole - taken, 0.0)
    if left > 0.0 and room > 0.0:
        for region in range(plans.size):
            found[0, region] += (before[region] + more[region] - found[0, region]) * (left / room)
