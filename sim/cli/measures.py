"""``measures``: what a run reports."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group
from sim.cli.options import option
from sim.cli.terminal import WHOLE_WORDS

NAME, GROUP, ORDER = "measures", Group.LOOK_CLOSER, 3
HELP = "list the measures, with unit, meaning and which direction is better"
EXAMPLE = "measures"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="ids, or words of what is sought (default: all)",
    )
    parser.add_argument(
        "--scenario",
        type=Path,
        metavar="FILE",
        help="also those of this scenario's regions and own kinds of actor",
    )
    option(parser, "--import")


def act(options: Namespace) -> int:
    """Print the table, of what matches if words are given."""
    from tabulate import tabulate

    from sim.errors import InputError
    from sim.measures import registry, require_known
    from sim.measures.search import by_words, groups
    from sim.scenario import load

    known = registry(*load(options.scenario).reported_on) if options.scenario else registry()
    wanted = [word.casefold() for word in options.words]
    found = [known[word] for word in wanted if word in known]
    if len(found) < len(wanted) or not wanted:
        found = by_words(wanted, known.values()) if wanted else [*known.values()]
    if not found:
        try:
            require_known([" ".join(options.words)], known, key="WORD")
        except InputError as error:
            error.fix = f"{error.fix}; fewer words find more, and so does a group: {', '.join(groups(known.values()))}"
            raise
    rows = [[m.id, m.unit, m.direction, m.over, m.meaning, m.idle] for m in found]
    header = ["measure", "unit", "better", "over", "meaning", "actors without a run"]
    print(tabulate(rows, header, **WHOLE_WORDS, maxcolwidths=[None, None, 24, None, 46, 26]))
    return 0
