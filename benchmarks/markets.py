"""Many adversarial markets for permits in which buyers move: in each, all markets must rest to 1e-9.

    python benchmarks/markets.py                  # 20,000 worlds with one to three caps each, where part or all moves
    python benchmarks/markets.py --from 401 --count 1

Prints how many were tried, how many prices bound, and the case of each that found no rest; exit code 1 if any.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.test_equal_stringency import at_rest  # noqa: E402


def main() -> int:
    """Try all, print the count and what failed."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="CASE", help="first case (default: 0)")
    parser.add_argument("--count", type=int, default=20_000, metavar="N", help="cases of each kind (default: 20000)")
    options = parser.parse_args()
    kinds = [(markets, whole) for whole in (False, True) for markets in (1, 2, 3)]
    failures: list[str] = []
    for markets, whole in kinds:
        binding, how = 0, "all work moves" if whole else "a part moves"
        for case in tqdm(range(options.first, options.first + options.count), unit="world", disable=None):
            try:
                binding += at_rest(case, markets, whole=whole)
            except (AssertionError, ArithmeticError) as error:
                failures.append(f"  {markets} caps, {how}, case {case}: {error}")
        print(f"{markets} caps, {how}: {options.count} worlds, {binding} prices above nothing in two searches each")
    print(f"without rest: {len(failures)}", *failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
