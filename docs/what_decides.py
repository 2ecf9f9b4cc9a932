"""The page that says which numbers decide, made from a sensitivity of the baseline.

python docs/what_decides.py              # simulate, and make page, tables and pictures anew; about a quarter of an hour
python docs/what_decides.py --from DIR   # from the finished directory of that command, such as one that was resumed
python docs/what_decides.py --check      # exit code 1 where the page is not of the baseline's numbers, or of its tables
"""

import csv
import json
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE, KEPT = ROOT / "docs" / "what-decides.md", ROOT / "docs" / "what-decides"
FIRST, SECOND = "carbon_tax", "compute_permits"
SAMPLES, WIDTH = 40, 120  # letters of a line
ASKED = ["sensitivity", "scenarios/baseline.toml", "--against", FIRST, SECOND, "--until", "2030",
         "--samples"]  # fmt: skip
TABLES = ("summary.json", "numbers.csv")
PICTURES = {
    "tornado.png": "The numbers that move each measure most",
    "interaction.png": "How far each number acts by itself, and how far it depends on the others or on luck",
}
COLUMNS = {
    "Moves it by": "how much the measure changes, on average, as the number goes from the low to the high part of its "
    "range (the middles of the outer quarters) and all others are anywhere in theirs: × 2 is twice or half as much, "
    "× 1.5 half as much again; in brackets the 95 % interval by resampling",
    "A higher number": "raises or lowers the measure; either: it depends on the others",
    "Interaction": "how unlike those changes are, over their mean size: near 0 the number acts alone, near 1 or above "
    "it depends on the others or on luck",
    "Among the first": "in how many resamples of the walks the number is among the first ten",
}
TWO = f"{SECOND} against {FIRST}: ".replace("_", " ").capitalize()  # begins what is said of the two policies

BETTER = (
    "A number that moves the difference between what the two change, on the same luck in the same world, decides",
    "which of them does better.",
)
CHANGES = (
    "A number that moves what a policy changes, on the same luck in the same world, decides how much it does. One of",
    "the two changes next to nothing here, so what moves the other's effect also decides which of them does better.",
)


def page() -> str:
    """The page, from the tables that are kept."""
    summary = json.loads((KEPT / "summary.json").read_text(encoding="utf-8"))
    world = [moved for moved in summary["moved"] if not moved["subject"].startswith(("What ", TWO))]
    two = [moved for moved in summary["moved"] if moved["subject"].startswith(TWO)]
    numbers, facts = summary["numbers"], summary["facts"]
    command = f"python run.py {' '.join(ASKED)} {summary['samples']}"
    lines = [
        "# What decides",
        "",
        "<!-- made by: python docs/what_decides.py -->",
        f"Which of the {numbers} numbers of the baseline that have a range decide what comes out in {summary['year']}?",
        f"Each of {facts} facts (numbers that stand for one thing move together) went through its range in",
        f"{summary['samples']} walks, each from other values of all the others and with other luck. All figures and",
        "tables of this page are from",
        "",
        "```sh",
        command,
        "```",
        "",
        "`python docs/what_decides.py` makes this page anew. It changes with the baseline: the command draws other",
        "values as soon as there are more numbers. Where the samples are not enough for a ranking it says so, and the",
        "order is a first look alone.",
        "For more, add `--out DIR` to the command, then",
        f"`python run.py resume DIR --samples {2 * summary['samples']}` and `python docs/what_decides.py --from DIR`.",
    ]
    lines += ["", "| column | what it says |", "|---|---|", *(_row([*each]) for each in COLUMNS.items())]
    lines += ["", "## What decides the divide", *_section(summary, world[0])]
    lines += ["", "## What decides emissions", *_section(summary, world[1])]
    if two:
        lines += ["", f"## What decides which of two policies does better: `{SECOND}` or `{FIRST}`", "", *BETTER]
    else:
        lines += ["", f"## What decides what a policy changes: `{FIRST}` and `{SECOND}`", "", *CHANGES]
    for moved in two or [moved for moved in summary["moved"] if moved["subject"].startswith("What ")]:
        title = moved["subject"].removeprefix(TWO)
        lines += ["", f"### {title[0].upper()}{title[1:]}", *_section(summary, moved)]
    if summary["groups"]:
        lines += ["", "## Numbers that stand for one thing"]
        lines += [line for group in summary["groups"] for line in ("", *wrap(group, WIDTH, break_long_words=False))]
    lines += ["", "## Pictures"]
    for file, words in PICTURES.items():
        lines += ["", f"![{words}](what-decides/{file})", "", f"{words}: `{command}`"]
    return "\n".join([*lines, ""])


def _section(summary: dict[str, Any], moved: dict[str, Any]) -> list[str]:
    """What moves one measure: the verdict on the samples, and the first numbers with what they mean."""
    members: dict[str, list[dict[str, str]]] = {}
    for row in kept_numbers():
        members.setdefault(row["number"], []).append(row)
    lines = ["", moved["verdict"]]
    if not moved["rows"]:
        return lines
    head, code, plain, *others = summary["header"]
    header = [head, plain, *others, code, "Range"]
    lines += ["", _row(header), _row(["---"] * len(header))]
    for place, name, what, *cells in moved["rows"]:
        own = members[name]
        ranges = [row["range"].partition(", with ")[0] for row in own]
        span = ranges[0] if len(own) == 1 else "; ".join(
            f"`{row['path']}` {text}" for row, text in zip(own, ranges, strict=True)
        )  # fmt: skip
        lines.append(_row([place, what, *cells, f"`{name}`", span]))
    return lines


def kept_numbers() -> list[dict[str, str]]:
    """The numbers that moved: rows of the table that is kept."""
    with (KEPT / "numbers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def behind() -> list[str]:
    """Numbers of the baseline that have a range and did not move, or moved and are not among them any more."""
    sys.path.insert(0, str(ROOT))
    from sim.scenario import load
    from sim.scenario.drawing import uncertain

    return sorted(
        {row["path"] for row in kept_numbers()} ^ uncertain(load(ROOT / "scenarios" / "baseline.toml")).keys()
    )


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def keep(study: Path) -> None:
    """Keep the tables and pictures of a finished directory. Raises SystemExit where it is of another command."""
    asked = json.loads((study / "plan.json").read_text(encoding="utf-8"))["command"]
    if [word for word in ASKED if word not in asked] or not (study / "provenance.json").exists():
        raise SystemExit(f"{study} is not finished, or not of: python run.py {' '.join(ASKED)} N")
    KEPT.mkdir(exist_ok=True)
    for name in TABLES:
        shutil.copyfile(study / name, KEPT / name)
    for name in PICTURES:
        shutil.copyfile(study / "figures" / name, KEPT / name)


def main() -> int:
    """Make it, or check it."""
    parser = ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--from", type=Path, metavar="DIR", dest="study", help="a finished directory of the command")
    parser.add_argument("--samples", type=int, default=SAMPLES, metavar="N", help=f"walks (default: {SAMPLES})")
    parser.add_argument("--workers", type=int, metavar="W", help="processes (default: by the amount of work)")
    parser.add_argument("--check", action="store_true", help="only say whether the page is of today's baseline")
    options = parser.parse_args()
    if options.check:
        for path in behind():
            print(f"not as in the baseline: {path}")
        return int(bool(behind()) or PAGE.read_text(encoding="utf-8") != page())
    with TemporaryDirectory() as place:
        study = options.study or Path(place) / "study"
        if not options.study:
            workers = ["--workers", str(options.workers)] if options.workers else []
            line = [sys.executable, "run.py", *ASKED, str(options.samples), *workers, "--quiet", "--out", str(study)]
            subprocess.run(line, cwd=ROOT, check=True)
        keep(study)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
