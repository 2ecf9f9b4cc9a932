"""From the published price of an error to that of a world: what each difference between them is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log10, nan

import numpy as np

from sim.arrays import added
from sim.evidence.drawn import DrawnWorld, WorldYears, middle_of
from sim.evidence.thompson import powers
from sim.measures import FRONTIER_ERROR
from sim.measures.access import HALVING_COST, HALVING_EMISSIONS, HALVING_FLOP
from sim.measures.carbon import ENERGY, GROSS, INTENSITY
from sim.measures.research import EFFICIENCY
from sim.mechanisms.scaling.base import LN10, LN_GIGA
from sim.mechanisms.theories import scale_dependent
from sim.quantity import KWH_PER_MWH, TONNES_PER_POUND
from sim.results.statistics import Spread
from sim.scenario import Scenario
from sim.scenario.data import published
from sim.scenario.fits import published_law
from sim.scenario.money import worth

OF_SOURCE = 2020  # the year whose technology the source prices
PROFILE = "thompson2020_polynomial"


@dataclass(frozen=True)
class BridgeStep:
    """One difference, in powers of ten: what a run that reaches the error costs more (or less) by it."""

    name: str
    meaning: str
    power: float  # in the world as it stands
    over: Spread  # over draws of luck and assumptions


@dataclass(frozen=True)
class Bridge:
    """The published price of an error, the steps from it to a year, and what they come to; then the same in the year
    in which the error is reached, over those replicates and those draws that reach it."""

    unit: str
    start: float  # power of ten
    steps: tuple[BridgeStep, ...]
    end: float
    end_over: Spread
    later: BridgeStep
    last: float
    last_over: Spread
    reached: int | None  # year, in the world as it stands: the median, where most replicates reach it
    years: tuple[int, ...]  # of the draws that reach it, in order
    draws: int

    def reached_by(self, share: float) -> int | None:
        """The year by whose end this share of all draws has reached the error."""
        needed = int(np.ceil(share * self.draws))
        return self.years[needed - 1] if needed <= len(self.years) else None


TOLD = {
    "law": ("a later fit", "of how error falls with computation, which the model uses in place of the study's"),
    "progress": (
        "methods held still",
        "the study's fit already holds the better methods of its years; the model counts them apart, so with the "
        f"methods of {OF_SOURCE} alone the price is higher",
    ),
    "algorithms": ("better algorithms", f"less computation for the same error than with the methods of {OF_SOURCE}"),
    "price": ("cheaper compute", "what one operation (FLOP) costs the leader, against the study's rented V100"),
    "hardware": ("hardware and data centres", "electricity of a FLOP and the making of hardware, against the study's"),
    "grids": ("cleaner grids", "carbon of a kWh where actors compute, against 0.954 lb (Strubell et al. 2019)"),
    "clean": ("clean power", "clean power that actors buy, and removals"),
    "later": (
        "afterwards", "the same from then on, until the first run reaches the error; above zero where that was earlier"
    ),
}  # fmt: skip
COST = ("law", "progress", "algorithms", "price")
CARBON = ("law", "progress", "algorithms", "hardware", "grids", "clean")
UNITS = {"USD": COST, "tCO2e": CARBON}


@dataclass(frozen=True)
class _Found:
    """Powers of ten in one world, in a year and in that in which the error is reached (NaN without)."""

    there: dict[str, float]
    reached: int | None
    then: dict[str, float]

    def sum(self, names: Sequence[str], *, late: bool = False) -> float:
        return float(added((self.then if late else self.there)[name] for name in names))

    def step(self, name: str, names: Sequence[str]) -> float:
        return self.there[name] if name != "later" else self.sum(names, late=True) - self.sum(names)


def bridges(
    scenario: Scenario, replicates: Sequence[WorldYears], draws: Sequence[DrawnWorld], error: float, year: int
) -> tuple[Bridge, Bridge]:
    """What a run that reaches an error costs [USD of the model] and emits [tCO2e] in a year, from what was published.

    ``replicates`` are of the world as it stands, ``draws`` the same world on draws of luck and assumptions.
    """
    here = [_found(scenario, one, error, year) for one in (middle_of(replicates), *replicates)]
    there = [_found(*one, error, year) for one in draws]
    _, pounds, dollars = powers(published_law("imagenet", PROFILE), error)
    starts = dollars + log10(worth("USD", OF_SOURCE).in_model), pounds + log10(TONNES_PER_POUND)
    made = (_bridge(unit, start, here, there) for unit, start in zip(UNITS, starts, strict=True))
    return next(made), next(made)


def _bridge(unit: str, start: float, here: list[_Found], there: list[_Found]) -> Bridge:
    (middle, *own), names = here, UNITS[unit]
    end, reach = start + middle.sum(names), [one for one in own if one.reached is not None]
    last = start + float(np.median([one.sum(names, late=True) for one in reach])) if reach else nan

    def step(name: str, power: float) -> BridgeStep:
        return BridgeStep(*TOLD[name], power, Spread.of(np.array([one.step(name, names) for one in there])))

    def over(*, late: bool) -> Spread:
        return Spread.of(np.array([start + one.sum(names, late=late) for one in there]))

    years = tuple(sorted(one.reached for one in there if one.reached is not None))
    most = 2 * len(reach) > len(own)
    return Bridge(
        unit, start, tuple(step(name, middle.there[name]) for name in names), end, over(late=False),
        step("later", last - end), last, over(late=True),
        int(np.median([one.reached for one in reach if one.reached])) if most else None, years, len(there),
    )  # fmt: skip


def _found(scenario: Scenario, years: WorldYears, error: float, year: int) -> _Found:
    reached = years.falls_to(FRONTIER_ERROR, error)
    there = _powers(scenario, years, error, year)
    then = dict.fromkeys(there, nan) if reached is None else _powers(scenario, years, error, reached)
    return _Found(there, reached, then)


def _powers(scenario: Scenario, years: WorldYears, error: float, year: int) -> dict[str, float]:
    """Each step's power of ten in one world."""
    source = published("thompson")
    gflop = powers(published_law("imagenet", PROFILE), error)[0]
    fit = (float(scenario.law.ln_compute_for(np.asarray(error))) - LN_GIGA) / LN10
    knew, knows = (_run(scenario, years, error, when) for when in (OF_SOURCE, year))
    flop = log10(years.at(HALVING_FLOP, year)) - 9.0
    cost, emitted = (log10(years.at(id, year)) - flop for id in (HALVING_COST, HALVING_EMISSIONS))
    dollars = source["ln10_dollars"] + log10(worth("USD", OF_SOURCE).in_model)
    carbon = source["ln10_pounds"] + log10(TONNES_PER_POUND)
    pounds_per_kwh = published("strubell")["pounds_per_kwh"]
    gross, net = log10(years.at(GROSS, year) / years.at(ENERGY, year)), log10(years.at(INTENSITY, year))  # t/MWh
    return {
        "law": fit - gflop, "progress": knew - fit, "algorithms": knows - knew, "price": cost - dollars,
        "hardware": emitted - carbon - (net - log10(pounds_per_kwh * TONNES_PER_POUND * KWH_PER_MWH)),
        "grids": gross - log10(pounds_per_kwh * TONNES_PER_POUND * KWH_PER_MWH), "clean": net - gross,
    }  # fmt: skip


def _run(scenario: Scenario, years: WorldYears, error: float, year: int) -> float:
    """log10 of the Gflop of a run that reaches an error with what the frontier knows at the end of a year."""
    law = scenario.anchored_law()
    ln_run = law.ln_run(law.ln_compute_for(np.asarray(error)), _known(scenario, years, year))
    return (float(ln_run) - LN_GIGA) / LN10


def _known(scenario: Scenario, years: WorldYears, year: int) -> float:
    """The frontier's knowledge at the end of a year: ln of what algorithms of the start take over what its own take.
    Where that differs by the size of the run, it follows from the run that halves the frontier's error."""
    terms = scenario.theory.terms
    if terms.alike:
        return log(years.at(EFFICIENCY, year))
    halved, ln_run = years.at(FRONTIER_ERROR, year) / 2.0, log(years.at(HALVING_FLOP, year))
    counts = float(scenario.anchored_law().ln_compute_for(np.asarray(halved)))
    return (counts - ln_run) / float(scale_dependent.gain(ln_run, *terms[1:]))
