"""``calibrate``: which values of a scenario's open numbers go with records."""

import sys
import time
from argparse import ArgumentParser, Namespace
from typing import Any

from sim.cli.groups import Group
from sim.cli.options import option, options, whole
from sim.cli.simulating import finishing, fitting, foretell

NAME, GROUP, ORDER = "calibrate", Group.CHECK_US, 5
HELP = "fit a scenario's open numbers to records: an ensemble with weights, and a fitted scenario"
EXAMPLE = "python run.py calibrate scenarios/baseline.toml --records sim/data/notable_ai_models_to_2021.csv"
UNTIL, BUDGET = 2021, 10


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    option(parser, "scenario")
    option(parser, "--records")
    option(parser, "--until", more="it is the last of the records that is fitted to", usual=str(UNTIL), default=UNTIL)
    parser.add_argument("--budget", type=whole("--budget", 1, 10_000), default=BUDGET, metavar="MINUTES",
                        help=f"about how long on two cores; sets the number of worlds (default: {BUDGET})")  # fmt: skip
    option(parser, "--seed")
    option(parser, "--workers", usual="2", default=2)
    options(parser, "--out", "--quiet")


def act(options: Namespace) -> int:
    """Read, fit, write, print."""
    from sim.history.calibration import WORLDS_A_MINUTE, calibrate, evidence
    from sim.history.records import read_records
    from sim.history.validation import reach
    from sim.outputs.calibration import REPORT, SCENARIO, write_calibration
    from sim.report.calibration.tables import verdict
    from sim.scenario import load
    from sim.store.lock import release
    from sim.store.place import prepare
    from sim.store.shards import needs

    began = time.perf_counter()
    records = read_records(options.records)
    scenario = load(options.scenario, seed=options.seed)
    reach(scenario, scenario.time.start, options.until)
    scenario = load(options.scenario, seed=options.seed, until=options.until)
    needs("sklearn", extra="fit")
    said = evidence(scenario, records, options.until)
    given = options.out is not None and options.out.is_dir()
    out = prepare(options.out, "calibrate", f"-{scenario.name}-seed{scenario.run.seed}")
    try:
        foretell(options.budget * 60.0 * 2 / options.workers, options.quiet)
        with fitting(options.scenario, sum(kind.count for kind in scenario.kinds)):
            found = calibrate(scenario, said, options.budget * WORLDS_A_MINUTE, workers=options.workers,
                              progress=lambda name: _bar(name, options.quiet))  # fmt: skip
        with finishing():
            write_calibration(found, out, options.scenario)
    finally:
        release(out)
        if not given and not any(out.iterdir()):
            out.rmdir()
    if options.quiet:
        print(out)
    else:
        lines = [
            "",
            *verdict(found),
            "",
            f"{time.perf_counter() - began:.0f} s, {found.worlds:,} worlds. Results in {out}",
        ]
        print("\n".join([*lines, f"Start with {out / REPORT}; run it: python run.py run {out / SCENARIO}"]))
    return 130 if found.interrupted else 0


def _bar(name: str, quiet: bool) -> Any:
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of its own, so that workers can be forked

    def wrap(points: Any, total: int) -> Any:
        return tqdm(points, total=total, unit="point", desc=name, disable=quiet, file=sys.stderr)

    return wrap
