"""8 learn: knowledge is made, published, learnt and leaked."""

import numpy as np

from sim.arrays import part
from sim.economy.ledger import Acts, Ideas, Use
from sim.economy.state import World
from sim.mechanisms import knowledge


def learn(world: World, acts: Acts, use: Use) -> Ideas:
    """Own and public knowledge after a step of research, and of learning from others at mid-step."""
    k, fixed, dt = world.scenario.knowledge, world.fixed, world.clock.dt
    own, public, research = world.actors.knowledge, world.memory.public_knowledge, use.research
    published = float((acts.sharing * research).sum())
    open_growth = float(knowledge.progress(k.public_rate, part(published, fixed.initial_research), k.returns))
    published_now = float(knowledge.created(open_growth, public, k.fishing_out, dt))
    if not world.on.private_knowledge:
        return Ideas(np.full(own.size, public + published_now), public + published_now)
    secret = part((1.0 - acts.sharing) * research, fixed.initial_own_research)
    growth = knowledge.progress(k.own_rate, secret, k.returns)
    made = knowledge.created(growth, np.maximum(own, public), k.fishing_out, dt)
    half, half_public = own + made / 2, public + published_now / 2
    learnt = knowledge.caught_up(half, half_public, k.absorption, dt)
    if world.on.knowledge_network:
        taught = knowledge.caught_up(half, half_public, k.absorption, dt / 2)
        linked = fixed.network.best(np.where(world.actors.alive, taught, -np.inf))
        learnt = knowledge.caught_up(learnt, linked, world.scenario.network.rate, dt)
    return Ideas(learnt + made / 2 + knowledge.leaked(half, half_public, k.leak, dt), public + published_now)
