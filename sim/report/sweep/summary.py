"""A sweep in words and cells."""

from dataclasses import dataclass, field

from sim.plurals import counted
from sim.report import words
from sim.report.certainty import share_held
from sim.report.sweep.goals import GoalTold, goals_told
from sim.report.sweep.words import BRACKETS, WIDE, axis_title, changes, entries, value
from sim.results.statistics import FEWEST
from sim.results.sweep import Sweep
from sim.scenario import Scenario

IDLE = (
    "What is varied changes none of these measures in any world: what it is of may be switched off, begin after the "
    "last year, or bind nobody."
)


@dataclass(frozen=True)
class SweepSummary:
    """The short table and what to know of it."""

    scenario: str
    title: str
    year: int
    header: list[str]
    rows: list[list[str]]  # the base point first, with its values; then differences to it, of the first points
    points: int  # beside the base point
    like_base: int  # of these that are the base point again, and have no row
    replicates: int
    seed: int
    design: str
    varied: list[str]  # in words, with units
    entries: list[str]  # the same as a scenario writes them, with what they are called
    left_out: str  # that some points make no possible world
    note: str
    notes: list[str]  # what to know of the scenario
    interrupted: bool = False
    goals: list[GoalTold] = field(default_factory=list)  # what each takes


def summarize(found: Sweep, scenario: Scenario, design: str) -> SweepSummary:
    """The summary of a sweep."""
    columns, axes = found.shown, found.axes
    brackets = WIDE if found.assumptions else BRACKETS
    base = [words.ranged(found.spread(id, 0), found.measure_units[id], brackets=brackets) for id in columns]
    rows = list[list[str]]()
    told = {
        id: changes([found.effect(id, i) for i in range(len(found.listed))], found.measure_units[id]) for id in columns
    }
    for i, point in enumerate(found.listed.to_dict("records")):
        at = [value(point[path], found.units[path]) for path in axes]
        cells = [told[id][i] for id in columns] if i else base
        if not i or at != rows[0][: len(axes)] or set(cells) != {"0"}:  # the base point stands there once
            rows.append([*at, *cells])
    return SweepSummary(
        scenario=scenario.name,
        title=scenario.title,
        year=found.year,
        header=[*(axis_title(found, path) for path in axes), *(found.measures[id].title for id in columns)],
        rows=rows,
        points=len(found.points) - 1,
        like_base=len(found.listed) - len(rows),
        replicates=found.replicates,
        seed=scenario.run.seed,
        design=design,
        varied=[axis_title(found, path) for path in axes],
        entries=entries(found),
        left_out=_left_out(found),
        note=_note(found),
        notes=[*found.notes, *([IDLE] if _is_idle(found) else [])],
        goals=goals_told(found),
    )


def _is_idle(found: Sweep) -> bool:
    """Whether no point changes any measure that is shown; of more points than are listed nobody looks."""
    if len(found.listed) < len(found.points):
        return False
    effects = [found.effect(id, i) for i in range(1, len(found.listed)) for id in found.shown]
    there = [one for one in effects if one is not None]
    return bool(there) and all(one.is_nothing for one in there)


def _left_out(found: Sweep) -> str:
    none, of = found.impossible, counted(len(found.points) - 1, "point")
    points = [f"{none:,} of {of}, which make no possible world"] if none else []
    drawn = "that a draw makes impossible, or " if found.assumptions else ""
    how = f"{drawn}in which no prices of permits meet the caps"
    worlds = [f"{counted(found.lost, 'world')} {how}"] if found.lost else []
    why = f" {found.why}." if found.why else ""
    return f"Left out: {'; '.join([*points, *worlds])}.{why}" if points or worlds else ""


def _note(found: Sweep) -> str:
    if found.assumptions:
        return _note_of_draws(found.replicates)
    few = f"with fewer than {FEWEST} replicates there is no interval; " if found.replicates < FEWEST else ""
    return (
        "Base: the scenario as it stands, median and 90 % range. Below it: what differs from it on the same luck, "
        f"the median of {counted(found.replicates, 'pair')} and [ ] its 95 % interval; {few}that is luck alone and "
        "says nothing about the assumptions."
    )


def _note_of_draws(draws: int) -> str:
    few = f" Fewer than {FEWEST} draws have no range." if draws < FEWEST else ""
    return (
        "Each pair has one luck and one draw of the uncertain numbers, the same at all points. Base: the median "
        f"and ( ) 90 % of draws. Below it: what differs from it, the median of {counted(draws, 'pair')} and ( ) "
        f"the range that holds {share_held(draws)} of them.{few} The scenario's own numbers are not among the draws."
    )
