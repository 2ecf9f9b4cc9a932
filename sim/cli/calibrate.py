"""``calibrate``: which values of a scenario's open numbers go with records."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from sim.cli.groups import Group
from sim.cli.options import option, options, whole, world
from sim.cli.simulating import records_of
from sim.cli.studying import begun, seed_tail
from sim.errors import InputError, nearest

if TYPE_CHECKING:
    from sim.history.kept import CalibrationWanted
    from sim.study.planned import Planned

NAME, GROUP, ORDER = "calibrate", Group.CHECK_US, 5
HELP = "fit a scenario's open numbers to records: an ensemble with weights, and a fitted scenario"
EXAMPLE = "calibrate scenarios/before_fit.toml --records sim/data/notable_ai_models_to_2021.csv"
UNTIL, BUDGET = 2021, 10


def arguments(parser: ArgumentParser) -> None:
    option(parser, "scenario")
    option(parser, "--records")
    until = parser.add_mutually_exclusive_group()
    option(until, "--until", more="of records that is fitted to", default=UNTIL)
    until.add_argument("--all", action="store_true", help="fit to 2015 and forecast 2016-18, fit to 2018 and forecast "
                       "2019-21, and judge both beside naive forecasts")  # fmt: skip
    parser.add_argument(
        "--with", metavar="MECHANISMS", dest="structure", default="",
        help="mechanisms to switch on and fit, separated by commas, e.g. expectations,unequal_means",
    )  # fmt: skip
    parser.add_argument("--budget", type=whole("--budget", 1, 10_000), default=BUDGET, metavar="MINUTES",
                        help="about how long a fit takes on two cores; sets the number of worlds "
                        f"(default: {BUDGET})")  # fmt: skip
    world(parser, horizon=False)
    option(parser, "--workers", default=2)
    options(parser, "--out", "--quiet")


def act(options: Namespace) -> int:
    from sim.store.shards import needs

    needs("sklearn", extra="fit")
    return begun(options, [options.scenario], NAME, f"-{options.scenario.stem}{seed_tail(options, options.scenario)}")


def wanted(options: Namespace) -> "CalibrationWanted":
    from sim.history.calibration import WORLDS_A_MINUTE, sizes
    from sim.history.evidence import evidence, within
    from sim.history.fitted import fitted
    from sim.history.kept import CalibrationWanted
    from sim.history.origins import ORIGINS
    from sim.scenario import load
    from sim.scenario.variants import changed

    records = records_of(options.records, named=True)
    on = {f"mechanisms.{name}": True for name in _mechanisms(options.structure)}
    scenario = load(options.scenario, options.settings, seed=options.seed)
    untils = [until for until, _ in ORIGINS] if options.all else [options.until]
    last = ORIGINS[-1][1] if options.all else options.until
    for until in (*untils, last):
        within(records, until, scenario.time.start)
    scenario = changed(load(options.scenario, options.settings, seed=options.seed, until=last), on)
    for until in untils:
        evidence(scenario, records, until)
    worlds = options.budget * WORLDS_A_MINUTE
    sizes(worlds, len(fitted(scenario).facts))
    return CalibrationWanted(scenario, records, worlds, None if options.all else options.until)


def _mechanisms(text: str) -> list[str]:
    from sim.history.fitted import STRUCTURE

    found = [name.strip() for name in text.split(",") if name.strip()]
    for name in found:
        if name not in STRUCTURE:
            near = nearest(name, list(STRUCTURE)) or next(iter(STRUCTURE))
            fix, allowed = f"--with {near}", ", ".join(STRUCTURE)
            raise InputError(
                "no mechanism that a fit can switch on", key="--with", found=name, allowed=allowed, fix=fix
            )
    return found


def report(_: Any, summary: list[str], planned: "Planned", seconds: float) -> str:
    from sim.outputs.calibration import REPORT, SCENARIO
    from sim.pasting import pasted

    out, rolling = planned.directory, planned.plan["until"] is None
    run = "" if rolling else f"; run it: {pasted('run', out / SCENARIO)}"
    lines = ["", *summary, "", f"{seconds:.0f} s, {planned.worlds:,} worlds. Results in {out}"]
    return "\n".join([*lines, f"Start with {out / REPORT}{run}"])
