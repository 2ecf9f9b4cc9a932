"""``run``: simulate a scenario and write a run directory."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import option, overrides, simulation
from sim.cli.studying import begun, seed_tail
from sim.cli.tables import points, table, wrapped
from sim.plurals import cut_short

if TYPE_CHECKING:
    from sim.report.run.summary import RunSummary
    from sim.results import Run
    from sim.study.planned import Planned
    from sim.study.repeated import ReplicatesWanted

NAME, GROUP, ORDER = "run", Group.MAIN, 1
HELP = "simulate a scenario and write its results"
EXAMPLE = "run scenarios/baseline.toml"


def arguments(parser: ArgumentParser) -> None:
    option(parser, "scenario")
    simulation(parser, replicates="the scenario's")
    parser.add_argument(
        "--ensemble", action="store_true",
        help="also the range over numbers drawn from the ensemble that the scenario names; takes twice as long",
    )  # fmt: skip
    parser.add_argument(
        "--no-figures", action="store_true", help="tables and report alone, sooner; `report` draws the figures later"
    )


def act(options: Namespace) -> int:
    return begun(options, [options.scenario], options.scenario.stem, seed_tail(options, options.scenario))


def wanted(options: Namespace) -> "ReplicatesWanted":
    from sim.experiment.run import require_ensemble
    from sim.scenario import load
    from sim.study.repeated import RepeatedPart, ReplicatesWanted

    scenario = load(options.scenario, options.settings, **overrides(options))
    more = {"every_step": options.every_step, "figures": not options.no_figures}
    if options.ensemble:
        require_ensemble(scenario)
        more["ensemble"] = True
    return ReplicatesWanted(NAME, [RepeatedPart([scenario], scenario.run.replicates)], more)


def report(_: "Run", summary: "RunSummary", planned: "Planned", seconds: float) -> str:
    from sim.report.words import range_sentence, ranged

    out = planned.directory
    lines = ["", wrapped(f"{summary.title}: {summary.question}"), ""]
    rows = [
        [row.label, *(ranged(one.values, row.unit, at_least=one.at_least, wide=one.ensemble) for one in row.values)]
        for row in summary.headline
    ]
    if rows:
        header = [summary.shown_years_are, *map(str, summary.shown_years)]
        lines += [table(rows, header), ""]
        below = (range_sentence(summary.replicates, drawn=summary.drawn), summary.between)
        lines += [line for text in filter(None, below) for line in (wrapped(text), "")]
    for head, said in (("In words", summary.sentences), ("To know when you read this", summary.remarks)):
        lines += [points([head, *said]), ""] if said else []
    if summary.interrupted:
        lines += [cut_short(summary.replicates, summary.replicates_asked), ""]
    lines += [f"{seconds:.1f} s. Results in {out}"]
    if rows:
        lines += [f"Start with {out / 'report.html'}"]
    return "\n".join(lines)
