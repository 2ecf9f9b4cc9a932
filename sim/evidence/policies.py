"""What each shipped policy changes in the baseline: the record that documents quote, and its table in plain words."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR, registry
from sim.measures.access import ACADEMIA_SHARE, MEDIAN_LAB
from sim.measures.economy import COMPUTE_PERMIT_PRICE, MARKET, PERMIT_PRICE
from sim.measures.ids import share_of
from sim.policies import registry as policies
from sim.report.certainty import PLACES
from sim.report.comparison import matrix
from sim.report.comparison.effects import cell
from sim.report.words import change_text, is_factor, number, plain
from sim.results import Comparison
from sim.results.statistics import PLAIN, Effect
from sim.scenario import Scenario, shipped
from sim.scenario.every_policy import with_every_policy

RECORD, GAINS = "policies.csv", "winners.csv"
WHOLE, SMALLEST, LARGEST = 0, 1, 10  # of a kind: all of it, and the tenths with the least and the most compute at first
COMMAND = "python run.py compare scenarios/baseline.toml --all"
SHARES = {DIVIDE: "compute divide", ACADEMIA_SHARE: "academia's share of training compute"}  # who can take part,
RESULTS = {  # how good AI gets, and at what cost in carbon
    MEDIAN_LAB: "median lab's error", FRONTIER_ERROR: "lowest error of all", EMISSIONS: "emissions"
}  # fmt: skip
LABS = "labs' training compute (without range)"
PRICES = (PERMIT_PRICE, COMPUTE_PERMIT_PRICE)  # of what policies sell
RANGED = (ACADEMIA_SHARE, MEDIAN_LAB, FRONTIER_ERROR, EMISSIONS, MARKET, *matrix.VERBS)  # told with both intervals
SHARED_OUT = (DIVIDE, ACADEMIA_SHARE, share_of("startup"), EMISSIONS, FRONTIER_ERROR)  # who gets what

Effects = dict[str, Effect]  # by measure
HeadAndRows = tuple[list[str], list[list[str]]]  # head and rows


def compared(baseline: Scenario) -> list[Scenario]:
    """The baseline and every shipped policy on top of it: what COMMAND compares."""
    return [baseline, *with_every_policy(baseline)[0]]


def record(found: Comparison) -> pd.DataFrame:
    """Rows of ``comparison.csv`` that documents quote: effects of every scenario in the last year."""
    table = found.table
    quoted = [*SHARES, *RESULTS, *RANGED, *PRICES, *SHARED_OUT]
    return table[(table["window"] == "final") & table["measure"].isin(quoted)].reset_index(drop=True)


def gains(found: Comparison) -> pd.DataFrame:
    """Rows of ``winners.csv`` that documents quote: training compute of each kind, and of its smallest and largest."""
    tables = [found.winners(i).assign(scenario=name) for i, name in enumerate(found.names, start=1)]
    whole = pd.concat(tables, ignore_index=True)
    chosen = whole[whole["tenth"].isin([WHOLE, SMALLEST, LARGEST])].reset_index(drop=True)
    return chosen[["scenario", *chosen.columns.drop("scenario")]]


def read(table: pd.DataFrame) -> dict[str, Effects]:
    """The effects of a record, by scenario and measure."""
    found: dict[str, Effects] = {}
    for row in table.itertuples():
        found.setdefault(str(row.scenario), {})[str(row.measure)] = effect_of(row)
    return found


def effect_of(row: Any) -> Effect:
    """The effect in a row of a table like ``comparison.csv``."""
    of = registry().get(row.measure)
    return Effect.of_row(row, of.scale if of else PLAIN)


def in_words(table: pd.DataFrame, kinds: pd.DataFrame) -> HeadAndRows:
    """Head and rows of the record in plain words: first the baseline's levels, then the scenario of each policy. What
    labs train with, of the record of ``kinds``, stands beside their share: a share rises where others train less."""
    found = read(table)
    units = dict(zip(table["measure"], table["unit"], strict=True))
    labs = kinds[(kinds["kind"] == "academic_lab") & (kinds["tenth"] == WHOLE)].set_index("scenario")
    first = next(iter(found.values()))
    levels = [[number(first[id].baseline, units[id]) for id in ids] for ids in (SHARES, RESULTS)]
    rows = [["no policy", *levels[0], number(labs["baseline"].iloc[0], "FLOP"), *levels[1], matrix.NO_MONEY]]
    for name in filter(found.__contains__, policies()):
        link = f"[{name.replace('_', ' ')}](scenarios/{name}.toml): {opening(shipped() / f'{name}.toml')}"
        shares, results = ([matrix.said(registry()[id], found[name][id]) for id in ids] for ids in (SHARES, RESULTS))
        rows.append([link, *shares, _changed(labs["ratio"].loc[name]), *results, money(found[name], units)])
    return ["from 2027 on", *SHARES.values(), LABS, *RESULTS.values(), matrix.BUDGET.lower()], rows


def at_a_glance(table: pd.DataFrame, kinds: pd.DataFrame) -> HeadAndRows:
    """The same without ranges, and without the error of a typical lab."""
    head, rows = in_words(table, kinds)
    kept = [i for i, name in enumerate(head) if name != RESULTS[MEDIAN_LAB]]
    return [_bare(head[i]) for i in kept], [[row[0], *(_bare(row[i]) for i in kept[1:])] for row in rows]


def _bare(cell: str) -> str:
    """A cell without what stands in brackets."""
    return re.sub(r" \([^()]*\)", "", cell)


def _changed(ratio: float) -> str:
    """A change on the numbers as they stand, without words on how sure it is: −51 %, × 36, 0 %."""
    return f"× {plain(ratio, PLACES)}" if is_factor(ratio - 1) else f"{change_text(ratio - 1, PLACES)} %"


def with_ranges(table: pd.DataFrame, scenarios: Sequence[str] = (), ids: Sequence[str] = RANGED) -> HeadAndRows:
    """Head and rows of the record with both intervals: all scenarios and measures, or those named."""
    found = read(table)
    units = dict(zip(table["measure"], table["unit"], strict=True))
    rows = [[name, *(cell(found[name][id], units[id]) for id in ids)] for name in scenarios or found]
    return ["scenario", *(registry()[id].label for id in ids)], rows


def own_compute(effects: pd.DataFrame, gains: pd.DataFrame, scenarios: Sequence[str]) -> HeadAndRows:
    """Head and rows: how the training compute of labs and startups, and a typical lab's error, change on the
    assumptions as they stand."""
    found, ratio = read(effects), gains.set_index(["kind", "scenario", "tenth"])["ratio"]
    shown = {
        "training compute of all labs": ("academic_lab", WHOLE),
        "of all startups": ("startup", WHOLE),
        "of the tenth of startups with the least compute in 2012": ("startup", SMALLEST),
        "of that with the most": ("startup", LARGEST),
    }
    rows = [
        [name, *(_change(ratio.loc[of, name, tenth] - 1) for of, tenth in shown.values()), _change(error.relative)]
        for name in scenarios for error in [found[name][MEDIAN_LAB]]
    ]  # fmt: skip
    return ["scenario", *shown, "typical lab's error"], rows


def _change(relative: float) -> str:
    """A change in percent, or from tenfold on as a factor: −18.0 %, × 20.6."""
    return f"× {plain(1 + relative)}" if is_factor(relative) else f"{change_text(relative)} %"


def opening(file: Path) -> str:
    """The first sentence of a scenario file, which says what it changes."""
    comment = re.match(r"(?:# ?.*\n)+", file.read_text(encoding="utf-8"))
    text = " ".join(line.lstrip("# ") for line in comment[0].splitlines()) if comment else ""
    sentence = text.partition(". ")[0].rstrip(".")
    return f"{sentence[:1].lower()}{sentence[1:]}"


def money(changes: Effects, units: Mapping[str, str]) -> str:
    """What the state takes in and pays in the last year, with ranges, and what a permit costs that it sells."""
    sold = [id for id in PRICES if id in changes and changes[id].policy > 0]
    prices = [f"a permit costs {matrix.ranged(changes[id], units[id])}" for id in sold]
    paid = matrix.money(changes, registry())
    return "; ".join([paid, *prices] if paid != matrix.NO_MONEY else prices) or paid
