"""Whether known numbers come back: calibrations to records that worlds with random numbers would have left.

    python benchmarks/recovery.py                        # a dozen truths, eight numbers of a small world
    python benchmarks/recovery.py --truths 5 --budget 2 --all

The default takes about nine minutes of processor time.

Prints for each number how many of the truths lie inside its 95 % interval, and how long intervals are as shares of the
ranges: an interval that is always the whole range holds every truth and says nothing.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.history import fitted as declared  # noqa: E402
from sim.history.calibration import WORLDS_A_MINUTE  # noqa: E402
from sim.history.fitted import fitted  # noqa: E402
from sim.history.recovery import RATE, Recovery  # noqa: E402
from tests.synthetic import SOME, calibrate, synthetic  # noqa: E402
from tests.worlds import small  # noqa: E402


def main() -> int:
    """Fit to each truth, print the counts; exit code 1 where so few are held by chance once in a hundred."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--truths", type=int, default=12, metavar="N", help="worlds that leave records (default: 12)")
    parser.add_argument("--budget", type=float, default=0.4, metavar="MINUTES", help="of each fit (default: 0.4)")
    parser.add_argument("--until", type=int, default=2018, metavar="YEAR", help="last year of records (default: 2018)")
    parser.add_argument("--workers", type=int, default=2, metavar="W", help="processes (default: 2)")
    parser.add_argument("--all", action="store_true", help="fit every number that `calibrate` fits")
    options = parser.parse_args()
    if not options.all:
        declared.FACTS = {name: declared.FACTS[name] for name in SOME}
    world = small(until=options.until)
    names, luck = fitted(world).names, np.random.default_rng(1)
    held, long, sizes = [], [], []
    for truth in tqdm(range(options.truths), unit="truth"):
        shares = luck.uniform(0.1, 0.9, len(names))
        said = synthetic(world, shares, options.until, replicate=1000 + truth)
        found = calibrate(world, said, int(options.budget * WORLDS_A_MINUTE), workers=options.workers)
        low, high = found.interval()
        held.append((low <= shares) & (shares <= high))
        long.append(high - low)
        sizes.append(found.effective)
    back = Recovery(np.array(held), np.array(long))
    for name, inside, length in zip(names, back.inside.sum(axis=0), back.length.mean(axis=0), strict=True):
        print(f"{name:34} {inside:3d} of {options.truths} inside, interval {length:.2f} of the range")
    print(f"In all {back.inside.sum()} of {back.inside.size} ({back.held:.0%}; {RATE:.0%} should be).")
    print(f"Samples as good as {np.median(sizes):.0f} points of equal weight.")
    return int(back.too_few)


if __name__ == "__main__":
    raise SystemExit(main())
