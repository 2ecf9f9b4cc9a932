"""``sweep``: entries of a scenario varied over a design, each point in pairs with the base point."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from sim.arguments import texts, whole_or
from sim.arrays import Array
from sim.errors import InputError
from sim.measures import headline, registry, require_known
from sim.results.goals import Goal
from sim.results.sweep import GoalAxis, Sweep
from sim.scenario import Scenario
from sim.scenario.notes import notes, policies_from_the_first_year, policies_without_effect
from sim.scenario.policy_notes import sizes_that_gave_way
from sim.scenario.variants import changed, policy_of, with_notes
from sim.study.axes import DATES, FROM_VARY, Axis, entry, read_axes, typed, varied
from sim.study.axiswords import in_whole_numbers, meaning_of, unit_of
from sim.study.design import design
from sim.study.goals import needs_one_line, read_goals
from sim.study.own_points import own_points
from sim.study.planned import asks_more
from sim.study.shared import varied_alone
from sim.study.study import Study, StudyWanted

KIND, REPLICATES = "sweep", 10
LOOKED_AT = 20  # about as many points without a world are built again to tell why
NO_PRICES = "no prices of permits meet the caps"


def wanted(
    scenario: Scenario, vary: Sequence[str] | Mapping[str, Any], *, named: Any = "grid", samples: int | None = None,
    replicates: int | None = None, measures: Sequence[str] = (), assumptions: bool = False,
    goals: Sequence[str] | Mapping[str, Any] = (),
) -> StudyWanted:  # fmt: skip
    """What a sweep asks for; with ``assumptions`` each replicate is also a draw of the uncertain numbers. Measures of
    ``goals`` are told first. ``named`` is a design by its name, or a table of one's own, which says itself what is
    varied. Raises InputError for what cannot be varied so."""
    samples, replicates = whole_or(None, "samples", samples, 1), whole_or(REPLICATES, "replicates", replicates, 1)
    require_known(measures := texts("measures", measures), known := registry(*scenario.reported_on))
    aims = read_goals(goals, scenario, known)
    if isinstance(named, str):
        axes = read_axes(vary, scenario, grid=named == "grid")
        if aims:
            needs_one_line(axes, named)
        points = design(named, axes, samples, scenario.run.seed)
    else:
        axes, points = own_points(named, scenario, vary=vary, samples=samples, goals=goals)
    first = [goal.measure for goal in aims]
    more = {
        "measures": list(dict.fromkeys([*first, *(measures or headline())])),
        "asked": list(dict.fromkeys([*first, *measures])),
        "units": {axis.path: unit_of(axis, scenario) for axis in axes},
        **({"goals": aims} if aims else {}),
    }
    told = with_notes(scenario, _notes(scenario, axes))
    return StudyWanted(KIND, told, axes, points, replicates, points.design, more, drawn=assumptions)


def extend(study: Study, samples: int) -> None:
    """Ask for more points. Raises InputError for fewer than there are, and where the design has no more."""
    named = study.plan["design"]
    if named != "sobol":
        allowed = "a design that goes on: sobol"
        fix = "start another study; more replicates can be added (--replicates)"
        raise InputError(
            "points cannot be added to this design", key="--samples", found=named, allowed=allowed, fix=fix
        )
    if asks_more("--samples", samples, len(study.job.points) - 1):  # beside the base point
        study.add(design(named, study.axes, samples, study.scenario.run.seed))


def found(study: Study) -> Sweep:
    """What a study of this kind holds, in its last year. Its worlds are read as they are asked for. Raises
    InputError where the scenario as it stands makes no possible world."""
    scenario, more = study.scenario, study.plan["more"]
    known = registry(*scenario.reported_on)
    measures = {id: known[id] for id in more["measures"]}
    paths = [axis.path for axis in study.axes]
    units = {id: measure.unit_under(scenario.law) for id, measure in measures.items()}
    told = {axis.path: meaning_of(axis, scenario) for axis in study.axes}
    taken = {axis.path: axis.as_typed for axis in study.axes}
    base = {path: typed(study.points[path].iloc[0]) for path in paths}

    there = study.query(f"select point, count(*) as n from worlds where year = {scenario.time.end} group by point")
    if 0 not in there["point"].to_numpy():
        fix = "look at it with `run`"
        raise InputError("the scenario as it stands makes no possible world", file=scenario.file, fix=fix)
    impossible, aims = len(study.job.points) - len(there), more.get("goals", ())  # older plans do not say
    lost = len(there) * study.replicates - int(there["n"].sum())

    return Sweep(
        axes=paths, asked_measures=more["asked"], units=more["units"], meanings=told, taken=taken, base=base,
        points=study.points, measures=measures, measure_units=units, replicates=study.replicates,
        impossible=impossible, lost=lost, read=study.last_year, year=scenario.time.end,
        why=_why(study, there["point"].to_numpy()) if impossible else "", notes=scenario.notes,
        assumptions=study.drawn, goals=[Goal(**one) for one in aims], command=study.plan["command"],
        goal_axis=_spaced(study.axes[0], scenario, more["units"][paths[0]]) if aims else GoalAxis(),
    )  # fmt: skip


def _spaced(axis: Axis, scenario: Scenario, unit: str) -> GoalAxis:
    """How the one axis of a sweep with goals is spaced."""

    dated = axis.path.rpartition(".")[2] in DATES

    def possible(number: float) -> bool:
        if dated and number > scenario.time.end:
            return False
        try:
            varied(scenario, axis, entry(number, unit, whole=number == int(number)))
        except InputError:
            return False
        return True

    return GoalAxis(even_in_logs=axis.logs, whole=in_whole_numbers(axis, scenario), possible=possible)


def _notes(base: Scenario, axes: Sequence[Axis]) -> dict[str, None]:
    """What to know of its worlds: what was noted of the base point, policies without a start that are there through
    what is varied alone, and numbers that are varied alone. Whether a varied policy acts depends on the point."""
    touched = {policy_of(axis.path) for axis in axes}
    other = replace(base, policies=tuple(policy for policy in base.policies if policy.id in touched))
    told = [note for note in base.notes if note not in notes(other, [policies_without_effect])]
    with suppress(InputError):
        last = changed(base, {axis.path: axis.ends[-1] for axis in axes}, origin=FROM_VARY)
        told += notes(last, [policies_from_the_first_year, sizes_that_gave_way])
    return dict.fromkeys([*told, *varied_alone(base, [axis.path for axis in axes])])


def _why(study: Study, there: Array) -> str:
    """What is most often wrong with the points of which there is no world, of so many as are looked at."""
    out = np.setdiff1d(np.arange(len(study.job.points)), there)
    reasons = Counter(_refused(study, int(point)) for point in out[:: max(1, len(out) // LOOKED_AT)])
    (reason, _), *others = reasons.most_common()
    return f"{'The most frequent reason' if others else 'The reason'}: {reason}"


def _refused(study: Study, point: int) -> str:
    try:
        study.job.points.world(study.scenario, point)
    except InputError as error:
        return f"{error.problem} ({error.key})"
    return NO_PRICES  # which its run came to
