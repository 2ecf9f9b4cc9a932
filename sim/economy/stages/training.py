"""9 train: the largest runs, and the errors they reach."""

import numpy as np

from sim.arrays import part
from sim.economy.ledger import Ideas, Order, Runs, Sale
from sim.economy.recent import recent
from sim.economy.state import World
from sim.mechanisms import training


def train(world: World, order: Order, sale: Sale, ideas: Ideas) -> Runs:
    """Everyone's largest run takes its share of a year of what is bought now, and was over the last year."""
    trained, compute = recent(world, world.actors.trained, sale.training), sale.training
    volume = recent(world, world.actors.volume, sale.bought)
    lead = np.maximum(part(compute, trained, nothing=1.0), 1.0)
    run = np.minimum(order.run_share * np.minimum(trained, compute), order.ceiling)
    error = training.best_error(world.actors.error, run, ideas.knowledge, world.fixed.law)
    return Runs(volume=volume, trained=trained, lead=lead, run=run, error=error)
