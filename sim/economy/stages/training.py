"""9 train: the largest runs, and the errors they reach."""

import numpy as np

from sim.arrays import Array, Block, Rows, named, rows_of
from sim.compiled import loop
from sim.economy.ledger import Ideas, Order, Runs, Sale
from sim.economy.moment import pace
from sim.economy.state import World
from sim.mathematics import log
from sim.mechanisms import planning
from sim.mechanisms.scaling.anchored import Anchor, by_law
from sim.mechanisms.scaling.base import told_by
from sim.mechanisms.theories.base import Terms
from sim.mechanisms.theories.scale_dependent import effective

RUNS = rows_of(Runs)


def train(world: World, order: Order, sale: Sale, ideas: Ideas) -> Runs:
    """Everyone's largest run takes its share of a year of what is bought now, and was over the last year."""
    actors, law, found = world.actors, world.fixed.law, np.empty((len(RUNS), world.groups.size))
    _run(world.groups.starts, actors.trained, actors.volume, ideas.knowledge, sale.training, sale.bought,
         order.run_share, order.ceiling, pace(world.scenario).window, law.terms, law.anchor, found)  # fmt: skip
    runs = Runs(**named(RUNS, found))
    reached = told_by(law.law, "error_at", runs.error, law.law.error_at(runs.error))
    return runs._replace(error=np.minimum(actors.error, reached))  # no run changes nothing


@loop
def _run(
    starts: Rows, trained: Array, volume: Array, knowledge: Array, training: Array, bought: Array, run_share: Array,
    ceiling: Array, closed: float, on: Terms, anchor: Anchor, found: Block,
) -> None:  # fmt: skip
    """Columns of ``Runs`` into ``found``; in the place of the error ln of the compute that reaches it by the law as
    published."""
    for kind in range(starts.size - 1):
        most = ceiling[kind]
        for i in range(starts[kind], starts[kind + 1]):
            usual = planning.approached(trained[i], training[i], closed)
            found[RUNS.volume, i] = planning.approached(volume[i], bought[i], closed)
            found[RUNS.trained, i] = usual
            found[RUNS.lead, i] = max(training[i] / usual, 1.0) if usual > 0.0 else 1.0
            found[RUNS.run, i] = min(run_share[i] * min(usual, training[i]), most)
    for i in range(trained.size):
        counted = effective(log(found[RUNS.run, i]), knowledge[i], on.small_gain, on.ln_small, on.ln_full)
        found[RUNS.error, i] = by_law(counted, anchor.ln_start, anchor.ln_law, anchor.stretch)
