"""What ``import sim`` hands out: runs and comparisons that also sum up, draw and file themselves.

Results know nothing of words, pictures and files, which are made from them further up; here both come together.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sim import results
from sim.experiment.compare import compare as _compare
from sim.experiment.run import run as _run
from sim.store.place import prepared
from sim.store.records import as_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    """Scenarios compared with the first of them, replicate by replicate."""

    def plot(self) -> "Figure | None":
        """The trade-off between divide and emissions, with both intervals; None where no policy has both."""
        from sim.report.comparison.figures.trade_off import trade_off_figure

        return trade_off_figure(self, "")

    def report(self, out: str | Path) -> dict[str, Any]:
        """Write tables, figures and report into a new or empty directory; the summary. Raises InputError."""
        from sim.outputs.comparison import write_comparison

        with prepared(Path(out), "compare") as place:
            written: dict[str, Any] = as_json(write_comparison(self, {}, place, ["sim.compare"], 0.0))
        return written


def _handing_out(kind: Callable[..., Handed], simulate: Callable[Options, Any]) -> Callable[Options, Handed]:
    """The same function, whose result is of this kind."""

    @wraps(simulate)
    def simulated(*args: Options.args, **options: Options.kwargs) -> Handed:
        found = simulate(*args, **options)
        return kind(**{field.name: getattr(found, field.name) for field in fields(found)})

    return simulated


run = _handing_out(Run, _run)
compare = _handing_out(Comparison, _compare)
Result = Run  # the name of a run in earlier versions
