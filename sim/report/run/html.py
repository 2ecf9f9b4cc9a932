"""The report of a run as HTML."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.report import words
from sim.report.run.figures import GALLERY
from sim.report.run.summary import RunSummary
from sim.report.template import embedded, template
from sim.scenario.writing import assumed

BASES = ("source", "fitted", "choice")


@dataclass(frozen=True)
class _Row:
    label: str
    id: str
    better: str
    cells: list[str]


def run_page(
    summary: RunSummary, figures: dict[str, bytes], inputs: list[dict[str, str]], counts: Mapping[str, int],
    provenance: Mapping[str, object],
) -> str:  # fmt: skip
    """The report of a run. ``inputs`` are the scenario's quantities, ready to print, and ``counts`` how many there are
    of each basis; ``provenance`` is text by label."""
    rows = [
        _Row(
            row.label,
            row.measure,
            row.better if row.better in ("lower", "higher") else "",
            [words.ranged(cell.values, row.unit, at_least=cell.at_least, wide=cell.ensemble) for cell in row.values],
        )
        for row in summary.headline
    ]
    by_basis = {basis: [entry for entry in inputs if entry["basis"] == basis] for basis in BASES}
    return template("run/run.html").render(
        summary=summary,
        years=summary.shown_years,
        rows=rows,
        pictures=embedded(figures, GALLERY.describe),
        assumed=assumed(inputs),
        sourced=by_basis["source"],
        choices=by_basis["choice"],
        provenance=provenance,
        fitted=by_basis["fitted"],
        counts=counts,
        notes=summary.remarks,
        range=words.range_sentence(summary.replicates, drawn=summary.drawn),
    )
