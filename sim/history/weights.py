"""How theories are weighed: by how well each, fitted to early records, forecast later ones."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from sim.arrays import Array
from sim.mathematics import exp
from sim.rng import stream

DRAWS = 10_000  # of the Bayesian bootstrap
Key: TypeAlias = Hashable  # a target and its years


def weights(scores: Mapping[str, Mapping[Key, float]], seed: int = 1) -> dict[str, float]:
    """The weight of each theory from its log scores (minus ln of a density, smaller is better) by target.

    Pseudo-BMA with the Bayesian bootstrap (Yao, Vehtari, Simpson, Gelman 2018, Bayesian Analysis 13, 917): targets are
    weighted anew by Dirichlet(1, ..., 1), theories by exp of minus n times the mean score, and the mean over such draws
    is the weight. Targets count that all theories have. Raises ValueError without any.
    """
    shared = common(list(scores.values()))
    if not shared:
        raise ValueError("no target that all theories were judged by")
    lost = np.array([[own[key] for key in shared] for own in scores.values()])  # (theory, target)
    parts = stream(seed, 0, "weights of theories").dirichlet(np.ones(len(shared)), DRAWS)
    likelihood = -len(shared) * (lost @ parts.T)  # ln, (theory, draw)
    share: Array = np.asarray(exp(likelihood - likelihood.max(axis=0)))
    share = share / share.sum(axis=0)
    return dict(zip(scores, share.mean(axis=1).tolist(), strict=True))


def common(scores: Sequence[Mapping[Key, float]]) -> list[Key]:
    """Targets that all have a score of, in the order of the first."""
    return [key for key in scores[0] if all(np.isfinite(own.get(key, np.nan)) for own in scores)]
