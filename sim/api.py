"""What ``import sim`` hands out: runs and comparisons that also sum up, draw and file themselves.

Results know nothing of words, pictures and files, which are made from them further up; here both come together.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sim import results
from sim.errors import InputError
from sim.experiment.compare import compare as _compare
from sim.experiment.run import run as _run
from sim.processors import processors
from sim.scenario import Scenario, load
from sim.scenario.variants import with_options
from sim.store.lock import held
from sim.store.place import prepared

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.study.planned import Planned
    from sim.study.study import Study, Wanted

Options = ParamSpec("Options")
Handed = TypeVar("Handed")


@dataclass(frozen=True)
class Run(results.Run):
    """All finished replicates of a scenario, in order."""

    def summary(self) -> dict[str, Any]:
        """What ``summary.json`` of a run's directory holds."""
        from sim.outputs.run import summary_json
        from sim.report.run.summary import summarize

        return summary_json(summarize(self))

    def report(self, out: str | Path) -> dict[str, Any]:
        """Write tables, figures and report into a new or empty directory; the summary. Raises InputError."""
        from sim.outputs.run import summary_json, write_run

        with prepared(Path(out), self.scenario.name) as place:
            return summary_json(write_run(self, place, ["sim.run"], 0.0))


@dataclass(frozen=True)
class Comparison(results.Comparison):
    """Scenarios compared with the first of them, replicate by replicate.

    ``theories`` holds the same under every theory of progress, by name, where it was asked for.
    """

    theories: Mapping[str, results.Comparison] = field(default_factory=dict)

    def plot(self) -> "Figure | None":
        """The trade-off between divide and emissions, with both intervals; None where no policy has both."""
        from sim.report.comparison.figures.trade_off import trade_off_figure

        return trade_off_figure(self, "")

    def report(self, out: str | Path) -> dict[str, Any]:
        """Write tables, figures and report into a new or empty directory; the summary. Raises InputError."""
        from sim.outputs.comparison import summary_json, write_comparison

        with prepared(Path(out), "compare") as place:
            return summary_json(write_comparison(self, {}, place, ["sim.compare"], 0.0, self.theories))


def _handing_out(kind: Callable[..., Handed], simulate: Callable[Options, Any]) -> Callable[Options, Handed]:
    """The same function, whose result is of this kind."""

    @wraps(simulate)
    def simulated(*args: Options.args, **options: Options.kwargs) -> Handed:
        found = simulate(*args, **options)
        return kind(**{field.name: getattr(found, field.name) for field in fields(found)})

    return simulated


run = _handing_out(Run, _run)
_pairs = _handing_out(Comparison, _compare)


@wraps(_compare)
def compare(
    scenarios: Sequence[Scenario | str | Path], *, theories: bool = False, workers: int | None = None, **options: Any
) -> Comparison:
    first = _pairs(scenarios, workers=workers, **options)
    if not theories or first.interrupted:
        return first
    from sim.experiment.theories import other_theories, under

    every: dict[str, results.Comparison] = {first.scenarios[0].law_table.theory: first}
    for name in other_theories(first.scenarios):
        every[name] = _compare(under(first.scenarios, name), workers=workers, **options)
    return replace(first, theories=every)


compare.__doc__ = f"""{_compare.__doc__}
    With ``theories`` the same follows under every other theory of progress, on the same luck and draws: see
    ``Comparison.theories``; ``report`` says what holds under all.
    """
Result = Run  # the name of a run in earlier versions


def sweep(
    scenario: Scenario | str | Path, vary: Mapping[str, Any] | Sequence[str], *, design: str = "grid",
    samples: int | None = None, replicates: int | None = None, measures: Sequence[str] = (), until: int | None = None,
    seed: int | None = None, out: str | Path | None = None, workers: int | None = None,
    executor: Executor | None = None,
) -> "pd.DataFrame":  # fmt: skip
    """Vary entries of a scenario over a design: a row for each point and measure, in pairs with the base point.

    ``vary`` are values by path: a list, or a text as after --vary. With ``out``, a new or empty directory, all that is
    simulated is kept there as it finishes, with figures and report. ``executor`` is any of ``concurrent.futures``.
    Raises InputError.
    """
    from sim.study.sweep import wanted

    given: dict[str, Any] = {"named": design, "samples": samples, "replicates": replicates, "measures": measures}
    return _begun("sweep", out, workers, executor, lambda: wanted(_read(scenario, until, seed), vary, **given))


def sensitivity(
    scenario: Scenario | str | Path, *, against: Sequence[str | Path] = (), measures: Sequence[str] = (),
    method: str = "morris", samples: int | None = None, vary: Sequence[str] = (), together: Sequence[str] = (),
    replicates: int | None = None, until: int | None = None, seed: int | None = None, out: str | Path | None = None,
    workers: int | None = None, executor: Executor | None = None,
) -> "pd.DataFrame":  # fmt: skip
    """Which numbers of the world move measures, and which move what policies change: a row for each, ranked.

    ``against`` are shipped policies or scenario files with policies, ``vary`` and ``together`` patterns of paths:
    those of the numbers that move, and of those that move as one. For the rest see ``sweep``. Raises InputError.
    """
    from sim.study.sensitivity import wanted

    given: dict[str, Any] = {"against": against, "measures": measures, "method": method, "samples": samples,
                             "replicates": replicates, "vary": vary, "together": together}  # fmt: skip
    return _begun("sensitivity", out, workers, executor, lambda: wanted(_read(scenario, until, seed), **given))


def _read(scenario: Scenario | str | Path, until: int | None, seed: int | None) -> Scenario:
    read = scenario if isinstance(scenario, Scenario) else load(scenario)
    options: dict[str, Any] = {"until": until, "seed": seed}
    return with_options(read, **{name: value for name, value in options.items() if value is not None})


def _begun(
    name: str, out: str | Path | None, workers: int | None, executor: Executor | None, wanted: "Callable[[], Wanted]"
) -> "pd.DataFrame":
    """A new study in a directory, or in one that is gone behind."""
    from sim.study.study import Study, require

    require()
    asked = wanted()
    if out is None:
        with TemporaryDirectory() as place:
            asked.write(Path(place), [f"sim.{name}"])
            return _carried_out(Study(Path(place)), workers, executor, written=False)
    with prepared(Path(out), name) as directory:
        asked.write(directory, [f"sim.{name}"])
        return _carried_out(Study(directory), workers, executor)


def resume(
    directory: str | Path,
    *,
    replicates: int | None = None,
    samples: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
) -> "pd.DataFrame":
    """Go on with what was stopped, or add replicates or samples to what is finished: the table of the study or
    comparison, the series of the run, the ensemble or the scores of the calibration. Raises InputError."""
    from sim.outputs.planned import opened
    from sim.study.opened import extend

    planned = opened(Path(directory))
    with held(planned.directory):
        planned.same_code()
        extend(planned, replicates, samples)
        return _carried_out(planned, workers, executor, written=not planned.finished)


def open_study(directory: str | Path) -> "Study":
    """The study in a directory, finished or not; ``query`` reads its worlds. Raises InputError."""
    from sim.outputs.planned import opened
    from sim.study.study import Study

    found = opened(Path(directory))
    if not isinstance(found, Study):
        allowed, fix = "a directory of `sweep` or `sensitivity`", "read its tables: pandas.read_csv(.../series.csv)"
        raise InputError("this is no study", file=found.directory, found=f"a `{found.kind}`", allowed=allowed, fix=fix)
    return found


def _carried_out(
    planned: "Planned", workers: int | None, executor: Executor | None, *, written: bool = True
) -> "pd.DataFrame":
    from sim.outputs.planned import found_in, table_of, write_planned
    from sim.study.engine import local, through

    began = perf_counter()
    if executor is not None:
        planned.carry_out(through(executor, workers or processors()))
    elif planned.left():
        planned.carry_out(local(planned.time(workers).workers))
    found = write_planned(planned, perf_counter() - began)[0] if written else found_in(planned)
    return table_of(planned, found)
