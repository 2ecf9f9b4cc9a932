"""What the page was started for: set by the command, read by every tab."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sim.app.pair import Setup
from sim.errors import InputError
from sim.experiment.compare import comparable
from sim.scenario import SOURCES_FILE, Scenario, real_policies, shipped


@dataclass
class Choice:
    """What the command named: what every tab begins with."""

    setup: Setup = field(default_factory=lambda: Setup(shipped() / "baseline.toml", shipped() / "baseline.toml"))


CHOSEN = Choice()


def choose(baseline: Path, policy: Path, settings: list[str], seed: int | None, until: int | None) -> None:
    """Set what every tab begins with. Raises InputError when the two cannot be paired."""
    setup = Setup(baseline, policy, settings=tuple(settings), until=until)
    first, _ = setup.scenarios()
    setup.seed = seed if seed is not None else first.run.seed
    CHOSEN.setup = setup
    offered.cache_clear()


@cache
def offered() -> dict[Path, Scenario]:
    """Scenarios that can be paired with the baseline: the two files, those beside them, and those shipped."""
    setup = CHOSEN.setup
    files = {setup.policy.resolve(): setup.policy, setup.baseline.resolve(): setup.baseline}
    for folder in (setup.baseline.parent, setup.policy.parent, shipped()):
        for file in sorted(folder.glob("*.toml")):
            if file.name != SOURCES_FILE:
                files.setdefault(file.resolve(), file)
    for file in real_policies():
        files.setdefault(file.resolve(), file)
    baseline = setup.read(setup.baseline)
    found = {}
    for file in files.values():
        try:
            scenario = setup.read(file)
            comparable([baseline, scenario])
        except InputError:
            continue  # a draft, or a world of another shape
        found[file] = scenario
    return found
