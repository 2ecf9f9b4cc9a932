"""``decompose``: which mechanism and which difference between kinds makes what a scenario shows."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from sim.arguments import TAKEN_APART
from sim.cli.groups import Group
from sim.cli.options import option, overrides, simulation
from sim.cli.studying import begun, seed_tail
from sim.errors import InputError
from sim.pasting import pasted
from sim.plurals import counted, cut_short

if TYPE_CHECKING:
    from sim.report.decomposition.summary import DecompositionSummary
    from sim.results import Decomposition
    from sim.scenario import Scenario
    from sim.study.planned import Planned
    from sim.study.repeated import ReplicatesWanted

NAME, GROUP, ORDER = "decompose", Group.LOOK_CLOSER, 1
HELP = "take a scenario apart: what each mechanism and each endowment contributes"
EXAMPLE = "decompose scenarios/baseline.toml"


def arguments(parser: ArgumentParser) -> None:
    option(parser, "scenario")
    option(parser, "--measure", usual="the divide, emissions, the frontier's error")
    simulation(parser, replicates=str(TAKEN_APART))


def act(options: Namespace) -> int:
    tail = f"-{options.scenario.stem}{seed_tail(options, options.scenario)}"
    return begun(options, [options.scenario], tail=tail)


def wanted(options: Namespace) -> "ReplicatesWanted":
    from sim.measures import registry, require_known
    from sim.scenario import load
    from sim.study.repeated import RepeatedPart, ReplicatesWanted

    if options.every_step:
        fix = "leave it out, or `run` the scenario with it"
        raise InputError("decompose keeps the last year alone", key="--every-step", allowed="no steps", fix=fix)
    replicates = options.replicates or TAKEN_APART
    scenario = load(options.scenario, options.settings, **{**overrides(options), "replicates": replicates})
    require_known(options.measures, registry(*scenario.reported_on))
    if not options.quiet:
        _tell_of_policies(options, scenario)
    more = {"every_step": False, "measures": list(dict.fromkeys(options.measures))}
    return ReplicatesWanted(NAME, [RepeatedPart([scenario], replicates)], more)


def _tell_of_policies(options: Namespace, scenario: "Scenario") -> None:
    """Say on standard error that policies stay on in all worlds, and how the world without them is taken apart."""
    from sim.quantity import default_of, written
    from sim.report.decomposition.summary import policies_on, stays

    off = {
        f"policy.{policy.id}.{key}": default_of(type(policy).__dataclass_fields__[key])
        for policy in policies_on(scenario) for key in policy.given
    }  # fmt: skip
    if not off:
        return
    kept, words = list[str](), iter(options.typed)
    for word in words:
        if word in ("--out", "--set"):
            value = next(words, "")
            if word == "--set" and value.partition("=")[0].strip() not in off:
                kept += [word, value]
        elif not word.startswith("--out=") and word.removeprefix("--set=").partition("=")[0] not in off:
            kept.append(word)
    without = pasted(*kept, *(word for path, none in off.items() for word in ("--set", f"{path}={written(none)}")))
    said = "A decomposition says what makes a world with them what it is, and not what they do: `compare` says that."
    print(f"{stays(scenario)} {said}\nTo take the world without them apart: {without}", file=sys.stderr)


def report(_found: "Decomposition", summary: "DecompositionSummary", planned: "Planned", seconds: float) -> str:
    from tabulate import tabulate

    out = planned.directory
    lines = ["", summary.stays] if summary.stays else []
    _, year = summary.years
    for measure in summary.measures:
        rows = [[row.part, row.group, row.alone, row.out] for row in measure.rows]
        header = [f"{measure.label}, {year}", "", "added alone", "missing when left out"]
        lines += ["", str(tabulate(rows, header, disable_numparse=True, stralign="left")), "", *measure.sentences]
    lines += ["", summary.note, *summary.notes]
    if summary.interrupted:
        lines += ["", cut_short(summary.replicates, summary.replicates_asked)]
    worlds = f"{counted(summary.replicates, 'replicate')} of {counted(summary.worlds, 'world')}"
    return "\n".join([*lines, "", f"{seconds:.1f} s, {worlds}. Results in {out}", f"Start with {out / 'report.html'}"])
