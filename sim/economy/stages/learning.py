"""8 learn: knowledge is made, published, learnt and leaked."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Mask
from sim.compiled import loop
from sim.economy.ledger import Acts, Ideas, Use
from sim.economy.moment import pace
from sim.economy.state import World
from sim.mathematics import total
from sim.mechanisms import knowledge


def learn(world: World, acts: Acts, use: Use) -> Ideas:
    """Own and public knowledge after a step of research, and of learning from others at mid-step."""
    k, fixed, dt = world.scenario.knowledge, world.fixed, world.clock.dt
    rates = pace(world.scenario)
    own, public, n = world.actors.knowledge, world.memory.public_knowledge, world.groups.size
    found = np.empty((6, n))
    published = _published(acts.sharing, use.research, found)
    effort = published / fixed.initial_research if fixed.initial_research > 0 else 0.0
    open_growth = knowledge.progress(k.public_rate, effort, k.returns)
    published_now = float(knowledge.created(open_growth, public, k.fishing_out, dt))
    if not world.on.private_knowledge:
        return Ideas(np.full(n, public + published_now), public + published_now)
    on = Learning(
        fixed.initial_own_research, k.own_rate, k.returns, k.fishing_out, *rates.absorption, rates.leak,
        rates.neighbours, public, published_now, dt,
    )  # fmt: skip
    _discover(own, world.actors.alive, on, found)
    linked = fixed.network.best(found[3]) if world.on.knowledge_network else found[3]
    _learnt(linked, world.on.knowledge_network, on, found)
    return Ideas(found[5], public + published_now)


class Learning(NamedTuple):
    """What governs knowledge, alike for all."""

    first: float  # USD/yr of research kept secret at the start, on average
    rate: float
    returns: float
    fishing_out: float
    half: float  # part of gaps to what is public that is closed by mid-step
    whole: float  # and by the end of the step
    leak: float  # part of leads over what is public that is lost
    neighbours: float  # part of gaps to the best of them that is closed
    public: float
    published: float  # what is made public in the step
    dt: float  # yr


@loop
def _published(sharing: Array, research: Array, found: Block) -> float:
    """Research published, in all [USD/yr]; what is kept secret into row 0."""
    for i in range(research.size):
        found[0, i] = (1.0 - sharing[i]) * research[i]
        found[1, i] = sharing[i] * research[i]
    return total(found[1])


@loop
def _discover(own: Array, alive: Mask, on: Learning, found: Block) -> None:
    """Knowledge made into row 1, knowledge at mid-step into row 2, and what others can learn by then into row 3."""
    public = on.public + on.published / 2
    for i in range(own.size):
        effort = found[0, i] / on.first if on.first > 0.0 else 0.0
        found[4, i] = knowledge.progress(on.rate, effort, on.returns)
    for i in range(own.size):
        found[1, i] = knowledge.created(found[4, i], max(own[i], on.public), on.fishing_out, on.dt)
    for i in range(own.size):
        half = own[i] + found[1, i] / 2
        found[2, i] = half
        found[3, i] = knowledge.caught_up(half, public, on.half) if alive[i] else -inf


@loop
def _learnt(linked: Array, from_others: bool, on: Learning, found: Block) -> None:
    """Knowledge at the end of the step into row 5, where ``linked`` is the best of those whom one knows."""
    public = on.public + on.published / 2
    for i in range(linked.size):
        half = found[2, i]
        learnt = knowledge.caught_up(half, public, on.whole)
        taught = knowledge.caught_up(learnt, linked[i], on.neighbours)
        learnt = taught if from_others else learnt
        found[5, i] = learnt + found[1, i] / 2 + knowledge.leaked(half, public, on.leak)
