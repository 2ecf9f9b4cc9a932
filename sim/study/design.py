"""Designs: which points of the varied entries are simulated."""

from collections.abc import Sequence
from itertools import product

from sim.arrays import Array
from sim.errors import InputError, unknown
from sim.rng import stream
from sim.study.axes import Axis
from sim.study.points import Point

DESIGNS = ("grid", "lhs", "sobol")
SAMPLES = {"lhs": 100, "sobol": 128}  # where nothing is said
MOST_POINTS = 1_000_000


def design(name: str, axes: Sequence[Axis], samples: int | None, seed: int) -> list[Point]:
    """The points of a design. The first is the base point, in which nothing is changed.

    ``samples`` None takes the usual number; a grid has as many as it has. Raises InputError.
    """
    if name not in DESIGNS:
        raise unknown("design", name, DESIGNS, key="--design")
    if name == "grid":
        if samples is not None:
            fix = "leave it out, or choose --design lhs"
            raise InputError("a grid is not sampled", key="--samples", found=samples, allowed="no number", fix=fix)
        points = 1
        for axis in axes:
            points *= len(axis.values)
        _few(points, "--vary")
        whole = [dict(zip((axis.path for axis in axes), values, strict=True))
                 for values in product(*(axis.values for axis in axes))]  # fmt: skip
        return [{}, *whole]
    number = SAMPLES[name] if samples is None else samples
    _few(number, "--samples")
    shares = _lhs(number, len(axes), seed) if name == "lhs" else _sobol(number, len(axes), seed)
    return [{}, *({axis.path: axis.at(float(share)) for axis, share in zip(axes, row, strict=True)} for row in shares)]


def _few(points: int, key: str) -> None:
    if points > MOST_POINTS:
        allowed, fix = f"at most {MOST_POINTS:,} points", "vary fewer entries or values, or choose --design lhs"
        raise InputError("too many points", key=key, found=points, allowed=allowed, fix=fix)


def _lhs(number: int, axes: int, seed: int) -> Array:
    """Shares by (sample, axis): every axis is cut into as many parts as there are samples, each with one of them
    (McKay, Beckman and Conover 1979, Technometrics 21:239)."""
    import numpy as np

    columns = []
    for axis in range(axes):
        luck = stream(seed, 0, "latin hypercube", axis)
        columns.append((luck.permutation(number) + luck.random(number)) / number)
    return np.stack(columns, axis=1)


def _sobol(number: int, axes: int, seed: int) -> Array:
    """Shares by (sample, axis) from Sobol's sequence, moved round by a random amount on each axis (Cranley and
    Patterson 1976, SIAM J. Numer. Anal. 13:904), so that no point is a corner."""
    import warnings

    import numpy as np
    from scipy.stats import qmc

    with warnings.catch_warnings():  # of a number that is no power of two
        warnings.simplefilter("ignore")
        plain = qmc.Sobol(axes, scramble=False).random(number)
    return np.asarray((plain + stream(seed, 0, "sobol shift").random(axes)) % 1.0)
