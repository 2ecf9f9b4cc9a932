"""What ``import sim`` hands out to look closer at a scenario and to check: it taken apart, it held against records of
years, and a directory simulated again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sim import results
from sim.arguments import TAKEN_APART, named, place, whole, whole_or
from sim.experiment.decompose import decompose as taken_apart
from sim.experiment.pool import Progress
from sim.interrupts import note_cut_short
from sim.plurals import cut_short
from sim.processors import processors
from sim.records import parts
from sim.results.decomposition import Parts
from sim.scenario import Scenario, read
from sim.scenario.variants import with_options
from sim.store.place import prepared

if TYPE_CHECKING:
    import pandas as pd

    from sim.outputs.verify import Verification


@dataclass(frozen=True, eq=False, repr=False)
class Decomposition(results.Decomposition):
    """A scenario taken apart: its ``table`` says what each mechanism and each endowment contributes."""

    @named()
    def report(self, out: str | Path) -> dict[str, Any]:
        """Write table, figures and report into a new or empty directory; the summary. Raises InputError."""
        from sim.outputs.decomposition import write_decomposition
        from sim.outputs.provenance import as_command

        began, command = perf_counter(), as_command(["sim.decompose"])
        with prepared(place("out", out), self.scenario.name) as made:
            return asdict(write_decomposition(replace(self), made, command, perf_counter() - began))


@named()
def decompose(
    scenario: Scenario | str | Path, *, measures: Sequence[str] = (), replicates: int = TAKEN_APART,
    seed: int | None = None, until: int | None = None, workers: int | None = None,
    progress: Progress[Parts] | None = None,
) -> Decomposition:  # fmt: skip
    """Take a scenario (or file) apart: each mechanism and each endowment left out, and added alone, on the same luck.

    ``measures`` are those of the report; where none is named, the divide, emissions and the frontier's error. Raises
    InputError. Of a KeyboardInterrupt see ``sim.run``.
    """
    all_of_it = with_options(read(scenario), seed=seed, until=until)
    found = taken_apart(all_of_it, measures=measures, replicates=replicates, workers=workers, progress=progress)
    if found.interrupted:
        note_cut_short(cut_short(len(found.replicates), found.replicates_asked), "decompose", 3)
    return Decomposition(**parts(found))


@named()
def validate(
    scenario: Scenario | str | Path, records: str | Path, first: int, last: int | None = None, *,
    replicates: int | None = None, seed: int | None = None, workers: int | None = None,
) -> "pd.DataFrame":  # fmt: skip
    """Hold a scenario (or file) against a file of records of the calendar years from ``first`` to ``last``, the last on
    record where none is given: a row for each target, with its record, the band of 90 % of the model, and scores of the
    model and of the trend that rows before these years tell (smaller ones are better).

    Raises InputError where no target can be judged.
    """
    import pandas as pd

    from sim.experiment.run import planned
    from sim.history import validation
    from sim.history.records import read_records
    from sim.report.validation.summary import summarize

    first, last = whole("first", first, 1), whole_or(None, "last", last, 1)
    rows = read_records(place("records", records))
    ready = validation.up_to(with_options(read(scenario), seed=seed), rows, first, last, replicates)
    workers = planned(ready, workers=whole_or(None, "workers", workers, 1)).workers
    found = validation.validate(ready, rows, first, ready.time.end, workers=workers)
    return pd.DataFrame([asdict(target) for target in summarize(found).targets])


@named()
def verify(directory: str | Path, *, worlds: int | None = None, workers: int | None = None) -> "Verification":
    """Check the hash of every file of a directory that a command or ``report`` wrote, and simulate again what it holds;
    ``good`` of what is returned says whether all is the same.

    Of a study or calibration about so many ``worlds``, or all. Raises InputError where there is no whole record.
    """
    from sim.outputs.verify import verify as simulated_again

    workers, worlds = whole_or(processors(), "workers", workers, 1), whole_or(None, "worlds", worlds, 1)
    return simulated_again(place("directory", directory), workers, None, worlds)
