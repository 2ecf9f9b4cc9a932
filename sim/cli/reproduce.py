"""``reproduce``: the published tables of the field, recomputed, and the findings of this project."""

from argparse import ArgumentParser, Namespace

from sim.cli.groups import Group
from sim.cli.options import options

NAME, GROUP, ORDER = "reproduce", Group.CHECK_US, 3
HELP = "recompute published tables beside what was printed, or this project's own findings"
EXAMPLE = "python run.py reproduce thompson"
SOURCES = ("thompson", "strubell", "patterson", "bloom")
FINDINGS = "findings"


def arguments(parser: ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "source", nargs="?", choices=[*SOURCES, "all", FINDINGS], default="all",
        help="which (default: all published tables; findings takes some minutes)",
    )  # fmt: skip
    options(parser, "--out", "--json")


def act(options: Namespace) -> int:
    """Print computed beside published, cell by cell; write page and figures."""
    if options.source == FINDINGS:
        return _findings(options)
    import json
    from dataclasses import asdict

    from sim.evidence import SOURCES as sources
    from sim.evidence.figures import GALLERY, draw
    from sim.evidence.tables import KEY, page, text
    from sim.store.lock import release
    from sim.store.place import prepare, save_bytes, save_text

    names = list(sources) if options.source == "all" else [options.source]
    found = [sources[name]() for name in names]
    out = prepare(options.out, "reproduce")
    figures = {file: png for name in names for file, png in draw(name).items()}
    (out / "figures").mkdir()
    for file, png in figures.items():
        save_bytes(out / "figures" / file, png)
    save_text(out / "tables.md", page(found, {file: GALLERY.describe(file) for file in figures}))
    release(out)
    if options.json:
        print(json.dumps({r.name: {**asdict(r), "count": r.count} for r in found}, indent=2))
        return 0
    print("\n\n\n".join(text(r) for r in found))
    print(f"\nKey: {KEY}.\n")
    print("\n".join(r.count for r in found))
    print(f"Page and {len(figures)} figures in {out}")
    return 0


def _findings(options: Namespace) -> int:
    import json

    from sim.cli.simulating import bar, foretell
    from sim.evidence.findings import findings
    from sim.experiment.duration import writing
    from sim.store.lock import release
    from sim.store.place import prepare, save_bytes, save_table, save_text

    out = prepare(options.out, FINDINGS)
    found = findings(bar(False), lambda plan: foretell(plan.seconds + writing(), False, plan.workers))
    (out / "figures").mkdir()
    for file, png in found.figures.items():
        save_bytes(out / "figures" / file, png)
    for file, table in found.tables.items():
        save_table(out / file, table)
    save_text(out / "check.json", json.dumps(found.check, indent=2) + "\n")
    save_text(out / "findings.md", found.page)
    release(out)
    print(json.dumps(found.check) if options.json else f"Page and {len(found.figures)} figures in {out}")
    return 0
