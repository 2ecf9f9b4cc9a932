"""``weigh``: how much each theory of progress counts, by the forecasts of its fits."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group

NAME, GROUP, ORDER = "weigh", Group.CHECK_US, 6
HELP = "weigh theories of progress by how their fits forecast records"
EXAMPLE = "python run.py weigh outputs/shared_progress outputs/meek outputs/scale_dependent"


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "directories", type=Path, nargs="+", metavar="DIR",
        help="directories of `calibrate --all`, one for each theory (--set law.theory=NAME)",
    )  # fmt: skip
    parser.add_argument(
        "--table", type=Path, metavar="FILE",
        help="file to write the table to, e.g. sim/data/theories.csv; scores by target go beside it",
    )  # fmt: skip


def act(options: Namespace) -> int:
    """Read, weigh, print; write where asked."""
    from tabulate import tabulate

    from sim.outputs.theories import weighed
    from sim.plurals import counted
    from sim.store.place import clear_errors, save_table

    found, scores = weighed(options.directories)
    print(tabulate(found, headers="keys", showindex=False, floatfmt=".3g"))
    many = counted(int(found["targets"].iloc[0]), "target")
    print(f"\nOver {many} that all were judged by. Scores: sum of log scores, mean CRPS,")
    print("mean interval score (smaller is better), targets ahead of the better naive forecast.")
    if options.table:
        with clear_errors(options.table):
            beside = options.table.with_name(f"{options.table.stem}_scores.csv")
            save_table(options.table, found)
            save_table(beside, scores)
        print(f"Written to {options.table} and {beside}")
    return 0
