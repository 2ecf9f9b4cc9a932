"""``sweep``: entries of a scenario varied, each point in pairs with the scenario as it stands."""

from argparse import ArgumentParser, Namespace
from textwrap import fill
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import option, studying, world
from sim.cli.studying import begun
from sim.plurals import counted, plural

if TYPE_CHECKING:
    from sim.report.sweep.summary import SweepSummary
    from sim.study.planned import Planned
    from sim.study.study import StudyWanted

NAME, GROUP, ORDER = "sweep", Group.LOOK_CLOSER, 2
HELP = "vary numbers of a scenario and see what changes, in pairs on the same luck"
EXAMPLE = "sweep scenarios/carbon_tax.toml --vary policy.carbon_tax.rate=0,50,100"
WIDTH, HEADING = 100, 20  # letters of a line, and of a heading
MOST_ROWS = 40  # of the table that is printed


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    option(parser, "scenario")
    parser.add_argument(
        "--vary", action="append", default=[], metavar="PATH=VALUES",
        help="values (0,50,100), a range in steps (100:800:8) or a range to draw from (100:800), each with a unit "
        "behind it if wanted; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--goal", action="append", default=[], metavar="MEASURE=VALUE", dest="goals",
        help="tell which value of the one number that is varied brings a measure, in the last year, to a change "
        "against the base point (emissions_total=-30%%, compute_share_academia=x2) or to a level "
        "('public_outlay=3 BUSD/yr'); repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--design", default="grid", metavar="NAME",
        help="grid (all combinations, the default), lhs (Latin hypercube) or sobol (Sobol's sequence)",
    )  # fmt: skip
    option(parser, "--samples", usual="100 points of lhs, 128 of sobol")
    option(parser, "--measure", usual="the headline ones")
    world(parser)
    parser.add_argument(
        "--assumptions", action="store_true",
        help="draw the uncertain numbers anew in each replicate, the same at all points: ranges then hold "
        "more than luck",
    )  # fmt: skip
    option(parser, "--replicates", usual="10 of each point")
    option(parser, "--out")
    studying(parser)


def act(options: Namespace) -> int:
    """Plan, simulate, write, print the table."""
    return begun(options, [options.scenario])


def wanted(options: Namespace) -> "StudyWanted":
    """What is asked for. Raises InputError."""
    from sim.study.study import require

    require()
    from sim.scenario import load
    from sim.study.sweep import wanted

    scenario = load(options.scenario, options.settings, seed=options.seed, until=options.until)
    return wanted(
        scenario, options.vary, named=options.design, samples=options.samples, replicates=options.replicates,
        measures=options.measures, assumptions=options.assumptions, goals=options.goals,
    )  # fmt: skip


def report(_: object, summary: "SweepSummary", planned: "Planned", seconds: float) -> str:
    """What is printed of a finished sweep."""
    from tabulate import tabulate

    out = planned.directory
    (base, *others), more = summary.rows[:MOST_ROWS], summary.points + 1 - summary.like_base - MOST_ROWS
    rows = [[f"{base[0]} (base)", *base[1:]], *others]
    header = ["\n".join(fill(part, HEADING) for part in name.split(", ")) for name in summary.header]
    table = tabulate(rows, header, disable_numparse=True, stralign="left")
    lines = ["", f"{summary.title}, in {summary.year}:", "", str(table)]
    lines += [f"... and {more:,} more {plural('point', more)} in {out / 'sweep.csv'}"] if more > 0 else []
    for goal in summary.goals:
        said = [fill(f"- {one}", WIDTH, subsequent_indent="  ") for one in (goal.answer, *goal.remarks)]
        lines += ["", f"Goal: {goal.goal}", *said]
        lines += [f"- {goal.go_on}: {goal.command}"] if goal.command else []
    lines += [
        "",
        *(f"Varied: {entry}" for entry in summary.entries),
        "",
        *(fill(note, WIDTH) for note in (summary.note, *summary.notes)),
    ]
    lines += ["", summary.left_out] if summary.left_out else []
    worlds = f"{counted(summary.replicates, 'replicate')} of {counted(summary.points + 1, 'point')}"
    lines += ["", f"{seconds:.1f} s, {worlds}. Results in {out}"]
    return "\n".join([*lines, f"Start with {out / 'report.html'}"])
