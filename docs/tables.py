"""Tables that documents take from the code, written between marks so that nobody writes them twice.

python docs/tables.py           # write them into the pages
python docs/tables.py --check   # name the pages that are behind; exit code 1 if there are any
"""

import ast
import re
import sys
from collections.abc import Callable
from inspect import getsource
from math import isinf
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sim.economy.observe import Step  # noqa: E402
from sim.measures import registry as measures  # noqa: E402
from sim.policies import FALLS  # noqa: E402
from sim.policies import registry as policies  # noqa: E402
from sim.policies.levers import LEVERS, SCOPES  # noqa: E402
from sim.quantity import UNITS, factor  # noqa: E402
from sim.report.glossary import glossary  # noqa: E402

MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)
SEVERAL = {np.add: "add up", np.minimum: "the smallest holds", np.maximum: "the largest holds"}
AXES = {"use": "use of revenue", "scope": f"scope ({', '.join(SCOPES)})"}
UNIT = re.compile(r"((?:FLOP|USD|kWh|kgCO2e)(?:/\w+)?|years?)\b[,:]? ?(.*)")
SHAPE = re.compile(r"(\([\w, ]+\)) (.*)")


def levers() -> str:
    """What policies may pull."""
    rows = []
    for name, lever in LEVERS.items():
        neutral = "none" if isinf(lever.neutral) else f"{lever.neutral:g}"
        axes = ", ".join(AXES.get(axis, axis) for axis in lever.axes)
        rows.append([f"`{name}`", lever.unit, lever.doc, neutral, SEVERAL[lever.combine], axes])
    return table(["lever", "unit", "what it is", "neutral", "several policies", "may differ by"], rows)


def units() -> str:
    """Units in which numbers are declared."""
    rows = [[f"`{unit}`", phrase, f"{factor(unit, unit):.10g}"] for unit, (phrase, _) in UNITS.items()]
    return table(["declared", "what it is", "one in base units"], rows)


def step() -> str:
    """Fields of the record of a step: shape, unit and meaning from the comments beside them."""
    lines = getsource(Step).splitlines()
    (record,) = ast.parse("\n".join(lines)).body
    assert isinstance(record, ast.ClassDef)
    rows = []
    for entry in record.body:
        if not (isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name)):
            continue
        kind, said = ast.unparse(entry.annotation), lines[entry.lineno - 1].partition("  # ")[2].replace("``", "`")
        shape, said = _split(SHAPE, said, "(n,)" if kind in ("Array", "Mask") else "")
        unit, meaning = _split(UNIT, said, "")
        rows.append([f"`{entry.target.id}`", shape, unit, meaning])
    return table(["field", "shape", "unit", "what it is"], rows)


def _split(pattern: re.Pattern[str], said: str, usual: str) -> tuple[str, str]:
    """What a text begins with, and the rest; ``usual`` where it begins otherwise."""
    found = pattern.fullmatch(said)
    return (found[1], found[2]) if found else (usual, said)


def claims() -> str:
    """What each policy is held to."""
    rows = []
    for name, policy in policies().items():
        moved = [(measures()[claim.measure], claim.moves == FALLS) for claim in policy.claims]
        said = [f"{measure.subject} {measure.words.verbs[falls]}" for measure, falls in moved]
        rows.append([f"`{name}`", f"`{policy.strength}`", "; ".join(said)])
    return table(["policy", "strength", "what it does first, in its scenario"], rows)


def words() -> str:
    """Words that a reader may not know."""
    said = sorted(glossary(), key=lambda word: word.name.lower())
    return table(["word", "what it is"], [[word.name, word.meaning] for word in said])


TABLES: dict[str, Callable[[], str]] = {
    "levers": levers,
    "units": units,
    "step": step,
    "claims": claims,
    "words": words,
}


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |").replace("|  |", "| |") for line in lines)


def current(text: str) -> str:
    """A page with its tables as the code has them now. Raises KeyError for a table that nobody makes."""
    return MARK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def behind() -> dict[Path, str]:
    """Pages that differ from the code, and how they should read."""
    pages = {page: page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md"))}
    return {page: current(text) for page, text in pages.items() if current(text) != text}


if __name__ == "__main__":
    found = behind()
    for page, text in found.items():
        if "--check" not in sys.argv:
            page.write_text(text, encoding="utf-8")
        print(page.relative_to(ROOT))
    sys.exit(int("--check" in sys.argv and bool(found)))
