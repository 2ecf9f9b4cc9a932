"""Where the time of a step goes: the share of each stage, of what a year's measures take, and the most used functions.

    python benchmarks/stages.py [--actors 1000] [--set KEY=VALUE]

A step is watched from outside, so its parts together take somewhat longer than a step that is left alone. What site and
order do at each price of permits that is tried counts to clear.
"""

import cProfile
import pstats
import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.step import sized  # noqa: E402
from sim import Scenario  # noqa: E402
from sim.economy import step as step_module  # noqa: E402
from sim.economy.observe import Step, observe  # noqa: E402
from sim.economy.start import begin  # noqa: E402
from sim.measures import registry  # noqa: E402

STAGES = ("act", "earn", "plan", "site", "order", "clear", "use", "learn", "train", "settle", "live", "close")
MOST = 25  # functions shown


def years(scenario: Scenario, timed: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> None:
    """All years of a scenario, with the window and the measures of each."""
    observed, measures = timed("observe", observe), registry(scenario.region_ids, scenario.kind_ids).values()
    measured = timed("measures", lambda window: [measure(window) for measure in measures])
    world, steps = begin(scenario, 1), list[Step]()
    for _ in range(scenario.steps):
        world, step = step_module.advance(world)
        steps.append(step)
        if len(steps) == scenario.time.steps_per_year:
            measured(observed(world, steps))
            steps.clear()


def shares(scenario: Scenario) -> dict[str, float]:
    """Seconds by stage over all steps of a scenario."""
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            began = process_time()
            try:
                return function(*given)
            finally:
                spent[name] += process_time() - began

        return run

    plain = {stage: getattr(step_module, stage) for stage in STAGES}
    for stage, function in plain.items():
        setattr(step_module, stage, timed(stage, function))
    try:
        years(scenario, timed)
    finally:
        for stage, function in plain.items():
            setattr(step_module, stage, function)
    return spent


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--actors", type=int, default=1000, help="about how many (default: 1000)")
    parser.add_argument("--scenario", type=Path, default=ROOT / "scenarios" / "baseline.toml")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting")
    parser.add_argument("--turns", type=int, default=3, help="how often; the fastest counts (default: 3)")
    parser.add_argument("--functions", action="store_true", help="also the functions that take most time")
    options = parser.parse_args()
    scenario = sized(options.actors, options.scenario, options.set)
    years(scenario, lambda name, function: function)  # compiles, and warms up
    turns = [shares(scenario) for _ in range(options.turns)]
    best = {name: min(turn[name] for turn in turns) for name in turns[0]}
    whole, n = sum(best.values()), scenario.actors
    rows = [(name, f"{1e6 * t / scenario.steps:,.1f}", f"{t / whole:.1%}") for name, t in best.items()]
    rows.append(("all", f"{1e6 * whole / scenario.steps:,.1f}", f"{1e9 * whole / scenario.steps / n:,.0f} ns"))
    header = ["stage", "us per step", "share; in all, per actor"]
    print(tabulate(rows, header, disable_numparse=True, colalign=("left", "right", "right")))
    if options.functions:
        profile = cProfile.Profile()
        profile.runcall(years, scenario, lambda name, function: function)
        pstats.Stats(profile).sort_stats("tottime").print_stats(MOST)


if __name__ == "__main__":
    main()
