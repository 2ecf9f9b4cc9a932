"""Duties to publish: research now, and models after a time."""

from collections.abc import Mapping
from math import inf

import numpy as np

from sim.arrays import Array
from sim.economy.past import Past
from sim.economy.state import World
from sim.policies.levers import Levers


def publish(world: World, levers: Levers) -> tuple[Array, Mapping[str, Past], float]:
    """Shares of research published (n,), models under a duty by kind, and the best error released by duty."""
    traits, kind, memory, time = world.fixed.traits, world.fixed.traits.kind_index, world.memory, world.clock.time
    if not levers.publishing.any():
        return traits.openness, memory.dutiful, memory.duty_error
    obliged = traits.release_draw < levers.publishing[kind]
    sharing = np.maximum(traits.openness, np.where(obliged, levers.findings[kind], 0.0))
    dutiful, duty_error = dict(memory.dutiful), memory.duty_error
    for (of_kind, rows), lag in zip(world.rows(), levers.weights_lag, strict=True):
        due = world.actors.error[rows][obliged[rows] & world.actors.alive[rows]]
        if due.size and lag < inf:
            record = dutiful.get(of_kind.id, Past()).add(time, float(due.min()))
            dutiful[of_kind.id], duty_error = record, min(duty_error, record.at(time - float(lag)))
    return sharing, dutiful, duty_error
