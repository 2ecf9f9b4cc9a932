"""Calibration: which values of a scenario's open numbers go with records.

1. A first wave: a space-filling design (Sobol's sequence) of points within the ranges, each simulated in two
   replicates, and an emulator of each target. A point is implausible when its worst target is more than three
   standard deviations off: of the record's bootstrap, of the model's error, of luck, and of what the emulator does not
   know.
2. Further waves: a mixture of normal distributions follows the likelihood of all targets under the emulator, tempered
   where that is too narrow; its points are simulated, and the emulator is made anew of the points nearest to the
   records.
3. A weighted sample: points of the last mixture are simulated in more replicates, a second half of them from a mixture
   that knows the first (adaptive multiple importance sampling), and weighted by the likelihood that the simulator gives
   them over the density of both. Luck is taken from the emulator, since that of a few replicates is luck itself. What
   was drawn more than once is one point with the weight of all.

The number of worlds follows from the budget alone, and so results depend on no clock and on no number of workers. What
is to be simulated comes batch by batch, so that it can be kept and gone on with.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.errors import InputError
from sim.history.emulator import Emulator, emulated, one_thread
from sim.history.evidence import Evidence
from sim.history.fitted import Fitted, fitted
from sim.history.points import Batch, PointsWork
from sim.history.proposal import Proposal, distinct, effective, interval, likelihood, proposal, weighted
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.ensemble import Ensemble

WORLDS_A_MINUTE = 1_500  # of budget: two cores of the machine that was measured, the baseline to 2021
OF_FIRST, OF_WAVES, WAVES = 0.25, 0.35, 3  # share of all worlds: of the first wave, and of so many further ones
REPLICATES, CHECKED = 2, 8  # of a point of a wave, and of one of the weighted sample
CANDIDATES = 2**13  # points that the first emulator judges
CUT = 3.0  # standard deviations beyond which a point is implausible
NEAREST = 1.3  # points that an emulator is made of, in terms of its regression
Recipe = Generator[Batch, Array, "Calibration"]


@dataclass(frozen=True)
class Calibration:
    """A weighted sample of m points of k facts, and how it came about."""

    scenario: Scenario
    fitted: Fitted
    evidence: Evidence
    shares: Array  # (m, k) of the ranges
    weight: Array  # (m,) adding up to one
    chi_square: Array  # (m,)
    mean: Array  # (m, t) of the targets
    luck: Array  # (m, t) variance of a target between replicates
    emulator: Emulator  # the last one
    left: float  # share of the ranges that the first emulator does not rule out
    powers: list[float]  # of the likelihood that each proposal followed
    worlds: int

    @property
    def best(self) -> int:
        """The point with the smallest chi-square."""
        return int(np.argmin(self.chi_square))

    @property
    def effective(self) -> float:
        """Effective size of the sample: as many points of equal weight would say as much."""
        return effective(self.weight)

    @property
    def ensemble(self) -> Ensemble:
        """The sample as draws take it."""
        points = [self.fitted.values(shares) for shares in self.shares]
        values, ends = np.array([list(point.values()) for point in points]), np.cumsum(self.weight)
        return Ensemble("", tuple(points[0]), (), (), ends / ends[-1], values)

    def interval(self, share: float = 0.95) -> tuple[Array, Array]:
        """Ends (k,) of each fact's interval that holds the truth this often, as shares of its range."""
        return interval(self.shares, self.weight, share)


class Sizes(NamedTuple):
    """Points of each stage."""

    first: int
    wave: int
    half: int  # of the weighted sample

    @property
    def worlds(self) -> int:
        """What all stages take."""
        return (self.first + WAVES * self.wave) * REPLICATES + 2 * self.half * CHECKED

    def stages(self) -> list[tuple[str, int, int]]:
        """Name, points and replicates of each stage."""
        waves = [(f"wave {wave + 2}", self.wave, REPLICATES) for wave in range(WAVES)]
        halves = [(f"weighted sample {half}", self.half, CHECKED) for half in (1, 2)]
        return [("wave 1", self.first, REPLICATES), *waves, *halves]


def sizes(worlds: int, k: int) -> Sizes:
    """How so many worlds are divided for k facts. Raises InputError where they are too few."""
    first = int(worlds * OF_FIRST / REPLICATES)
    wave = int(worlds * OF_WAVES / WAVES / REPLICATES)
    few = _terms(k) // 2  # fewer points than that tell nothing of how numbers go together
    if first < few:
        least = np.ceil(few * REPLICATES / OF_FIRST / WORLDS_A_MINUTE)
        found, allowed = f"{worlds:,} worlds", f"{least:g} minutes or more for {k} numbers"
        raise InputError("too small a budget", key="--budget", found=found, allowed=allowed, fix="give it more time")
    return Sizes(first, wave, int(worlds * (1 - OF_FIRST - OF_WAVES) / CHECKED / 2))


def steps(scenario: Scenario, said: Evidence, wanted: Sizes) -> Recipe:
    """The calibration as what it wants simulated: yields batches, takes their arrays (number, ...), returns what was
    found. Raises InputError where no world is possible."""
    known, seed = fitted(scenario), scenario.run.seed
    k, stages = len(known.facts), iter(wanted.stages())

    def points(shares: Array) -> Batch:
        stage, _, replicates = next(stages)
        return PointsWork(scenario, known, said, shares, replicates).batch(stage)

    design = spread(wanted.first, k, seed, "design")
    cloud = spread(CANDIDATES, k, seed, "candidates")
    seen = _Seen(scenario, said, wanted.wave, design, (yield points(design)))
    left = _left(seen.first_emulator(), cloud, said)
    follows = [proposal(seen.emulator(), said, known.named, cloud, seed, "wave 2")]
    for wave in range(WAVES):
        design = follows[-1].drawn(wanted.wave, stream(seed, 0, "design of a wave", wave))
        seen = seen.more(design, (yield points(design)))
        follows.append(proposal(seen.emulator(), said, known.named, cloud, seed, f"wave {wave + 3}"))
    first = follows[-1].drawn(wanted.half, stream(seed, 0, "weighted sample", 1))
    checked = yield points(first)
    seen = seen.more(first, checked)
    follows.append(proposal(seen.emulator(), said, known.named, cloud, seed, "second half"))
    second = follows[-1].drawn(wanted.half, stream(seed, 0, "weighted sample", 2))
    again = yield points(second)
    emulator = seen.more(second, again).emulator()
    sample, mean = np.concatenate([first, second]), np.concatenate([checked, again]).mean(axis=1)
    luck, chi, score = _scored(emulator, said, sample, mean, follows[-2:])
    possible = np.flatnonzero(np.isfinite(score))
    if not possible.size:
        raise _impossible(scenario, "no point of the weighted sample has all targets")
    rows, weight = distinct(sample[possible], weighted(score[possible]))
    rows = possible[rows]
    return Calibration(
        scenario, known, said, sample[rows], weight, chi[rows], mean[rows], luck[rows], emulator, left,
        [one.power for one in follows], wanted.worlds,
    )  # fmt: skip


@dataclass(frozen=True)
class _Seen:
    """What was simulated so far: targets of n points, in the first replicates of each (n, replicates, t)."""

    scenario: Scenario
    said: Evidence
    wave: int
    shares: Array
    worlds: Array

    def more(self, shares: Array, worlds: Array) -> "_Seen":
        """With the points of another batch."""
        every = np.concatenate([self.worlds, worlds[:, :REPLICATES]])
        return replace(self, shares=np.concatenate([self.shares, shares]), worlds=every)

    def first_emulator(self) -> Emulator:
        """Of all points, each target of those that have it. Raises InputError for targets that none has."""
        nowhere = np.flatnonzero(~np.isfinite(self.worlds).all(axis=1).any(axis=0))
        if nowhere.size:
            names = ", ".join(self.said.targets[i].name for i in nowhere)
            raise _impossible(self.scenario, f"in no world a value of {names}")
        return emulated(self.shares, self.worlds)

    def emulator(self) -> Emulator:
        """Of the possible points that are nearest to the records, all replicates' luck taken alike. Raises InputError
        where no point is possible."""
        luck = np.nanmean(self.worlds.var(axis=1, ddof=1), axis=0)
        variance = self.said.variance + luck * (1 + 1 / REPLICATES)
        _, chi = likelihood(self.worlds.mean(axis=1), variance, self.said)
        possible = np.flatnonzero(np.isfinite(chi))
        if not possible.size:
            raise _impossible(self.scenario, "no world has all targets")
        number = max(int(NEAREST * _terms(self.shares.shape[1])), 3 * self.wave // 2)
        near = np.sort(possible[np.argsort(chi[possible], kind="stable")[:number]])
        return emulated(self.shares[near], self.worlds[near])


@one_thread()
def _scored(
    emulator: Emulator, said: Evidence, sample: Array, mean: Array, drawn_from: list[Proposal]
) -> tuple[Array, Array, Array]:
    """Of the points of the weighted sample: luck (m, t), chi-square (m,), and the logarithm of their weights (m,).

    They come in equal parts from proposals.
    """
    luck = emulator.at(sample)[1]
    score, chi = likelihood(mean, said.variance + luck * (1 + 1 / CHECKED), said)
    density = np.logaddexp.reduce([one.density(sample) for one in drawn_from], axis=0)
    return luck, chi, score - density


def _terms(k: int) -> int:
    """Terms of a quadratic in k numbers."""
    return (k + 1) * (k + 2) // 2


def spread(number: int, k: int, seed: int, purpose: str) -> Array:
    """Points (number, k) of Sobol's sequence, which fill the cube of k shares."""
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(number)))
    luck = int(stream(seed, 0, purpose).integers(2**32))  # of a generator it would take what no seed sets
    points: Array = qmc.Sobol(k, seed=luck).random_base2(power)[:number]
    return points


def _impossible(scenario: Scenario, found: str) -> InputError:
    fix = "look at its results with `run`"
    return InputError("no world can be held against the records", file=scenario.file, found=found, fix=fix)


@one_thread()
def _left(emulator: Emulator, shares: Array, said: Evidence) -> float:
    """Share of points whose worst target is not implausibly far from the record."""
    mean, luck = emulator.at(shares)
    far = np.abs(mean - said.value) / np.sqrt(said.variance + luck + emulator.unknown)
    return float((far.max(axis=1) <= CUT).mean())
