"""``laws``: the scaling laws and their published fits, and a world under each of them."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.arguments import DISCOUNT
from sim.cli.groups import Group
from sim.cli.options import overrides, simulation
from sim.cli.studying import begun, seed_tail
from sim.cli.tables import table, wrapped
from sim.cli.terminal import WHOLE_WORDS
from sim.plurals import counted, cut_short

if TYPE_CHECKING:
    from sim.report.comparison.summary import ComparisonSummary
    from sim.results import Comparison
    from sim.study.planned import Planned
    from sim.study.repeated import ReplicatesWanted

NAME, GROUP, ORDER = "laws", Group.CHECK_US, 2
HELP = "list the scaling laws with source and range of evidence, or compare a world under them"
EXAMPLE = "laws --compare scenarios/baseline.toml"
FILE = "--compare"  # the option that a file is meant for
REPLICATES = 20


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--compare", type=Path, metavar="SCENARIO", help="run a scenario under each law and exponent, on the same luck"
    )
    parser.add_argument(
        "--hold", choices=["accuracy", "compute"], default="accuracy",
        help="what the market keeps responding to as before when the law changes (default: accuracy)",
    )  # fmt: skip
    simulation(parser, replicates=str(REPLICATES))


def act(options: Namespace) -> int:
    if not options.compare:
        return _list()
    return begun(options, [options.compare], tail=f"-{options.compare.stem}{seed_tail(options, options.compare)}")


def wanted(options: Namespace) -> "ReplicatesWanted":
    from sim.experiment.compare import paired
    from sim.experiment.laws import under_laws
    from sim.scenario import load
    from sim.scenario.variants import with_notes
    from sim.study.repeated import RepeatedPart, ReplicatesWanted

    replicates = options.replicates or REPLICATES
    own = load(options.compare, options.settings, **{**overrides(options), "replicates": replicates})
    first, *others = under_laws(own, options.hold)
    scenarios = paired([first, *others], replicates)
    scenarios[0] = with_notes(scenarios[0], first.notes)  # on laws that are left out
    more = {"every_step": options.every_step, "assumptions": True, "discount": DISCOUNT, "hold": options.hold}
    return ReplicatesWanted(NAME, [RepeatedPart(scenarios, replicates)], more)


def report(found: "Comparison", summary: "ComparisonSummary", planned: "Planned", seconds: float) -> str:
    from sim.experiment.laws import LEFT_OUT
    from sim.measures import told
    from sim.report.comparison.effects import cell, intervals_note
    from sim.report.comparison.matrix import before

    lines = [""]
    if found.pairs:
        year, flat = found.years[-1], found.scenarios[0]
        shown = told("law")
        rows = [[flat.name, *(before(found, id).replace(" (", "\n(") for id in shown)]]
        for i, name in enumerate(found.names, start=1):
            cells = [cell(found.effect(i, id), measure.unit_under(flat.law)) for id, measure in shown.items()]
            rows.append([name, *(text.replace(" [", "\n[").replace(" (", "\n(") for text in cells)])
        heads = [measure.label for measure in shown.values()]
        lines += [table(rows, [f"against {flat.name}, {year}", *heads]), ""]
        note = intervals_note(len(found.pairs), found.drawn, summary.against)
        lines += [*map(wrapped, note.split("\n")), "", *map(wrapped, summary.scaling)]
    lines += [wrapped(note) for note in found.scenarios[0].notes if note.startswith(LEFT_OUT)]
    if summary.interrupted:
        lines.append(cut_short(summary.replicates, summary.replicates_asked))
    laws = f"{counted(summary.replicates, 'replicate')} under {counted(len(found.scenarios), 'law')}"
    return "\n".join([*lines, "", f"{seconds:.1f} s, {laws}. Results in {planned.directory}"])


def _numbers(entries: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {entry['value']:g}" for key, entry in entries.items())


def _list() -> int:
    from tabulate import tabulate

    from sim.mechanisms.scaling import LAWS
    from sim.mechanisms.theories import THEORIES
    from sim.report.words import number, reach
    from sim.scenario.data import laws
    from sim.scenario.fits import published_law

    rows = []
    for benchmark, profiles in laws()["benchmarks"].items():
        for profile, fit in profiles.items():
            law = published_law(benchmark, profile)
            numbers = _numbers({key: fit[key] for key in fit if key not in ("form", "best_error", "worst_error")})
            cited = sorted({entry["source"] for key, entry in fit.items() if key != "form" and "source" in entry})
            span = reach(number(law.best_error, law.unit), number(law.worst_error, law.unit))
            domain = (
                f"error above {number(law.lowest, law.unit)}, {number(law.compute_for(law.highest), 'FLOP')} or more"
            )
            rows.append([f"{benchmark}.{profile}", law.form, numbers, ", ".join(cited), span, domain])
    print(tabulate([[form, law.formula] for form, law in LAWS.items()], ["form", "formula"]), "\n")
    said = [[name, theory.says, _numbers(laws()["theories"].get(name, {}))] for name, theory in THEORIES.items()]
    print(tabulate(said, ["law.theory", "what it says of progress", "numbers"]), "\n")
    header = ["benchmark.profile", "form", "numbers", "source", "evidence", "domain"]
    print(tabulate(rows, header, **WHOLE_WORDS, maxcolwidths=[None, None, 34, 16, None, 30]))
    sources = [[key, entry["by"], entry["year"], entry["title"]] for key, entry in laws()["sources"].items()]
    print("\n" + tabulate(sources, ["source", "by", "year", "title"], **WHOLE_WORDS, maxcolwidths=[None, 44, None, 60]))
    print("\nOutside its evidence a law answers and the answer is extrapolated; outside its domain it is an error.")
    return 0
