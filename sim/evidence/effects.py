"""Effects on record: documented shocks, what the model said of each before its record was looked for, what it says now,
and what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from tabulate import tabulate

from sim.evidence.page import Check, Foretell, Page, checked_page, digests, single_runs, whole
from sim.evidence.policies import HeadAndRows
from sim.experiment.compare import compare, planned
from sim.experiment.duration import in_turn
from sim.experiment.pool import Progress
from sim.report.words import MINUS
from sim.results import Comparison
from sim.scenario import Scenario, load, shipped
from sim.scenario.data import effects as on_record

RECORD, FOLDER = "effects.csv", "on_record"
PAIRS = 50
NOTHING = 0.01  # relative change below which nothing is said to happen
MET, SMALL, LARGE, OTHER_WAY, UNSEEN = (
    "within the range", "right way, too small", "right way, too large", "missed: the other way",
    "missed: no effect foretold",
)  # fmt: skip


class Span(NamedTuple):
    """A relative change, and how far it could be off."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Shock:
    """A documented shock: its scenario, what of it is read, what was foretold, and what came."""

    scenario: str
    question: str
    measure: str
    year: int
    predicted: Span
    record: Span
    mark: str  # how the record was seen
    source: str
    note: str

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Shock":
        """From a row of the packaged table."""
        return cls(**{**raw, "predicted": Span(*raw["predicted"]), "record": Span(*raw["record"])})

    def pair(self) -> list[Scenario]:
        """The baseline and the world with the shock, to the end of the year that is read."""
        files = (shipped() / "baseline.toml", shipped() / FOLDER / f"{self.scenario}.toml")
        return [load(file, until=self.year) for file in files]


def shocks() -> list[Shock]:
    """All that are on record."""
    return [Shock.read(raw) for raw in on_record()]


def verdict(said: Span, record: Span) -> str:
    """What a record makes of a forecast: by its sign, and by whether its middle lies in the forecast's range."""
    if said.low <= record.middle <= said.high:
        return MET
    if abs(said.middle) < NOTHING:
        return UNSEEN
    if said.middle * record.middle < 0:
        return OTHER_WAY
    return SMALL if abs(said.middle) < abs(record.middle) else LARGE


def check() -> Check:
    """What tells the scenarios and the code that the table was made with from others."""
    worlds = {f"{each.name} to {shock.year}": each for shock in shocks() for each in shock.pair()}
    return digests(worlds) | single_runs(worlds)


def effects(bar: Progress[Any] | None = None, foretell: Foretell | None = None, *, pairs: int = PAIRS) -> Page:
    """Simulate every shock beside the baseline, and make the table. ``foretell`` hears before how long it takes."""
    known = shocks()
    worlds = [shock.pair() for shock in known]
    if foretell:
        foretell(in_turn([planned(pair, replicates=pairs) for pair in worlds]))
    found = [whole(compare(pair, replicates=pairs, progress=bar)) for pair in worlds]
    rows = [(shock.scenario, *now(shock, one)) for shock, one in zip(known, found, strict=True)]
    table = pd.DataFrame(rows, columns=["scenario", *Span._fields])
    head, lines = in_words(table)
    made = checked_page({RECORD: table}, check())
    return Page(made.files, made.check, tabulate(lines, head, disable_numparse=True, maxcolwidths=24))


def now(shock: Shock, found: Comparison) -> Span:
    """What the model says as it stands: the median over luck, with the range over luck and assumptions. Relative
    changes. Raises ValueError where the measure does not exist in that year."""
    effect = found.effect(1, shock.measure)
    if effect is None:
        raise ValueError(f"{shock.scenario}: {shock.measure} does not exist in {shock.year}")
    return Span(effect.relative, effect.wide_relative_low, effect.wide_relative_high)


def in_words(table: pd.DataFrame) -> HeadAndRows:
    """Head and rows: each shock as foretold, as the model says now, and as it came."""
    head = ["shock", "what is read", "foretold", "the model now", "record", "verdict on what was foretold", "now"]
    by_name = {row.scenario: Span(row.middle, row.low, row.high) for row in table.itertuples()}
    rows = []
    for shock in shocks():
        said = by_name[shock.scenario]
        spans = (told(span) for span in (shock.predicted, said, shock.record))
        rows.append([
            shock.scenario, f"{shock.question}, {shock.year}", *spans, verdict(shock.predicted, shock.record),
            verdict(said, shock.record),
        ])  # fmt: skip
    return head, rows


def told(span: Span) -> str:
    """A change in whole percent, with its range where it has one."""
    middle, low, high = (_percent(value) for value in span)
    return f"{middle} %" if low == high else f"{middle} % ({low} to {high})"


def _percent(value: float) -> str:
    whole = round(100 * value)
    return f"{whole:+d}".replace("-", MINUS) if whole else "0"
