"""Scenarios compared on the same luck, with the assumptions as they stand and drawn anew."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from os import PathLike
from pathlib import Path
from time import perf_counter
from typing import Any

from sim.arguments import DISCOUNT, PAIRS, fraction, several, texts, whole, whole_or, wrapper, yes_or_no
from sim.arrays import added
from sim.errors import InputError, Notice, shown
from sim.experiment.draws import on_draw
from sim.experiment.duration import TimePlan, replicate_pace, time_plan
from sim.experiment.notes import ReplicateNotes
from sim.experiment.path import WorldPath, parting, side_by_side
from sim.experiment.pool import Progress, Work, gathered
from sim.measures import registry, require_claimed, require_known
from sim.pasting import pasted
from sim.results.comparison import Comparison
from sim.results.paired import Paired
from sim.results.run import Replicate
from sim.rng import checked_seed
from sim.scenario import Scenario, read
from sim.scenario.combined import combined as all_of_them
from sim.scenario.drawing import worlds
from sim.scenario.variants import with_options
from sim.shippedfiles import as_named

WORLDS: Any = ("scenarios or their files", Scenario, str, PathLike)  # what is compared, in words and by type


def compare(
    scenarios: Sequence[Scenario | str | Path],
    *,
    replicates: int = PAIRS,
    seed: int | None = None,
    assumptions: bool = True,
    discount: float = DISCOUNT,
    measures: Sequence[str] = (),
    combined: bool = False,
    workers: int | None = None,
    every_step: bool = False,
    progress: Progress[Paired] | None = None,
) -> Comparison:
    """Compare scenarios or files with the first of them, as ``sim.compare`` says."""
    replicates, discount = whole("replicates", replicates, 1), fraction("discount", discount)
    workers, progress = whole_or(None, "workers", workers, 1), wrapper("progress", progress)
    assumptions, every_step = yes_or_no("assumptions", assumptions), yes_or_no("every_step", every_step)
    given = several("scenarios", scenarios, *WORLDS)
    every = [read(scenario) for scenario in given]
    every += [all_of_them(every)] if yes_or_no("combined", combined) else []
    chosen = paired(every, replicates, seed)
    told = tuple(dict.fromkeys(texts("measures", measures)))
    require_known(told, registry(*chosen[0].reported_on), "measures")
    work = replicate_of(chosen, assumptions, every_step)
    if workers is None:
        workers = planned(chosen, replicates=replicates, assumptions=assumptions, every_step=every_step).workers
    workers = min(workers, replicates)
    pairs, interrupted = gathered(work, range(replicates), workers, progress)
    pairs.sort(key=lambda pair: pair.replicate)
    return Comparison(chosen, pairs, replicates, interrupted, discount, told)


def paired(scenarios: Sequence[Scenario], replicates: int, seed: int | None = None) -> list[Scenario]:
    """The scenarios as they are compared: with one seed (None: the first one's), and distinct names. Raises InputError
    where they cannot be paired."""
    read = comparable(list(scenarios))
    return _named(read, read[0].run.seed if seed is None else checked_seed(seed), replicates)


def replicate_of(scenarios: Sequence[Scenario], assumptions: bool = True, every_step: bool = False) -> Work[Paired]:
    """What simulates a replicate of scenarios that are ``paired``, by its number. A Notice warns of those that are the
    same."""
    twins = _twins(scenarios)
    measures = registry(*scenarios[0].reported_on)
    require_claimed((policy for one in scenarios for policy in one.policies), measures)
    return _ComparedReplicate(list(scenarios), twins, assumptions and any(twins), every_step, tuple(measures))


def planned(
    scenarios: Sequence[Scenario], *, replicates: int = PAIRS, assumptions: bool = True, workers: int | None = None,
    every_step: bool = False,
) -> TimePlan:  # fmt: skip
    """How long it takes to ``compare`` scenarios, and with how many workers."""
    first, *others = comparable(list(scenarios))
    partings = [parting(first, other) or first.time.start for other in others]
    years = first.years + int(added(first.time.end + 1 - year for year in partings))
    each = replicate_pace(first, every_step).lasts(years, len(scenarios))
    if assumptions and not all(first.is_same(other) for other in others):
        began = perf_counter()
        worlds(scenarios, first.run.seed, 0)
        each = 2 * each + perf_counter() - began
    return time_plan(each, replicates, workers)


@dataclass(frozen=True)
class _ComparedReplicate:
    """One replicate of all scenarios."""

    scenarios: list[Scenario]
    twins: list[int]  # by scenario, the first one that is the same
    assumptions: bool
    every_step: bool
    measures: tuple[str, ...]  # ids of those that are declared where the work is given out

    def __call__(self, replicate: int) -> Paired:
        luck = self._simulated(self.scenarios, replicate, self.every_step)
        if not self.assumptions:
            return Paired(replicate, luck, [], {}, 0)
        values, thrown_away, drawn = on_draw(
            self.scenarios, self.scenarios[0].run.seed, replicate,
            lambda drawn: self._simulated(drawn, replicate, False),
        )  # fmt: skip
        return Paired(replicate, luck, drawn, values, thrown_away)

    def _simulated(self, scenarios: list[Scenario], replicate: int, every_step: bool) -> list[Replicate]:
        """One replicate of each scenario; of those that are the same it is simulated once."""

        def begun(scenario: Scenario) -> WorldPath[ReplicateNotes]:
            return WorldPath(scenario, replicate, ReplicateNotes(scenario, every_step, (), self.measures))

        distinct = sorted(set(self.twins))
        paths = side_by_side([scenarios[i] for i in distinct], begun)
        found = {i: path.notes.replicate(replicate) for i, path in zip(distinct, paths, strict=True)}
        return [found[twin] for twin in self.twins]


def _named(scenarios: list[Scenario], seed: int, replicates: int) -> list[Scenario]:
    """With one seed, and distinct names where two files are called alike."""
    names, taken = list[str](), {scenario.name for scenario in scenarios}
    for scenario in scenarios:
        others = (name for i in count(2) if (name := f"{scenario.name}-{i}") not in taken)
        names.append(next(others) if scenario.name in names else scenario.name)
        taken.add(names[-1])
    return [
        with_options(scenario, name=name, seed=seed, replicates=replicates)
        for scenario, name in zip(scenarios, names, strict=True)
    ]


def _twins(scenarios: Sequence[Scenario]) -> list[int]:
    """For each scenario the first one that is the same, mostly itself. Warns of the others."""
    found = [next(i for i, first in enumerate(scenarios) if first.is_same(scenario)) for scenario in scenarios]
    for name, twin in ((scenario.name, scenarios[i].name) for scenario, i in zip(scenarios, found, strict=True)):
        if name != twin:
            text = f"{name} is the same as {twin}: it is not simulated again, and differs from it by exactly nothing"
            warnings.warn(text, Notice, stacklevel=3)
    return found


def nothing_to_compare(found: int, command: str = "") -> InputError:
    """The error for fewer than two scenarios, with a command that names two, if there is one."""
    fix = "name the baseline first, then one or more scenarios" + (f": {command}" if command else "")
    return InputError("nothing to compare", found=found, allowed="at least two scenarios", fix=fix)


def comparable(scenarios: list[Scenario]) -> list[Scenario]:
    """The scenarios, when they can be paired with the first of them. Raises InputError."""
    if len(scenarios) < 2:
        raise nothing_to_compare(len(scenarios))
    first = scenarios[0]
    for other in scenarios[1:]:
        for what, path, of in PAIRED_BY:
            if of(first) != of(other):
                if what == "actors" and set(first.kind_ids) != set(other.kind_ids):
                    raise _other_kinds(first, other)
                fix = f"let {path} be the same in all of them (--set {path}=...)" if path else OTHER_WORLD
                problem = f"scenarios with different {what} cannot be compared in pairs"
                allowed = f"as in {first.file}: {shown(of(first))}"
                raise InputError(problem, file=other.file, key=path, found=of(other), allowed=allowed, fix=fix)
    return scenarios


def _other_kinds(first: Scenario, other: Scenario) -> InputError:
    """The error where one of two scenarios has kinds of its own: mostly a policy beside the wrong baseline."""
    has, lacks = (other, first) if set(other.kind_ids) - set(first.kind_ids) else (first, other)
    own = [id for id in has.kind_ids if id not in lacks.kind_ids]
    wrote = has.tree.origin.get(f"kind.{own[0]}", has.file)
    problem = (
        f"{has.file.name} has {'a kind' if len(own) == 1 else 'kinds'} that {lacks.file.name} lacks: {', '.join(own)}"
    )
    fix = "write these kinds in a file of their own, let the policy's file extend it, and name it first"
    if wrote not in (has.file, lacks.file) and wrote.is_file():
        command = pasted("compare", as_named(wrote), as_named(has.file))
        fix = f"name the world without the policy first, which has the same kinds: {command}"
    return InputError(
        problem,
        file=other.file,
        found=list(other.kind_ids),
        allowed=f"as in {first.file}: {shown(first.kind_ids)}",
        fix=fix,
    )


OTHER_WORLD = (
    "for what a policy changes in such a world, compare it with a file that extends it and adds the policy; to see two "
    "worlds side by side, `run` each"
)
PAIRED_BY: tuple[tuple[str, str | None, Callable[[Scenario], Any]], ...] = (
    ("starts", "time.start", lambda scenario: scenario.time.start),
    ("ends", "time.end", lambda scenario: scenario.time.end),
    ("steps", "time.steps_per_year", lambda scenario: scenario.time.steps_per_year),
    ("actors", None, lambda scenario: {kind.id: kind.count for kind in scenario.kinds}),
    ("orders of kinds", None, lambda scenario: list(scenario.kind_ids)),  # actors are told by their rows
    ("regions", None, lambda scenario: list(scenario.region_ids)),
    ("units of error", "law.benchmark", lambda scenario: scenario.law.unit),
)
