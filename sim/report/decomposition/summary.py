"""What a reader wants first of a decomposition: for each measure its sentences and a row for each part."""

from dataclasses import dataclass

from sim.plurals import counted
from sim.policies import Policy
from sim.report.decomposition.words import LEGEND, cell, label, question, sentences, still_unlike
from sim.report.words import scope_sentences, too_few
from sim.results.decomposition import Breakdown, Decomposition
from sim.results.statistics import FEWEST
from sim.scenario import Scenario


@dataclass(frozen=True)
class PartRow:
    """What a part contributes to a measure."""

    part: str
    group: str  # mechanism, endowment or interaction
    alone: str
    out: str


@dataclass(frozen=True)
class MeasureSummary:
    """A measure taken apart; the largest parts first, the interaction last."""

    id: str
    label: str
    unit: str
    scale: str  # log or unit
    sentences: list[str]
    rows: list[PartRow]


@dataclass(frozen=True)
class PartSummary:
    """A mechanism or an endowment that is left out or added alone: its name, group and meaning."""

    name: str
    group: str
    meaning: str


@dataclass(frozen=True)
class DecompositionSummary:
    """A decomposition in words and cells."""

    title: str
    question: str  # which names what is taken apart
    years: tuple[int, int]
    seed: int
    worlds: int
    replicates: int
    replicates_asked: int
    interrupted: bool
    measures: list[MeasureSummary]
    parts: list[PartSummary]
    stays: str  # that policies are in force in all worlds, where there are any
    note: str
    notes: list[str]  # what to know of the scenario
    scope: list[str]


def summarize(found: Decomposition) -> DecompositionSummary:
    """The summary of a decomposition, also of one without a finished replicate."""
    scenario = found.scenario
    breakdowns = [found.breakdown(id) for id in found.measures] if found.replicates else []
    return DecompositionSummary(
        title=scenario.title,
        question=question([measure.level for measure in found.measures.values()]),
        years=(scenario.time.start, scenario.time.end),
        seed=scenario.run.seed,
        worlds=len(found.worlds),
        replicates=len(found.replicates),
        replicates_asked=found.replicates_asked,
        interrupted=found.interrupted,
        measures=[_measure(one, scenario, len(found.replicates)) for one in breakdowns],
        parts=[PartSummary(label(part.id), part.group, part.meaning) for part in found.parts],
        stays=stays(scenario),
        note=_note(len(found.replicates)),
        notes=list(scenario.notes),
        scope=scope_sentences(scenario.mechanisms),
    )


def policies_on(scenario: Scenario) -> list[Policy]:
    """The policies that stay on in all worlds that a scenario is taken apart into."""
    return [policy for policy in scenario.policies if not policy.neutral]


def stays(scenario: Scenario) -> str:
    """That policies are no parts, and are on in the world with nothing too."""
    names = [policy.id for policy in policies_on(scenario)]
    if not names:
        return ""
    return f"Policies are no parts: they stay on in all worlds, the one without any part too ({', '.join(names)})."


def _note(replicates: int) -> str:
    luck = f"[ ]: 95 % interval of that mean over {counted(replicates, 'paired replicate')}, simulation noise alone."
    return (
        f"Levels are medians over replicates; contributions are means, since those add up. "
        f"{luck if replicates >= FEWEST else too_few(replicates)} Added alone: to a world without any part. Missing "
        f"when left out: of the whole. {LEGEND}"
    )


def _left_out(left_out: int, replicates: int) -> list[str]:
    """How many replicates a measure is not taken apart in."""
    has, are = ("has", "is") if left_out == 1 else ("have", "are")
    told = f"Of {counted(replicates, 'replicate')} {left_out} {has} no value in some world and {are} left out."
    return [told] if left_out else []


def _measure(found: Breakdown, scenario: Scenario, replicates: int) -> MeasureSummary:
    *parts, interaction = zip(found.alone, found.out, strict=True)
    parts.sort(key=lambda pair: -max(abs(one.added) for one in pair))
    rows = [
        PartRow(
            label(alone.part), alone.group, cell(alone, found.unit, found.logs), cell(out, found.unit, found.logs)
        )
        for alone, out in (*parts, interaction)
    ]  # fmt: skip
    scale = "log" if found.logs else "unit"
    on = bool(policies_on(scenario))
    said = sentences(found, scenario.time.end, policies=on, unlike=still_unlike(scenario))
    told = [*said, *_left_out(found.left_out, replicates)]
    return MeasureSummary(found.measure.id, found.measure.label, found.unit, scale, told, rows)
