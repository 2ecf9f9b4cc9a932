"""``validate``: a scenario held against records of years, beside naive forecasts."""

import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import repeated, whole
from sim.cli.simulating import bar, fitting, foretell

if TYPE_CHECKING:
    from sim.history.validation import Validation

NAME, GROUP, ORDER = "validate", Group.CHECK_US, 4
HELP = "hold a scenario against records of years that it was not fitted to, beside naive forecasts"
EXAMPLE = (
    "python run.py validate scenarios/baseline.toml --records sim/data/notable_ai_models_to_2021.csv "
    "--from 2019 --to 2021"
)
WIDTH = 100  # letters of a line


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="scenario file (TOML)")
    parser.add_argument(
        "--records", type=Path, required=True, metavar="FILE",
        help="table of records (CSV) with the columns of Epoch AI's notable models; rows before --from are what the "
        "naive forecasts know",
    )  # fmt: skip
    parser.add_argument(
        "--from", type=whole("--from", 1), required=True, metavar="YEAR", dest="first", help="first calendar year"
    )
    parser.add_argument("--to", type=whole("--to", 1), required=True, metavar="YEAR", dest="last", help="last one")
    repeated(parser, horizon=False)
    parser.add_argument("--json", action="store_true", help="print targets and scores as JSON, and nothing else")


def act(options: Namespace) -> int:
    """Read, simulate, print; exit code 0 whatever the scores."""
    from sim.experiment.run import planned
    from sim.history.records import read_records
    from sim.history.scores import require
    from sim.history.validation import reach, validate
    from sim.report.validation.summary import summarize
    from sim.scenario import load
    from sim.store.records import json_text

    began = time.perf_counter()
    records = read_records(options.records)
    first, last = options.first, options.last
    scenario = load(options.scenario, options.settings, seed=options.seed, replicates=options.replicates)
    reach(scenario, first, last)
    scenario = load(options.scenario, options.settings, seed=options.seed, replicates=options.replicates, until=last)
    require()
    with fitting(options.scenario, sum(kind.count for kind in scenario.kinds)):
        plan = planned(scenario, workers=options.workers)
        foretell(plan.seconds, options.quiet, plan.workers)
        found = validate(scenario, records, first, last, workers=plan.workers, progress=bar(options.quiet))
    if options.json:
        for odd in records.odd:
            print(f"row {odd.row}, {odd.model or 'no name'}, is left out: {odd.why}", file=sys.stderr)
        print(json_text(summarize(found)).rstrip("\n"))
    else:
        print(report(found, time.perf_counter() - began))
    return 0


def report(found: "Validation", seconds: float) -> str:
    from tabulate import tabulate

    from sim.report.validation.words import HEADER, rows, verdict

    years = f"{found.first} to {found.last}"
    lines = ["", f"{found.scenario.title} against {found.rows} records of {years}", ""]
    lines += [str(tabulate(rows(found), HEADER, disable_numparse=True, stralign="left")), ""]
    lines += [fill(line, WIDTH, subsequent_indent="  ", initial_indent=line[: len(line) - len(line.lstrip())])
              for line in verdict(found)]  # fmt: skip
    return "\n".join([*lines, "", f"{seconds:.1f} s, {found.replicates} replicates."])
