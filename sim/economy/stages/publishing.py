"""Duties to publish: research now, and models after a time."""

from collections.abc import Mapping
from math import inf

import numpy as np

from sim.arrays import Array
from sim.economy.past import Past
from sim.economy.state import World
from sim.policies.levers import Duty, Levers


def publish(world: World, levers: Levers) -> tuple[Array, Mapping[Duty, Past], float]:
    """Shares of research published (n,), models under each duty, and the best error released by duty."""
    traits, memory, time = world.fixed.traits, world.memory, world.clock.time
    sharing, dutiful, duty_error = traits.openness, dict(memory.dutiful), memory.duty_error
    for entry, share in enumerate(levers.publishing):
        if not share.any():
            continue
        duty = levers.entries[entry].duty
        obliged = traits.release_draw < share[traits.kind_index]
        sharing = np.maximum(sharing, np.where(obliged, levers.findings[entry], 0.0))
        due, lag = world.actors.error[obliged & world.actors.alive], float(levers.weights_lag[entry])
        if due.size and lag < inf:
            dutiful[duty] = dutiful.get(duty, Past()).add(time, float(due.min()))
            duty_error = min(duty_error, dutiful[duty].at(time - lag))
    return sharing, dutiful, duty_error
