"""What a reader wants first of a comparison: changes, effects in cells, sentences, costs, money, what was left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

from sim.measures.ids import called as kinds_called
from sim.plurals import cut_short
from sim.policies import Policy
from sim.report import everyday, words
from sim.report.certainty import share_held
from sim.report.comparison import costs, effects, matrix, verdict
from sim.report.comparison.at_bounds import at_bounds
from sim.report.comparison.budget import for_a_budget
from sim.report.comparison.combined import sentences
from sim.report.comparison.ended import ended
from sim.report.comparison.key import (
    Effects,
    KeyRow,
    bought,
    claims,
    finds_none,
    gives_labs,
    key_rows,
    own,
)
from sim.report.comparison.laws import Laws, LawSummary, under_laws, what_holds
from sim.report.comparison.leakage import emitted_elsewhere
from sim.report.comparison.matrix import Instead
from sim.report.comparison.money import FlowRow, flow_rows, spent
from sim.report.comparison.other_entries import has_policies, is_world, not_counted, what
from sim.report.comparison.other_worlds import in_other_worlds, of_what
from sim.report.comparison.pictured import pictured
from sim.report.comparison.reasons import no_centre, that_differ, why_never, why_sometimes
from sim.report.comparison.theories import TheoriesSummary, summarize_theories, under_all
from sim.report.comparison.titles import called, first_called
from sim.report.comparison.verdict import SpokenEffect
from sim.report.comparison.windfall import bought_anyway
from sim.report.laws import told_first
from sim.report.run.summary import short_table
from sim.report.settings import policies_in_words, what_was_set
from sim.results.comparison import Comparison
from sim.results.theories import ByTheory
from sim.scenario import Scenario
from sim.scenario.differences import Difference, differences
from sim.scenario.drawing import undecided, without_range
from sim.scenario.idle import idle
from sim.scenario.policy_notes import everywhere_beside_some, revenue_that_leaves_its_regions
from sim.scenario.purse import in_force

SPONSORED = (
    "Labs live on sponsored compute and spend next to nothing of their own: programmes of public money look large "
    "beside it."
)
UNCHECKED = (
    "Some numbers were fitted to records of a world that is not quite this one; whether they fit it nobody checked."
)
MANY = 2  # scenarios, above which each has no rows of its own that are not folded
TENTHS_SHOWN = (0, 1, 5, 10)  # the whole kind, and those with the least, middling and most compute at first


@dataclass(frozen=True)
class KindRow:
    """Changes of training compute of a kind: a cell for each of TENTHS_SHOWN."""

    kind: str
    cells: list[str]


@dataclass(frozen=True)
class PolicySummary:
    """One scenario against the baseline."""

    name: str
    title: str
    called: str  # the same without what a command set, which ``settings`` tell
    question: str
    is_made_of: list[str]  # what each of its policies is: its numbers and dates
    changes: list[Difference]
    verdict: list[str]  # what it changes, in a clause for each, or one on why it changes nothing
    remarks: list[str]  # that public money buys compute, in how many worlds nothing changes
    pictured: list[str]  # what it changes in plain comparisons, in clauses
    spent: list[str]  # the remarks without names of code, and what of public money is no cost
    at_bounds: list[str]  # of the verdict the clauses on permits at a cap's lowest or highest price
    key: list[KeyRow]  # the few rows below the verdict
    gain: float | None  # how many times smaller pairing makes the variance of a typical difference
    cost: list[str]  # outlay, lost market, paid back, per tonne, per halving
    costs: dict[str, str]  # these and what they are made of, with ranges, by name
    money: list[FlowRow]
    kinds: list[KindRow]


@dataclass(frozen=True)
class EffectRow:
    """Effects on a measure, by scenario."""

    measure: str
    label: str
    unit: str
    baseline: str
    cells: dict[str, str]
    judged: dict[str, str]  # falls, better; may rise, worse; hardly changes; direction unclear


@dataclass(frozen=True)
class Finished:
    """How much there is under another law or theory of what was asked for."""

    under: str
    replicates: int
    replicates_asked: int


@dataclass(frozen=True)
class ComparisonSummary:
    """A comparison in words and cells."""

    baseline: str
    against: str  # what it is called in a sentence: the baseline, or its law where scaling laws are compared
    scaling: list[str]  # what a steeper law does, and what is held; nothing where no scaling laws are compared
    money: bool  # whether public money and costs are told of: where any scenario has a policy
    worlds: int  # scenarios that differ in entries of the world and in no policy
    settings: list[str]  # what a command set in all worlds and in each alone, in plain words
    policies: list[PolicySummary]
    rows: list[EffectRow]
    few: bool  # whether each scenario has rows of its own that are not folded
    columns: list[str]  # of the short table of all scenarios; none where there is but one beside the baseline
    matrix: dict[str, matrix.Row]  # its rows by scenario, the baseline's first
    instead: list[Instead]  # the same columns, of each two policies
    instead_of: str  # what stands above these
    elsewhere: list[str]  # what holds under every theory, and every law, in a line for each policy
    one_world: str  # under which one theory and law all of it holds
    combined: list[str]  # which of them do the same, and whether they add up, in sentences
    as_they_stand: str  # what stands before what a policy changes in plain comparisons
    sponsored: str  # why programmes for labs look large, where a scenario gives labs money or compute
    held: str  # how many of the draws lie within a range over them
    few_draws: str  # what few draws mean for verdicts
    budget: str  # which number of public money is one for a budget, where the size lies outside its range
    reading: str  # how to read a verdict
    note: str
    rows_note: str  # of the table of all rows
    gain: str
    years: tuple[int, int]
    first_year: int | None  # from which totals and means count
    discount: str
    seed: int
    replicates: int
    replicates_asked: int
    interrupted: bool
    assumptions: int  # that were drawn, of those with an effect
    fixed: int  # that were not
    draws_thrown_away: int
    missing: dict[str, list[str]]  # measures without a value, by scenario
    errors_are: str  # what the errors of these worlds are
    notes: list[str]  # what a run of each scenario notes: what is extrapolated, and probably not meant
    scope: list[str]
    laws: list[LawSummary]
    across_laws: list[str]  # what holds under every law, in a sentence for each scenario
    theories: TheoriesSummary | None = None
    finished_under: list[Finished] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """What stands above the report: what policies change, or other worlds, which no policy brings about, or the
        scaling law."""
        if self.scaling:
            return "What the scaling law changes"
        return f"What {what(len(self.policies) - self.worlds, self.worlds, how_many=False)} change"

    @property
    def cut_short(self) -> str:
        """What was finished of what was asked for, where an interrupt came."""
        others = {one.under: (one.replicates, one.replicates_asked) for one in self.finished_under}
        return cut_short(self.replicates, self.replicates_asked, others) if self.interrupted else ""


def summarize(found: Comparison, laws: Laws, theories: ByTheory | None = None) -> ComparisonSummary:
    """The summary of a comparison, also of one without a finished pair; ``laws`` hold the same scenarios by law,
    ``theories`` by theory of progress, both also those of which no pair is finished."""
    theories = theories or {}
    others = {**laws, **{name: one for name, one in theories.items() if name != found.scenarios[0].law_table.theory}}
    every = under_all(found, theories)
    baseline, names, off = found.scenarios[0], found.names, idle(found.scenarios)
    shown = list(dict.fromkeys(id for run in found.results for id in (*short_table(run), *found.asked_measures)))
    all_effects: dict[str, Effects] = {
        name: {id: found.effect(i, id) for id in shown} for i, name in enumerate(names, start=1)
    }
    titles = called(found.scenarios)
    policies = [_policy(found, i, all_effects[name], titles[name]) for i, name in enumerate(names, start=1)]
    gains = {policy.name: policy.gain for policy in policies if policy.gain is not None}
    rows = [_row(found, id, all_effects) for id in shown]
    side_by_side = len(names) > 1 and found.pairs
    instead = matrix.instead(found) if side_by_side else []
    return ComparisonSummary(
        baseline=baseline.title,
        against=first_called(found),
        scaling=told_first(found),
        money=has_policies(found),
        worlds=sum(is_world(found, i) for i in range(1, len(found.scenarios))),
        settings=what_was_set(found.scenarios, titles),
        policies=policies,
        rows=rows,
        few=len(names) <= MANY,
        columns=matrix.columns(found) if side_by_side else [],
        matrix=matrix.rows(found) if side_by_side else {},
        instead=instead,
        elsewhere=in_other_worlds(found, laws, theories) if found.pairs else [],
        one_world=of_what(found, laws, theories),
        combined=[*(matrix.the_same(found, instead) if found.pairs else []), *sentences(found)],
        instead_of=matrix.instead_of(found) if side_by_side else "",
        as_they_stand=everyday.AS_THEY_STAND.format(found.years[-1]),
        sponsored=SPONSORED if found.pairs and any(gives_labs(found, i) for i in range(1, len(names) + 1)) else "",
        held=share_held(len(found.pairs)),
        few_draws=verdict.few_draws(len(found.pairs)) if found.drawn else "",
        budget=for_a_budget(found),
        reading=_reading(found) if found.pairs else "",
        note=_note(found, policies),
        rows_note=effects.why_otherwise(cell for row in rows for cell in row.cells.values()),
        gain=effects.gain_sentence(gains),
        years=(found.years[0], found.years[-1]),
        first_year=found.first_year if found.pairs else None,
        discount=words.number(found.discount, "fraction"),
        seed=baseline.run.seed,
        replicates=len(found.pairs),
        replicates_asked=found.replicates_asked,
        interrupted=any(one.interrupted for one in (found, *others.values())),
        assumptions=len(undecided(baseline).keys() - off) if found.drawn else 0,
        fixed=len({one.path for one in without_range(baseline)} - off.keys()),
        draws_thrown_away=sum(pair.thrown_away for pair in found.pairs),
        missing={name: [id for id, change in of.items() if change is None] for name, of in all_effects.items()},
        errors_are=words.error_sentence(baseline.law_table.benchmark),
        notes=_notes(found, every),
        scope=_scope(found.scenarios),
        laws=under_laws(found, laws),
        across_laws=what_holds(found, laws),
        theories=summarize_theories(every) if every else None,
        finished_under=[Finished(name, len(one.pairs), one.replicates_asked) for name, one in others.items()],
    )


def _policy(found: Comparison, i: int, changes: Effects, title: str) -> PolicySummary:
    scenario, years = found.scenarios[i], (found.first_year, found.years[-1])
    never = why_never(found.scenarios[0], scenario)
    said = claims(found, i, changes) if found.pairs and not never else []
    acts = found.pairs and not never
    remarks = (bought(found, i), why_sometimes(found, i)) if acts else ()
    return PolicySummary(
        name=scenario.name,
        title=scenario.title,
        called=title,
        question=scenario.question,
        is_made_of=policies_in_words(scenario, _own_policies(found, scenario)),
        changes=differences(found.scenarios[0], scenario),
        verdict=_verdict(found, i, never, said, changes),
        remarks=[remark for remark in remarks if remark],
        pictured=pictured(found, i) if acts else [],
        spent=spent(found, i, remarks) if acts else [],
        at_bounds=at_bounds(found, i) if acts else [],
        key=key_rows(found, said),
        gain=found.gain(i) if found.pairs and isfinite(found.gain(i)) else None,
        cost=costs.in_brief(found.cost(i)) if found.pairs else [],
        costs=costs.with_ranges(found.cost(i), years) if found.pairs else {},
        money=flow_rows(found, i) if found.pairs else [],
        kinds=_kinds(found, i),
    )


def _own_policies(found: Comparison, scenario: Scenario) -> list[Policy]:
    """The policies in force of a scenario that the baseline has not, or not so."""
    return [one for one in that_differ(found.scenarios[0], scenario) if one in scenario.policies and not one.neutral]


def _scope(scenarios: Sequence[Scenario]) -> list[str]:
    """What is left out, or may be misread, of these scenarios, in sentences."""
    on_revenue = (everywhere_beside_some, revenue_that_leaves_its_regions)
    whose = [said[:1].upper() + said[1:] for one in scenarios for notes in on_revenue for said in notes(one)]
    policies = [policy for one in scenarios for policy in in_force(one)]
    ensemble = scenarios[0].ensemble
    fitted = [UNCHECKED] if ensemble and ensemble.changed else []
    scope = words.scope_sentences(scenarios[0].mechanisms, policies)
    return [*fitted, *scope, *no_centre(scenarios), *dict.fromkeys(whose)]


def _verdict(found: Comparison, scenario: int, never: str, said: list[SpokenEffect], changes: Effects) -> list[str]:
    """What a scenario changes, in clauses; or that it never does."""
    if not found.pairs or never:
        return [never] if found.pairs else []
    years = (found.first_year, found.years[-1])
    of_all = verdict.clauses(said, years, changes, own(found, scenario))
    after = [*emitted_elsewhere(found, scenario), *finds_none(found, scenario)]
    after += [*bought_anyway(found, scenario), *at_bounds(found, scenario), *not_counted(found, scenario)]
    return [*ended(found, scenario), *of_all, *after]


def _reading(found: Comparison) -> str:
    return verdict.reading((found.first_year, found.years[-1]), found.drawn, len(found.pairs), laws=bool(found.held))


def _note(found: Comparison, policies: list[PolicySummary]) -> str:
    """How to read the tables of few rows, on lines."""
    marked = effects.why_otherwise(row.policy for policy in policies for row in policy.key)
    return "\n".join(filter(None, [effects.intervals_note(len(found.pairs), found.drawn, first_called(found)), marked]))


def _notes(found: Comparison, theories: ByTheory) -> list[str]:
    law = found.scenarios[0].law
    evidence = words.evidence_sentence(law.best_error, law.unit, found.results[0].extrapolated_from)
    notes = [words.cap_sentence(found.results[0].capped_from)]
    notes += [note for scenario in found.scenarios for note in scenario.notes]
    for name, one in (theories or {"": found}).items():
        ensemble = one.scenarios[0].ensemble
        if one.drawn and ensemble:
            notes.append(f"Wide intervals{f' under {name}' if name else ''}: {ensemble.told}")
    return list(dict.fromkeys(filter(None, [evidence, *notes])))


def _row(found: Comparison, id: str, all_effects: dict[str, Effects]) -> EffectRow:
    measure = found.measures[id]
    unit = measure.unit_under(found.scenarios[0].law)
    changes = {name: of[id] for name, of in all_effects.items()}
    start = next((words.number(change.baseline, unit) for change in changes.values() if change), words.NONE)
    cells = {
        name: effects.cell(change, unit, marked=True) + effects.amount_beside(change, unit)
        for name, change in changes.items()
    }
    judged = {name: verdict.judged(measure, of.get) for name, of in all_effects.items()}
    return EffectRow(id, measure.label, unit, start, cells, judged)


def _kinds(found: Comparison, scenario: int) -> list[KindRow]:
    tenths = found.tenths(scenario) if found.pairs else {}
    names = kinds_called(found.scenarios[0].kinds)
    return [
        KindRow(names[kind.id], [effects.ratio_cell(tenths.get((kind.id, n))) for n in TENTHS_SHOWN])
        for kind in found.scenarios[0].kinds
    ]
