"""``sensitivity``: which numbers of the world move a measure, and which move what a policy changes."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import whole, world
from sim.cli.studying import begun, studying
from sim.plurals import counted

if TYPE_CHECKING:
    from sim.report.sensitivity.summary import SensitivitySummary
    from sim.study.planned import Planned
    from sim.study.study import Wanted

NAME, GROUP, ORDER = "sensitivity", Group.LOOK_CLOSER, 3
HELP = "say which numbers move a measure, and which move what a policy changes in it"
EXAMPLE = "python run.py sensitivity scenarios/baseline.toml --against carbon_tax"
WIDTH = 100  # letters of a line


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="scenario file (TOML)")
    parser.add_argument(
        "--against", nargs="+", action="extend", default=[], metavar="POLICY",
        help="also what moves the effect of these policies: names of shipped scenarios, or files that add policies",
    )  # fmt: skip
    parser.add_argument(
        "--measure", nargs="+", action="extend", default=[], metavar="ID", dest="measures",
        help="measures (default: the divide and emissions)",
    )  # fmt: skip
    parser.add_argument(
        "--method", default="morris", metavar="NAME",
        help="morris (a screen that ranks numbers, the default) or sobol (shares of the variance, many more worlds)",
    )  # fmt: skip
    parser.add_argument(
        "--samples", type=whole("--samples", 1), metavar="N",
        help="walks of morris (default: 20) or pairs of points of sobol (128, a power of two); each is about as many "
        "worlds as there are numbers",
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
    parser.add_argument(
        "--replicates", type=whole("--replicates", 1), metavar="R",
        help="repetitions of each world, whose mean counts (default: 1; each sample has other luck anyway)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="directory to write, used exactly as given")
    studying(parser)


def act(options: Namespace) -> int:
    """Plan, simulate, write, print the tables."""
    return begun(options, [options.scenario, *(Path(name) for name in options.against if name.endswith(".toml"))])


def wanted(options: Namespace) -> "Wanted":
    """What is asked for. Raises InputError."""
    from sim.study.study import require

    require()
    from sim.scenario import load
    from sim.study.sensitivity import wanted

    scenario = load(options.scenario, options.settings, seed=options.seed, until=options.until)
    names = ("against", "measures", "method", "samples", "replicates", "vary", "together")
    return wanted(scenario, **{name: getattr(options, name) for name in names})


def report(_: object, summary: "SensitivitySummary", planned: "Planned", seconds: float) -> str:
    """What is printed of a finished sensitivity."""
    from tabulate import tabulate

    out = planned.directory
    lines = ["", f"{summary.title}, in {summary.year}: what decides, by {summary.method}", ""]
    for moved in summary.moved:
        lines += [f"{moved.subject}"]
        if moved.rows:
            lines += [str(tabulate(moved.rows, summary.header, disable_numparse=True, stralign="left"))]
        lines += [fill(moved.verdict, WIDTH), ""]
    lines += [fill(summary.note, WIDTH), ""]
    of = f"{counted(summary.numbers, 'number')} ({counted(summary.facts, 'fact')})"
    done = f"{counted(summary.samples, 'sample')} of {of}"
    lines += [f"{seconds:.1f} s, {done}. Results in {out}", f"Start with {out / 'report.html'}"]
    return "\n".join(lines)
