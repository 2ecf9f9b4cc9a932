"""Designs: which points of the varied entries are simulated. They follow from axes, design, number and seed, so that a
plan holds these alone, and a million points take a number for each axis and point. One of one's own is kept whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, prod
from typing import Any

import numpy as np

from sim.arguments import is_number
from sim.arrays import Array
from sim.errors import InputError, unknown
from sim.plurals import counted
from sim.quantity import written
from sim.rng import stream
from sim.scenario import Scenario
from sim.scenario.variants import changed
from sim.store.as_json import json_text
from sim.study.axes import FROM_VARY, Axis, plain, typed_unit
from sim.study.points import Point

DESIGNS = ("grid", "lhs", "sobol")
SAMPLES = {"lhs": 100, "sobol": 128}  # where nothing is said
MOST_POINTS = 1_000_000
MOST_BESIDE = 16  # points that are simulated together for the past that they have in common
POLICY = "policy."  # begins the path of a policy's entry


@dataclass(frozen=True)
class Designed:
    """The points of a design. The first is the base point, in which nothing is changed."""

    design: str
    axes: Sequence[Axis]
    samples: int  # of a design that is drawn
    seed: int
    places: Sequence[Sequence[int]] = ()  # of a design of one's own: by axis, for each point, in the list of values

    @cached_property
    def columns(self) -> list[Array]:
        """By axis, for each point beside the base point: the place of its value in the list, or its number."""
        if self.places:
            return [np.array(column, dtype=np.int32) for column in self.places]
        if self.design == "grid":
            counts = [len(axis.values) for axis in self.axes]
            return [place.ravel() for place in np.indices(counts, dtype=np.int32)]
        draw = _lhs if self.design == "lhs" else _sobol
        shares = draw(self.samples, len(self.axes), self.seed)
        return [axis.column(shares[:, i]) for i, axis in enumerate(self.axes)]

    @cached_property
    def _beside_the_base(self) -> int:
        return len(self.columns[0])

    def __len__(self) -> int:
        return 1 + self._beside_the_base

    def point(self, number: int) -> Point:
        """The entries of a point by path, as a file would write them."""
        if not number:
            return {}
        return {axis.path: axis.entry(column[number - 1]) for axis, column in zip(self.axes, self.columns, strict=True)}

    def text(self, number: int) -> str:
        """The entries."""
        return json_text(self.point(number))

    def past(self, number: int) -> str:
        """The entries that are no policy's."""
        entries = self.point(number).items()
        return json_text({path: value for path, value in entries if not path.startswith(POLICY)})

    @property
    def side_by_side(self) -> int:
        """Several where some have a past in common, one where none has."""
        others = [column for axis, column in zip(self.axes, self.columns, strict=True)
                  if not axis.path.startswith(POLICY)]  # fmt: skip
        if len(others) == len(self.axes):
            return 1
        alike = not others or len(np.unique(np.stack(others), axis=1).T) < self._beside_the_base
        return min(len(self), MOST_BESIDE) if alike else 1

    def world(self, scenario: Scenario, number: int) -> Scenario:
        """The scenario with the entries of a point."""
        return changed(scenario, self.point(number), origin=FROM_VARY) if number else scenario

    def record(self) -> dict[str, Any]:
        """What a plan holds of them beside axes, design, seed and how many points there are: nothing, but for a design
        of one's own."""
        return {"places": self.places} if self.places else {}


def design(name: str, axes: Sequence[Axis], samples: int | None, seed: int) -> Designed:
    """The points of a design. ``samples`` None takes the usual number; a grid has as many as it has. Raises
    InputError."""
    if name not in DESIGNS:
        raise unknown("design", name, DESIGNS, key="--design")
    if name == "grid":
        if samples is not None:
            fix = "leave it out, or choose --design lhs"
            raise InputError("a grid is not sampled", key="--samples", found=samples, allowed="no number", fix=fix)
        points = 1
        for axis in axes:
            points *= len(axis.values)
        not_too_many(points, "--vary", "vary fewer entries or values, or choose --design lhs")
        return Designed(name, axes, points, seed)
    samples = SAMPLES[name] if samples is None else samples
    not_too_many(samples, "--samples", "ask for fewer")
    _refuse_lists(name, axes, samples)
    return Designed(name, axes, samples, seed)


def _refuse_lists(name: str, axes: Sequence[Axis], samples: int) -> None:
    """Raises InputError where a design would draw from lists alone, of which a grid holds all there is."""
    different = prod(len(axis.values) for axis in axes)
    if 0 < different <= samples:
        path, told = axes[0].path, map(plain, axes[0].values)
        values = [value for value in told if is_number(value) and isfinite(value)]
        ends = f"{written(min(values))}:{written(max(values))} {typed_unit(axes[0].values[0])}" if values else ""
        ranged = f"write '{path}={ends.strip()}' for a range, or " if len(values) > 1 else "vary a range, or "
        problem = f"lists have nothing to draw beyond their {counted(different, 'point')}"
        found, allowed = f"{name}, {counted(samples, 'sample')}", "a range, or fewer samples than there are points"
        fix = f"{ranged}choose --design grid"
        raise InputError(problem, key="--design", found=found, allowed=allowed, fix=fix)


def not_too_many(points: int, key: str, fix: str) -> None:
    """Raises InputError for more points than a study can have."""
    if points > MOST_POINTS:
        raise InputError(
            "too many points", key=key, found=f"{points:,}", allowed=f"at most {MOST_POINTS:,} points", fix=fix
        )


def _lhs(number: int, axes: int, seed: int) -> Array:
    """Shares by (sample, axis): every axis is cut into as many parts as there are samples, each with one of them
    (McKay, Beckman and Conover 1979, Technometrics 21:239)."""
    columns = []
    for axis in range(axes):
        luck = stream(seed, 0, "latin hypercube", axis)
        columns.append((luck.permutation(number) + luck.random(number)) / number)
    return np.stack(columns, axis=1)


def _sobol(number: int, axes: int, seed: int) -> Array:
    """Shares by (sample, axis) from Sobol's sequence, moved round by a random amount on each axis (Cranley and
    Patterson 1976, SIAM J. Numer. Anal. 13:904), so that no point is a corner."""
    import warnings

    from scipy.stats import qmc

    with warnings.catch_warnings():  # of a number that is no power of two
        warnings.simplefilter("ignore")
        points = qmc.Sobol(axes, scramble=False).random(number)
    return np.asarray((points + stream(seed, 0, "sobol shift").random(axes)) % 1.0)
