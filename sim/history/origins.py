"""Rolling origin: fit to the years before, forecast the years after, and be judged beside naive forecasts."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np

from sim.arrays import Array
from sim.history.calibration import Calibration, Sizes, steps
from sim.history.evidence import MODEL_ERROR, evidence
from sim.history.points import Batch, Forecasts
from sim.history.records import Records
from sim.history.scores import Scored
from sim.history.targets import SHARE
from sim.history.validation import DRAWS, Validation, held_against, in_window, told
from sim.rng import stream
from sim.scenario import Scenario
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


def better_naive(one: Scored, name: str) -> float | None:
    """The smaller score of the naive forecasts of a target; None without any."""
    scores = [getattr(other, name) for other in one.naive.values() if other is not None]
    return min(scores) if scores else None


def ahead(one: Scored, name: str) -> bool:
    """Whether the model's score is below the better naive forecast's, or there is none of these."""
    other = better_naive(one, name)
    model: float = getattr(one.model, name)
    return other is None or model < other


def origin(
    scenario: Scenario, records: Records, until: int, last: int, wanted: Sizes
) -> Generator[Batch, Array, Origin]:
    """Fit a scenario to the records to ``until``, forecast those of the years up to ``last``; see ``steps``.

    The forecast holds what is not known of numbers (points by their weights), luck, the chance of having few records,
    and the model's error.
    """
    early = with_options(scenario, until=until)
    found = yield from steps(early, evidence(early, records, until), wanted)
    late, first = with_options(scenario, until=last), until + 1
    window = in_window(late, records, first, last)
    every = told(late, window, first, last)
    luck = stream(scenario.run.seed, 0, "forecast from", until)
    drawn = found.shares[np.sort(luck.choice(len(found.weight), WORLDS, p=found.weight))]
    work = Forecasts(late, found.fitted, drawn, window, every, ceil(DRAWS / WORLDS))
    shown = yield Batch(STAGE, work, WORLDS, 1)
    model = shown.transpose(1, 0, 2).reshape(len(every), -1)
    for row, target in enumerate(every):
        model[row] += MODEL_ERROR[target.unit] * luck.standard_normal(model.shape[1])
        if target.unit == SHARE:
            model[row] = model[row].clip(0.0, 1.0)
    return Origin(found, held_against(late, records, (first, last), every, model))
