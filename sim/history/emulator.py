"""What simulated points say of those between them: for each target its mean, and how luck spreads it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import Array

LEAST = 1e-6  # variance, in units of the wave's own, below which nothing is said


@dataclass(frozen=True)
class Emulator:
    """One target: regressions of its mean (quadratic, Bayesian ridge) and of its variance by luck (gamma)."""

    mean: Any
    variance: Any
    scale: float

    def at(self, shares: Array) -> tuple[Array, Array, Array]:
        """Mean, variance by luck, and variance for what the emulator does not know, each (n,), at shares (n, k)."""
        middle, spread = self.mean.predict(shares, return_std=True)
        luck = self.variance.predict(shares) * self.scale
        return middle, luck, spread**2


def emulated(shares: Array, worlds: Array) -> Emulator:
    """The emulator of one target, from its values (n, replicates) at shares (n, k) of the ranges."""
    from sklearn.linear_model import BayesianRidge, GammaRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    known = np.isfinite(worlds).all(axis=1)
    shares, worlds = shares[known], worlds[known]
    mean = make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler(), BayesianRidge())
    mean.fit(shares, worlds.mean(axis=1))
    luck = worlds.var(axis=1, ddof=1)
    scale = float(max(luck.mean(), LEAST))
    variance = make_pipeline(StandardScaler(), GammaRegressor(alpha=1.0, max_iter=1000))
    variance.fit(shares, np.maximum(luck / scale, LEAST))
    return Emulator(mean, variance, scale)
