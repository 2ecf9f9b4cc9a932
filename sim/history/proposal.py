"""Where points are drawn from: the likelihood of all targets under an emulator.

Population Monte Carlo: points of a mixture of normal distributions are weighted by their likelihood over their density,
and the next mixture is fitted to them. Where too few points would count, their weights are tempered (a power below
one), as little as leaves ``ENOUGH`` of them, so that mixtures go step by step from the cube to the likelihood. What is
drawn in the end are points of a last, larger cloud, by their weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import Array, Rows
from sim.errors import InputError
from sim.history.emulator import Emulator, one_thread
from sim.history.evidence import Evidence
from sim.plurals import counted
from sim.rng import stream

CLOUD, LAST_CLOUD = 2**11, 2**13  # points of a round, and of those that are drawn from
ROUNDS = 20  # at most
ENOUGH, PLENTY = 200, 500  # points of equal weight that a round leaves; with which the last one is met
PARTS = 3  # of the mixture
HALVINGS = 30  # to find a power
RAREST, SEEN = 5e-5, 10**6  # share of a mixture's points that must lie in the cube; points before it is asked for
WIDER = 1.2  # times the mixture's standard deviations: importance weights bear a wide proposal and not a narrow one
ROUNDING = 1e-12  # of a sum of weights, which are 1 together
SMALLEST = 3e-4  # variance of a part in each direction, in shares of the ranges


@dataclass(frozen=True)
class Mixture:
    """Normal distributions on the cube of shares."""

    parts: Any
    names: Sequence[str]  # of the k facts

    def density(self, shares: Array) -> Array:
        """Its logarithm at points (n, k), as if nothing were cut off by the cube."""
        found: Array = self.parts.score_samples(shares)
        return found

    def drawn(self, number: int, luck: np.random.Generator) -> tuple[Array, float]:
        """Points (number, k) of the cube, and the share of its mass that the cube holds. Raises InputError where that
        is hardly any."""
        kept: list[Array] = []
        asked = there = 0
        while there < number:
            self.parts.random_state = int(luck.integers(2**32))
            points, _ = self.parts.sample(2 * number)
            points = luck.permutation(points)
            kept.append(points[((points >= 0) & (points <= 1)).all(axis=1)])
            asked, there = asked + len(points), there + len(kept[-1])
            if asked >= SEEN and there < min(number, RAREST * asked):
                raise self._outside(points, there, asked)
        every = np.concatenate(kept)
        return every[:number], len(every) / asked

    def _outside(self, points: Array, there: int, asked: int) -> InputError:
        name = self.names[int(((points < 0) | (points > 1)).mean(axis=0).argmax())]
        return InputError(
            "numbers that fit the records hardly ever lie inside all of their ranges", key=name,
            found=f"{there:,} of {counted(asked, 'point')} inside; this number is outside most often",
            allowed=f"one of {1 / RAREST:,.0f} inside, or more",
            fix="widen its range in the scenario (low and high), or fit from more worlds: a larger --budget",
        )  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A cloud (n, k) with weights, and the density that points drawn from it have."""

    emulator: Emulator
    evidence: Evidence
    mixture: Mixture
    power: float  # of the likelihood over the mixture's density: 1 where it is the likelihood itself
    cloud: Array
    weight: Array
    scale: float  # logarithm of what the density adds up to

    def density(self, shares: Array) -> Array:
        """Its logarithm at points (n, k)."""
        score, _ = emulated_likelihood(self.emulator, shares, self.evidence)
        before = self.mixture.density(shares)
        found: Array = before + self.power * (score - before) - self.scale
        return found

    def drawn(self, number: int, luck: np.random.Generator) -> Array:
        """Points (number, k)."""
        found: Array = self.cloud[luck.choice(len(self.cloud), number, p=self.weight)]
        return found


def likelihood(mean: Array, variance: Array, said: Evidence) -> tuple[Array, Array]:
    """Logarithm of the likelihood of targets (n, t) that are normal, up to a constant, and chi-square, each (n,)."""
    variance = np.broadcast_to(variance, mean.shape)
    square = (mean - said.value) ** 2 / variance
    return -0.5 * (square + np.log(variance)).sum(axis=1), square.sum(axis=1)


def emulated_likelihood(emulator: Emulator, shares: Array, said: Evidence) -> tuple[Array, Array]:
    """As ``likelihood``, at points (n, k) by the emulator."""
    mean, luck = emulator.at(shares)
    return likelihood(mean, said.variance + luck + emulator.unknown, said)


@one_thread()
def proposal(emulator: Emulator, said: Evidence, names: Sequence[str], cloud: Array, seed: int, stage: str) -> Proposal:
    """The likelihood under an emulator of facts with these names, as a proposal, from a first cloud (n, k) that fills
    the cube evenly. Raises InputError where what is likely lies outside of it."""
    luck, density = stream(seed, 0, f"proposal for {stage}"), np.zeros(len(cloud))
    for _ in range(ROUNDS):
        power, weight = _tempered(emulated_likelihood(emulator, cloud, said)[0] - density, ENOUGH)
        mixture = _mixture(cloud[luck.choice(len(cloud), CLOUD, p=weight)], names)
        if power == 1.0 and effective(weight) > PLENTY:
            break
        cloud, _ = mixture.drawn(CLOUD, luck)
        density = mixture.density(cloud)
    cloud, inside = mixture.drawn(LAST_CLOUD, luck)
    score = emulated_likelihood(emulator, cloud, said)[0] - mixture.density(cloud)
    power, weight = _tempered(score, PLENTY)
    most = float((power * score).max())
    scale = most + float(np.log(np.exp(power * score - most).mean() * inside))
    return Proposal(emulator, said, mixture, power, cloud, weight, scale)


def effective(weight: Array) -> float:
    """Effective size of a sample whose weights add up to one: as many points of equal weight say as much."""
    return float(1.0 / (weight**2).sum())


def interval(shares: Array, weight: Array, share: float) -> tuple[Array, Array]:
    """Ends (k,), in shares of the ranges, between which one more draw of what points (m, k) with weights (m,) are drawn
    from lies with this chance, or where weights are equal a little more. Below the j-th of n points one more lies
    with a chance of j / (n + 1), so the ends are the innermost points beyond which no more lies than a tail; where even
    the outermost are too near, the interval by Student's t, which is exact for what is normal (Hahn and Meeker 1991,
    Statistical Intervals, chapters 4 and 5), where it reaches further, within the ranges."""
    from scipy.special import stdtrit

    tail, n = (1.0 - share) / 2.0, effective(weight)
    order = np.argsort(shares, axis=0, kind="stable")
    sorted_, own = np.take_along_axis(shares, order, axis=0), weight[order]
    beyond = tail * (n + 1.0) / n + ROUNDING
    inside = [(np.cumsum(some, axis=0) <= beyond).sum(axis=0) for some in (own, own[::-1])]
    at = np.maximum(inside[0] - 1, 0), len(weight) - 1 - np.maximum(inside[1] - 1, 0)
    low, high = (np.take_along_axis(sorted_, place[None], axis=0)[0] for place in at)
    if n <= 1.0:  # of one point nothing is known
        return np.zeros(shares.shape[1]), np.ones(shares.shape[1])
    if (n - 1.0) / (n + 1.0) < share:
        middle = weight @ shares
        variance = weight @ (shares - middle) ** 2 * n / (n - 1.0)
        reach = -stdtrit(n - 1.0, tail) * np.sqrt((1.0 + 1.0 / n) * variance)
        low, high = np.minimum(low, middle - reach), np.maximum(high, middle + reach)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def distinct(shares: Array, weight: Array) -> tuple[Rows, Array]:
    """Rows of points (m, k) that differ, each where it stands first, and their weights: what was drawn more than once
    is one point with the weight of all, since it tells nothing more."""
    _, first, of = np.unique(shares, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    together: Array = np.bincount(of.reshape(-1), weights=weight)[order].astype(float)
    rows: Rows = first[order]
    return rows, together


def weighted(score: Array) -> Array:
    """Weights that add up to one, from their logarithms; what is not finite has none."""
    possible = np.isfinite(score)
    weight = np.where(possible, np.exp(score - score[possible].max()), 0.0)
    found: Array = weight / weight.sum()
    return found


def _tempered(score: Array, enough: int) -> tuple[float, Array]:
    """The highest power that leaves enough points, and their weights at it."""
    whole = weighted(score)
    if effective(whole) >= enough:
        return 1.0, whole
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(weighted(middle * score)) >= enough else (low, middle)
    return low, weighted(low * score)


def _mixture(points: Array, names: Sequence[str]) -> Mixture:
    from sklearn.mixture import GaussianMixture

    found = GaussianMixture(PARTS, reg_covar=SMALLEST, random_state=0, max_iter=50, tol=1e-2).fit(points)
    found.covariances_ = found.covariances_ * WIDER**2
    found.precisions_cholesky_ = found.precisions_cholesky_ / WIDER
    return Mixture(found, names)
