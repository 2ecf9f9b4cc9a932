"""What the page was started for: set by the command, read by every tab."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from json import loads
from pathlib import Path

from sim.errors import InputError
from sim.experiment.compare import comparable
from sim.scenario import SOURCES_FILE, Scenario, load, real_policies, shipped
from sim.scenario.examples import BASELINE
from sim.scenario.load import read_tree
from sim.scenario.tree import THE_PAGE
from sim.scenario.variants import changed, meant, policy_of, with_options
from sim.shippedfiles import scenario_file


@dataclass(eq=False)
class Opening:
    """What the command named: what every tab begins with. Whoever still reads what another named leaves this alone."""

    baseline: Path = field(default_factory=lambda: shipped() / f"{BASELINE}.toml")
    policy: Path = field(default_factory=lambda: shipped() / f"{BASELINE}.toml")
    settings: tuple[str, ...] = ()  # ``path=value``, those of a policy for the worlds that have it
    seed: int | None = None
    until: int | None = None

    def read(self, file: Path) -> Scenario:
        """A scenario as every tab begins with it. Raises InputError."""
        settings = list(self.settings)
        if any(map(policy_of, settings)):
            files = (file, self.baseline, self.policy)
            own, *named = ([entry["id"] for entry in read_tree(each).policies] for each in files)
            settings = meant(settings, own, named)
        return load(file, settings, seed=self.seed, until=self.until)

    @cached_property
    def started(self) -> Scenario:
        """The baseline."""
        return self.read(self.baseline)

    @cached_property
    def first_offered(self) -> Scenario:
        """The policy world of the command, with which every tab begins."""
        return self.read(self.policy)

    @cached_property
    def offered(self) -> dict[str, Scenario]:
        """Scenarios that can be paired with the baseline, by name, the policy world of the command first: those beside
        the two files, and those shipped."""
        files = {self.policy.resolve(): self.policy, self.baseline.resolve(): self.baseline}
        for folder in (self.baseline.parent, self.policy.parent, shipped()):
            for file in sorted(folder.glob("*.toml")):
                if file.name != SOURCES_FILE:
                    files.setdefault(file.resolve(), file)
        for file in real_policies():
            files.setdefault(file.resolve(), file)
        found: dict[str, Scenario] = {}
        for file in files.values():
            try:
                scenario = self.read(file) if found else self.first_offered
                comparable([self.started, scenario])
            except InputError:
                continue  # a draft, or a world of another shape
            name = next(n for n in (scenario.name, *(f"{scenario.name}-{i}" for i in range(2, 99))) if n not in found)
            found[name] = scenario if name == scenario.name else with_options(scenario, name=name)
        return found

    @property
    def known(self) -> dict[str, Scenario]:
        """Those of ``offered`` that are read by now: all, or the first alone, so that nobody waits for the others."""
        return self.offered if "offered" in vars(self) else {self.first_offered.name: self.first_offered}

    def world(self, name: str) -> Scenario:
        """One of those offered. The first is there at once, without the others. Raises KeyError."""
        return self.first_offered if name == self.first_offered.name else self.offered[name]


_chosen = [Opening()]  # the only one, until another is chosen


def choose(baseline: Path, policy: Path, settings: list[str], seed: int | None, until: int | None) -> None:
    """Set what every tab begins with. Raises InputError when the two cannot be paired."""
    new = Opening(scenario_file(baseline), scenario_file(policy), tuple(settings), seed, until)
    new.seed = new.started.run.seed
    comparable([new.started, new.first_offered])
    _chosen[0] = new


def chosen() -> Opening:
    """What every tab begins with."""
    return _chosen[0]


def both_with(name: str, told: str) -> tuple[Scenario, Scenario]:
    """The baseline and a world that is offered, with numbers by path as JSON. They are kept, so that a move of a
    policy's slider does not make them anew. Raises InputError."""
    return _both_with(chosen(), name, told)


@lru_cache(maxsize=16)
def _both_with(opening: Opening, name: str, told: str) -> tuple[Scenario, Scenario]:
    numbers = loads(told)
    return changed(opening.started, numbers, origin=THE_PAGE), changed(opening.world(name), numbers, origin=THE_PAGE)
