"""Duties to publish: research now, and models after a time."""

from collections import Counter
from collections.abc import Mapping
from math import inf

import numpy as np

from sim.arrays import Array
from sim.economy.past import Past
from sim.economy.state import World
from sim.policies.levers import Duty, Levers


def publish(world: World, levers: Levers) -> tuple[Array, Mapping[Duty, Past], float]:
    """Shares of research published (n,), models under each duty, and the best error released by duty.

    An entry for the same kinds as one before it, which has ended, goes on with that one's duty.
    """
    traits, memory, time = world.fixed.traits, world.memory, world.clock.time
    sharing, dutiful, duty_error = traits.openness, dict(memory.dutiful), memory.duty_error
    met: Counter[tuple[int, ...]] = Counter()
    for entry, share in enumerate(levers.publishing):
        if not share.any():
            continue
        duty = Duty(levers.entries[entry].kinds, met[levers.entries[entry].kinds])
        met[duty.kinds] += 1
        obliged = traits.release_draw < share[traits.kind_index]
        sharing = np.maximum(sharing, np.where(obliged, levers.findings[entry], 0.0))
        due, lag = world.actors.error[obliged & world.actors.alive], float(levers.weights_lag[entry])
        if due.size and lag < inf:
            dutiful[duty] = dutiful.get(duty, Past()).add(time, float(due.min()))
            duty_error = min(duty_error, dutiful[duty].at(time - lag))
    return sharing, dutiful, duty_error
