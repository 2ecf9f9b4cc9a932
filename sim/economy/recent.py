"""What is kept of a flow: its size about the last year."""

from sim.arrays import Array
from sim.economy.state import World
from sim.mechanisms import planning


def recent(world: World, state: Array, now: Array) -> Array:
    """A state about the last year after a step in which it is ``now``, in the same shape."""
    return planning.approached(state, now, 1.0 / world.scenario.training.window, world.clock.dt)
