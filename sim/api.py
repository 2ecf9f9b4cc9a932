"""What ``import sim`` hands out: runs and comparisons that also sum up, draw and file themselves.

Results know nothing of words, pictures and files, which are made from them further up; here both come together.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sim import results
from sim.arguments import DISCOUNT, PAIRS, after_end, an_executor, named, place, refused, several, whole_or, yes_or_no
from sim.economy.observe import Step
from sim.economy.start import begin as first_world
from sim.economy.state import World
from sim.economy.step import advance as step
from sim.errors import InputError
from sim.experiment.compare import WORLDS
from sim.experiment.compare import compare as pairs
from sim.experiment.pool import Progress
from sim.experiment.run import run as simulate
from sim.interrupts import kept, note_cut_short
from sim.mechanisms.theories import THEORIES
from sim.plurals import counted, cut_short
from sim.processors import at_most, processors
from sim.records import parts
from sim.results.paired import Paired
from sim.results.run import Replicate
from sim.scenario import Scenario, read
from sim.scenario import load as of_file
from sim.scenario.variants import Settings, called, with_options
from sim.store.lock import locked
from sim.store.place import prepared
from sim.store.plan import read_plan

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.study.planned import Planned
    from sim.study.study import Study, StudyWanted

P = ParamSpec("P")
Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False, repr=False)
class Run(results.Run):
    """All finished replicates of a scenario, in order. Summary and report are made from these, not from tables that
    somebody was handed and may have changed."""

    @named()
    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` of a run's directory holds."""
        from sim.outputs.run import summary_json
        from sim.report.run.summary import summarize

        return summary_json(summarize(replace(self)))

    @named()
    def report(self, out: str | Path) -> dict[str, Any]:
        """Write tables, figures and report into a new or empty directory; the summary. Raises InputError."""
        from sim.outputs.provenance import as_command
        from sim.outputs.run import summary_json, write_run

        with prepared(place("out", out), self.scenario.name) as made:
            return summary_json(write_run(replace(self), made, as_command(["sim.run"]), None))


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(results.Comparison):
    """Scenarios compared with the first of them, replicate by replicate.

    ``theories`` holds the same under every theory of progress, by name, where it was asked for.
    """

    theories: Mapping[str, "Comparison"] = field(default_factory=dict)

    @named()
    def plot(self) -> "Figure | None":
        """The trade-off between divide and emissions, with both intervals; None where no policy has both."""
        from sim.report.comparison.figures.trade_off import trade_off_figure

        return trade_off_figure(self, "")

    @named()
    def report(self, out: str | Path) -> dict[str, Any]:
        """Write tables, figures and report into a new or empty directory; the summary. Raises InputError."""
        from sim.outputs.comparison import summary_json, write_comparison
        from sim.outputs.provenance import as_command

        none = results.Comparison(self.scenarios, [], self.replicates_asked, interrupted=True, discount=self.discount)
        theories = {name: self.theories.get(name, none) for name in THEORIES} if self.theories else {}
        command = as_command(["sim.compare"])
        with prepared(place("out", out), "compare") as made:
            return summary_json(write_comparison(replace(self), {}, made, command, None, theories))


@named()
def load(file: str | Path, settings: Settings = (), *, seed: int | None = None, replicates: int | None = None,
         until: int | None = None, name: str | None = None, title: str | None = None) -> Scenario:  # fmt: skip
    """Read and check a scenario file. ``settings`` override it: ``path=value`` texts, or values by path, each a number
    in the unit of its entry, a text (``"50 USD/tCO2"``), or what a file may hold. ``name`` and ``title`` are what it is
    called in tables and reports, in place of the file's.

    Raises InputError with file, key, what was found, what is allowed and how to mend it.
    """
    found = of_file(file, settings, seed=seed, replicates=replicates, until=until)
    return found if name is None and title is None else called(found, name, title)


@named()
def begin(scenario: Scenario | str | Path, seed: int, replicate: int = 0) -> World:
    """The world that a scenario, or its file, and a seed begin with; replicate r's draws depend on (seed, r) alone. The
    seed is named here: the one that the scenario names is that of ``run`` and ``compare``.

    Raises InputError for what is no scenario, seed or replicate.
    """
    return first_world(read(scenario), seed, replicate)


@named()
def advance(world: World) -> tuple[World, Step]:
    """One step: the next world, and what happened on the way. ``world`` stays as it was. Raises InputError for what is
    no world, and for one that is ``done``."""
    if not isinstance(world, World):
        raise refused("world", world, "a world, as begin or advance gives it")
    if world.done:
        raise after_end(world.scenario.time.end, "world.done")
    return step(world)


@named()
def run(
    scenario: Scenario | str | Path, *, replicates: int | None = None, seed: int | None = None,
    until: int | None = None, workers: int | None = None, every_step: bool = False, ensemble: bool = False,
    progress: Progress[Replicate] | None = None,
) -> Run:  # fmt: skip
    """Simulate all replicates of a scenario or file. ``replicates``, ``seed`` and the last year, ``until``, are the
    scenario's own where they are not given.

    With ``ensemble`` each is simulated a second time with numbers drawn anew, those fitted to records from the
    ensemble that the scenario names. Raises InputError where it names none.

    ``workers`` None chooses by the amount of work. ``progress`` wraps the iterator of finished replicates, given
    their number. On KeyboardInterrupt the finished replicates are returned, marked interrupted, and a Notice says how
    many they are; it is raised where none is finished.
    """
    if (replicates, seed, until) != (None, None, None):
        scenario = with_options(read(scenario), replicates=replicates, seed=seed, until=until)
    found = simulate(scenario, workers=workers, every_step=every_step, ensemble=ensemble, progress=progress)
    if found.interrupted:
        note_cut_short(cut_short(len(found.replicates), found.scenario.run.replicates), "run", 3)
    return Run(**parts(found))


def _in_a_list(function: Callable[P, Answer]) -> Callable[P, Answer]:
    """Tells whoever gives scenarios one by one that they stand in a list."""

    @wraps(function)
    def call(*args: P.args, **more: P.kwargs) -> Answer:
        if len(args) > 1 and all(isinstance(one, WORLDS[1:]) for one in args):
            error = refused("scenarios", f"{counted(len(args), 'scenario')} one by one", f"a list of {WORLDS[0]}")
            error.fix = "give the scenarios as a list: sim.compare([a, b])"
            raise error
        return function(*args, **more)

    return call


@_in_a_list
@named()
def compare(
    scenarios: Sequence[Scenario | str | Path], *, theories: bool = False, replicates: int = PAIRS,
    seed: int | None = None, until: int | None = None, assumptions: bool = True, discount: float = DISCOUNT,
    measures: Sequence[str] = (), combined: bool = False, workers: int | None = None, every_step: bool = False,
    progress: Progress[Paired] | None = None,
) -> Comparison:  # fmt: skip
    """Compare scenarios (or files) with the first of them, replicate by replicate on the same luck.

    ``replicates`` are so many, whatever the scenarios say of a run. ``assumptions`` False leaves out the drawn
    assumptions, which take as long again. ``seed`` None takes the first scenario's, ``until`` None the last year of
    each. Of ``measures`` a report tells beside the usual ones. ``combined`` adds a world with the policies of all the
    others, and a report says whether what they do adds up. A Notice warns of scenarios that are the same: they are
    simulated once, and where all are, nothing is drawn. Raises InputError where scenarios cannot be paired. Of a
    KeyboardInterrupt see ``run``.

    With ``theories`` the same follows under every other theory of progress, on the same luck and draws: see
    ``Comparison.theories``; ``report`` says what holds under all.
    """
    from sim.experiment.theories import other_theories, under

    asked = yes_or_no("theories", theories)
    more: dict[str, Any] = {
        "replicates": replicates, "seed": seed, "assumptions": assumptions, "discount": discount, "measures": measures,
        "combined": combined, "workers": workers, "every_step": every_step, "progress": progress,
    }  # fmt: skip
    if until is not None:
        scenarios = [_read(scenario, until, None) for scenario in several("scenarios", scenarios, *WORLDS)]
    first = pairs(scenarios, **more)
    every = {first.scenarios[0].law_table.theory: Comparison(**parts(first))} if asked else {}
    others = other_theories(first.scenarios) if asked else []
    interrupted = first.interrupted
    for name in others:
        if interrupted:
            break
        try:
            found = pairs(under(first.scenarios, name), **{**more, "combined": False})  # that world is among them
            every[name] = Comparison(**parts(found))
            interrupted = found.interrupted
        except KeyboardInterrupt:  # none is finished under this one
            interrupted = True
    if interrupted:
        under_others = {
            name: (len(every[name].pairs) if name in every else 0, first.replicates_asked) for name in others
        }
        note_cut_short(cut_short(len(first.pairs), first.replicates_asked, under_others), "compare", 4)
    return Comparison(**{**parts(first), "interrupted": interrupted}, theories=every)


@named()
def sweep(
    scenario: Scenario | str | Path, vary: Mapping[str, Any] | Sequence[str] = (), *,
    design: "str | pd.DataFrame | Sequence[Mapping[str, Any]]" = "grid",
    samples: int | None = None, replicates: int | None = None, measures: Sequence[str] = (),
    goals: Mapping[str, Any] | Sequence[str] = (), assumptions: bool = False, until: int | None = None,
    seed: int | None = None, out: str | Path | None = None, workers: int | None = None,
    executor: Executor | None = None,
) -> "pd.DataFrame":  # fmt: skip
    """Vary entries of a scenario over a design: a row for each point and measure, in pairs with the base point.

    ``vary`` are values by path: a list, or a text as after --vary. ``design`` is "grid", "lhs" or "sobol", or a table
    of one's own in place of ``vary``: a data frame or a list of dictionaries, each row a point, with a column for each
    path. ``measures`` are those of the table; where none is named, the headline ones. ``goals`` are what measures are
    to come to, by measure, each a number or a text as after --goal: ``attrs["goals"]`` of the table says what they take
    of the one number that is varied. With ``assumptions`` each replicate is a draw of the uncertain numbers, the same
    at all points, and the table has their ranges. With ``out``, a new or empty directory, all that is simulated is kept
    there as it finishes, with figures and report. ``executor`` is any of ``concurrent.futures``. Raises InputError; a
    Notice of a KeyboardInterrupt says what is kept.
    """
    from sim.study.sweep import wanted

    given: dict[str, Any] = {"named": design, "samples": samples, "replicates": replicates, "measures": measures,
                             "assumptions": assumptions, "goals": goals}  # fmt: skip
    return _begun("sweep", out, workers, executor, lambda: wanted(_read(scenario, until, seed), vary, **given))


@named()
def sensitivity(
    scenario: Scenario | str | Path, *, against: Sequence[str | Path] = (), measures: Sequence[str] = (),
    method: str = "morris", samples: int | None = None, vary: Sequence[str] = (), together: Sequence[str] = (),
    replicates: int | None = None, until: int | None = None, seed: int | None = None, out: str | Path | None = None,
    workers: int | None = None, executor: Executor | None = None,
) -> "pd.DataFrame":  # fmt: skip
    """Which numbers of the world move measures, and which move what policies change: a row for each, ranked.

    ``measures`` are those that are asked about; where none is named, the divide and emissions.
    ``against`` are shipped policies or scenario files with policies, ``vary`` and ``together`` patterns of paths:
    those of the numbers that move, and of those that move as one. For the rest see ``sweep``. Raises InputError.
    """
    from sim.study.sensitivity import wanted

    given: dict[str, Any] = {"against": against, "measures": measures, "method": method, "samples": samples,
                             "replicates": replicates, "vary": vary, "together": together}  # fmt: skip
    return _begun("sensitivity", out, workers, executor, lambda: wanted(_read(scenario, until, seed), **given))


def _read(scenario: Scenario | str | Path, until: int | None, seed: int | None) -> Scenario:
    return with_options(read(scenario), until=until, seed=seed)


def _many(workers: int | None, executor: Executor | None) -> int | None:
    """How many workers are asked for. Raises InputError, also for what is no executor."""
    an_executor(executor)
    return whole_or(None, "workers", workers, 1)


def _begun(
    name: str, out: str | Path | None, workers: int | None, executor: Executor | None,
    wanted: "Callable[[], StudyWanted]",
) -> "pd.DataFrame":  # fmt: skip
    """A new study in a directory, or in one that is gone behind."""
    from sim.study.study import Study, require

    require()
    workers, out = _many(workers, executor), None if out is None else place("out", out)
    asked = wanted()
    if out is None:
        with TemporaryDirectory() as aside:
            asked.write(Path(aside), [f"sim.{name}"])
            return _carried_out(Study(Path(aside)), workers, executor, written=False)
    with prepared(out, name) as directory:
        asked.write(directory, [f"sim.{name}"])
        with kept(study := Study(directory), 4):
            return _carried_out(study, workers, executor)


@named()
def resume(
    directory: str | Path, *, replicates: int | None = None, samples: int | None = None, workers: int | None = None,
    executor: Executor | None = None,
) -> "pd.DataFrame":  # fmt: skip
    """Go on with what was stopped, or add replicates or samples to what is finished: the table of the study or
    comparison, the series of the run, the ensemble or the scores of the calibration. Raises InputError."""
    from sim.outputs.planned import extend, opened

    workers, directory = _many(workers, executor), place("directory", directory)
    read_plan(directory)  # tells why there is nothing to hold
    with locked(directory):
        planned = opened(directory)  # which nobody else changes from now on
        planned.same_code()
        extend(planned, replicates, samples)
        with kept(planned, 3):
            return _carried_out(planned, workers, executor, written=not planned.finished)


@named()
def open_study(directory: str | Path) -> "Study":
    """The study in a directory, finished or not; ``query`` reads its worlds. Raises InputError."""
    from sim.outputs.planned import opened
    from sim.study.study import Study

    found = opened(place("directory", directory))
    if not isinstance(found, Study):
        allowed, fix = "a directory of `sweep` or `sensitivity`", "read its tables: pandas.read_csv(.../series.csv)"
        raise InputError("this is no study", file=found.directory, found=f"a `{found.kind}`", allowed=allowed, fix=fix)
    return found


def _carried_out(
    planned: "Planned", workers: int | None, executor: Executor | None, *, written: bool = True
) -> "pd.DataFrame":
    from sim.outputs.planned import KINDS, write_planned
    from sim.study.engine import local, through

    began, kind = perf_counter(), KINDS[planned.kind]
    if executor is not None:
        planned.carry_out(through(executor, workers or processors()))
    elif planned.left():
        planned.carry_out(local(planned.time(workers).workers))
    with at_most(workers if executor is None else None):
        found = write_planned(planned, perf_counter() - began)[0] if written else kind.found(planned)
    return kind.table(found)
