"""``forecast``: what a scenario expects of the years to come, frozen, so that it can be scored later."""

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.options import repeated, whole
from sim.cli.simulating import bar, fitting, foretell

NAME, GROUP, ORDER = "forecast", Group.CHECK_US, 6
HELP = "freeze what a scenario expects of the years to come, to be scored when there are records"
EXAMPLE = "python run.py forecast scenarios/baseline.toml --from 2026 --to 2030"
REPLICATES = 50


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="scenario file (TOML)")
    parser.add_argument("--from", type=whole("--from", 1), default=2026, metavar="YEAR", dest="first",
                        help="first calendar year (default: 2026)")  # fmt: skip
    parser.add_argument("--to", type=whole("--to", 1), default=2030, metavar="YEAR", dest="last",
                        help="last one (default: 2030)")  # fmt: skip
    repeated(parser, horizon=False)
    parser.add_argument("--out", type=Path, metavar="DIR", help="directory to write, used exactly as given")


def act(options: Namespace) -> int:
    """Simulate, write, print."""
    from tabulate import tabulate

    from sim.experiment.run import planned
    from sim.history.foretold import foretold
    from sim.history.validation import reach
    from sim.outputs.forecast import write_forecast
    from sim.outputs.provenance import as_command
    from sim.report.forecast import rows
    from sim.scenario import load
    from sim.store.place import prepared

    began, first, last = time.perf_counter(), options.first, options.last
    said = {"seed": options.seed, "replicates": options.replicates or REPLICATES}
    reach(load(options.scenario, options.settings), first, last)
    scenario = load(options.scenario, options.settings, **said, until=last)
    with prepared(options.out, NAME) as out, fitting(options.scenario, sum(kind.count for kind in scenario.kinds)):
        plan = planned(scenario, workers=options.workers)
        foretell(plan.seconds, options.quiet, plan.workers)
        table = foretold(scenario, first, last, workers=plan.workers, progress=bar(options.quiet))
        write_forecast(scenario, table, out, as_command(options.typed), time.perf_counter() - began)
    if not options.quiet:
        shown = sorted({first, (first + last) // 2, last})
        head, cells = rows(scenario, table, shown)
        print(f"\nWhat {scenario.title} expects of {first} to {last}: median [90 % band over "
              f"{scenario.run.replicates} draws]\n\n{tabulate(cells, head, disable_numparse=True)}\n")  # fmt: skip
        print(f"Frozen in {out}")
    else:
        print(out)
    return 0
