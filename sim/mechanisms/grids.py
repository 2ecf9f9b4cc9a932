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
    most = most * max(1.0, float(planned.sum() / most.sum()))
    full, room = planned > most * (1.0 + FULL), np.maximum(most - planned, 0.0)
    if not full.any() or not room.sum() > 0.0:
        return None
    stays = np.divide(most, planned, out=np.ones(most.size), where=full)
    if welcome is not None:
        beyond, room = float(np.maximum(planned - most, 0.0).sum()), room * welcome
        if not room.sum() > 0.0:
            return None
        stays = 1.0 - (1.0 - stays) * min(1.0, float(room.sum()) / beyond)
    return Sent(stays, room / room.sum())


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
    at_most = before + more
    plans = planned if planned.any() else before
    wanted = np.minimum(plans * (whole / plans.sum()), at_most)
    left, room = max(whole - float(wanted.sum()), 0.0), at_most - wanted
    shared = left > 0.0 and room.any()
    return np.asarray(wanted + room * (left / room.sum()) if shared else wanted)
