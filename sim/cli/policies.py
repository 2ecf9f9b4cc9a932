"""``policies``: what a scenario can use."""

from argparse import ArgumentParser, Namespace

NAME = "policies"
HELP = "list the policies that a scenario can use, with their parameters"
EXAMPLE = "python run.py policies"


def arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""


def act(options: Namespace) -> int:
    """Print each policy: what it does, its parameters, its source."""
    from tabulate import tabulate

    from sim.policies import registry

    for name, policy in registry().items():
        print(f"{name}: {(policy.__doc__ or '').splitlines()[0]}")
        print(f"  It {policy.effect}.\n  Source: {policy.source}.")
        fields = policy.__dataclass_fields__
        rows = []
        for parameter in policy.parameters():
            if parameter == "id":
                continue
            spec, default = fields[parameter].metadata["spec"], fields[parameter].default
            shown = {(): "all", float("-inf"): "start of the run", float("inf"): "none"}.get(default, default)
            unit = "" if spec.unit == "1" else spec.unit
            mark = " (strength)" if parameter == policy.strength else ""
            rows.append([f"  {parameter}{mark}", unit, shown, spec.doc])
        print(tabulate(rows, ["  parameter", "unit", "default", "meaning"], disable_numparse=True), "\n")
    return 0
