"""8 learn: knowledge is made, published, learnt and leaked."""

from math import inf
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, Block, Links, Mask
from sim.compiled import loop
from sim.economy.ledger import Acts, Ideas, Use
from sim.economy.moment import pace, settled
from sim.economy.state import World
from sim.mathematics import total
from sim.mechanisms import knowledge
from sim.mechanisms.network import best_linked
from sim.scenario import Scenario


def learn(world: World, acts: Acts, use: Use) -> Ideas:
    """Own and public knowledge after a step of research, and of learning from others at mid-step."""
    fixed, own, links = world.fixed, world.actors.knowledge, world.fixed.network
    found = np.empty((1, own.size))
    public = _learn(
        acts.sharing, use.research, own, world.actors.alive, links.starts, links.indices,
        fixed.initial_own_research, fixed.initial_research, world.memory.public_knowledge, _learning(fixed.scenario),
        found,
    )  # fmt: skip
    return Ideas(found[0], public)


class Learning(NamedTuple):
    """What governs knowledge, alike for all."""

    own: bool  # whether it is one's own, or all is public
    from_others: bool  # whether one learns from those that one is linked to
    own_rate: float
    public_rate: float
    returns: float
    fishing_out: float
    half: float  # part of gaps to what is public that is closed by mid-step
    whole: float  # and by the end of the step
    leak: float  # part of leads over what is public that is lost
    neighbours: float  # part of gaps to the best of them that is closed
    dt: float  # yr


@settled
def _learning(scenario: Scenario) -> Learning:
    k, rates, on = scenario.knowledge, pace(scenario), scenario.mechanisms
    return Learning(
        on.private_knowledge, on.knowledge_network, k.own_rate, k.public_rate, k.returns, k.fishing_out,
        *rates.absorption, rates.leak, rates.neighbours, 1.0 / scenario.time.steps_per_year,
    )  # fmt: skip


@loop
def _learn(
    sharing: Array, research: Array, own: Array, alive: Mask, starts: Links, indices: Links,
    initial_own_research: float, initial_research: float, public_knowledge: float, on: Learning, found: Block,
) -> float:  # fmt: skip
    """Own knowledge at the end of the step into ``found``; public knowledge, given at its start, then. Research was
    kept secret for ``initial_own_research`` USD/yr at the start, on average, and published for ``initial_research``, by
    all."""
    work, learnt = np.empty((5, own.size)), found[0]
    secret, made, half, shown, linked = work[0], work[1], work[2], work[3], work[4]
    for i in range(own.size):
        secret[i] = (1.0 - sharing[i]) * research[i]
        made[i] = sharing[i] * research[i]
    effort = total(made) / initial_research if initial_research > 0.0 else 0.0
    growth = knowledge.progress(on.public_rate, effort, on.returns)
    published = knowledge.created(growth, public_knowledge, on.fishing_out, on.dt)
    if not on.own:
        for i in range(own.size):
            learnt[i] = public_knowledge + published
        return public_knowledge + published
    public = public_knowledge + published / 2
    for i in range(own.size):
        effort = secret[i] / initial_own_research if initial_own_research > 0.0 else 0.0
        secret[i] = knowledge.progress(on.own_rate, effort, on.returns)
    for i in range(own.size):
        made[i] = knowledge.created(secret[i], max(own[i], public_knowledge), on.fishing_out, on.dt)
    for i in range(own.size):
        half[i] = own[i] + made[i] / 2
        shown[i] = knowledge.caught_up(half[i], public, on.half) if alive[i] else -inf
    if on.from_others:
        best_linked(starts, indices, shown, linked)
    for i in range(own.size):
        caught_up = knowledge.caught_up(half[i], public, on.whole)
        taught = knowledge.caught_up(caught_up, linked[i], on.neighbours)
        caught_up = taught if on.from_others else caught_up
        learnt[i] = caught_up + made[i] / 2 + knowledge.leaked(half[i], public, on.leak)
    return public_knowledge + published
