"""What comes out where the world is another one: the shipped scenarios that change it, the least certain number, and
the notes in their files that say so."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from sim.evidence.page import with_note
from sim.evidence.policies import HeadAndRows, opening
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures.access import ACADEMIA_SHARE, ACCESS_GAP, MEDIAN_LAB, STARTUP_LEADS
from sim.report.words import number
from sim.results import Run
from sim.results.statistics import Spread
from sim.scenario import Scenario, load, shipped
from sim.scenario.every_policy import OTHER_WORLD, with_every_policy
from sim.scenario.variants import with_options

RECORD = "worlds.csv"
MIDDLE = 2024  # the year beside the last
SHOWN = {
    (DIVIDE, MIDDLE): f"divide in {MIDDLE}",
    (DIVIDE, None): "divide",
    (ACADEMIA_SHARE, None): "academia's share of training compute",
    (MEDIAN_LAB, None): "error of a typical lab",
    (FRONTIER_ERROR, None): "lowest error",
    (ACCESS_GAP, None): "gap in access",
    (STARTUP_LEADS, None): "startups lead in",
    (EMISSIONS, None): "emissions",
}
NOTE_PLACES = 2
ALIKE = 0.1  # a value within a tenth of the baseline's is not told
ELSEWHERE = (  # no note, or one of what policies change
    "before_fit",
    "cap_and_trade_clean",
    "carbon_tax_clean",
    "clean_power",
    "clean_power_support",
    "language_before_fit",
)
WIDELY_OPEN = "product.growth_exponent"  # one of the numbers that move the divide and that records leave open


def worlds(baseline: Scenario) -> list[Scenario]:
    """The baseline, itself with a number that is widely open at the low end of its range, and every other world."""
    low = baseline.numbers[WIDELY_OPEN].low
    file, replicates = shipped() / "baseline.toml", baseline.run.replicates
    others = [name for name, why in with_every_policy(baseline)[1].items() if why == OTHER_WORLD]
    lower = with_options(load(file, [f"{WIDELY_OPEN}={low}"], replicates=replicates), name=WIDELY_OPEN)
    return [baseline, lower, *(load(shipped() / f"{name}.toml", replicates=replicates) for name in others)]


def record(runs: Iterable[Run]) -> pd.DataFrame:
    """A row for each scenario and what is SHOWN of it: the median over replicates; of what is 1 or 0, the share."""
    rows = []
    for run in runs:
        for id, year in SHOWN:
            at, unit = year or run.years[-1], run.measures[id].unit_under(run.scenario.law)
            values = run.values_in(id, at)
            value = float(values.mean()) if id == STARTUP_LEADS else Spread.of(values).median
            rows.append((run.scenario.name, id, unit, at, value))
    return pd.DataFrame(rows, columns=["scenario", "measure", "unit", "year", "value"])


def in_words(table: pd.DataFrame) -> HeadAndRows:
    """Head and rows of the record: the baseline first."""
    rows = []
    for name, found in table.groupby("scenario", sort=False):
        cells = [number(row.value, row.unit) for row in found.itertuples()]
        rows.append([_called(str(name)), *cells])
    return [f"in {table['year'].max()}", *SHOWN.values()], rows


def files(table: pd.DataFrame) -> dict[str, Path]:
    """Files of the record's worlds with a note that is written, by name."""
    every = {str(name): shipped() / f"{name}.toml" for name in table["scenario"].unique()}
    return {name: file for name, file in every.items() if name not in ("baseline", *ELSEWHERE) and file.is_file()}


def noted(text: str, table: pd.DataFrame, name: str) -> str:
    """The text of a world's file with its note as the record has it."""
    return with_note(text, said(table, name))


def said(table: pd.DataFrame, name: str) -> str:
    """A note: what of SHOWN is another than in the baseline, each beside the baseline's, and whether all else is alike.

    The divide is told in any case.
    """
    here, before = (table[table["scenario"] == one].reset_index(drop=True) for one in (name, "baseline"))
    told: dict[int, list[str]] = {year: [] for year in (MIDDLE, int(table["year"].max()))}
    for row, usual in zip(here.itertuples(), before.itertuples(), strict=True):
        apart = row.unit != usual.unit or abs(row.value / usual.value - 1.0) > ALIKE
        if apart or row.measure == DIVIDE:
            now, then = (number(one.value, one.unit, NOTE_PLACES) for one in (row, usual))
            told[row.year].append(f"{SHOWN[row.measure, None]} {now} ({then})")
    years = "; ".join(f"in {year} {', '.join(parts)}" for year, parts in told.items())
    rest = " All else in docs/worlds.md is within a tenth." if sum(map(len, told.values())) < len(here) else ""
    return f"beside the baseline, in brackets: {years}.{rest}"


def _called(name: str) -> str:
    file = shipped() / f"{name}.toml"
    if name == "baseline":
        return "baseline"
    if not file.is_file():
        return f"`{name}` at the low end of its range"
    return f"[{name}](../scenarios/{name}.toml): {opening(file)}"
