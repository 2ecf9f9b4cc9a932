"""From the published price of an error to that of a world: what each difference between them is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.evidence.thompson import powers, published_law
from sim.measures.access import HALVING_COST, HALVING_EMISSIONS, HALVING_FLOP
from sim.measures.carbon import INTENSITY
from sim.measures.research import EFFICIENCY
from sim.mechanisms.scaling.base import LN10, LN_GIGA
from sim.quantity import factor
from sim.results.statistics import Spread
from sim.scenario import Scenario
from sim.scenario.data import published
from sim.scenario.money import worth

OF_SOURCE = 2020  # the year whose technology the source prices
PROFILE = "thompson2020_polynomial"
USED = (HALVING_FLOP, HALVING_COST, HALVING_EMISSIONS, INTENSITY, EFFICIENCY)
POUND = factor("lbCO2e", "tCO2e") / factor("tCO2e", "tCO2e")  # t


class Years(NamedTuple):
    """Measures of one world by year, by id, and the years."""

    values: dict[str, Array]
    first: int

    def at(self, id: str, year: int) -> float:
        """A measure's value in a calendar year; NaN where it has none."""
        return float(self.values[id][year - self.first])


@dataclass(frozen=True)
class Step:
    """One difference, in powers of ten: what a run that reaches the error costs more (or less) by it."""

    name: str
    meaning: str
    power: float  # in the world as it stands
    over: Spread  # over draws of luck and assumptions


@dataclass(frozen=True)
class Bridge:
    """The published price of an error, the steps from it, and what they come to."""

    unit: str
    start: float  # power of ten
    steps: tuple[Step, ...]
    end: float
    end_over: Spread


TOLD = {
    "law": ("the model's fit", "the fit of the law that the scenario uses, in place of the source's first"),
    "progress": (
        "no progress hidden in it",
        "the published law already holds the better algorithms of its years; the model counts them apart, so with the "
        f"algorithms of {OF_SOURCE} alone the price is higher",
    ),
    "algorithms": ("better algorithms", f"what the frontier knows by the year shown and did not in {OF_SOURCE}"),
    "price": ("cheaper compute", "what a FLOP costs the frontier's actor, against the source's rented V100"),
    "hardware": ("hardware and data centres", "electricity of a FLOP and the making of hardware, against the source's"),
    "grids": ("cleaner electricity", "carbon of a kWh, clean power included, against 0.954 lb (Strubell et al. 2019)"),
}  # fmt: skip
COST, CARBON = ("law", "progress", "algorithms", "price"), ("law", "progress", "algorithms", "hardware", "grids")


def bridges(
    scenario: Scenario, point: Years, drawn: Sequence[tuple[Scenario, Years]], error: float, year: int
) -> tuple[Bridge, Bridge]:
    """What a run that reaches an error costs [USD of the model] and emits [tCO2e] in a year, from what was published.

    ``point`` is the world as it stands, ``drawn`` the same world on draws of luck and assumptions.
    """
    here, there = _powers(scenario, point, error, year), [_powers(world, years, error, year) for world, years in drawn]
    _, pounds, dollars = powers(published_law("imagenet", PROFILE), error)
    starts = dollars + log10(worth("USD", OF_SOURCE).in_model), pounds + log10(POUND)
    found = []
    for unit, start, names in zip(("USD", "tCO2e"), starts, (COST, CARBON), strict=True):
        steps = tuple(
            Step(*TOLD[name], here[name], Spread.of(np.array([one[name] for one in there]))) for name in names
        )
        ends = [start + sum(one[name] for name in names) for one in there]
        found.append(Bridge(unit, start, steps, start + sum(step.power for step in steps), Spread.of(np.array(ends))))
    return found[0], found[1]


def _powers(scenario: Scenario, years: Years, error: float, year: int) -> dict[str, float]:
    """Each step's power of ten in one world."""
    source = published("thompson")
    gflop = powers(published_law("imagenet", PROFILE), error)[0]
    fit = (float(scenario.law.ln_compute_for(np.asarray(error))) - LN_GIGA) / LN10
    start = (
        float(scenario.anchored_law().ln_compute_for(np.asarray(error))) - LN_GIGA
    ) / LN10  # knowledge of the start
    knew, knows = (log10(years.at(EFFICIENCY, when)) for when in (OF_SOURCE, year))
    flop = log10(years.at(HALVING_FLOP, year)) - 9.0
    cost, emitted = (log10(years.at(id, year)) - flop for id in (HALVING_COST, HALVING_EMISSIONS))
    dollars = source["ln10_dollars"] + log10(worth("USD", OF_SOURCE).in_model)
    carbon = source["ln10_pounds"] + log10(POUND)
    pounds_per_kwh = published("strubell")["pounds_per_kwh"]
    grids = log10(years.at(INTENSITY, year)) - log10(pounds_per_kwh * POUND * 1000.0)
    return {
        "law": fit - gflop, "progress": start - knew - fit, "algorithms": knew - knows, "price": cost - dollars,
        "hardware": emitted - carbon - grids, "grids": grids,
    }  # fmt: skip
