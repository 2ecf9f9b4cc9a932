"""What a reader wants first of a run: its short table, and sentences whose words follow from the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from sim.arrays import Array
from sim.measures import Measure, headline, told
from sim.measures.ids import GROUPS, KINDS, best_of, called, group_of, share_of
from sim.measures.kinds import of_kind
from sim.report import everyday
from sim.report.run.course import change_sentence
from sim.report.run.scarce import scarce_sentence
from sim.report.words import (
    cap_sentence,
    error_sentence,
    evidence_sentence,
    market_sentence,
    number,
    outside_sentence,
    policy_sentence,
    scope_sentences,
)  # fmt: skip
from sim.results.run import Run
from sim.results.statistics import FEWEST, Spread
from sim.scenario.money import own_money
from sim.scenario.writing import policy_texts

APART = 2  # years or more between those that are shown
TIMES_OFF, POINTS_OFF = 2, 0.05  # from what is shown, beyond which a value of another year is told too

FEW_DRAWN = f"With fewer than {FEWEST} replicates drawn numbers have no range; they stand in drawn.csv alone."


@dataclass(frozen=True)
class YearCell:
    """A measure in a year over replicates."""

    year: int
    values: Spread
    at_least: bool  # whether the value is a lower bound in any replicate
    ensemble: Spread | None = None  # over luck and drawn numbers, where they were drawn


@dataclass(frozen=True)
class MeasureRow:
    """A measure in the years that are shown."""

    measure: str
    label: str
    unit: str
    better: str  # lower, higher or neither
    values: list[YearCell]
    between: str = ""  # how much more or less it is in a year that is not shown, where that is far from those that are


@dataclass(frozen=True)
class LawEvidence:
    """Down to which error the scaling law has evidence, and the first year in which the frontier is below."""

    best_error: float
    unit: str
    extrapolated_from: int | None
    errors_are: str  # in a sentence


@dataclass(frozen=True)
class RunSummary:
    """The short table of a run with its sentences, and counts of what is missing or flagged."""

    scenario: str
    title: str
    question: str
    interrupted: bool
    replicates: int
    replicates_asked: int
    seed: int
    years: tuple[int, int]  # first and last
    steps_per_year: int
    actors: dict[str, int]  # by label of the kind
    policies: list[str]
    notes: list[str]
    range: str
    sentences: list[str]
    headline: list[MeasureRow]
    evidence: LawEvidence
    scope: list[str]
    market_outcomes: dict[str, float]  # shares of all steps
    missing: dict[str, int]  # values by measure
    flagged_as_lower_bound: dict[str, int]

    @property
    def drawn(self) -> bool:
        """Whether there are ranges over drawn numbers."""
        return any(cell.ensemble is not None for row in self.headline for cell in row.values)

    @property
    def remarks(self) -> list[str]:
        """What a reader of the table should know."""
        evidence = self.evidence
        said = (
            evidence.errors_are,
            evidence_sentence(evidence.best_error, evidence.unit, evidence.extrapolated_from),
            market_sentence(self.market_outcomes, self.steps_per_year),
            policy_sentence(self.policies),
            *self.notes,
            own_money(),
        )
        return [sentence for sentence in said if sentence]

    @property
    def between(self) -> str:
        """What lies far from the table's values in years that it does not show; empty where nothing does."""
        said = [f"{row.label}: {row.between}" for row in self.headline if row.between]
        return f"In years that are not shown, medians reach further. {'. '.join(said)}." if said else ""

    @property
    def shown_years(self) -> list[int]:
        """The years of the table; none without a replicate."""
        return [cell.year for cell in self.headline[0].values] if self.headline else []

    @property
    def shown_years_are(self) -> str:
        """Which years of the run these are."""
        return ("", "", "first and last year", "first, middle and last year")[len(self.shown_years)]


def summarize(run: Run) -> RunSummary:
    """The summary of a run, also of one without a finished replicate."""
    scenario = run.scenario
    years, names = _shown_years(run), called(scenario.kinds)
    return RunSummary(
        scenario=scenario.name,
        title=scenario.title,
        question=scenario.question,
        interrupted=run.interrupted,
        replicates=len(run.replicates),
        replicates_asked=scenario.run.replicates,
        seed=scenario.run.seed,
        years=(scenario.time.start, scenario.time.end),
        steps_per_year=scenario.time.steps_per_year,
        actors={names[kind.id]: kind.count for kind in scenario.kinds},
        policies=policy_texts(scenario),
        notes=[
            *filter(None, [scarce_sentence(run), cap_sentence(run.capped_from)]),
            *scenario.notes,
            *([scenario.ensemble.told] if run.drawn and scenario.ensemble else []),
            *([FEW_DRAWN] if run.drawn and len(run.replicates) < FEWEST else []),
            *filter(None, [outside(run)]),
        ],
        range="5th to 95th percentile over replicates",
        sentences=[*change_sentences(run), *everyday.of_run(run)],
        headline=[_row(run, id, years) for id in short_table(run)],
        evidence=LawEvidence(
            scenario.law.best_error,
            scenario.law.unit,
            run.extrapolated_from,
            error_sentence(scenario.law_table.benchmark),
        ),
        scope=scope_sentences(scenario.mechanisms),
        market_outcomes=run.market_outcomes,
        missing=run.missing,
        flagged_as_lower_bound=run.lower_bounds,
    )


def short_table(run: Run) -> list[str]:
    """Measures of the short table: the headline, below its rows of kinds those of kinds that a scenario adds, and what
    policies move; none without a replicate."""
    if not run.replicates:
        return []
    moved = [
        id for id in told("moved", run.measures) if run.scenario.policies and np.nansum(np.abs(run.values(id))) > 0
    ]
    rows, added = headline(run.measures), [group_of(kind) for kind in run.scenario.kind_ids if kind not in KINDS]
    for of in (share_of, best_of):
        below = max(rows.index(of(group)) for group in GROUPS if of(group) in rows) + 1
        rows[below:below] = [of(group) for group in added]
    return [*rows, *moved]


def _shown_years(run: Run) -> list[int]:
    """The first year and the last, and the middle one where it is far enough from both."""
    first, last = run.years[0], run.years[-1]
    middle = [(first + last) // 2] if last - first >= 2 * APART else []
    return sorted({first, *middle, last})


def _row(run: Run, id: str, years: list[int]) -> MeasureRow:
    measure, values, flags = run.measures[id], run.values(id), run.flags(id)
    columns = {year: year - run.years[0] for year in years}
    drawn = run.drawn_values(id) if run.drawn else None
    cells = [
        YearCell(
            year, Spread.of(values[:, i]), bool(flags[:, i].any()), None if drawn is None else Spread.of(drawn[:, i])
        )
        for year, i in columns.items()
    ]
    between = _between(run.years, values, run.unit(measure), [cell.values.median for cell in cells])
    return MeasureRow(id, _label(run, measure), run.unit(measure), measure.better, cells, between)


def _between(years: Sequence[int], values: Array, unit: str, shown: list[float]) -> str:
    """How much a measure is at most, or at least, where that is far from all that is shown: at most 100 %, in 2031."""
    medians = [Spread.of(column).median for column in values.T]
    known, seen = [one for one in medians if isfinite(one)], [one for one in shown if isfinite(one)]
    if not seen:
        return ""
    said = []
    for word, extreme, nearest in (("at most", max(known), max(seen)), ("at least", min(known), min(seen))):
        if _far(extreme, nearest, unit):
            text = number(extreme, unit)
            such = [year for year, one in zip(years, medians, strict=True) if number(one, unit) == text]
            whole = such == [*range(such[0], such[-1] + 1)]
            when = f"from {such[0]} to {such[-1]}" if whole and len(such) > 1 else f"in {such[0]}"
            said.append(f"{word} {text}, {when}")
    return "; ".join(said)


def _far(extreme: float, nearest: float, unit: str) -> bool:
    """Whether an extreme is told beside what comes nearest to it: it is over so many times as much, or less than such a
    part, or differs by so many percentage points."""
    if unit == "fraction" and (nearest == 0 or abs(extreme - nearest) > POINTS_OFF):
        return abs(extreme - nearest) > POINTS_OFF
    least, most = sorted((abs(extreme), abs(nearest)))
    return extreme * nearest < 0 or most > TIMES_OFF * least


def _label(run: Run, measure: Measure) -> str:
    """The row's name: of a kind that a scenario adds also whether it is a part of academia, whose own row counts it."""
    scenario = run.scenario
    apart = {kind.id for kind in scenario.kinds if kind.sector == "academia" and kind.id not in KINDS}
    own = {each.id for id in apart for each in of_kind(id, id)}
    return measure.label + ", a part of academia" * (measure.id in own)


def change_sentences(run: Run) -> list[str]:
    """What happened between the first and the last year, one sentence for each measure that has one."""
    start, end = run.years[0], run.years[-1]
    if start == end or not run.replicates:
        return []
    sentences = []
    for id, measure in told("run", run.measures).items():
        values, unit = run.values(id), run.unit(measure)
        drawn = run.drawn_values(id) if run.drawn else None
        wide = None if drawn is None else (drawn[:, 0], drawn[:, -1])
        start_to_end = f"From {start} to {end} {measure.level}"
        sentences.append(change_sentence(start_to_end, values[:, 0], values[:, -1], unit, measure.words.verbs, wide))
    return sentences


def outside(run: Run) -> str:
    """A word on medians over replicates that lie outside the range over the ensemble; nothing where none does, or
    where nothing was drawn."""
    labels: list[str] = []
    values = 0
    for id in short_table(run) if run.drawn else []:
        for own, wide in zip(run.values(id).T, run.drawn_values(id).T, strict=True):
            median, over = Spread.of(own).median, Spread.of(wide)
            values += 1
            if median < over.low or median > over.high:
                labels.append(run.measures[id].label)
    return outside_sentence(len(labels), values, list(dict.fromkeys(labels))) if labels else ""
