"""``explain``: every number of a scenario, with unit, range, meaning and source."""

from argparse import ArgumentParser, Namespace
from textwrap import fill

from sim.cli.groups import Group
from sim.cli.options import option, options
from sim.cli.terminal import WHOLE_WORDS, columns

NAME, GROUP, ORDER = "explain", Group.CHECK_US, 1
HELP = "show every number of a scenario with unit, range, meaning, and source or 'assumed'"
EXAMPLE = "explain scenarios/baseline.toml --assumed"
WIDTH = 110  # letters of a line
HEADER = ["key", "value", "range", "meaning", "where from", "set in"]


def arguments(parser: ArgumentParser) -> None:
    option(parser, "scenario")
    parser.add_argument("--assumed", action="store_true", help="only what is assumed")
    options(parser, "--import", "--json")


def act(options: Namespace) -> int:
    from tabulate import tabulate

    from sim.scenario import load
    from sim.scenario.dates import dated
    from sim.scenario.money import rates, sources
    from sim.scenario.tally import tally
    from sim.scenario.writing import assumed, inputs, place
    from sim.store.as_json import json_text

    scenario = load(options.scenario)
    everything = [{**entry, "file": place(scenario, entry["path"])} for entry in inputs(scenario)]
    entries = assumed(everything) if options.assumed else everything
    if options.json:
        print(json_text(entries).rstrip("\n"))
        return 0
    words = {"source": "source: ", "fitted": "fitted: ", "assumed": "assumed: ", "choice": "a choice"}
    rows = [
        [e["path"], e["value"], e["range"], e["meaning"],
         words[e["basis"]] + (f": {e['why']}" if e["why"] and e["basis"] == "choice" else e["why"]), e["file"]]
        for e in entries
    ]  # fmt: skip
    print(f"{scenario.title}: {scenario.question}\n")
    table = str(tabulate(rows, HEADER, disable_numparse=True, **WHOLE_WORDS, maxcolwidths=[44, 28, 22, 36, 48, 20]))
    print(table if table.index("\n") <= columns() else _narrow(rows, int(columns())))
    counts = tally(scenario)
    fitted = f"{counts['fitted']} fitted to records, " if counts["fitted"] else ""
    print(f"\n{counts['source']} from sources, {fitted}{counts['assumed']} assumed, {counts['choice']} choices.")
    if scenario.ensemble:
        print(fill(scenario.ensemble.told, WIDTH))
    for note in (*dated(scenario), *scenario.notes):
        print(fill(note, WIDTH, subsequent_indent="  ", **WHOLE_WORDS))
    other = {money for quantity in scenario.quantities for money in quantity.converted}
    if other:
        head, rows = rates(other)
        print("\nOther money was turned into USD of 2023 with these rates:\n")
        print(tabulate(rows, head, disable_numparse=True), "\n")
        print("\n".join(fill(text, WIDTH, subsequent_indent="  ", **WHOLE_WORDS) for text in sources()))
    return 0


def _narrow(rows: list[list[str]], width: int) -> str:
    """The same for lines of so many letters: an entry below the other."""
    lines = []
    for key, value, span, meaning, why, file in rows:
        more = (meaning, f"{why}; set in {file}")
        said = [f"{key} = {value}{f' ({span})' if span else ''}", *(f"    {text}" for text in more)]
        lines += [fill(text, width, subsequent_indent="    ", **WHOLE_WORDS) for text in said] + [""]
    return "\n".join(lines[:-1])
