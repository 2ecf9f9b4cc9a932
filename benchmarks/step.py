"""Time of one step for each actor, arrays beside one object per actor and beside Mesa's own example, and memory of a
large world.

Everything is measured in one run, in turns, so that all parts meet the same machine in the same state.

    python benchmarks/step.py
"""

import resource
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim import Scenario, load  # noqa: E402
from sim.economy.start import begin  # noqa: E402
from sim.economy.step import advance  # noqa: E402
from sim.experiment.notes import ReplicateNotes  # noqa: E402
from sim.experiment.path import WorldPath  # noqa: E402
from sim.experiment.run import run  # noqa: E402
from tests.reference.economy import ReferenceEconomy  # noqa: E402

BASELINE = ROOT / "scenarios" / "baseline.toml"
SIZES = (1_000, 10_000, 100_000)
OBJECT_STEPS = {1_000: 29, 100_000: 2}  # steps of the slow version in each turn, spread over the horizon
EXCHANGES = 20  # steps of Mesa's example in each turn
LARGE, LARGE_STEPS = 1_000_000, 5  # into the second year, so that a year's end is among them


def sized(actors: int, file: Path = BASELINE, settings: Sequence[str] = (), replicates: int | None = None) -> Scenario:
    """The economy of a file with about that many actors: capacity, outside demand and products grow alike."""
    usual = load(file, settings)
    by, capacity = actors / usual.actors, usual.market.capacity
    grown = {
        **dict(setting.split("=", 1) for setting in settings),
        **{f"kind.{kind.id}.count": round(by * kind.count) for kind in usual.kinds},
        "market.capacity": {"years": list(capacity.years), "values": [by * value for value in capacity.values]},
        "market.outside_demand": by * usual.market.outside_demand,
        "product.size": by * usual.product.size,
    }
    return load(file, grown, replicates=replicates)


def seconds_per_step(scenario: Scenario) -> float:
    """Mean time of a step over the whole horizon; building the world is not counted."""
    world = begin(scenario, seed=1)
    began = process_time()
    for _ in range(scenario.steps):
        world, _ = advance(world)
    return (process_time() - began) / scenario.steps


def seconds_per_reference_step(scenario: Scenario, steps: int) -> float:
    """Mean time of a step of the version with one object for each actor, spread over the horizon."""
    world, total = begin(scenario, seed=1), 0.0
    every = scenario.steps // steps
    for number in range(every * steps):
        if number % every == 0:
            economy = ReferenceEconomy.from_world(world)
            began = process_time()
            economy.step()
            total += process_time() - began
        world, _ = advance(world)
    return total / steps


def seconds_per_measured_step(scenario: Scenario) -> float:
    """Mean time of a step with the measures of each year; building the world is not counted."""
    path = WorldPath(scenario, 0, ReplicateNotes(scenario, actor_years=()))
    began = process_time()
    path.finish()
    return (process_time() - began) / scenario.steps


def seconds_per_run_step(scenario: Scenario) -> float:
    """Time of a whole run in memory, of a scenario with one replicate, divided by its steps."""
    began = process_time()
    run(scenario, workers=1)
    return (process_time() - began) / scenario.steps


def seconds_per_exchange(agents: int) -> float:
    """Mean time of a step of Mesa's model of exchanged wealth, with its data collector."""
    from mesa.examples.basic.boltzmann_wealth_model.model import BoltzmannWealth

    model = BoltzmannWealth(n=agents)
    model.step()
    began = process_time()
    for _ in range(EXCHANGES):
        model.step()
    return (process_time() - began) / EXCHANGES


def large_world(actors: int = LARGE) -> None:
    """Build a large world and take some steps; print the most memory used, in GB, and the time of a step."""
    world = begin(sized(actors), seed=1)
    began = process_time()
    for _ in range(LARGE_STEPS):
        world = advance(world)[0]  # no step is held, as in a run
    seconds = (process_time() - began) / LARGE_STEPS
    print(world.groups.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, seconds)


def main() -> None:
    """Read the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="how often each part is measured (default: 3)")
    parser.add_argument("--large", action="store_true", help="only the large world, in this process")
    options = parser.parse_args()
    if options.large:
        large_world()
    else:
        compare(options.turns)


def compare(turns: int) -> None:
    """Measure in turns, keep the fastest of each, print ratios."""
    command = [sys.executable, "-W", "ignore", __file__, "--large"]  # first: a child's peak counts its parent's
    n, memory, seconds = map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    scenarios = {size: sized(size, replicates=1) for size in SIZES}
    best = dict.fromkeys(SIZES, float("inf"))
    slow = dict.fromkeys(OBJECT_STEPS, float("inf"))
    measured = whole = exchange = float("inf")
    for _ in range(turns):
        measured = min(measured, seconds_per_measured_step(scenarios[1_000]))
        whole = min(whole, seconds_per_run_step(scenarios[1_000]))
        exchange = min(exchange, seconds_per_exchange(1_000))
        for size, scenario in scenarios.items():
            best[size] = min(best[size], seconds_per_step(scenario))
        for size, steps in OBJECT_STEPS.items():
            slow[size] = min(slow[size], seconds_per_reference_step(scenarios[size], steps))
    rows = [("arrays", size, best[size]) for size in SIZES]
    rows.append(("arrays", LARGE, seconds))
    rows += [("with yearly measures", 1_000, measured), ("run in memory", 1_000, whole)]
    rows += [("Mesa's exchange of wealth", 1_000, exchange), *(("objects", size, time) for size, time in slow.items())]
    unit = slow[1_000] / 1_000
    table = [
        [name, f"{size:,}", f"{1e3 * t:,.2f}", f"{1e9 * t / size:,.0f}", f"{unit / (t / size):,.1f}"]
        for name, size, t in rows
    ]
    header = ["version", "actors", "ms per step", "ns per actor-step", "times as fast as objects"]
    print(tabulate(table, header, disable_numparse=True, stralign="right"))
    print(f"\nA run takes {whole / exchange:.2f} of the time of Mesa's example for each actor and step.")
    print(f"{n:,.0f} actors over {LARGE_STEPS} steps took at most {memory:.2f} GB.")


if __name__ == "__main__":
    main()
