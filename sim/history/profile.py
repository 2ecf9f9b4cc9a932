"""Profiles: how well records can still be met when one number is held, and all others are fitted anew."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.history.calibration import Calibration
from sim.history.emulator import one_thread

GRID = 11  # points of each range, its ends among them
RULED_OUT = 3.84  # by which chi-square rises above its least: 95 % of a chi-square of one number
TRIES = 40  # evaluations of the emulator by its fit, beside those of its slopes
ASIDE = 0.01  # of a range: how far to either side of a point its slopes are found


@dataclass(frozen=True)
class Profiles:
    """By the last emulator, so good only where that is: near the records."""

    shares: Array  # (g,) of a range
    rise: Array  # (k, g) of chi-square above the least of all

    @property
    def not_ruled_out(self) -> Array:
        """Share (k,) of each range in which chi-square is not too far above its least, the grid's points joined."""
        fine = np.linspace(0.0, 1.0, 1001)
        return np.array([(np.interp(fine, self.shares, row) <= RULED_OUT).mean() for row in self.rise])


@one_thread()
def profiles(found: Calibration) -> Profiles:
    """Fix each fact at each share of a grid, and fit the others by least squares."""
    from scipy.optimize import least_squares

    said, emulator = found.evidence, found.emulator
    start = found.shares[found.best]
    spread = np.sqrt(said.variance + emulator.at(start[None, :])[1][0] + emulator.unknown)
    k, grid = start.size, np.linspace(0.0, 1.0, GRID)

    def off(shares: Array) -> Array:
        result: Array = (emulator.mean_at(shares[None, :])[0] - said.value) / spread
        return result

    def slopes(shares: Array, free: list[int]) -> Array:
        """Of what is off on the free numbers: central differences, which are exact for a quadratic, in one go."""
        aside = ASIDE * np.eye(k)[free]
        above, below = np.split(emulator.mean_at(np.concatenate([shares + aside, shares - aside])), 2)
        result: Array = (above - below).T / (2.0 * ASIDE) / spread[:, None]
        return result

    def refitted(held: int | None, at: float, begin: Array) -> tuple[float, Array]:
        free = [i for i in range(k) if i != held]

        def whole(part: Array) -> Array:
            every = begin.copy()
            every[free] = part
            if held is not None:
                every[held] = at
            return every

        if not free:
            alone = whole(begin[free])
            return float((off(alone) ** 2).sum()), alone
        inside = begin[free].clip(1e-6, 1 - 1e-6)
        fit = least_squares(
            lambda part: off(whole(part)), inside, lambda part: slopes(whole(part), free), (0.0, 1.0), max_nfev=TRIES
        )
        return 2.0 * float(fit.cost), whole(fit.x)

    least, middle = refitted(None, 0.0, start)
    rise = np.zeros((k, GRID))
    for fact in range(k):
        nearest = int(np.argmin(np.abs(grid - middle[fact])))
        for way in (range(nearest, GRID), range(nearest - 1, -1, -1)):  # from where the best one is, outward
            begin = middle
            for place in way:
                rise[fact, place], begin = refitted(fact, grid[place], begin)
    return Profiles(grid, rise - min(least, float(rise.min())))
