"""Which numbers of a scenario a calibration fits, and within which bounds: the one place that says so.

A fact is one or more numbers that move together, each at the same share of its own range, or from its other end where
the scenario says that it moves against them; whatever the scenario declares as one fact with one of them moves too, and
facts that it joins so are one. The range is the scenario's ``low`` to ``high``: even in the logarithm where ``low`` is
above zero, else even. Numbers of a mechanism that is off, or of a theory that is not chosen, have no effect, and are
not fitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.errors import InputError
from sim.plurals import counted
from sim.quantity import Quantity
from sim.scenario import Scenario
from sim.scenario.drawing import bounds, facts
from sim.scenario.ensemble import FITTED

FACTS: Mapping[str, tuple[str, ...]] = {
    "size of the market": ("product.size",),
    "market's growth per fall of error": ("product.growth_exponent",),
    "firms' first plans": ("kind.corporation.start_plan", "kind.startup.start_plan"),
    "labs' first plans": ("kind.academic_lab.start_plan",),
    "labs' keeping up": ("kind.academic_lab.keeping_up",),
    "progress of algorithms": ("knowledge.public_rate",),  # and what the scenario declares as one fact with it
    "compute given to labs": ("finance.sponsored_share",),
    "law's first error": ("law.start_error",),
    "law's first compute": ("law.start_compute",),
    "accuracy of what is recorded": ("observation.accuracy",),
    "visibility of labs": ("observation.academia",),
    "shortfall of what is recorded": ("observation.shortfall",),
    "firms' records that name a lab": ("observation.joint",),
}
STRUCTURE: Mapping[str, Mapping[str, tuple[str, ...]]] = {  # further facts, by the mechanism that they are of
    "expectations": {
        "years looked ahead": ("expectations.horizon",),
        "growth expected at first": ("expectations.first",),
        "most growth expected": ("expectations.most",),
        "growth paid in advance": ("expectations.financed",),
    },
    "unequal_means": {
        "spread of firms' means": ("kind.corporation.means_spread", "kind.startup.means_spread"),
        "spread of labs' means": ("kind.academic_lab.means_spread",),
    },
    "serving_grows": {"first share for serving": ("product.serving_start",)},
}
THEORY: Mapping[str, Mapping[str, tuple[str, ...]]] = {  # the same by the theory of progress
    "meek": {"loss that stays": ("law.remaining",)},
    "scale_dependent": {
        "what small runs gain of progress": ("law.small_gain",),
        "run that gains all of progress": ("law.full_run",),
    },
}
BEFORE = {"the baseline": "before_fit", "the world of language models": "language_before_fit"}  # it was fitted


@dataclass(frozen=True)
class Fitted:
    """The facts that a scenario leaves open, k of them."""

    facts: dict[str, tuple[Quantity, ...]]

    @property
    def names(self) -> list[str]:
        """The facts' names, in their order."""
        return list(self.facts)

    @property
    def named(self) -> list[str]:
        """The same with the paths of their numbers."""
        return [f"{name} ({', '.join(one.path for one in numbers)})" for name, numbers in self.facts.items()]

    def used_twice(self) -> list[str]:
        """What is said where ranges hold what records say, since they are of a fit; nothing where not."""
        every = [one for numbers in self.facts.values() for one in numbers]
        before = sum(one.source == FITTED for one in every)
        if not before:
            return []
        files = ", ".join(f"scenarios/{file}.toml of {world}" for world, file in BEFORE.items())
        return [
            f'Records are used twice: an earlier fit (source "{FITTED}") gave the ranges of {before} of '
            f"{counted(len(every), 'number')} that are fitted. Intervals are too narrow, and scores of forecasts are "
            f"no test. Start from the file of before that fit: {files}."
        ]

    def values(self, shares: Array) -> dict[str, float]:
        """Values in base units by path, at shares (k,) of the ranges."""
        return {
            one.path: _at(one, float(share))
            for numbers, share in zip(self.facts.values(), shares, strict=True)
            for one in numbers
        }

    def written(self, shares: Array) -> dict[str, float]:
        """As ``values``, in the units of the file."""
        every = {one.path: one for numbers in self.facts.values() for one in numbers}
        return {path: value * every[path].value / every[path].base for path, value in self.values(shares).items()}


def fitted(scenario: Scenario) -> Fitted:
    """What is fitted of a scenario: the facts whose numbers it has, with a range. Raises InputError without any.

    Where the law goes through a published run, its first error is calculated and moves nothing.
    """
    idle = ("law.start_error",) if scenario.law_table.goes_through_known else ()
    record = {one.path: one for one in scenario.quantities if _open(one) and one.path not in idle}
    together = {path: paths for paths in facts(record) for path in paths}
    every = dict(FACTS)
    for mechanism in structure(scenario):
        every |= STRUCTURE[mechanism]
    every |= THEORY.get(scenario.law_table.theory, {})
    moved = {
        name: dict.fromkeys(other for path in paths for other in together.get(path, ()))
        for name, paths in every.items()
    }
    found = _joined({name: paths for name, paths in moved.items() if paths})
    if not found:
        allowed, fix = "a scenario in which one of these has low and high", f"give a range to {FACTS_TEXT}"
        raise InputError("nothing to fit", file=scenario.file, allowed=allowed, fix=fix)
    return Fitted({name: tuple(record[path] for path in paths) for name, paths in found.items()})


def _joined(facts: Mapping[str, dict[str, None]]) -> dict[str, dict[str, None]]:
    """Paths of numbers by fact, those with a number in common as one: it could not move with each of them."""
    found = dict[str, dict[str, None]]()
    for name, paths in facts.items():
        others = [other for other, of in found.items() if of.keys() & paths.keys()]
        found[" and ".join([*others, name])] = (
            dict.fromkeys(path for other in others for path in found.pop(other)) | paths
        )
    return found


def structure(scenario: Scenario) -> list[str]:
    """The mechanisms of a scenario that work and bring numbers of their own to a fit."""
    return [mechanism for mechanism in STRUCTURE if getattr(scenario.mechanisms, mechanism)]


FACTS_TEXT = ", ".join(path for paths in FACTS.values() for path in paths)


def _open(one: Quantity) -> bool:
    return one.low is not None and one.high is not None and one.low < one.high and bool(one.base)


def _at(one: Quantity, share: float) -> float:
    low, high = bounds(one)
    share = 1.0 - share if (one.fact or "").startswith("-") else share
    if low > 0:
        return float(np.exp(np.log(low) + share * (np.log(high) - np.log(low))))
    return low + share * (high - low)
