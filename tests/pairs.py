"""Two worlds as the page steps them, for tests."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.app.controls import SCHEDULE
from sim.app.pair import Pair
from sim.experiment.compare import comparable
from sim.scenario import Scenario, load
from sim.scenario.variants import entry_of, with_options, with_policy
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


def pair_of(policy: str = "baseline", until: int = 2016, seed: int = 3) -> Pair:
    return Pair(Setup(BASELINE, SCENARIOS / f"{policy}.toml", seed, settings=FEW, until=until))


def stepped(pair: Pair, steps: int) -> Pair:
    for _ in range(steps):
        pair.step()
    return pair


def put(pair: Pair, name: str, parameters: dict[str, Any] | None, start: float | None = None) -> None:
    """From now on, or from a later start, a policy of the policy world has these parameters, or ends."""
    model = pair.policy.model
    model.go_on(with_policy(model.assumptions, name, float(model.world.clock.time), parameters, start=start))


def in_force(pair: Pair, name: str) -> dict[str, Any] | None:
    """The parameters of a policy as written, in force now or yet to come; None when it is off."""
    scenario = pair.policy.scenario
    entry = entry_of(scenario, name, float(pair.policy.model.world.clock.time))
    return entry and {key: value for key, value in scenario.tables[f"policy.{entry.id}"].items() if key not in SCHEDULE}
