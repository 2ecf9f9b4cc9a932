"""What of policies' effects holds under every theory of progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.measures import Known, Measure, told
from sim.mechanisms.theories import THEORIES
from sim.report.certainty import hardly, may
from sim.report.comparison import effects, verdict
from sim.report.words import NONE, number
from sim.results.certainty import Sureness, direction, sureness
from sim.results.comparison import Comparison
from sim.results.statistics import EVERY_COLUMN, FEWEST, Effect
from sim.results.theories import ByTheory, mixture
from sim.scenario.data import theories

MIXTURE = "mixture"
THEORY = "theory"
PLURALS = {THEORY: "theories", "law": "laws"}
RISES, FALLS, HARDLY = "rises", "falls", Sureness.HARDLY.value


@dataclass(frozen=True)
class TheoryRow:
    """One effect under each theory and in their mixture, in cells, and what holds under all."""

    scenario: str
    measure: str
    label: str
    cells: dict[str, str]  # by theory, the mixture last
    holds: str  # narrows, may rise, hardly changes; that theories differ or say nothing sure; nothing of a level


@dataclass(frozen=True)
class TheoriesSummary:
    """A comparison under every theory."""

    weights: dict[str, float]
    weighed: str  # how, in a sentence
    replicates: int
    rows: list[TheoryRow]
    survives: list[str]  # a sentence for each scenario


def weights() -> dict[str, float]:
    """The weight of each theory, by ``weigh``."""
    return {name: float(row["weight"]) for name, row in theories().items()}


def by_one_seed(theory: str) -> tuple[float, float]:
    """The least and the largest weight of a theory where its fits of one seed alone are weighed."""
    own = theories()[theory]
    return float(own["weight_low"]), float(own["weight_high"])


def weight(theory: str) -> str:
    """The weight of a theory, and in brackets the least and the largest by fits of one seed alone."""
    low, high = (100 * end for end in by_one_seed(theory))
    return f"{100 * weights()[theory]:.0f} % ({low:.0f} to {high:.0f} %)"


def weighed() -> str:
    """How theories are weighed, in a sentence."""
    parts = ", ".join(f"{name} {weight(name)}" for name in weights())
    return f"Weights by forecasts of records to 2021 (docs/trust.md; in brackets by fits of one seed alone): {parts}."


def holds(changes: list[Effect | None]) -> str:
    """What an effect is under all theories: falls or rises where all name that direction, may fall or may rise where
    some say that it may, hardly changes where all say so; nothing else."""
    if not changes or any(change is None for change in changes):
        return ""
    ways = {sureness(change) for change in changes if change}
    if ways == {Sureness.HARDLY}:
        return HARDLY
    signs = set(map(direction, changes))
    verb = {frozenset({1}): RISES, frozenset({-1}): FALLS}.get(frozenset(signs), "")
    return may(verb) if verb and Sureness.MAY in ways else verb


def under_all(found: Comparison, others: ByTheory) -> ByTheory:
    """A comparison and the same under other theories, in the order of theories; nothing where some has no pair."""
    every = {found.scenarios[0].law_table.theory: found, **others}
    if not others or not all(one.pairs for one in every.values()):
        return {}
    return {name: every[name] for name in THEORIES if name in every}


def summarize_theories(found: ByTheory) -> TheoriesSummary:
    """The summary of one comparison under several theories."""
    first, known = next(iter(found.values())), weights()
    asked, same = (
        {id: first.measures[id] for id in first.asked_measures},
        {name: dict[str, str]() for name in first.names},
    )
    measures = {**told("policy", first.measures), **asked}
    replicates, levels, rows = min(len(one.pairs) for one in found.values()), list[TheoryRow](), list[TheoryRow]()
    for i, name in enumerate(first.names, start=1):
        for id, measure in measures.items():
            own = {theory: one.effect(i, id) for theory, one in found.items()}
            unit = measure.unit_under(first.scenarios[0].law)
            both = {**own, MIXTURE: mixture(found, known, i, id)}
            cells = {theory: effects.cell(change, unit, levels=False) for theory, change in both.items()}
            held = holds(list(own.values()))
            same[name][id] = held
            rows.append(TheoryRow(name, id, measure.label, cells, in_words(held, measure) or _unsure(replicates)))
            if i == 1:
                before = {theory: NONE if one is None else number(one.baseline, unit) for theory, one in both.items()}
                levels.append(TheoryRow(first.scenarios[0].name, id, measure.label, before, ""))
    said = [survives(name, of, replicates, measures, first=[*asked]) for name, of in same.items()]
    return TheoriesSummary(known, weighed(), replicates, [*levels, *rows], said)


def _unsure(replicates: int) -> str:
    """What stands where nothing holds under every theory."""
    return not_sure(THEORY) if replicates >= FEWEST else "too few replicates"


def not_sure(one: str) -> str:
    """What stands where not all theories, or laws, sure of a direction, have the same."""
    return f"differs between {PLURALS[one]}, or unclear in one"


def in_words(same: str, measure: Measure, *, plural: bool = False) -> str:
    """What ``holds`` of a measure in its own words, as all tables have it: narrows, may narrow; or as it stands behind
    the name of a measure that is a plural."""
    if same == HARDLY:
        return hardly(plural)
    verbs = dict(zip((RISES, FALLS), measure.words.verbs, strict=True))
    if same in verbs:
        return verbs[same] if plural or not measure.plural else f"{verbs[same]}s"
    return {may(way): may(verb) for way, verb in verbs.items()}.get(same, "")


def survives(
    scenario: str, same: Mapping[str, str], replicates: int = FEWEST, known: Known | None = None, of: str = THEORY,
    first: Sequence[str] = (),
) -> str:  # fmt: skip
    """What ``holds`` of a scenario under every theory (``of``: or law), by measure, and what does not, in a sentence;
    that there are too few replicates to say so, where there are. Before all that the same of ``first``, which was asked
    for."""
    if replicates < FEWEST:
        return f"{scenario}: too few replicates to say what holds under every {of}."
    asked, rest = ({id: same[id] for id in same if (id in first) is whose} for whose in (True, False))
    parts = [part for some in (asked, rest) for part in _held(some, known or told("policy"), of)]
    return f"{scenario}: {'; '.join(parts)}."


def _held(same: Mapping[str, str], known: Known, of: str) -> list[str]:
    """The clauses of such a sentence on some measures."""
    by = dict[str, list[str]]()
    for id, way in same.items():
        measure = known[id]
        verb = in_words(way, measure, plural=measure.plural) if way != HARDLY else ""
        by.setdefault("moves" if verb else way, []).append(f"{measure.subject} {verb}".rstrip())
    parts = [f"under every {of} {verdict.listed(by['moves'])}"] if "moves" in by else []
    if HARDLY in by:
        parts.append(f"under every {of} {verdict.listed(by[HARDLY])} {hardly(plural=len(by[HARDLY]) > 1)}")
    return [*parts, f"{not_sure(of)}: {verdict.listed(by[''])}"] if "" in by else parts


def table(found: ByTheory) -> pd.DataFrame:
    """A row for each scenario, measure and window under each theory and in the mixture."""
    first, known, rows = next(iter(found.values())), weights(), []
    for i, name in enumerate(first.names, start=1):
        for id, measure in first.measures.items():
            unit = measure.unit_under(first.scenarios[0].law)
            for window in first.windows(measure):
                own: dict[str, Effect | None] = {theory: one.effect(i, id, window) for theory, one in found.items()}
                amount = measure.amount_unit if window == "total" else unit
                same = holds(list(own.values()))
                rows += [
                    (name, id, amount, window, theory, known.get(theory), *change.row().values(), same)
                    for theory, change in {**own, MIXTURE: mixture(found, known, i, id, window)}.items()
                    if change is not None
                ]
    columns = ["scenario", "measure", "unit", "window", "theory", "weight", *EVERY_COLUMN, "holds"]
    return pd.DataFrame(rows, columns=columns)


def grid(summary: TheoriesSummary) -> tuple[list[list[str]], list[str]]:
    """Rows and header of a table: one line for each scenario and measure."""
    names = [*next(iter(summary.rows)).cells] if summary.rows else []
    rows = [[row.scenario, row.label, *(row.cells[name] for name in names), row.holds] for row in summary.rows]
    return rows, ["", "", *names, "under all"]
