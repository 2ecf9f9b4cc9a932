"""What each compiled loop takes on what it is really given: calls in a step, and time of a call alone, warm.

    python benchmarks/loops.py [--actors 1000] [--scenario scenarios/baseline.toml]

What stands beside it in a step, calls of numpy and of Python, is the rest.
"""

import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.step import sized  # noqa: E402
from sim import Scenario  # noqa: E402
from sim.compiled import PARTS, Loop  # noqa: E402
from sim.economy.start import begin  # noqa: E402
from sim.economy.state import World  # noqa: E402
from sim.economy.step import advance  # noqa: E402

STEPS = range(40, 60)  # whose calls are looked at
CALLS = 5  # of a loop in each turn
Call = tuple[Callable[..., Any], tuple[Any, ...]]


def heard(world: World) -> dict[str, list[Call]]:
    """Every call of a loop in some steps, and what it was given, by the loop's name."""
    calls: dict[str, list[Call]] = defaultdict(list)

    def listened(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            calls[name].append((plain, given))
            return plain(*given)

        return call

    loops = [each for each in PARTS if isinstance(each, Loop)]
    plain = {each: type(each).__call__ for each in loops}
    for each in loops:
        type(each).__call__ = staticmethod(listened(each.name, plain[each]))  # type: ignore[method-assign]
    try:
        for _ in STEPS:
            world, _ = advance(world)
    finally:
        for each in loops:
            type(each).__call__ = staticmethod(plain[each])  # type: ignore[method-assign]
    return calls


def microseconds(calls: list[Call], turns: int) -> float:
    """Of one call alone, the fastest turn's, on what the call in the middle was given."""
    function, given = calls[len(calls) // 2]
    best = float("inf")
    for _ in range(turns):
        began = perf_counter()
        for _ in range(CALLS):
            function(*given)
        best = min(best, perf_counter() - began)
    return 1e6 * best / CALLS


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--actors", type=int, default=1000, help="about how many (default: 1000)")
    parser.add_argument("--scenario", type=Path, default=ROOT / "scenarios" / "baseline.toml")
    parser.add_argument("--turns", type=int, default=200, help="how often; the fastest counts (default: 200)")
    options = parser.parse_args()
    scenario: Scenario = sized(options.actors, options.scenario)
    world = begin(scenario, 1)
    for _ in range(STEPS.start):
        world, _ = advance(world)
    rows = []
    for name, calls in heard(world).items():
        each, time = len(calls) / len(STEPS), microseconds(calls, options.turns)
        rows.append((name, each, time, each * time))
    rows.sort(key=lambda row: -row[-1])
    rows.append(("all", sum(row[1] for row in rows), 0.0, sum(row[3] for row in rows)))
    print(tabulate(rows, ["loop", "calls in a step", "us of a call", "us in a step"], floatfmt=".2f"))


if __name__ == "__main__":
    main()
