"""By how much regional loads exceed what regional grids connect, in worlds where the sum of connections holds.

    python benchmarks/regional_limits.py
    python benchmarks/regional_limits.py --seeds 12 --until 2036

From the step before power gets short, each region's limit is its load then and what its grid has connected since.
Prints by year the power drawn beyond limits, and how much more the world would emit were that drawn where there
is room: the lowest, the median and the highest over seeds; and by how much each region is above (+) or below (−) its
limit. Decision 25 quotes it.
"""

import sys
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.economy.moment import moment  # noqa: E402
from sim.economy.start import begin  # noqa: E402
from sim.economy.step import advance  # noqa: E402
from sim.scenario import Scenario, load  # noqa: E402


def exceeded(scenario: Scenario, seed: int) -> dict[int, np.ndarray]:
    """By year, in its last step: power beyond limits and emissions more, as shares, and load over limit by region, less
    one. Outside demand is taken to be spread as the modelled is."""
    world, found = begin(scenario, seed), {}
    connected = np.array([region.grid_connections for region in scenario.regions])
    limit = load_before = None
    for _ in range(scenario.steps):
        before, (world, step) = world, advance(world)
        energy, emitted = step.energy.sum(axis=1), step.emissions.sum(axis=1)
        bought = (step.compute + step.inference).sum() + step.outside
        drawn = energy / energy.sum() * bought / moment(scenario, before.clock).flop_per_kwh
        if limit is None and step.bound_by_power:
            limit = load_before
        if limit is not None:
            limit = limit + connected * step.dt
            over, room = np.maximum(drawn - limit, 0.0), np.maximum(limit - drawn, 0.0)
            moved = drawn - over + over.sum() * room / max(room.sum(), 1e-300)
            more = (moved - drawn) @ (emitted / energy) / (drawn @ (emitted / energy))
            found[before.clock.year] = np.array([over.sum() / drawn.sum(), more, *(drawn / limit - 1.0)])
        load_before = drawn
    return found


def main() -> int:
    """Print the table."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=6, metavar="N", help="worlds (default: 6)")
    parser.add_argument("--until", type=int, default=2035, metavar="YEAR", help="last year (default: 2035)")
    options = parser.parse_args()
    scenario = load(ROOT / "scenarios" / "baseline.toml", until=options.until)
    by_year = defaultdict(list)
    for seed in range(1, options.seeds + 1):
        for year, values in exceeded(scenario, seed).items():
            by_year[year].append(values)
    print("year  worlds  power beyond limits [%]   emissions more [%]   load over limit [%]")
    for year, rows in sorted(by_year.items()):
        low, middle, high = 100 * np.percentile(rows, [0, 50, 100], axis=0)
        over, more = (f"{low[i]:5.1f} {middle[i]:5.1f} {high[i]:5.1f}" for i in (0, 1))
        regions = "  ".join(f"{id} {value:+.0f}" for id, value in zip(scenario.region_ids, middle[2:], strict=True))
        print(f"{year}  {len(rows):6}  {over:>23}  {more:>19}   {regions}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
