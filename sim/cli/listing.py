"""``scenarios``, ``policies``, ``measures``: what there is."""

from argparse import ArgumentParser, Namespace


class _Scenarios:
    NAME = "scenarios"
    HELP = "list the shipped scenarios, each with its question"
    EXAMPLE = "python run.py scenarios"

    @staticmethod
    def arguments(parser: ArgumentParser) -> None:
        """No arguments of its own."""

    @staticmethod
    def act(options: Namespace) -> int:
        """Print the table."""
        from tabulate import tabulate

        from sim.scenario import shipped
        from sim.scenario.files import SOURCES_FILE, parse

        files = [file for file in sorted(shipped().glob("*.toml")) if file.name != SOURCES_FILE]
        rows = [[f"scenarios/{file.name}", parse(file).get("question", "")] for file in files]
        print(tabulate(rows, ["scenario", "question"], maxcolwidths=[None, 80]))
        return 0


class _Policies:
    NAME = "policies"
    HELP = "list the policies that a scenario can use, with their parameters"
    EXAMPLE = "python run.py policies"

    @staticmethod
    def arguments(parser: ArgumentParser) -> None:
        """No arguments of its own."""

    @staticmethod
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


class _Measures:
    NAME = "measures"
    HELP = "list the measures, with unit, meaning and which direction is better"
    EXAMPLE = "python run.py measures"

    @staticmethod
    def arguments(parser: ArgumentParser) -> None:
        """No arguments of its own."""

    @staticmethod
    def act(options: Namespace) -> int:
        """Print the table."""
        from tabulate import tabulate

        from sim.measures import registry

        rows = [[m.id, m.unit, m.better, m.over, m.meaning, m.idle] for m in registry().values()]
        header = ["measure", "unit", "better", "over", "meaning", "actors without a run"]
        print(tabulate(rows, header, maxcolwidths=[None, None, None, None, 46, 26]))
        return 0


scenarios, policies, measures = _Scenarios, _Policies, _Measures
