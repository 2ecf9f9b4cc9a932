"""What the page was started for: set by the command, read by every tab."""

from dataclasses import dataclass, field
from functools import cache, lru_cache
from json import loads
from pathlib import Path

from sim.errors import InputError
from sim.experiment.compare import comparable
from sim.scenario import SOURCES_FILE, Scenario, load, real_policies, shipped
from sim.scenario.tree import THE_PAGE
from sim.scenario.variants import changed, with_options


@dataclass
class Opening:
    """What the command named: what every tab begins with."""

    baseline: Path = field(default_factory=lambda: shipped() / "baseline.toml")
    policy: Path = field(default_factory=lambda: shipped() / "baseline.toml")
    settings: tuple[str, ...] = ()  # ``path=value`` for both worlds
    seed: int | None = None
    until: int | None = None

    def read(self, file: Path) -> Scenario:
        """A scenario as every tab begins with it. Raises InputError."""
        return load(file, self.settings, seed=self.seed, until=self.until)


CHOSEN = Opening()


def choose(baseline: Path, policy: Path, settings: list[str], seed: int | None, until: int | None) -> None:
    """Set what every tab begins with. Raises InputError when the two cannot be paired."""
    new = Opening(baseline, policy, tuple(settings), seed, until)
    first = new.read(baseline)
    new.seed = first.run.seed
    comparable([first, new.read(policy)])
    vars(CHOSEN).update(vars(new))
    for known in (started, first_offered, offered, both_with):
        known.cache_clear()


@cache
def started() -> Scenario:
    """The baseline."""
    return CHOSEN.read(CHOSEN.baseline)


@cache
def first_offered() -> Scenario:
    """The policy world of the command, with which every tab begins."""
    return CHOSEN.read(CHOSEN.policy)


def world(name: str) -> Scenario:
    """One of those offered. The first is there at once, without the others. Raises KeyError."""
    return first_offered() if name == first_offered().name else offered()[name]


def known() -> dict[str, Scenario]:
    """Those offered that are read by now: all, or the first alone, so that nobody waits for the others."""
    return offered() if offered.cache_info().currsize else {first_offered().name: first_offered()}


@lru_cache(maxsize=16)
def both_with(name: str, told: str) -> tuple[Scenario, Scenario]:
    """The baseline and a world that is offered, with numbers by path as JSON. They are kept, so that a move of a
    policy's slider does not make them anew. Raises InputError."""
    numbers = loads(told)
    return changed(started(), numbers, origin=THE_PAGE), changed(world(name), numbers, origin=THE_PAGE)


@cache
def offered() -> dict[str, Scenario]:
    """Scenarios that can be paired with the baseline, by name, the policy world of the command first: those beside the
    two files, and those shipped."""
    files = {CHOSEN.policy.resolve(): CHOSEN.policy, CHOSEN.baseline.resolve(): CHOSEN.baseline}
    for folder in (CHOSEN.baseline.parent, CHOSEN.policy.parent, shipped()):
        for file in sorted(folder.glob("*.toml")):
            if file.name != SOURCES_FILE:
                files.setdefault(file.resolve(), file)
    for file in real_policies():
        files.setdefault(file.resolve(), file)
    found: dict[str, Scenario] = {}
    for file in files.values():
        try:
            scenario = CHOSEN.read(file) if found else first_offered()
            comparable([started(), scenario])
        except InputError:
            continue  # a draft, or a world of another shape
        name = next(n for n in (scenario.name, *(f"{scenario.name}-{i}" for i in range(2, 99))) if n not in found)
        found[name] = scenario if name == scenario.name else with_options(scenario, name=name)
    return found
