"""What is kept of a flow: its size about the last year; and gaps that close within a step."""

from sim.arrays import Array
from sim.economy.state import World
from sim.mechanisms import planning


def recent(world: World, state: Array, now: Array) -> Array:
    """A state about the last year after a step in which it is ``now``, in the same shape."""
    closed = planning.closed(1.0 / world.scenario.training.window, world.clock.dt)
    return state + (now - state) * closed


def halves(rate: float, dt: float) -> tuple[float, float]:
    """Parts of a gap that close at ``rate`` [1/yr] in half a step of ``dt`` years and in a whole one."""
    return float(planning.closed(rate, dt / 2)), float(planning.closed(rate, dt))
