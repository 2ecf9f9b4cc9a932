"""``score``: how a frozen forecast did against records that came later."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.groups import Group
from sim.cli.options import options
from sim.cli.simulating import all_or_nothing, bar, fitting, foretell, records_of

if TYPE_CHECKING:
    from sim.history.expected import Recorded
    from sim.history.foretold import Largest
    from sim.history.validation import Validation
    from sim.outputs.forecast import Frozen

NAME, GROUP, ORDER = "score", Group.CHECK_US, 7
HELP = "hold a frozen forecast against later records, beside the trend"
EXAMPLE = "score docs/forecasts/unequal-2026 --records records.csv"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("forecast", type=Path, metavar="DIR", help="a directory that `forecast` wrote")
    options(parser, "--records", "--workers", "--quiet", "--json", "--import")


def act(options: Namespace) -> int:
    """Read, simulate, print; exit code 0 whatever the scores."""
    from sim.cli.validate import report
    from sim.experiment.run import planned
    from sim.history.expected import held
    from sim.history.foretold import largest, scored_years
    from sim.history.validation import validate
    from sim.outputs.forecast import read_forecast
    from sim.report.forecast import FROZEN_BANDS, held_scores, scores
    from sim.scenario.variants import with_options
    from sim.store.as_json import json_text

    frozen, records = read_forecast(options.forecast), records_of(options.records, named=options.json)
    first, last = scored_years(frozen.table, records)
    scenario = with_options(frozen.scenario, until=last)
    with all_or_nothing(), fitting(options.forecast, scenario.actors):
        plan = planned(scenario, workers=options.workers)
        foretell(plan.seconds, options.quiet, plan.workers)
        found = validate(scenario, records, first, last, workers=plan.workers, progress=bar(options.quiet))
    runs, targets = largest(frozen.table, records, range(first, last + 1)), held(frozen.table, scenario, records)
    if options.json:
        print(json_text(as_scored(frozen, runs, targets, found)).rstrip("\n"))
        return 0
    code = "the same code" if frozen.same_code else "other code than now: what is worked out below may differ from then"
    print(f"\nFrozen {frozen.made}, by {code}.\n")
    print(f"The largest run\n\n{scores(runs)}")
    if targets:
        print(f"\nTargets as they were frozen\n\n{held_scores(targets)}\n\n{FROZEN_BANDS}")
    if last < (end := int(frozen.table["year"].max())):
        print(f"\nWithout a record yet: {last + 1}{f' to {end}' if end > last + 1 else ''}.")
    print(report(found, time.perf_counter() - options.began))
    return 0


def as_scored(
    frozen: "Frozen", found: Sequence["Largest"], targets: Sequence["Recorded"], judged: "Validation"
) -> dict[str, Any]:
    """What ``--json`` prints: the frozen forecast, the largest run of each year in log10 FLOP, targets as they were
    frozen in their own units, and the targets as ``validate --json`` has them."""
    from sim.report.validation.summary import summarize
    from sim.store.as_json import as_json

    years = [{**as_json(one), "covered": one.covered} for one in found]
    frozen_targets = [
        {"name": one.target.name, "unit": one.target.unit, "record": one.record, "low": one.low, "median": one.median,
         "high": one.high, "covered": one.covered} for one in targets
    ]  # fmt: skip
    return {"frozen": frozen.made, "same_code": frozen.same_code, "largest_run": {"unit": "log10 FLOP", "years": years},
            "targets": frozen_targets, "validation": summarize(judged)}  # fmt: skip
