"""``decompose``: which mechanism and which difference between kinds makes what a scenario shows."""

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import overrides, simulation
from sim.cli.simulating import bar, finishing, foretell, shown, there, writing_to
from sim.errors import InputError, unknown

if TYPE_CHECKING:
    from sim.report.decomposition.summary import DecompositionSummary

NAME, GROUP, ORDER = "decompose", Group.LOOK_CLOSER, 1
HELP = "take a scenario apart: what each mechanism and each endowment contributes"
EXAMPLE = "python run.py decompose scenarios/baseline.toml"
REPLICATES = 20


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="scenario file (TOML)")
    parser.add_argument(
        "--measure", action="append", default=[], metavar="ID", dest="measures",
        help="measure to take apart, repeatable (default: the divide, emissions, the frontier's error)",
    )  # fmt: skip
    simulation(parser)


def act(options: Namespace) -> int:
    """Simulate, write, print a table for each measure."""
    from sim.experiment.decompose import decompose, planned
    from sim.experiment.duration import writing
    from sim.measures import registry
    from sim.outputs.decomposition import write_decomposition
    from sim.outputs.provenance import as_command
    from sim.scenario import load
    from sim.store.place import prepare

    if options.every_step:
        fix = "leave it out, or `run` the scenario with it"
        raise InputError("decompose keeps the last year alone", key="--every-step", allowed="no steps", fix=fix)
    replicates = options.replicates or REPLICATES
    scenario = load(options.scenario, options.settings, **{**overrides(options), "replicates": replicates})
    known = registry(scenario.region_ids, scenario.kind_ids)
    for id in options.measures:
        if id not in known:
            raise unknown("measure", id, known, key="--measure")
    before = there(options.out)
    out = prepare(options.out, "decompose", f"-{scenario.name}-seed{scenario.run.seed}")
    began = time.perf_counter()
    with writing_to(before, out, options.scenario, sum(kind.count for kind in scenario.kinds)):
        plan = planned(scenario, replicates=replicates, workers=options.workers)
        foretell(plan.seconds + writing(), options.quiet, plan.workers)
        found = decompose(
            scenario, measures=tuple(dict.fromkeys(options.measures)), replicates=replicates, workers=plan.workers,
            progress=bar(options.quiet),
        )  # fmt: skip
        with finishing():
            summary = write_decomposition(found, out, as_command(options.typed), time.perf_counter() - began)
    print(shown(options, summary, out, lambda: _report(summary, out, time.perf_counter() - began)))
    return 130 if found.interrupted else 0


def _report(summary: "DecompositionSummary", out: Path, seconds: float) -> str:
    from tabulate import tabulate

    lines = []
    _, year = summary.years
    for measure in summary.measures:
        rows = [[row.part, row.group, row.alone, row.out] for row in measure.rows]
        header = [f"{measure.label}, {year}", "", "added alone", "missing when left out"]
        lines += ["", str(tabulate(rows, header, disable_numparse=True, stralign="left")), "", *measure.sentences]
    lines += ["", summary.note]
    if summary.interrupted:
        lines += ["", f"Interrupted: {summary.replicates} of {summary.replicates_asked} replicates finished."]
    worlds = f"{summary.replicates} replicates of {summary.worlds} worlds"
    return "\n".join([*lines, "", f"{seconds:.1f} s, {worlds}. Results in {out}", f"Start with {out / 'report.html'}"])
