"""What simulated points say of those between them: for each target its mean, and how luck spreads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import Array

LEAST = 1e-6  # variance, in units of its mean over the points, below which nothing is said


@dataclass(frozen=True)
class Emulator:
    """Regressions of t targets on k numbers: of each mean (quadratic, Bayesian ridge), of each variance by luck
    (gamma, with the logarithm as link)."""

    terms: Any  # the numbers, their squares and products, each brought to one scale
    mean: Array  # (terms, t)
    mean_level: Array  # (t,)
    numbers: Any  # the numbers alone, brought to one scale
    luck: Array  # (k, t)
    luck_level: Array  # (t,)
    unknown: Array  # (t,) variance for what the regression of the mean does not know, its mean over the points

    def at(self, shares: Array) -> tuple[Array, Array]:
        """Mean, and variance by luck, each (n, t), at shares (n, k) of the ranges."""
        return self.mean_at(shares), np.exp(self.numbers.transform(shares) @ self.luck + self.luck_level)

    def mean_at(self, shares: Array) -> Array:
        """The mean alone (n, t): quadratic in the shares."""
        middle: Array = self.terms.transform(shares) @ self.mean + self.mean_level
        return middle


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it linear algebra takes one thread: its bits depend on no number of cores, and on a busy machine threads
    would wait for each other."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


@one_thread()
def emulated(shares: Array, worlds: Array) -> Emulator:
    """The emulator of targets, from their values (n, replicates, t) at shares (n, k) of the ranges; a value that does
    not exist is NaN. Each target needs a point at which it exists in every replicate."""
    from sklearn.linear_model import BayesianRidge, GammaRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    terms = make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler()).fit(shares)
    numbers = StandardScaler().fit(shares)
    every, alone = terms.transform(shares), numbers.transform(shares)
    means, lucks, unknown = [], [], []
    for values in np.moveaxis(worlds, -1, 0):
        known = np.isfinite(values).all(axis=1)
        mean = BayesianRidge().fit(every[known], values[known].mean(axis=1))
        unknown.append(np.mean(mean.predict(every[known], return_std=True)[1] ** 2))
        spread = values[known].var(axis=1, ddof=1)
        scale = float(max(spread.mean(), LEAST))
        luck = GammaRegressor(alpha=1.0, max_iter=1000).fit(alone[known], np.maximum(spread / scale, LEAST))
        means.append((mean.coef_, mean.intercept_))
        lucks.append((luck.coef_, luck.intercept_ + np.log(scale)))
    (slopes, levels), (spreads, bases) = (
        tuple(np.array(part) for part in zip(*found, strict=True)) for found in (means, lucks)
    )
    return Emulator(terms, slopes.T, levels, numbers, spreads.T, bases, np.array(unknown))
