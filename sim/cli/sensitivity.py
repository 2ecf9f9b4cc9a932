"""``sensitivity``: which numbers of the world move a measure, and which move what a policy changes."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from sim.arguments import FEWEST_SAMPLES, is_file
from sim.cli.groups import Group
from sim.cli.options import option, studying, whole, world
from sim.cli.studying import begun
from sim.plurals import counted

if TYPE_CHECKING:
    from sim.report.sensitivity.summary import SensitivitySummary
    from sim.study.planned import Planned
    from sim.study.study import StudyWanted

NAME, GROUP, ORDER = "sensitivity", Group.LOOK_CLOSER, 3
HELP = "say which numbers move a measure, and which move what a policy changes in it"
EXAMPLE = "sensitivity scenarios/baseline.toml --against carbon_tax"
WIDTH, COLUMN, HEADING = 100, 40, 11  # letters of a line, of what a number is, and of a heading


def arguments(parser: ArgumentParser) -> None:
    option(parser, "scenario")
    parser.add_argument(
        "--against", nargs="+", action="extend", default=[], metavar="POLICY",
        help="also what moves the effect of these policies: names of shipped scenarios, or files that add policies",
    )  # fmt: skip
    option(parser, "--measure", usual="the divide and emissions", nargs="+", action="extend")
    parser.add_argument(
        "--method", default="morris", metavar="NAME",
        help="morris (a screen that ranks numbers, the default) or sobol (shares of the variance, many more worlds)",
    )  # fmt: skip
    option(
        parser, "--samples", usual="20 walks of morris, 128 pairs of points of sobol",
        more="of sobol a power of two; each is about as many worlds as there are numbers, of sobol twice as many",
        type=whole("--samples", FEWEST_SAMPLES),
    )  # fmt: skip
    parser.add_argument(
        "--vary", action="append", default=[], metavar="PATTERN",
        help="move only numbers whose path matches, e.g. 'product.*'; repeatable (default: all that have a range)",
    )  # fmt: skip
    parser.add_argument(
        "--together", action="append", default=[], metavar="PATTERN",
        help="move all numbers that match as one, e.g. 'kind.*.start_spread', beside those that stand for one fact "
        "already; repeatable",
    )  # fmt: skip
    world(parser)
    option(parser, "--replicates", more="their mean counts, and each sample has other luck anyway", usual="1")
    option(parser, "--out")
    studying(parser)


def act(options: Namespace) -> int:
    return begun(options, [options.scenario, *(Path(name) for name in options.against if is_file(name))])


def wanted(options: Namespace) -> "StudyWanted":
    from sim.study.study import require

    require()
    from sim.scenario import load
    from sim.study.sensitivity import wanted

    scenario = load(options.scenario, options.settings, seed=options.seed, until=options.until)
    names = ("against", "measures", "method", "samples", "replicates", "vary", "together")
    return wanted(scenario, **{name: getattr(options, name) for name in names})


def report(_: object, summary: "SensitivitySummary", planned: "Planned", seconds: float) -> str:
    from tabulate import tabulate

    out = planned.directory
    lines = ["", f"{summary.title}, in {summary.year}: what decides, by {summary.method}", ""]
    for moved in summary.moved:
        lines += [f"{moved.subject}"]
        if moved.rows:
            rows = [[rank, f"{fill(plain, COLUMN)}\n  {code}", *cells] for rank, code, plain, *cells in moved.rows]
            header = [summary.header[0], *(fill(name, HEADING) for name in summary.header[2:])]
            lines += [str(tabulate(rows, header, disable_numparse=True, stralign="left"))]
        lines += [fill(moved.verdict, WIDTH), ""]
    lines += [text for told in summary.groups for text in (fill(told, WIDTH, break_long_words=False), "")]
    lines += [*(fill(note, WIDTH) for note in (summary.note, *summary.notes)), ""]
    of = f"{counted(summary.numbers, 'number')} ({counted(summary.facts, 'fact')})"
    done = f"{counted(summary.samples, 'sample')} of {of}"
    lines += [f"{seconds:.1f} s, {done}. Results in {out}", f"Start with {out / 'report.html'}"]
    return "\n".join(lines)
