"""The directory of a run, comparison or decomposition, made of the replicates that are kept in it."""

from typing import Any

from sim.mechanisms.theories import THEORIES
from sim.outputs.provenance import as_command
from sim.study.repeated import Repeated


def write_repeated(kept: Repeated, seconds: float) -> tuple[Any, Any]:
    """Write tables, figures, report and record; what was found and its summary. Raises InputError."""
    (_, found), *others = kept.found()
    out, command = kept.directory, as_command(kept.plan["command"])
    if kept.kind == "run":
        from sim.outputs.run import write_run

        return found, write_run(found, out, command, seconds, figures=kept.plan["more"]["figures"])
    if kept.kind == "decompose":
        from sim.outputs.decomposition import write_decomposition

        return found, write_decomposition(found, out, command, seconds)
    from sim.outputs.comparison import write_comparison

    theories = {name: one for name, one in others if name in THEORIES}
    laws = {name: one for name, one in others if name not in THEORIES}
    return found, write_comparison(found, laws, out, command, seconds, theories)
