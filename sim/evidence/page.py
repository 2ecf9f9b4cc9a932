"""Pages that are made from runs: their files, and numbers by which a test knows that they are current."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from textwrap import fill
from typing import TypeAlias, TypeVar

import pandas as pd
from tabulate import tabulate

from sim.evidence.drawn import of_world
from sim.experiment.duration import TimePlan
from sim.experiment.path import simulate
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import HALVING_COST
from sim.measures.research import RESEARCH_SHARE
from sim.results import Comparison, Decomposition, Run
from sim.scenario import Scenario
from sim.store.as_json import json_text
from sim.store.place import save_bytes, save_table, save_text

Foretell = Callable[[TimePlan], None]
Check = dict[str, list[float]]
Content: TypeAlias = str | bytes | pd.DataFrame
LONG = 2110  # last year of a world in which very low errors are waited for
NUMBERS, DIGITS = "numbers", 10  # what a digest is of, and how many hexadecimal digits it has
CHECKED = (DIVIDE, EMISSIONS, FRONTIER_ERROR, HALVING_COST, RESEARCH_SHARE)
NOTE = re.compile(r"^# Found: .*\n(?:#(?! Meaning: ) ?.*\n)*", re.MULTILINE)  # of a scenario's file
NOTE_WIDTH = 130
Result = TypeVar("Result", Run, Decomposition, Comparison)


@dataclass(frozen=True)
class Page:
    """What is written, by its path below the directory, the numbers of its check, and what is printed."""

    files: dict[str, Content]
    check: Check
    printed: str = ""


def digest(*told: object) -> list[float]:
    """One number that tells things from others by how they are written."""
    return [int(sha256(repr(told).encode()).hexdigest()[:DIGITS], 16)]


def numbers_of(scenario: Scenario) -> list[float]:
    """A digest of all that a scenario's worlds are drawn from: its numbers with their ranges, but for those of records,
    which move nothing, and the points of its ensemble."""
    moving = [one for one in scenario.quantities if not one.path.startswith("observation.")]
    numbers = sorted((one.path, repr(one.value), one.low, one.high) for one in moving)
    return digest(numbers, scenario.ensemble.text if scenario.ensemble else "")


def digests(worlds: Mapping[str, Scenario]) -> Check:
    """By name, what tells the numbers of a scenario from others (see ``numbers_of``)."""
    return {f"{name} {NUMBERS}": numbers_of(scenario) for name, scenario in worlds.items()}


def single_runs(worlds: Mapping[str, Scenario]) -> Check:
    """By name, what tells the code from other code: measures of one world, half-way and in its last year."""
    found = {}
    for name, scenario in worlds.items():
        columns = of_world(scenario, simulate(scenario, 0, actor_years=()).yearly).values
        found[name] = [float(columns[id][row]) for id in CHECKED for row in (len(columns[id]) // 2, -1)]
    return found


def checked_page(files: dict[str, Content], check: Check, beside: str = "") -> Page:
    """Files, and the record of their check in the folder ``beside``."""
    return Page({**files, f"{beside}check.json": json_text(check)}, check)


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


def with_note(text: str, said: str) -> str:
    """The text of a scenario's file with another note on what was found there. What it means, in words, stands behind
    it under "Meaning"."""
    lines = fill(f"Found: {said}".replace(" %", "\xa0%"), NOTE_WIDTH, initial_indent="# ", subsequent_indent="# ")
    return NOTE.sub(lambda _: lines.replace("\xa0", " ") + "\n", text, count=1)
