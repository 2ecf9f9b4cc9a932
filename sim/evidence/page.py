"""Pages that are made from runs: their files, and numbers by which a test knows that they are current."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pandas as pd
from tabulate import tabulate

from sim.experiment.duration import Plan
from sim.results import Comparison, Decomposition, Run
from sim.store.place import save_bytes, save_table, save_text

Bar = Callable[[Any, int], Any]
Foretell = Callable[[Plan], None]
Check = dict[str, list[float]]
Content: TypeAlias = str | bytes | pd.DataFrame
Result = TypeVar("Result", Run, Decomposition, Comparison)


@dataclass(frozen=True)
class Page:
    """What is written, by its path below the directory, the numbers of its check, and what is printed."""

    files: dict[str, Content]
    check: Check
    printed: str = ""


def page(files: dict[str, Content], check: Check, beside: str = "") -> Page:
    """Files, and the record of their check in the folder ``beside``."""
    return Page({**files, f"{beside}check.json": json.dumps(check, indent=2) + "\n"}, check)


def save(made: Page, out: Path) -> None:
    """Write every file of a page below a directory."""
    for name, content in made.files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            save_bytes(path, content)
        elif isinstance(content, str):
            save_text(path, content)
        else:
            save_table(path, content)


def whole(found: Result) -> Result:
    """A result that was not interrupted. An interrupt ends all of it, since a page of half the runs is none."""
    if found.interrupted:
        raise KeyboardInterrupt
    return found


def grid(rows: list[list[str]], header: list[str]) -> str:
    """A table of Markdown, each cell on one line."""
    lines = [[text.replace("\n", " ") for text in row] for row in rows]
    return str(tabulate(lines, header, "github", disable_numparse=True))
