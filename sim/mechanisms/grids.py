"""Grids that connect so much power: what full regions send on, and how much is connected after a step."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np

from sim.arrays import Array, Block, Table
from sim.compiled import loop
from sim.mathematics import total

FULL = 1e-12  # of a limit, by which what is planned exceeds it at least where a region is full
CLOSE = 1e-12  # of limits and plans: how near plans come to those that the places were found for
NEAR = 1e-10  # and from where on it is enough where they come no nearer
MOST_ROUNDS = 30  # in which places and plans are sought that agree
BEFORE = 4  # rounds from which the next guess follows
SAME = 1e-20  # of its square, what is left of a difference that says nothing new
Found = TypeVar("Found")


class Sent(NamedTuple):
    """What full regions send on, (regions,): the same parts for all who planned to compute there."""

    stays: Array  # part of the work planned in a region that is done there
    goes: Array  # parts of all that is sent on, by the region where it is done


def rationed(planned: Array, most: Array) -> Sent | None:
    """Places for work ``planned`` by region within the ``most`` that each can do, both (regions,) [kWh/yr].

    What is planned beyond a limit goes where there is room, in proportion to it. None where no region is full, or where
    all are. Where more is planned than all can do, which is by no more than the precision of a market, limits give way
    alike.
    """
    most = most * max(1.0, float(planned.sum() / most.sum()))
    full, room = planned > most * (1.0 + FULL), np.maximum(most - planned, 0.0)
    if not full.any() or not room.sum() > 0.0:
        return None
    stays = np.divide(most, planned, out=np.ones(most.size), where=full)
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


def held(
    trade: Callable[[Sent | None], Found], drawn: Callable[[Found], Array], most: Array
) -> tuple[Found, Array, Sent | None]:
    """What is traded where all work is done within limits ``most`` (regions,) [kWh/yr], what is planned by region, and
    what is sent on.

    ``trade`` tells what is bought where work is sent on so, ``drawn`` what is planned by region in it [kWh/yr]. The
    guess at plans is mended until it is what is planned, by the rounds before (Anderson 1965). Where the last round
    leaves a difference, what is sent on follows from what was planned in it: limits hold, at what was bought and paid
    before.
    """
    found = trade(None)
    planned = drawn(found)
    sent = rationed(planned, most)
    if sent is None:
        return found, planned, None
    guesses, plans, last = [planned], [], np.inf
    for _ in range(MOST_ROUNDS):
        sent = rationed(guesses[-1], most)
        found = trade(sent)
        planned = drawn(found)
        plans.append(planned)
        scale = np.maximum(np.maximum(planned, most), 1e-300)
        off = float(np.abs((planned - guesses[-1]) / scale).max())
        if off <= CLOSE or (off <= NEAR and off > 0.5 * last):
            return found, planned, sent
        if off > last:  # what was before leads astray: half of the way, and anew
            guesses, plans = [0.5 * (guesses[-1] + planned)], []
        else:
            guesses, plans = guesses[-BEFORE:], plans[-BEFORE:]
            guesses.append(_guess(np.array(guesses), np.array(plans), scale))
        last = off
    return found, planned, rationed(planned, most)


def _guess(guesses: Array, plans: Array, scale: Array) -> Array:
    """The next guess at plans from guesses and what was planned at each, (rounds, regions): where a straight line
    through all of them leads, nowhere below zero.

    Least squares by Gram and Schmidt, since a library's solver gives other digits on other processors.
    """
    gaps = (plans - guesses) / scale
    left, guess, basis = gaps[-1].copy(), plans[-1].copy(), []
    for gap, plan in zip(np.diff(gaps, axis=0), np.diff(plans, axis=0), strict=True):
        length = _product(gap, gap)
        for other, of_plan, norm in basis:
            part = _product(other, gap) / norm
            gap, plan = gap - part * other, plan - part * of_plan
        norm = _product(gap, gap)
        if norm > SAME * length:
            basis.append((gap, plan, norm))
            part = _product(gap, left) / norm
            left, guess = left - part * gap, guess - part * plan
    return np.where(guess >= 0.0, guess, plans[-1])


def _product(one: Array, other: Array) -> float:
    return float(total(one * other))


def connected(before: Array, planned: Array, more: Array, whole: float) -> Array:
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
