"""One comparison under every theory of progress."""

from collections.abc import Sequence

from sim.errors import InputError
from sim.mechanisms.theories import THEORIES
from sim.scenario import Scenario
from sim.scenario.variants import changed


def other_theories(scenarios: Sequence[Scenario]) -> list[str]:
    """Theories that scenarios do not use. Raises InputError where they do not use the same."""
    own = scenarios[0].law_table.theory
    for other in scenarios[1:]:
        if other.law_table.theory != own:
            fix, allowed = f"--set law.theory={own}, or leave out --theories", f"as in {scenarios[0].file}: {own}"
            raise InputError(
                "scenarios under different theories cannot be compared under all", file=other.file, key="law.theory",
                found=other.law_table.theory, allowed=allowed, fix=fix,
            )  # fmt: skip
    return [name for name in THEORIES if name != own]


def under(scenarios: Sequence[Scenario], theory: str) -> list[Scenario]:
    """The scenarios under a theory."""
    return [changed(scenario, {"law.theory": theory}) for scenario in scenarios]
