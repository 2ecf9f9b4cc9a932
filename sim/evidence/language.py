"""Language models as the task: a world of their loss, fitted to the same records, beside the baseline's, and what each
policy does there."""

from collections.abc import Mapping
from dataclasses import astuple, fields
from typing import Any

import pandas as pd
from tabulate import tabulate

from sim.evidence import policies
from sim.evidence.page import Check, Foretell, Page, checked_page, digests, single_runs, whole
from sim.evidence.policies import HeadAndRows
from sim.evidence.worlds import MIDDLE
from sim.experiment.compare import compare
from sim.experiment.compare import planned as planned_comparison
from sim.experiment.duration import in_turn
from sim.experiment.pool import Progress
from sim.experiment.run import planned as planned_run
from sim.experiment.run import run
from sim.measures import DIVIDE, EMISSIONS, FRONTIER_ERROR
from sim.measures import registry as measures
from sim.measures.access import ACADEMIA_SHARE, HALVING_COST, MEDIAN_LAB
from sim.measures.economy import FRONTIER_COST, MARKET
from sim.policies import registry
from sim.report.certainty import called
from sim.report.words import plain, ranged
from sim.results import Run
from sim.results.certainty import DIRECTED, Sureness, sureness
from sim.results.statistics import Effect, Spread
from sim.scenario import Scenario, load, shipped
from sim.scenario.data import laws

FOLDER, WORLDS = "language", "worlds.csv"
REPLICATES, PAIRS = 100, 50
PICTURES, LANGUAGE, AS_PRINTED = "naming pictures", "language", "language, loss as printed"
POWERS = (  # of accuracy: what it is worth to customers, investors and sponsors
    "product.growth_exponent", "product.contest", "finance.venture_contest", "finance.sponsor_contest",
)  # fmt: skip
SHOWN = {
    (FRONTIER_COST, MIDDLE): "largest run in {middle}",
    (FRONTIER_COST, None): "in {end}",
    (MARKET, None): "AI product market",
    (DIVIDE, MIDDLE): "divide in {middle}",
    (DIVIDE, None): "divide in {end}",
    (ACADEMIA_SHARE, None): "academia's share of training compute",
    (FRONTIER_ERROR, None): "lowest error",
    (MEDIAN_LAB, None): "typical lab's error",
    (HALVING_COST, None): "next halving",
    (EMISSIONS, None): "emissions",
}
COUNTED = [field.name for field in fields(Spread)]
SIDE_BY_SIDE = {DIVIDE: "compute divide", ACADEMIA_SHARE: "academia's share", EMISSIONS: "emissions"}


def worlds() -> dict[str, Scenario]:
    """The baseline, the world of language models, and this one where losses count as they are printed."""
    baseline, own = (load(shipped() / f"{name}.toml", replicates=REPLICATES) for name in ("baseline", "language"))
    printed = load(shipped() / "language.toml", as_printed(baseline, own), replicates=REPLICATES)
    return {PICTURES: baseline, LANGUAGE: own, AS_PRINTED: printed}


def as_printed(baseline: Scenario, own: Scenario) -> list[str]:
    """Settings with which the text's own loss counts too, and accuracy is worth what it is in the baseline."""
    table = own.law_table
    text = float(laws()["benchmarks"][table.benchmark][table.profile]["entropy"]["value"])
    powers = [f"{one.path}={one.value}" for one in baseline.quantities if one.path in POWERS]
    return [f"law.entropy={text}", f"law.known_error={text + table.known_error:.4g}", *powers]


def check() -> Check:
    """What tells the scenarios and the code that the tables were made with from others."""
    told = worlds()
    return digests(told | {each.name: each for each in policies.compared(told[LANGUAGE])}) | single_runs(told)


def language(bar: Progress[Any] | None = None, foretell: Foretell | None = None) -> Page:
    """Simulate the worlds and every policy in that of language models. ``foretell`` hears before how long it takes."""
    told = worlds()
    compared = policies.compared(told[LANGUAGE])
    if foretell:
        runs = [planned_run(scenario, ensemble=True) for scenario in told.values()]
        foretell(in_turn([*runs, planned_comparison(compared, replicates=PAIRS)]))
    table = record({name: whole(run(scenario, ensemble=True, progress=bar)) for name, scenario in told.items()})
    effects = policies.record(whole(compare(compared, replicates=PAIRS, progress=bar)))
    made = checked_page({WORLDS: table, policies.RECORD: effects}, check())
    head, lines = worlds_in_words(table)
    return Page(made.files, made.check, tabulate(lines, head, disable_numparse=True))


def record(runs: Mapping[str, Run]) -> pd.DataFrame:
    """A row for each world and what is SHOWN of it: the median and the 90 % range over draws."""
    rows = []
    for name, found in runs.items():
        for id, year in SHOWN:
            at = found.years.index(year or found.years[-1])
            spread, unit = Spread.of(found.drawn_values(id)[:, at]), found.measures[id].unit_under(found.scenario.law)
            rows.append((name, id, unit, found.years[at], *astuple(spread)))
    return pd.DataFrame(rows, columns=["world", "measure", "unit", "year", *COUNTED])


def worlds_in_words(table: pd.DataFrame) -> HeadAndRows:
    """Head and rows: what comes out in each world, over draws of luck and assumptions."""
    years = {"middle": MIDDLE, "end": table["year"].max()}
    found = {name: list(rows.itertuples()) for name, rows in table.groupby("world", sort=False)}
    rows = [
        [said.format(**years), *(ranged(_spread(one), one.unit) for one in each)]
        for said, *each in zip(SHOWN.values(), *found.values(), strict=True)
    ]
    return ["", *map(str, found)], rows


def _spread(row: Any) -> Spread:
    return Spread(**{field: getattr(row, field) for field in COUNTED})


def side_by_side(pictures: pd.DataFrame, language: pd.DataFrame) -> HeadAndRows:
    """Head and rows of two records: what each policy does in the baseline, and where the task is language."""
    known = [policies.read(table) for table in (pictures, language)]
    rows = [
        [name.replace("_", " "), *(in_factors(id, found[name][id]) for id in SIDE_BY_SIDE for found in known)]
        for name in registry() if all(name in found for found in known)
    ]  # fmt: skip
    head = [f"{said}, {of}" for said in SIDE_BY_SIDE.values() for of in ("pictures", "language")]
    return ["policy", *head], rows


def in_factors(id: str, change: Effect) -> str:
    """An effect in a word, and its size and range as factors: widens × 4.71 (1.17 to 11.5). One scale for all."""
    text, how = called(measures()[id], change), sureness(change)
    if change.is_nothing:
        return "no change"
    if how not in (*DIRECTED, Sureness.UNCLEAR):
        return text
    size, _, *ends = (plain(1 + one) for one in (change.luck.relative.middle, *change.told.relative))
    between = " to ".join(ends)
    return f"{text} × {size} ({between})" if how in DIRECTED else f"{text} (× {between})"
