"""9 train: the largest runs, and the errors they reach."""

import numpy as np

from sim.arrays import Array
from sim.economy.ledger import Ideas, Order, Runs, Sale
from sim.economy.state import World
from sim.mechanisms import planning, training
from sim.policies.levers import Levers


def train(world: World, order: Order, sale: Sale, ideas: Ideas) -> Runs:
    """Everyone's largest run takes its share of a year of what is bought now, and was over the last year."""
    trained, compute = recent(world, world.actors.trained, sale.training), sale.training
    volume = recent(world, world.actors.volume, sale.bought)
    lead = np.maximum(np.divide(compute, trained, out=np.ones_like(compute), where=trained > 0), 1.0)
    run = np.minimum(order.run_share * np.minimum(trained, compute), order.ceiling)
    error = training.best_error(world.actors.error, run, ideas.knowledge, world.fixed.law)
    return Runs(volume=volume, trained=trained, lead=lead, run=run, error=error)


def recent(world: World, state: Array, now: Array) -> Array:
    """A state about the last year after a step in which it is ``now``, in the same shape."""
    return planning.approached(state, now, 1.0 / world.scenario.training.window, world.clock.dt)


def run_share(world: World) -> tuple[Array, Array]:
    """Draws of the year, renewed in its first step, and the share of a year's compute in the largest run, (n,)."""
    scenario, luck, year = world.scenario, world.actors.luck, world.clock.year
    if year > scenario.time.start and world.clock.begins_year:
        fresh = world.fixed.draws.normal("luck", year)
        luck = training.next_luck(luck, fresh, scenario.training.luck_persistence)
    spread = scenario.training.luck_spread * world.on.luck
    return luck, training.run_share(scenario.training.run_share, spread, luck)


def ceiling(world: World, levers: Levers) -> Array:
    """The largest run allowed [FLOP], (n,): absolute, or over the largest of anyone up to a year ago."""
    before = world.memory.largest.at(world.clock.time - 1.0)
    with np.errstate(over="ignore"):
        pace = np.where(levers.run_ratio < np.inf, levers.run_ratio * before, np.inf)
    return np.asarray(np.minimum(levers.run_ceiling, pace)[world.fixed.traits.kind_index])
