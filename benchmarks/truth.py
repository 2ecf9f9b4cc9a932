"""How many targets a true model would meet: records that the fitted baseline leaves are held to itself.

    python benchmarks/truth.py

Takes about a quarter of a minute of processor time. Worlds of the baseline, which differ by luck alone, leave records
of as many rows as there are; each gets the 95 % intervals of its own bootstrap, and the mean over the worlds of the fit
lies in them or does not. Prints for each target how often it does, and how many of all targets do at once.
"""

import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim import load  # noqa: E402
from sim.history.error_record import TWO_SIDED, error_record  # noqa: E402
from sim.history.evidence import evidence  # noqa: E402
from sim.history.observation import observed  # noqa: E402
from sim.history.points import DRAWS  # noqa: E402
from sim.history.records import packaged  # noqa: E402
from sim.history.sample import resampled  # noqa: E402
from sim.history.seen import past  # noqa: E402
from sim.history.targets import ERROR  # noqa: E402

FITTED = 8  # worlds that the calibration judged a point by


def main() -> int:
    """Print the rates."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--worlds", type=int, default=40, metavar="N", help="that leave records (default: 40)")
    parser.add_argument("--versions", type=int, default=10, metavar="N", help="of each world's records (default: 10)")
    options = parser.parse_args()
    baseline = load(ROOT / "scenarios" / "baseline.toml")
    said = evidence(baseline, packaged(), 2021)
    targets = said.targets
    shown = [observed(past(baseline, number, said.last), said.records, DRAWS) for number in range(options.worlds)]
    values = np.array([[target.of(each) for target in targets] for each in shown])  # (world, target, version)
    truth = np.nanmean(values[:FITTED], axis=(0, 2))
    again = resampled(said.records, 1_000)  # which rows count how often
    tolerance = TWO_SIDED * error_record().spread
    inside = np.zeros((options.worlds, options.versions, len(targets)), dtype=bool)
    for world, each in enumerate(shown):
        for version in range(options.versions):
            parts = {name: getattr(each, name)[version : version + 1] for name in ("industry", "anyone", "own", "cost")}
            rows = replace(each, weight=again.weight, **parts)
            for column, target in enumerate(targets):
                if target.unit == ERROR:
                    inside[world, version, column] = abs(values[world, column, version] - truth[column]) <= tolerance
                    continue
                low, high = np.nanquantile(target.of(rows), [0.025, 0.975])
                inside[world, version, column] = low <= truth[column] <= high
    for target, rate in zip(targets, inside.mean(axis=(0, 1)), strict=True):
        print(f"{target.name:40} {rate:.0%}")
    count, most = inside.sum(axis=2), len(targets)
    low, high = np.quantile(count, [0.05, 0.95])
    print(f"In all {count.mean():.1f} of {most} (90 % between {low:.0f} and {high:.0f}). Nine in ten or more: "
          f"{(count >= 0.9 * most).mean():.0%} of the records.")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
