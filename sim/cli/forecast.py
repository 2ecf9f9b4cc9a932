"""``forecast``: what a scenario expects of the years to come, frozen, so that it can be scored later."""

import time
from argparse import ArgumentParser, Namespace

from sim.cli.groups import Group
from sim.cli.options import option, repeated
from sim.cli.simulating import all_or_nothing, bar, fitting, foretell

NAME, GROUP, ORDER = "forecast", Group.CHECK_US, 6
HELP = "freeze what a scenario expects of the years to come, to be scored when there are records"
EXAMPLE = "forecast scenarios/baseline.toml --from 2026 --to 2030"
REPLICATES = 50


def arguments(parser: ArgumentParser) -> None:
    option(parser, "scenario")
    option(parser, "--from", default=2026, required=False)
    option(parser, "--to", default=2030, required=False)
    repeated(parser, horizon=False, replicates=str(REPLICATES))
    option(parser, "--out")


def act(options: Namespace) -> int:

    from tabulate import tabulate

    from sim.experiment.run import planned
    from sim.history.expected import expected
    from sim.history.validation import reach
    from sim.outputs.forecast import write_forecast
    from sim.outputs.provenance import as_command
    from sim.pasting import pasted
    from sim.report.forecast import drawn, growth, on_record, over, pictured, rows, shown
    from sim.scenario import load
    from sim.scenario.variants import in_time
    from sim.store.place import prepared

    first, last = options.first, options.last
    said = {"seed": options.seed, "replicates": options.replicates or REPLICATES}
    reach(load(options.scenario, options.settings), first, last)
    scenario = load(options.scenario, options.settings, **said, until=last)
    in_time(scenario.policies, last, scenario.name, "--to", file=options.scenario)
    memory = fitting(options.scenario, scenario.actors)
    with all_or_nothing(), prepared(options.out, NAME) as out, memory:
        plan = planned(scenario, workers=options.workers)
        foretell(plan.seconds, options.quiet, plan.workers)
        table = expected(scenario, first, last, workers=plan.workers, progress=bar(options.quiet))
        write_forecast(scenario, table, out, as_command(options.typed), time.perf_counter() - options.began)
    if not options.quiet:
        head, cells = rows(scenario, table, shown(first, last))
        print(f"\nWhat {scenario.title} expects of {first} to {last}. {drawn(table)}\n")
        table_told = tabulate(cells, head, disable_numparse=True)
        told = [
            table_told,
            growth(table),
            pictured(table),
            on_record(table, "simple"),
            over(scenario, first),
            *scenario.notes,
        ]
        print("\n\n".join(filter(None, told)))
        print(f"\nFrozen in {out}\nLater: {pasted('score', out, '--records', 'FILE')}")
    else:
        print(out)
    return 0
