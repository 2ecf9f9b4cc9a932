"""What is allowed and probably not meant: one function for each slip."""

from collections.abc import Callable, Iterator

from sim.scenario.scenario import Scenario


def notes(scenario: Scenario) -> list[str]:
    """One sentence for each slip."""
    return [f"Note: {note}" for slip in SLIPS for note in slip(scenario)]


def policies_without_effect(scenario: Scenario) -> Iterator[str]:
    """A policy at its neutral strength, or in force in no year that is simulated."""
    for policy in scenario.policies:
        if policy.neutral:
            yield f"policy {policy.id} changes nothing, since its {policy.strength} is at the neutral value."
        elif policy.start >= scenario.time.end + 1 or policy.end <= scenario.time.start:
            yield f"policy {policy.id} is not in force in any year that is simulated."


def anchors_of_another_benchmark(scenario: Scenario) -> Iterator[str]:
    """A start of the law that was written before the benchmark was changed."""
    origin = scenario.tree.origin
    benchmark = "law.benchmark"
    for key in ("start_error", "start_compute", "fitted_growth"):
        path = f"law.{key}"
        if origin[path] == origin[benchmark]:
            continue
        written = list(origin)  # in the order of writing
        if written.index(path) < written.index(benchmark):
            yield f"law.{key} was written for another benchmark; give it for {scenario.law_table.benchmark}."


SLIPS: tuple[Callable[[Scenario], Iterator[str]], ...] = (policies_without_effect, anchors_of_another_benchmark)
