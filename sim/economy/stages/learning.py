"""8 learn: knowledge is made, published, learnt and leaked."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Links, Mask
from sim.compiled import loop
from sim.economy.ledger import Acts, Ideas, Use
from sim.economy.moment import pace
from sim.economy.state import World
from sim.mathematics import total
from sim.mechanisms import knowledge
from sim.mechanisms.network import best_linked


def learn(world: World, acts: Acts, use: Use) -> Ideas:
    """Own and public knowledge after a step of research, and of learning from others at mid-step."""
    fixed, actors = world.fixed, world.actors
    k, rates, on = fixed.scenario.knowledge, pace(fixed.scenario), fixed.scenario.mechanisms
    found = np.empty((6, actors.knowledge.size))
    how = Learning(
        on.private_knowledge, on.knowledge_network, fixed.initial_own_research, k.own_rate, fixed.initial_research,
        k.public_rate, k.returns, k.fishing_out, *rates.absorption, rates.leak, rates.neighbours,
        world.memory.public_knowledge, world.clock.dt,
    )  # fmt: skip
    links = fixed.network
    public = _learn(acts.sharing, use.research, actors.knowledge, actors.alive, links.starts, links.indices, how, found)
    return Ideas(found[5], public)


class Learning(NamedTuple):
    """What governs knowledge, alike for all."""

    own: bool  # whether it is one's own, or all is public
    from_others: bool  # whether one learns from those that one is linked to
    own_first: float  # USD/yr of research kept secret at the start, on average
    own_rate: float
    public_first: float  # USD/yr of research published at the start, by all
    public_rate: float
    returns: float
    fishing_out: float
    half: float  # part of gaps to what is public that is closed by mid-step
    whole: float  # and by the end of the step
    leak: float  # part of leads over what is public that is lost
    neighbours: float  # part of gaps to the best of them that is closed
    public: float
    dt: float  # yr


@loop
def _learn(
    sharing: Array, research: Array, own: Array, alive: Mask, starts: Links, indices: Links, on: Learning, found: Block
) -> float:
    """Knowledge at the end of the step into row 5, the other rows being room for work; public knowledge then."""
    secret, made, half, shown, linked, learnt = found[0], found[1], found[2], found[3], found[4], found[5]
    for i in range(own.size):
        secret[i] = (1.0 - sharing[i]) * research[i]
        made[i] = sharing[i] * research[i]
    effort = total(made) / on.public_first if on.public_first > 0.0 else 0.0
    growth = knowledge.progress(on.public_rate, effort, on.returns)
    published = knowledge.created(growth, on.public, on.fishing_out, on.dt)
    if not on.own:
        learnt[:] = on.public + published
        return on.public + published
    public = on.public + published / 2
    for i in range(own.size):
        effort = secret[i] / on.own_first if on.own_first > 0.0 else 0.0
        secret[i] = knowledge.progress(on.own_rate, effort, on.returns)
    for i in range(own.size):
        made[i] = knowledge.created(secret[i], max(own[i], on.public), on.fishing_out, on.dt)
    for i in range(own.size):
        half[i] = own[i] + made[i] / 2
        shown[i] = knowledge.caught_up(half[i], public, on.half) if alive[i] else -inf
    if on.from_others:
        best_linked(starts, indices, shown, linked)
    for i in range(own.size):
        known = knowledge.caught_up(half[i], public, on.whole)
        taught = knowledge.caught_up(known, linked[i], on.neighbours)
        known = taught if on.from_others else known
        learnt[i] = known + made[i] / 2 + knowledge.leaked(half[i], public, on.leak)
    return on.public + published
