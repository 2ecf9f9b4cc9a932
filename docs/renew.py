"""Every number of the documents made anew: findings, published tables, what the README and the notebook show,
tables of results, and which numbers decide.

python docs/renew.py    # or: make numbers

Takes about an hour on two cores. What words cannot follow by themselves is
named at the end: exit code 1.
"""

import re
import shlex
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

ROOT = Path(__file__).resolve().parents[1]
PRINTED = re.compile(r"(<!-- output of: python run\.py ([^\n]*) -->\n```\n\$ [^\n]*\n)(.*?)(```)", re.DOTALL)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
DASHES = re.compile(r"-{3,}")
RULE = re.compile(r"-[- ]*-")  # below the head of a table
WIDTH = 128
POINT = "- "  # before a point of a list
PRINTING = ("validate",)  # commands that write nothing
SHOWING = ("README.md", "docs/first-study.md", "docs/trust.md")  # pages with what commands print
MADE = {  # what `reproduce` makes, by directory of docs
    "findings": "findings", "all": "published", "abatement": ".", "quintillions": ".", "real_policies": ".",
    "effects": "effects", "language": "language",
}  # fmt: skip


def said(*words: str) -> str:
    """What a command prints. Raises CalledProcessError."""
    command = [sys.executable, "run.py", *words]
    return subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout


def parts(text: str) -> list[str]:
    """Lines of tables, each by itself; paragraphs and points of a list, each as one line; empty lines."""
    found: list[str] = []
    for blank, group in groupby(text.splitlines(), lambda line: not line.strip()):
        lines = [line.rstrip() for line in group]
        apart = blank or any(RULE.fullmatch(line) for line in lines)  # heads of several lines, too
        for at, line in enumerate(lines):
            goes_on = not apart and at > 0 and not line.startswith(POINT)
            if goes_on and (found[-1].startswith(POINT) or not (_in_table(lines[at - 1]) or _in_table(line))):
                found[-1] += f" {line.strip()}"
            else:
                found.append(line)
    return found


def pairs(shown: str, printed: str) -> tuple[dict[str, str], list[str]]:
    """Each part of an excerpt with what was printed, alike but for numbers and spaces, in order; and those that are
    not printed."""
    rest, found, missing = parts(printed), {}, []
    for part in filter(None, parts(shown)):
        at = next((i for i, other in enumerate(rest) if _form(other) == _form(part)), None)
        if at is None:
            missing.append(part)
        else:
            found[part], rest = rest[at], rest[at + 1 :]
    return found, missing


def renewed(page: str) -> tuple[str, list[str]]:
    """A page with its excerpts as commands print them now, and what they no longer print."""
    behind: list[str] = []

    def renew(block: re.Match[str]) -> str:
        with TemporaryDirectory() as place:
            command = shlex.split(block[2])
            printed = said(*command, *([] if command[0] in PRINTING else ["--out", f"{place}/out"]))
        now, missing = pairs(block[3], printed)
        behind.extend(missing)
        lines = (now.get(part, part) for part in parts(block[3]))
        return block[1] + "".join(f"{line if _in_table(line) else _wrapped(line)}\n" for line in lines) + block[4]

    return PRINTED.sub(lambda block: block[0] if block[2].startswith("view ") else renew(block), page), behind


def _wrapped(line: str) -> str:
    """A paragraph on lines of WIDTH; a number keeps its percent sign."""
    indent = " " * len(POINT) if line.startswith(POINT) else ""
    kept = line.replace(" %", "\N{NO-BREAK SPACE}%")
    return fill(kept, WIDTH, subsequent_indent=indent).replace("\N{NO-BREAK SPACE}", " ")


def _in_table(line: str) -> bool:
    return "  " in line


def _form(line: str) -> str:
    return " ".join(DASHES.sub("-", NUMBER.sub("#", line)).split())


def main() -> int:
    """Make all of it; 1 where the README shows what is no longer printed."""
    for source, place in MADE.items():
        with TemporaryDirectory() as fresh:
            made = Path(fresh) / place
            said("reproduce", source, "--out", str(made))
            if place != ".":  # what is in it alone
                shutil.rmtree(ROOT / "docs" / place)
            shutil.copytree(made, ROOT / "docs" / place, dirs_exist_ok=True)
    behind = []
    for page in SHOWING:
        text, missing = renewed((ROOT / page).read_text(encoding="utf-8"))
        (ROOT / page).write_text(text, encoding="utf-8")
        behind += [f"{page} shows what is no longer printed: {line}" for line in missing]
    for script in ("tables", "notebook", "what_decides"):
        subprocess.run([sys.executable, f"docs/{script}.py"], cwd=ROOT, check=True)
    for line in behind:
        print(line)
    return int(bool(behind))


if __name__ == "__main__":
    sys.exit(main())
