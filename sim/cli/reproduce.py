"""``reproduce``: the published tables of the field, recomputed, and the findings of this project."""

from argparse import ArgumentParser, Namespace

from sim.cli.groups import Group
from sim.cli.options import options
from sim.plurals import counted

NAME, GROUP, ORDER = "reproduce", Group.CHECK_US, 3
HELP = "recompute published tables beside what was printed, or make a page of this project's own"
EXAMPLE = "reproduce thompson"
SOURCES = ("thompson", "strubell", "patterson", "bloom")
PAGES = {
    "findings": "this project's own findings",
    "abatement": "a carbon tax where buyers can clean up",
    "real_policies": "what laws and programmes on record change, and shipped caps and clean power",
    "quintillions": "the published price of 1 % beside the baseline's",
    "effects": "shocks on record beside what the model says of them",
    "language": "the baseline beside a world whose task is language",
}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "source", nargs="?", choices=[*SOURCES, "all", *PAGES], default="all", metavar="SOURCE",
        help=f"which (default: all published tables); {', '.join(PAGES)} take some minutes",
    )  # fmt: skip
    options(parser, "--out", "--json")


def act(options: Namespace) -> int:
    """Print computed beside published, cell by cell; write page and figures."""
    if options.source in PAGES:
        return _page(options)
    from sim.cli.simulating import all_or_nothing
    from sim.evidence import SOURCES as sources
    from sim.evidence.figures import GALLERY, draw
    from sim.evidence.tables import KEY, page, text
    from sim.store.as_json import as_json, json_text
    from sim.store.place import prepared, save_bytes, save_text

    names = list(sources) if options.source == "all" else [options.source]
    found = [sources[name]() for name in names]
    with all_or_nothing(), prepared(options.out, "reproduce") as out:
        figures = {file: png for name in names for file, png in draw(name).items()}
        (out / "figures").mkdir()
        for file, png in figures.items():
            save_bytes(out / "figures" / file, png)
        save_text(out / "tables.md", page(found, {file: GALLERY.describe(file) for file in figures}))
    if options.json:
        print(json_text({r.name: {**as_json(r), "count": r.count} for r in found}).rstrip("\n"))
        return 0
    print("\n\n\n".join(text(r) for r in found))
    print(f"\nKey: {KEY}.\n")
    if len(found) > 1:
        print("\n".join(r.count for r in found))
    print(f"Page and {counted(len(figures), 'figure')} in {out}")
    return 0


def _page(options: Namespace) -> int:
    """Simulate what a page of this project shows, and write it."""
    from importlib import import_module

    from sim.cli.simulating import all_or_nothing, bar, foretell
    from sim.evidence.page import Page, save
    from sim.experiment.duration import WRITING
    from sim.store.as_json import json_line
    from sim.store.place import prepared

    name = options.source
    make = getattr(import_module(f"sim.evidence.{name}"), name)
    with all_or_nothing(), prepared(options.out, name) as out:
        made: Page = make(bar(False), lambda plan: foretell(plan.seconds + WRITING, False, plan.workers))
        save(made, out)
    figures = sum(file.endswith(".png") for file in made.files)
    written = f"{made.printed}\n\nTable" if made.printed else f"Page and {counted(figures, 'figure')}"
    print(json_line(made.check) if options.json else f"{written} in {out}")
    return 0
