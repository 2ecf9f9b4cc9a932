"""A sensitivity in words and cells."""

from dataclasses import dataclass

from sim.report.sensitivity.words import (
    METHODS,
    direction,
    enough,
    group,
    note,
    plain_name,
    size,
    sizes,
    subject,
)
from sim.results.sensitivity import Found, Sensitivity
from sim.scenario import Scenario


@dataclass(frozen=True)
class Moved:
    """What moves one measure, or what a policy changes in it."""

    subject: str
    enough: bool
    verdict: str
    rows: list[list[str]]  # the first numbers


@dataclass(frozen=True)
class SensitivitySummary:
    """The short tables and what to know of them."""

    scenario: str
    title: str
    year: int
    method: str
    numbers: int
    facts: int
    samples: int
    replicates: int
    seed: int
    header: list[str]
    moved: list[Moved]
    groups: list[str]  # of the first numbers, those that are several
    note: str
    notes: list[str]  # what to know of the scenario
    interrupted: bool = False


def summarize(found: Sensitivity, scenario: Scenario) -> SensitivitySummary:
    """The summary of a sensitivity."""
    sign = ["A higher number"] if found.method == "morris" else []
    told = sorted({i for one in found.told for i in one.first})
    return SensitivitySummary(
        scenario=scenario.name,
        title=scenario.title,
        year=found.year,
        method=METHODS[found.method],
        numbers=sum(len(fact.paths) for fact in found.facts),
        facts=len(found.facts),
        samples=found.samples,
        replicates=found.replicates,
        seed=scenario.run.seed,
        header=["", "Number", "What it is", "Moves it by", *sign, "Interaction", "Among the first"],
        moved=[
            Moved(subject(one), one.enough(found.method), enough(found, one), _rows(found, one)) for one in found.told
        ],
        groups=[group(found.facts[i]) for i in told if len(found.facts[i].paths) > 1],
        note=note(found),
        notes=list(scenario.notes),
    )


def _rows(found: Sensitivity, one: Found) -> list[list[str]]:
    rows = []
    for rank, i in enumerate(one.first, start=1):
        middle, low, high = (float(values[i]) for values in (one.importance, *one.ends))
        moves = sizes(middle, low, high, one, found.method)
        interaction = one.interaction[i] / middle if found.method == "morris" else one.interaction[i]
        depends = f"{interaction:.2f}" if found.method == "morris" else size(interaction, one, found.method)
        sign = [direction(one, i)] if found.method == "morris" else []
        stays = f"{100 * one.among[i]:.0f} %"
        fact = found.facts[i]
        rows.append([str(rank), fact.name, plain_name(fact), moves, *sign, depends, stays])
    return rows
