"""``run``: simulate a scenario and write a run directory."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import overrides, simulation
from sim.cli.simulating import finishing, shown, simulated, there, writing_to

if TYPE_CHECKING:
    from sim.report.run.summary import RunSummary

NAME, GROUP, ORDER = "run", Group.MAIN, 1
HELP = "simulate a scenario and write its results"
EXAMPLE = "python run.py run scenarios/baseline.toml"


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="scenario file (TOML)")
    simulation(parser)
    parser.add_argument(
        "--no-figures", action="store_true", help="tables and report alone, sooner; `report` draws the figures later"
    )


def act(options: Namespace) -> int:
    """Simulate, write, print the headline."""
    import time

    from sim.scenario import load

    scenario = load(options.scenario, options.settings, **overrides(options))

    from sim.experiment.duration import writing
    from sim.experiment.path import usual_years
    from sim.outputs.provenance import as_command
    from sim.outputs.run import summary_json, write_run
    from sim.store.place import prepare

    before = there(options.out)
    out = prepare(options.out, scenario.name, f"-seed{scenario.run.seed}")
    began = time.perf_counter()
    actors = sum(kind.count for kind in scenario.kinds)
    with writing_to(before, out, options.scenario, actors):
        rows = actors * len(usual_years(scenario)) * scenario.run.replicates
        result = simulated(scenario, options, every_step=options.every_step, after=writing(rows))
        with finishing():
            summary = write_run(
                result, out, as_command(options.typed), time.perf_counter() - began, figures=not options.no_figures
            )
    written = summary_json(summary)
    print(shown(options, written, out, lambda: _headline(summary, out, time.perf_counter() - began)))
    return 130 if result.interrupted else 0


def _headline(summary: "RunSummary", out: Path, seconds: float) -> str:
    from tabulate import tabulate

    from sim.report.words import range_sentence, ranged

    lines = ["", f"{summary.title}: {summary.question}", ""]
    rows = [
        [row.label, *(ranged(cell.values, row.unit, at_least=cell.at_least) for cell in row.values)]
        for row in summary.headline
    ]
    if rows:
        header = ["", *map(str, summary.shown_years)]
        lines += [tabulate(rows, header, disable_numparse=True, stralign="left"), ""]
        lines += [range_sentence(summary.replicates), ""]
    lines += [*summary.sentences, *summary.remarks, ""]
    if summary.interrupted:
        lines += [f"Interrupted: {summary.replicates} of {summary.replicates_asked} replicates finished.", ""]
    lines += [f"{seconds:.1f} s. Results in {out}"]
    if rows:
        lines += [f"Start with {out / 'report.html'}"]
    return "\n".join(lines)
