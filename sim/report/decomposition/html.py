"""The report of a decomposition as HTML."""

from collections.abc import Mapping
from functools import partial

from sim.report.decomposition.figures import GALLERY
from sim.report.decomposition.summary import DecompositionSummary
from sim.report.template import embedded, template


def decomposition_page(
    summary: DecompositionSummary,
    figures: Mapping[str, dict[str, bytes]],
    inputs: list[dict[str, str]],
    provenance: Mapping[str, object],
) -> str:
    """The report of a world taken apart. ``figures`` are PNG by name, of each measure by its id; ``inputs`` the
    quantities that are assumed, ready to print; ``provenance`` text by label."""
    pictures = {
        measure.id: embedded(figures.get(measure.id, {}), partial(_described, measure.label))
        for measure in summary.measures
    }
    return template("decomposition/decomposition.html").render(
        summary=summary, pictures=pictures, inputs=inputs, provenance=provenance
    )


def _described(label: str, figure: str) -> str:
    said = GALLERY.describe(figure)
    return f"{label}: {said[:1].lower()}{said[1:]}"
