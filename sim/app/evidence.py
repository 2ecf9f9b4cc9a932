"""Model against record: the last years on record, simulated and judged."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.app.looks import raised, span
from sim.app.members import KeptMembers
from sim.errors import BrokenCode, InputError
from sim.history.divide import PERIODS
from sim.history.records import LAST_RECORD, packaged
from sim.history.scores import Scored
from sim.history.validation import validate
from sim.plurals import counted
from sim.report.validation.words import value, verdict, were_fitted
from sim.scenario import Scenario
from sim.scenario.ensemble import FITTED
from sim.scenario.tally import tally
from sim.scenario.variants import with_options

FIRST, LAST = PERIODS[-2][0] + 1, LAST_RECORD  # years that the record is held against, here and in docs/trust.md
TRUST, TRUST_ADDRESS = Path(__file__).parents[2] / "docs" / "trust.md", "docs/trust.md"  # in a checkout, and served
REPLICATES = 20
NOT = (
    "Records are of notable models, not of all actors: their points beside the typical largest runs show a direction, "
    "and no level that has to agree.",
    "That years before 2022 are met says little of the years to come: people who set the numbers knew those years.",
    "A band that holds a record may hold it because it is wide.",
)


@dataclass(frozen=True)
class Judge:
    """The work of a worker: the last years on record, in a baseline; a message where they cannot be judged."""

    baseline: bytes  # pickled

    @property
    def place(self) -> int:
        """Any of those that do not have the first answers."""
        return 1

    def __call__(self, kept: KeptMembers) -> dict[str, Any]:
        """Simulate and judge."""
        try:
            return judged(pickle.loads(self.baseline))
        except BrokenCode:
            raise
        except InputError as error:
            return {"problem": f"{error.problem[:1].upper()}{error.problem[1:]}. {error.fix or ''}".strip()}


def judged(baseline: Scenario) -> dict[str, Any]:
    """How the worlds of a scenario meet the last years on record. Raises InputError where they cannot be judged."""
    if baseline.time.start > FIRST or baseline.time.end < LAST:
        found, fix = f"{baseline.time.start} to {baseline.time.end}", f"simulate {FIRST} to {LAST}"
        raise InputError("the years on record are not simulated", found=found, allowed=f"{FIRST} to {LAST}", fix=fix)
    scenario = with_options(baseline, until=LAST, replicates=REPLICATES)
    seen = validate(scenario, packaged(), FIRST, LAST)
    records = counted(seen.rows, "record")
    drawn = f"drawn from its ensemble: {scenario.ensemble.told}" if scenario.ensemble else "on these assumptions."
    said = [f"Held against {records} of {FIRST} to {LAST}, in {REPLICATES} worlds {drawn}", fitted(scenario)]
    said += verdict(seen)[:3]
    return {"rows": [_row(one) for one in seen.scored], "said": said}


def fitted(scenario: Scenario) -> str:
    """Whether a scenario was fitted to records."""
    count = tally(scenario)[FITTED]
    if not count:
        return "No number of this scenario was fitted to records by the program; people set them."
    return were_fitted(count)


def _row(one: Scored) -> dict[str, Any]:
    unit, model = one.target.unit, one.model
    ends = (one.record_low, one.record, one.record_high)
    where = "within the model's band" if model.covered else "outside of the model's band"
    name = one.target.name.replace("_", " ")
    return {
        "name": f"{name[:1].upper()}{name[1:]}", "meaning": one.target.meaning, "inside": model.covered,
        "record": _ranged(one.record, one.record_low, one.record_high, unit),
        "model": _ranged(model.median, model.low, model.high, unit),
        "at": [_placed(end, model.median, model.low, model.high) for end in ends],
        "place": f"The record of {name} is {where}.",
    }  # fmt: skip


def _ranged(middle: float, low: float, high: float, unit: str) -> str:
    return raised(f"{value(middle, unit)} ({span(value(low, unit), value(high, unit))})")


def _placed(record: float, median: float, low: float, high: float) -> float:
    """Where a number stands: 0 at the model's median, -1 and 1 at the ends of its band, at most 2 away."""
    half = (high - median) if record >= median else (median - low)
    return round(float(np.clip((record - median) / half if half > 0 else 2 * np.sign(record - median), -2, 2)), 3)
