"""Processor time of one step of the world, for the baseline's actors and for 10 and 100 times as many.

Everything is measured in one run, in turns, so that all parts meet the same machine in the same state.

    python benchmarks/step.py
"""

import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from time import process_time

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim import Scenario, World, load  # noqa: E402
from sim.quantity import Series  # noqa: E402
from sim.world import advance  # noqa: E402
from tests.reference.economy import ReferenceEconomy  # noqa: E402

SCALES = (1, 10, 100)


def enlarged(scenario: Scenario, by: int) -> Scenario:
    """The same economy with ``by`` times the actors: capacity, outside demand and products grow alike."""
    market, product = scenario.market, scenario.product
    capacity = Series(market.capacity.years, tuple(by * value for value in market.capacity.values))
    return replace(
        scenario,
        kinds=tuple(replace(kind, count=by * kind.count) for kind in scenario.kinds),
        market=replace(market, capacity=capacity, outside_demand=by * market.outside_demand),
        product=replace(product, size=by * product.size),
    )


def seconds_per_step(scenario: Scenario) -> float:
    """Mean time of a step over the whole horizon; building the world is not counted."""
    world = World(scenario, seed=1)
    began = process_time()
    for _ in range(scenario.steps):
        advance(world)
    return (process_time() - began) / scenario.steps


def seconds_per_reference_step(scenario: Scenario, steps: int) -> float:
    """Mean time of a step of the version with one object for each actor, spread over the horizon."""
    world, total = World(scenario, seed=1), 0.0
    every = scenario.steps // steps
    for number in range(every * steps):
        if number % every == 0:
            economy = ReferenceEconomy.from_world(world)
            began = process_time()
            economy.step()
            total += process_time() - began
        advance(world)
    return total / steps


def main() -> None:
    """Measure in turns, keep the fastest of each, print ratios."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="how often each part is measured (default: 5)")
    parser.add_argument("--reference-steps", type=int, default=29, help="steps of the slow version in each turn")
    options = parser.parse_args()
    baseline = load(ROOT / "scenarios" / "baseline.toml")
    scenarios = {by: enlarged(baseline, by) for by in SCALES}
    best = dict.fromkeys(SCALES, float("inf"))
    slow = float("inf")
    for _ in range(options.turns):
        for by, scenario in scenarios.items():
            best[by] = min(best[by], seconds_per_step(scenario))
        slow = min(slow, seconds_per_reference_step(baseline, options.reference_steps))

    actors = {by: sum(kind.count for kind in scenario.kinds) for by, scenario in scenarios.items()}
    rows = [(f"arrays, {by} x", actors[by], best[by]) for by in SCALES] + [("objects, 1 x", actors[1], slow)]
    table = [
        [name, n, f"{1e3 * t:.2f}", f"{1e9 * t / n:.0f}", f"{t / best[1]:.1f}", f"{t / n / (best[1] / actors[1]):.2f}"]
        for name, n, t in rows
    ]
    header = ["version", "actors", "ms per step", "ns per actor-step", "step over 1 x", "actor-step over 1 x"]
    print(tabulate(table, header, disable_numparse=True, stralign="right"))


if __name__ == "__main__":
    main()
