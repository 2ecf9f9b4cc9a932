"""Two worlds as the page steps them, for tests."""

from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from sim.app.pair import PairModel
from sim.experiment.compare import comparable
from sim.scenario import Scenario, load
from sim.scenario.variants import changed, with_options
from tests.worlds import SCENARIOS

FEW = ("kind.corporation.count=6", "kind.startup.count=14", "kind.academic_lab.count=20")
YEARLY = (*FEW, "time.steps_per_year=1")  # a quarter of the steps, where it is not the worlds that are tested
BASELINE = SCENARIOS / "baseline.toml"
TAX = {"rate": {"value": 300, "unit": "USD/tCO2"}, "growth": {"value": 5, "unit": "%/yr"}}


@dataclass
class Setup:
    """A pair from two files."""

    baseline: Path
    policy: Path
    seed: int = 1
    counts: dict[str, int] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    until: int | None = None

    def scenarios(self) -> tuple[Scenario, Scenario]:
        counts = [f"kind.{kind}.count={count}" for kind, count in self.counts.items()]
        first, second = comparable([
            load(file, [*self.settings, *counts], seed=self.seed, until=self.until)
            for file in (self.baseline, self.policy)
        ])  # fmt: skip
        return first, with_options(second, name=f"{second.name}-2") if first.name == second.name else second


def pair_of(policy: str = "baseline", until: int = 2016, seed: int = 3) -> PairModel:
    return PairModel(Setup(BASELINE, SCENARIOS / f"{policy}.toml", seed, settings=FEW, until=until))


def stepped(pair: PairModel, steps: int) -> PairModel:
    for _ in range(steps):
        pair.step()
    return pair


def with_entries(scenario: Scenario, name: str, *entries: tuple[float, float, dict[str, Any]]) -> Scenario:
    """The scenario with a policy that changes on the way: entries from a start to an end, each with its parameters,
    whose growth and ramp count from the start of the first."""
    told: dict[str, Any] = {}
    for number, (start, end, parameters) in enumerate(entries, 1):
        when = {"start": start} | ({"end": end} if end < inf else {}) | ({"since": entries[0][0]} if number > 1 else {})
        told[f"policy.{name}-{number}" if number > 1 else f"policy.{name}"] = {"name": name, **when, **parameters}
    return changed(scenario, told)
