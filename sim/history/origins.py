"""Rolling origin: fit to the years before, forecast the years after, and be judged beside naive forecasts."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from sim.arrays import Array
from sim.history.calibration import Calibration, Sizes, steps
from sim.history.evidence import evidence
from sim.history.points import Batch, Forecasts, hash_of_points
from sim.history.records import Records
from sim.history.scores import Scored
from sim.history.validation import DRAWS, Validation, held_against, in_window, told
from sim.scenario import Scenario
from sim.scenario.ensemble import Ensemble
from sim.scenario.variants import with_options

ORIGINS = ((2015, 2018), (2018, 2021))  # last year fitted to, last year forecast
WORLDS, STAGE = 100, "forecast"


@dataclass(frozen=True)
class Origin:
    """A calibration to the records before, and its forecast of the years after held against theirs."""

    calibration: Calibration
    forecast: Validation


@dataclass(frozen=True)
class Rolling:
    """The origins of a scenario, in their order."""

    origins: list[Origin]

    @cached_property
    def scored(self) -> list[Scored]:
        """Targets of all origins."""
        return [one for origin in self.origins for one in origin.forecast.scored]

    def won(self, name: str = "interval_score") -> list[Scored]:
        """Targets on which the model has a smaller score than the better naive forecast."""
        return [one for one in self.scored if ahead(one, name)]


def ahead(one: Scored, name: str) -> bool:
    """Whether the model's score is below the better naive forecast's, or there is none of these."""
    scores = [getattr(other, name) for other in one.naive.values() if other is not None]
    return not scores or bool(getattr(one.model, name) < min(scores))


def origin(
    scenario: Scenario, records: Records, until: int, last: int, wanted: Sizes
) -> Generator[Batch, Array, Origin]:
    """Fit a scenario to the records to ``until``, forecast those of the years up to ``last``; see ``steps``.

    The forecast is that of ``validate`` for the scenario with the ensemble that was found: it holds what is not known
    of numbers (fitted ones by weight, the others over their ranges), luck, the chance of having few records, and the
    model's error.
    """
    early = with_options(scenario, until=until)
    found = yield from steps(early, evidence(early, records, until), wanted)
    work = forecasts(scenario, found.ensemble, records, (until, last), WORLDS)
    shown = yield Batch(STAGE, work, WORLDS, 1, hash_of_points(found.shares, found.weight))
    return Origin(found, held_against(work.scenario, records, (until + 1, last), work.targets, shown))


def forecasts(
    scenario: Scenario, ensemble: Ensemble, records: Records, years: tuple[int, int], worlds: int
) -> Forecasts:
    """The work of so many worlds that forecast from an origin: ``years`` has it and the last year of the forecast."""
    until, last = years
    late = replace(with_options(scenario, until=last), ensemble=ensemble)
    window = in_window(late, records, until + 1, last)
    return Forecasts(late, window, told(late, window, until + 1, last), ceil(DRAWS / worlds))
