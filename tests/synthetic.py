"""Records that a world of known numbers would have left, for tests of calibration, and a calibration in memory."""

from dataclasses import replace
from functools import partial

import numpy as np

from sim.arrays import Array
from sim.experiment.pool import finished
from sim.history.calibration import Calibration, sizes, steps
from sim.history.evidence import Evidence, evidence, windows
from sim.history.fitted import fitted
from sim.history.observation import observed
from sim.history.points import numbered
from sim.history.records import packaged
from sim.history.seen import past
from sim.scenario import Scenario
from sim.scenario.variants import with_values

# Six of the facts, one of each part of the model: a fit of all of them takes three times the worlds.
SOME = ("size of the market", "firms' first plans", "labs' first plans", "law's first error", "law's first compute",
        "shortfall of what is recorded")  # fmt: skip


def synthetic(world: Scenario, shares: Array, until: int, replicate: int = 99) -> Evidence:
    """What the records would say if a world with numbers at these shares of their ranges had made them."""
    truth = with_values(world, fitted(world).values(shares))
    real = packaged().between(2012, until)
    shown = observed(past(truth, replicate, until), real, 1)
    made = replace(real, industry=shown.industry[0], compute=shown.anyone[0], cost=np.full(real.time.size, np.nan))
    said = evidence(world, made, until)
    best = {f"best_error_{first}_{last}": shown.best[last][0] for first, last in windows(until)}
    value = [best.get(target.name, old) for target, old in zip(said.targets, said.value, strict=True)]
    return replace(said, value=np.array(value))


def calibrate(scenario: Scenario, said: Evidence, worlds: int, *, workers: int = 1) -> Calibration:
    """Fit a scenario's open numbers to what records say, with so many worlds, without a directory."""
    recipe = steps(scenario, said, sizes(worlds, len(fitted(scenario).facts)))
    batch = next(recipe)
    while True:
        made = sorted(finished(partial(numbered, batch.work), range(batch.number), workers), key=lambda one: one[0])
        try:
            batch = recipe.send(np.array([values for _, values in made]))
        except StopIteration as end:
            found: Calibration = end.value
            return found
