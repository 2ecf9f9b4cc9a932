"""Many adversarial markets for permits: in each, all markets must rest to 1e-9. Tests try some of the same.

    python benchmarks/markets.py        # 20,000 worlds of each kind: where buyers move, under one to three caps; where
                                        # they buy region by region; where they can emit less; under several caps
    python benchmarks/markets.py --from 401 --count 1

Prints how many were tried and the case of each that found no rest; exit code 1 if any.
"""

import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.test_abatement import test_markets_clear_when_buyers_can_emit_less as can_emit_less  # noqa: E402
from tests.test_caps import test_all_markets_clear_in_adversarial_worlds as several_caps  # noqa: E402
from tests.test_equal_stringency import at_rest  # noqa: E402
from tests.test_regional import test_markets_clear_when_each_buys_region_by_region as region_by_region  # noqa: E402

BLOCK = 500  # worlds of a kind tried at once, where a share of them has to bind


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
    for how, rest in {
        "region by region": region_by_region,
        "several caps": several_caps,
        "able to emit less, by price": partial(can_emit_less, "price"),
        "able to emit less, by contracts": partial(can_emit_less, "contracts"),
    }.items():
        blocks = range(options.first, options.first + options.count, BLOCK)
        for first in tqdm(blocks, unit="block", disable=None):
            try:
                rest(range(first, first + BLOCK))
            except (AssertionError, ArithmeticError) as error:
                failures.append(f"  {how}, cases {first} to {first + BLOCK}: {error}")
        print(f"{how}: {len(blocks) * BLOCK} worlds")
    print(f"without rest: {len(failures)}", *failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
