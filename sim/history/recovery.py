"""Whether known numbers come back: worlds of a calibration's sample as truths, with records that they would leave.

Each truth is drawn by its weight. What its records would say is what its world gives, with luck, with the sampling
error of the real records and with the model's error. That is fitted as the real records are, by the last emulator, so
no world is simulated for it: it tests likelihood, emulator and intervals near the real records.
``benchmarks/recovery.py`` begins further ahead: with random worlds, and rows of records that they leave.
"""

from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Array
from sim.errors import InputError
from sim.history.calibration import CANDIDATES, CHECKED, Calibration, spread
from sim.history.proposal import interval, proposal
from sim.rng import stream

TRUTHS = 20
RATE = 0.95  # of intervals that should hold the truth
RARE = 0.01  # chance of so few or fewer at that rate, below which intervals are called too short


@dataclass(frozen=True)
class Recovery:
    """What came back of n truths of k facts."""

    inside: Array  # (n, k) whether the interval holds the truth
    length: Array  # (n, k) of the interval, in shares of the range

    @property
    def held(self) -> float:
        """Share of all numbers that their intervals hold."""
        return float(self.inside.mean())

    @property
    def too_few(self) -> bool:
        """Whether so few would be held by rare chance; numbers of one truth miss together, so it counts as one draw."""
        from scipy.stats import binom

        return bool(binom.cdf(round(self.inside.sum() / self.inside.shape[1]), len(self.inside), RATE) < RARE)


def recovery(found: Calibration) -> Recovery:
    """Fit anew to what worlds of the sample would leave, and see whether their numbers come back."""
    said, seed = found.evidence, found.scenario.run.seed
    luck = stream(seed, 0, "truths")
    truths = luck.choice(len(found.weight), TRUTHS, p=found.weight)
    errors = luck.standard_normal((TRUTHS, said.value.size))
    deviation = np.sqrt(said.variance + found.luck * (1 + 1 / CHECKED))
    cloud = spread(CANDIDATES, len(found.fitted.names), seed, "candidates")
    inside, length = [], []
    for number, (truth, error) in enumerate(zip(truths, errors, strict=True)):
        records = found.mean[truth] + deviation[truth] * error
        try:
            fit = proposal(
                found.emulator, replace(said, value=records), found.fitted.named, cloud, seed, f"truth {number}"
            )
        except InputError:  # hardly anything within the ranges fits these records, so no interval holds the truth
            low = high = np.full(found.shares.shape[1], -1.0)  # of no length, outside of all ranges
        else:
            low, high = interval(fit.cloud, fit.weight, RATE)
        inside.append((low <= found.shares[truth]) & (found.shares[truth] <= high))
        length.append(high - low)
    return Recovery(np.array(inside), np.array(length))
