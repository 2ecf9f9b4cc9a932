"""A comparison's directory: tables, scenarios, figures and report, each whole or not at all."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sim.outputs.provenance import provenance, seal
from sim.report.comparison.brief import brief_page
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.html import comparison_page
from sim.report.comparison.laws import Laws
from sim.report.comparison.summary import ComparisonSummary, summarize
from sim.report.comparison.theories import table as theories_table
from sim.report.comparison.theories import under_all
from sim.results.combined import beside_sum, combinations
from sim.results.comparison import Comparison
from sim.results.paired import FINAL
from sim.results.theories import ByTheory
from sim.scenario.writing import resolved_toml
from sim.store.as_json import as_json, json_text
from sim.store.place import clear_errors, save_bytes, save_table, save_text

THEORIES_TABLE, HEAD_TO_HEAD, COMBINED = "theories.csv", "head_to_head.csv", "combined.csv"
BRIEF = "brief.html"  # one page to hand on; none of scaling laws, which its words are not made for


def write_comparison(
    found: Comparison, laws: Laws, out: Path, command: list[str], seconds: float | None,
    theories: ByTheory | None = None,
) -> ComparisonSummary:  # fmt: skip
    """Write a comparison's directory and return its summary. ``laws`` are the same under other laws, ``theories`` under
    other theories of progress, both also where no pair is finished.

    Raises InputError when there is no room; what was written until then is whole.
    """
    every = under_all(found, theories or {})
    summary = summarize(found, laws, theories)
    with clear_errors(out):
        (out / "scenarios").mkdir(exist_ok=True)
        written = {scenario.name: resolved_toml(scenario) for scenario in found.scenarios}
        for name, text in written.items():
            save_text(out / "scenarios" / f"{name}.toml", text)
        for name, table in tables_of(found).items():
            save_table(out / name, table)
        if every:
            save_table(out / THEORIES_TABLE, theories_table(every))
        save_text(out / "summary.json", json_text(summary_json(summary)))
        replicates = [pair.replicate for pair in found.pairs]
        record = provenance(command, seconds, found.scenarios[0], replicates, interrupted=summary.interrupted)
        if found.pairs:
            fingerprint = record.fingerprint(*written.values())
            pictures = GALLERY.draw_all(found, fingerprint)
            (out / "figures").mkdir(exist_ok=True)
            for name, png in pictures.items():
                save_bytes(out / "figures" / name, png)
            if not found.held:
                save_text(out / BRIEF, brief_page(summary, _picture(found, fingerprint), fingerprint))
            save_text(out / "report.html", comparison_page(found, summary, pictures, record.for_people(fingerprint)))
        seal(out, record)
    return summary


def _picture(found: Comparison, fingerprint: str) -> bytes | None:
    """That of the page to hand on; what draws is imported once something is drawn."""
    from sim.report.comparison.figures.in_brief import in_brief

    return in_brief(found, fingerprint)


def summary_json(summary: ComparisonSummary) -> dict[str, object]:
    """What ``summary.json`` holds: of theories and other laws where they were asked for."""
    record: dict[str, object] = as_json(summary)
    return {
        key: value for key, value in record.items() if value or key not in ("theories", "finished_under", "across_laws")
    }


def tables_of(found: Comparison) -> dict[str, pd.DataFrame]:
    """Every table by file name; none without a finished pair."""
    if not found.pairs:
        return {}
    tables = {
        "comparison.csv": found.table,
        "series.csv": found.series,
        "assumptions.csv": found.assumptions,
        **({"drawn.csv": found.drawn_series} if found.drawn else {}),
        "winners.csv": _all(found, found.winners),
        "money.csv": _all(found, found.money),
        **({HEAD_TO_HEAD: _head_to_head(found)} if len(found.names) > 1 else {}),
        **({COMBINED: _combined(found)} if combinations(found) else {}),
    }
    return tables | ({"steps.csv": found.steps} if found.pairs[0].luck[0].by_step.size else {})


def _all(found: Comparison, table: Callable[[int], pd.DataFrame]) -> pd.DataFrame:
    """A table of each scenario, one below the other, with the scenario's name in front."""
    tables = [table(i).assign(scenario=name) for i, name in enumerate(found.names, start=1)]
    whole = pd.concat(tables, ignore_index=True)
    return whole[["scenario", *whole.columns.drop("scenario")]]


def _head_to_head(found: Comparison) -> pd.DataFrame:
    """The table of a comparison for each two policies: a later scenario in place of an earlier one, and in how many
    pairs a value is then lower and higher."""
    tables = []
    for i, name in enumerate(found.names[:-1], start=1):
        pair = found.against(i)
        table = pair.rows(range(i + 1, len(found.scenarios)))  # those behind it have the same numbers there
        counts = [pair.ahead(*key) for key in table[["scenario", "measure", "window"]].itertuples(index=False)]
        tables.append(table.assign(in_place_of=name, lower=[one.lower for one in counts],
                                   higher=[one.higher for one in counts], of=[one.of for one in counts]))  # fmt: skip
    whole = pd.concat(tables, ignore_index=True).rename(columns={"baseline": "other"})
    return whole[["scenario", "in_place_of", *whole.columns.drop(["scenario", "in_place_of"])]]


def _combined(found: Comparison) -> pd.DataFrame:
    """Of each scenario that has the policies of others: its values in the last year beside what these would come to if
    their effects added up, or multiplied."""
    tables = [beside_sum(found, one).table for one in combinations(found)]
    whole = pd.concat(tables, ignore_index=True).rename(columns={"baseline": "added"})
    return whole[whole["window"] == FINAL].drop(columns="window")
