"""``resume``: what is left of a directory that was stopped, or more replicates in one that is finished."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from sim.arguments import is_file
from sim.cli.groups import Group
from sim.cli.options import option, studying
from sim.cli.studying import carried_out
from sim.errors import InputError
from sim.pasting import pasted
from sim.plurals import counted

NAME, GROUP, ORDER = "resume", Group.LOOK_CLOSER, 3.5
HELP = "go on with what was stopped, or add replicates or samples to what is finished"
EXAMPLE = "resume outputs/sweep/20260101-120000-baseline"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="a directory that a command wrote which simulates")
    for name in ("--replicates", "--samples"):
        option(parser, name, more="as many as there shall be in all", usual="those it was started with")
    studying(parser)
    option(parser, "--import")


def act(options: Namespace) -> int:
    """Simulate what is left, write, print the table."""
    from sim.store.lock import locked
    from sim.store.plan import read_plan

    out: Path = options.directory
    _no_forecast(out)
    read_plan(out)
    with locked(out):
        plan = read_plan(out)
        if "kind" not in plan:
            _planned(plan, out)
        from sim.outputs.planned import extend, opened

        planned = opened(out)
        if options.replicates or options.samples:
            planned.same_code()
            extend(planned, options.replicates, options.samples)
        if planned.finished:
            print(f"Finished: all {counted(planned.worlds, planned.unit)} are in {out}. Nothing was done.")
            return 0
        planned.same_code()
        return carried_out(options, planned)


def _no_forecast(out: Path) -> None:
    """Raises InputError for a forecast, which is whole once it is there."""
    from sim.store.plan import PLAN

    if (out / "forecast.csv").is_file() and not (out / PLAN).exists():
        problem, fix = "a forecast is frozen whole: there is nothing to go on with", "hold it against later records"
        fix = f"{fix}: {pasted('score', out, '--records', 'FILE')}; for more draws make another (forecast --replicates)"
        raise InputError(problem, file=out, allowed="a directory of a command that can be stopped", fix=fix)


def _planned(plan: dict[str, Any], out: Path) -> None:
    """Make a plan whole that was stopped before it was: what was typed is read again, where it was typed."""
    from sim.cli import commands, read
    from sim.owncode import declared_by, same_own_code
    from sim.store.plan import unchanged

    unchanged(plan, out)
    own = plan.get("own", {})
    same_own_code(own, out)
    place = Path(plan["place"])
    if not place.is_dir():
        fix = f"make it again, or start anew: {pasted(*plan['command'])}"
        problem = "the directory in which this was started is gone"
        raise InputError(problem, file=place, key=str(out), allowed="a directory", fix=fix)
    typed = read(plan["command"])
    if not place.samefile(Path.cwd()):
        _named_from(place, typed)
    with declared_by(own, out):
        wanted = commands()[plan["command"][0]].wanted(typed)
    wanted.write(out, plan["command"])


def _named_from(place: Path, typed: Namespace) -> None:
    """Name the files that were typed in a place so that they are found from anywhere."""
    from sim.shippedfiles import scenario_file

    for name, value in vars(typed).items():
        if isinstance(value, Path):
            setattr(typed, name, scenario_file(value, place))
        elif isinstance(value, list):
            setattr(typed, name, [scenario_file(each, place) if isinstance(each, Path) else each for each in value])
    if "against" in typed and isinstance(typed.against, list):  # policies by name among files
        typed.against = [str(scenario_file(Path(each), place)) if is_file(each) else each for each in typed.against]
