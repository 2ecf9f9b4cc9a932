"""A forecast in words: its table by year, and how it did when records came."""

from collections.abc import Sequence

import pandas as pd
from tabulate import tabulate

from sim.history.expected import Recorded
from sim.history.foretold import BEFORE, GROWTH, Largest
from sim.history.records import LAST_RECORD
from sim.history.targets import PER_YEAR, TARGETS
from sim.measures import EMISSIONS, registry
from sim.measures.carbon import ENERGY
from sim.pasting import pasted
from sim.plurals import counted
from sim.report import everyday
from sim.report.validation.words import plain_target, span, value, were_fitted
from sim.report.words import NONE, number, ranged
from sim.results.statistics import FEWEST, Spread
from sim.scenario import Scenario
from sim.scenario.ensemble import FITTED
from sim.scenario.tally import tally

BEFORE_IT = f"line through {BEFORE}\nyears before\n[90 %]"
AS_RECORDED = (
    "Targets of records (growth and level by sector, academia's share, cost) depend on which models are recorded. Here "
    "as many are taken as in the last years on record, with as much known of them. `score` holds this against records "
    "of all these years, and works the same out anew for the models that are recorded then, from the frozen scenario."
)
NOT_AS_THEY_STAND = "`run` has medians with all numbers as they stand, which can differ."
MOST_YEARS = 10  # of a page; the table has all
FROZEN_BANDS = "Bands above are of luck and assumptions. Those below hold the model's error too, so they can differ."
HELD = ["target", "record", "foretold\n[90 %]", "in the\nband"]
SCORES = ["year", "largest run\non record", "foretold\n[90 %]", "in the\nband", BEFORE_IT, "in the\nband"]


def rows(scenario: Scenario, table: pd.DataFrame, years: Sequence[int]) -> tuple[list[str], list[list[str]]]:
    """Head and rows: what is foretold of some years."""
    measures = registry(*scenario.reported_on)
    found = []
    for id, of in table[table["measure"].isin(measures)].groupby("measure", sort=False):
        cells = {int(row.year): _cell(row.low, row.median, row.high, row.unit) for row in of.itertuples()}
        found.append([measures[str(id)].label, *(cells.get(year, "") for year in years)])
    return ["", *map(str, years)], found


def _cell(low: float, median: float, high: float, unit: str) -> str:
    if unit == PER_YEAR:
        low, median, high, unit = 10.0**low, 10.0**median, 10.0**high, "ratio"
    return ranged(Spread(FEWEST, median, low, high), unit)


def growth(table: pd.DataFrame) -> str:
    """A sentence on the growth of the largest run; empty for a single year."""
    first, last = int(table["year"].min()), int(table["year"].max())
    said = [_cell(row.low, row.median, row.high, row.unit) for row in table[table["measure"] == GROWTH].itertuples()]
    return f"The largest run grows {said[0]} a year from {first} to {last}." if said else ""


def on_record(table: pd.DataFrame, form: str = "github") -> str:
    """What records of all these years together would show, as a table; empty where it was not foretold."""
    lines = [
        [plain_target(row.measure), *(value(end, row.unit) for end in (row.median, row.low, row.high))]
        for row in table[table["measure"].isin(TARGETS)].itertuples()
    ]  # fmt: skip
    head = ["records of these years together", "median", "from", "to"]
    return str(tabulate(lines, head, form, disable_numparse=True)) if lines else ""


def held_scores(found: Sequence[Recorded]) -> str:
    """How targets did that were frozen."""
    lines = [
        [plain_target(one.target.name), value(one.record, one.target.unit),
         span(one.median, one.low, one.high, one.target.unit), _yes(covered=one.covered)] for one in found
    ]  # fmt: skip
    return str(tabulate(lines, HELD, disable_numparse=True, stralign="left"))


def over(scenario: Scenario, first: int) -> str:
    """What is drawn of the ensemble that a scenario names, and, of years on record from ``first`` on, that numbers were
    fitted to such; empty where neither is."""
    drawn = scenario.ensemble.told if scenario.ensemble else ""
    count = tally(scenario)[FITTED]
    seen = f"Records end in {LAST_RECORD}. {were_fitted(count)}" if count and first <= LAST_RECORD else ""
    return " ".join(filter(None, (drawn, seen)))


def pictured(table: pd.DataFrame) -> str:
    """A sentence on the last year's emissions and electricity beside what a reader knows, of medians; empty where there
    are none."""
    last = table[table["year"] == table["year"].max()].set_index("measure")["median"]
    tonnes, mwh = float(last.get(EMISSIONS, 0.0)), float(last.get(ENERGY, 0.0))
    return everyday.sentence(int(table["year"].max()), tonnes, mwh) if tonnes > 0 and mwh > 0 else ""


def drawn(table: pd.DataFrame) -> str:
    """What the numbers are over."""
    draws = int(table["draws"].max())
    draws_over = f"{counted(draws, 'draw')} of luck and assumptions"
    if draws < FEWEST:
        few = f"too few for a band: ask for at least {FEWEST} (--replicates {FEWEST})"
        return f"Medians over {draws_over}, {few}. {NOT_AS_THEY_STAND}"
    return f"Medians and 90 % bands over {draws_over}. {NOT_AS_THEY_STAND}"


def shown(first: int, last: int) -> list[int]:
    """The years that a narrow table has room for."""
    return sorted({first, (first + last) // 2, last})


def page(scenario: Scenario, table: pd.DataFrame, made: str, fingerprint: str) -> str:
    """The page that is frozen with the forecast."""
    first, last = int(table["year"].min()), int(table["year"].max())
    years = range(first, last + 1)
    head, cells = rows(scenario, table, years if len(years) <= MOST_YEARS else shown(first, last))
    return "\n\n".join([
        f"# What {scenario.title} expects of {first} to {last}",
        f"Made {made}, fingerprint {fingerprint}. {drawn(table)}",
        str(tabulate(cells, head, "github", disable_numparse=True)),
        *filter(None, [growth(table), pictured(table), on_record(table), AS_RECORDED, over(scenario, first)]),
        *scenario.notes,
        f"The scenario stands beside this page in full. `{pasted('score', 'DIR', '--records', 'FILE')}` holds it "
        "against records when there are some, beside the trend, and refuses what was changed after it was made.",
    ]) + "\n"  # fmt: skip


def scores(found: Sequence[Largest]) -> str:
    """How the largest run of each year did."""
    lines = []
    for one in found:
        naive = NONE, NONE
        if one.naive is not None:
            naive = _powers(one.naive.low, one.naive.median, one.naive.high), _yes(covered=one.naive.covered)
        lines.append([
            str(one.year), number(10.0**one.record, "FLOP"), _powers(one.low, one.median, one.high),
            _yes(covered=one.covered), *naive,
        ])  # fmt: skip
    return str(tabulate(lines, SCORES, disable_numparse=True, stralign="left"))


def _powers(low: float, median: float, high: float) -> str:
    return _cell(10.0**low, 10.0**median, 10.0**high, "FLOP").replace(" [", "\n[")


def _yes(*, covered: bool | None) -> str:
    return NONE if covered is None else "yes" if covered else "no"
