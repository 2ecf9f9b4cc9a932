"""``validate``: a scenario held against records of years, beside naive forecasts."""

import time
from argparse import ArgumentParser, Namespace
from textwrap import fill
from typing import TYPE_CHECKING

from sim.arguments import OVER_ENSEMBLE
from sim.cli.groups import Group
from sim.cli.options import option, repeated
from sim.cli.simulating import all_or_nothing, bar, fitting, foretell, records_of
from sim.plurals import counted

if TYPE_CHECKING:
    from sim.history.validation import Validation

NAME, GROUP, ORDER = "validate", Group.CHECK_US, 4
HELP = (
    "hold a scenario against records, beside naive forecasts (over years that it was fitted to, this shows the fit and "
    "is no test)"
)
EXAMPLE = "validate scenarios/baseline.toml --records sim/data/notable_ai_models_to_2021.csv --from 2019 --to 2021"
WIDTH = 100  # letters of a line


def arguments(parser: ArgumentParser) -> None:
    option(parser, "scenario")
    option(parser, "--records", more="rows before --from are what the naive forecasts know")
    option(parser, "--from")
    option(parser, "--to", usual="the last of the records", required=False)
    repeated(parser, horizon=False, replicates=f"the scenario's; at least {OVER_ENSEMBLE} over an ensemble")
    option(parser, "--json")


def act(options: Namespace) -> int:
    """Read, simulate, print; exit code 0 whatever the scores."""
    from sim.experiment.run import planned
    from sim.history.validation import up_to, validate
    from sim.report.validation.summary import summarize
    from sim.scenario import load
    from sim.store.as_json import json_text

    records = records_of(options.records, named=options.json)
    scenario = load(options.scenario, options.settings, seed=options.seed)
    scenario = up_to(scenario, records, options.first, options.last, options.replicates)
    with all_or_nothing(), fitting(options.scenario, scenario.actors):
        plan = planned(scenario, workers=options.workers)
        foretell(plan.seconds, options.quiet, plan.workers)
        years = options.first, scenario.time.end
        found = validate(scenario, records, *years, workers=plan.workers, progress=bar(options.quiet))
    if options.json:
        print(json_text(summarize(found)).rstrip("\n"))
    else:
        print(report(found, time.perf_counter() - options.began))
    return 0


def report(found: "Validation", seconds: float) -> str:
    from tabulate import tabulate

    from sim.report.validation.words import HEADER, rows, verdict

    years = f"{found.first} to {found.last}" if found.last > found.first else str(found.first)
    lines = ["", fill(f"{found.scenario.title} against {counted(found.rows, 'record')} of {years}", WIDTH), ""]
    lines += [str(tabulate(rows(found), HEADER, disable_numparse=True, stralign="left")), ""]
    lines += [fill(line, WIDTH, subsequent_indent="  ", initial_indent=line[: len(line) - len(line.lstrip())])
              for line in verdict(found)]  # fmt: skip
    return "\n".join([*lines, "", f"{seconds:.1f} s, {counted(found.replicates, 'replicate')}."])
