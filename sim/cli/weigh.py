"""``weigh``: how much each theory of progress counts, by the forecasts of its fits."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from sim.cli.groups import Group

NAME, GROUP, ORDER = "weigh", Group.CHECK_US, 6
HELP = "weigh theories of progress by how their fits forecast records"
EXAMPLE = "weigh outputs/shared_progress outputs/meek outputs/scale_dependent"
SHOWN = ["theory", "weight", "by one seed", "log score", "CRPS", "interval score", "ahead of naive forecasts"]


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "directories", type=Path, nargs="+", metavar="DIR",
        help="directories of `calibrate --all`, one for each theory (--set law.theory=NAME), or one for each theory "
        "by each of several seeds (--seed)",
    )  # fmt: skip
    parser.add_argument(
        "--table", type=Path, metavar="FILE",
        help="file to write the table to, e.g. sim/data/theories.csv; scores by target go beside it",
    )  # fmt: skip


def act(options: Namespace) -> int:
    from tabulate import tabulate

    from sim.outputs.theories import weighed
    from sim.plurals import counted
    from sim.store.place import clear_errors, save_table

    found, scores = weighed(options.directories)
    fits = int(found["fits"].iloc[0])
    rows = [
        [one.theory, f"{one.weight:.2f}", f"{one.weight_low:.2f} to {one.weight_high:.2f}" if fits > 1 else "",
         f"{one.log_score:.2f}", f"{one.crps:.3f}", f"{one.interval_score:.2f}", f"{one.ahead} of {one.targets}"]
        for one in found.itertuples()
    ]  # fmt: skip
    print(tabulate(rows, headers=SHOWN, disable_numparse=True))
    print("\nLog scores are summed, the other scores are means; smaller is better.")
    if fits > 1:
        print(
            f"By {counted(fits, 'fit')} of each theory, as one forecast; by one seed: the least and the largest weight."
        )
    else:
        print("Fits by further seeds (--seed) would say how far the luck of a fit moves the weights.")
    if options.table:
        with clear_errors(options.table):
            beside = options.table.with_name(f"{options.table.stem}_scores.csv")
            save_table(options.table, found)
            save_table(beside, scores)
        print(f"Written to {options.table} and {beside}")
    return 0
