"""``policies``: what a scenario can use."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from sim.cli.groups import Group
from sim.cli.options import option

if TYPE_CHECKING:
    from sim.policies import Policy

NAME, GROUP, ORDER = "policies", Group.WRITE_YOUR_OWN, 2
HELP = "list the policies that a scenario can use, with their parameters"
EXAMPLE = "policies cap_and_trade"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="all about these: what each does, parameters, levers, source (default: all policies in short)",
    )
    parser.add_argument("--doc", metavar="NAME", help="the same of one policy")
    option(parser, "--import")


def act(options: Namespace) -> int:
    """Print each policy in short, or those named in full."""
    from sim.policies import registry

    asked = {**dict.fromkeys(options.names, "NAME"), **({options.doc: "--doc"} if options.doc is not None else {})}
    if not asked:
        for name, policy in registry().items():
            print(f"{name}: {policy.told()}")
            print(f"  Source: {policy.source}.")
            print(_parameters(policy), "\n")
        return 0
    for name, key in asked.items():
        if name not in registry():
            from sim.errors import or_own, unknown

            raise or_own(unknown("policy", name, registry(), key=key))
    print("\n\n".join(_in_full(name, registry()[name]) for name in asked))
    return 0


def _in_full(name: str, policy: "type[Policy]") -> str:
    from inspect import getdoc

    from tabulate import tabulate

    from sim.policies.levers import LEVERS
    from sim.shippedfiles import as_named, shipped

    rows = [
        [f"  {lever}", spec.unit, f"{spec.neutral:g}", ", ".join(spec.differs_by) or "–", spec.doc]
        for lever, spec in ((lever, LEVERS[lever]) for lever in policy.levers)
    ]
    levers = tabulate(rows, ["  lever", "unit", "neutral", "by", "meaning"], disable_numparse=True)
    laws = "\n".join(f"  {law}." for law in policy.laws)
    text = (
        f"{name}\n\n{getdoc(policy)}\n\nIt {policy.effect}.\nIt cannot {policy.cannot}.\n\n"
        f"Laws and programmes:\n{laws}\n\n{_parameters(policy)}\n\n{levers}\n\n"
        f"Source: {policy.source}."
    )
    shown = shipped() / f"{name}.toml"  # one's own policy has none
    text += f"\nScenario: {as_named(shown).as_posix()}" if shown.is_file() else ""
    return text.replace("`", "")


def _parameters(policy: "type[Policy]") -> str:
    from tabulate import tabulate

    from sim.quantity import default_of

    fields, rows = policy.__dataclass_fields__, []
    for parameter in policy.parameters():
        if parameter == "id":
            continue
        spec, default = fields[parameter].metadata["spec"], default_of(fields[parameter])
        shown = {(): spec.none, float("-inf"): "start of the run", float("inf"): "none"}.get(default, default)
        if parameter == "since":
            shown = "its start"
        unit = "" if spec.unit == "1" else spec.unit
        mark = " (strength)" if parameter in policy.may_give() else ""
        meaning = f"{spec.doc} ({', '.join(spec.options)})" if spec.options else spec.doc
        rows.append([f"  {parameter}{mark}", unit, shown, meaning])
    return str(tabulate(rows, ["  parameter", "unit", "default", "meaning"], disable_numparse=True))
