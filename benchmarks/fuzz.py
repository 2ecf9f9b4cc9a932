"""Many odd scenarios: each must be refused with its key or simulate with a finite state.

    python benchmarks/fuzz.py                     # ten thousand, from seed 0 on
    python benchmarks/fuzz.py --from 4711 --count 1 --show   # one again, with its file

Prints how many were tried, refused, simulated and failed, and the seed of each that failed.
"""

import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.mutations import case, outcome  # noqa: E402


def main() -> int:
    """Try all, print the count and what failed; exit code 1 when anything did."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="SEED", help="first seed (default: 0)")
    parser.add_argument("--count", type=int, default=10_000, metavar="N", help="seeds to try (default: 10000)")
    parser.add_argument("--show", action="store_true", help="print the scenario files too")
    parser.add_argument("--whole", action="store_true", help="write results, figures and page of each too, and again")
    options = parser.parse_args()
    counts, failures = Counter[str](), []
    with TemporaryDirectory() as place:
        for seed in tqdm(range(options.first, options.first + options.count), unit="scenario"):
            if options.show:
                made = case(seed)
                print(f"{made.text}\n# settings {list(made.settings)}, until {made.until}")
            try:
                counts[outcome(seed, Path(place), options.whole)] += 1
            except Exception as error:
                counts["failed"] += 1
                failures.append(f"  seed {seed}: {type(error).__name__}: {str(error)[:200]}")
    tried = sum(counts.values())
    print(f"tried {tried}, refused {counts['refused']}, simulated {counts['simulated']}, failed {counts['failed']}")
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
