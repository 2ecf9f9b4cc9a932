"""How long a short run in two processes takes by how they are started: ``python benchmarks/starts.py``.

A process without threads forks its workers. One with threads, as a notebook, has a server fork them on Linux; elsewhere
each imports all anew. After a first call of each way they are measured in turns, and the fastest turn counts.
"""

import sys
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import sim
from sim.experiment.pool import STARTS

TURNS = 5
BASELINE = Path(__file__).resolve().parent.parent / "scenarios" / "baseline.toml"


def seconds(scenario: sim.Scenario, way: str) -> float:
    """Of a run whose workers are started that way."""
    with patch("sim.experiment.pool.way_to_start", lambda: way):
        began = perf_counter()
        sim.run(scenario, workers=2)
    return perf_counter() - began


def main() -> None:
    """Print a row for each way: the first call, the fastest of others, and its ratio to a fork."""
    scenario = sim.load(BASELINE, replicates=4, until=2014)
    first = {way: seconds(scenario, way) for way in STARTS}
    turns = [{way: seconds(scenario, way) for way in STARTS} for _ in range(TURNS)]
    fastest = {way: min(turn[way] for turn in turns) for way in STARTS}
    for way in STARTS:
        then = fastest[way]
        print(f"{way:12} first {first[way]:5.2f} s, then {then:5.2f} s, {then / fastest['fork']:4.1f} times a fork")


if __name__ == "__main__":
    main()
