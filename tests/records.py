"""Files of records for tests."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.history.records import COLUMNS
from sim.history.weighing import by_target

Cells = dict[str, str]
DATA = Path(__file__).resolve().parents[1] / "sim" / "data"
PACKAGED, SCORES = DATA / "notable_ai_models_to_2021.csv", DATA / "theories_scores.csv"


def judged() -> pd.DataFrame:
    """The shipped scores by theory and target, over the fits of all seeds."""
    return by_target(pd.read_csv(SCORES))


def row(model: str, date: str, category: str = "Industry", compute: str = "", cost: str = "", base: str = "") -> Cells:
    """One record."""
    return dict(zip(COLUMNS, (model, date, category, compute, cost, base), strict=True))


def write(file: Path, rows: Sequence[Cells], columns: Sequence[str] = COLUMNS) -> Path:
    """A file of records."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def several(first: int, last: int, each: int = 6) -> list[Cells]:
    """Records of some years: so many of industry, of academia and of both in each, growing tenfold a year."""
    rows = []
    for year in range(first, last + 1):
        for i in range(each):
            date = f"{year}-{1 + i % 12:02d}-15"
            for category, power in (("Industry", 19), ("Academia", 17), ("Industry,Academia", 18)):
                compute = 10.0 ** (power + (year - first) + 0.1 * i)
                name = f"{category} {year} {i}"
                rows.append(row(name, date, category, f"{compute:.6g}", f"{compute / 1e17:.6g}"))
    return rows
