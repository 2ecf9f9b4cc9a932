"""The report of a decomposition as HTML."""

from collections.abc import Mapping

from sim.report.decomposition.summary import DecompositionSummary
from sim.report.template import embedded, template


def decomposition_page(
    summary: DecompositionSummary,
    figures: dict[str, bytes],
    inputs: list[dict[str, str]],
    provenance: Mapping[str, object],
) -> str:
    """The report of a world taken apart. ``figures`` are PNG by id of a measure; ``inputs`` the quantities that are
    assumed, ready to print; ``provenance`` text by label."""
    labels = {measure.id: measure.label for measure in summary.measures}
    pictures = embedded(figures, lambda id: f"{labels[id]}: what each part adds alone")
    return template("decomposition/decomposition.html").render(
        summary=summary,
        pictures={picture.name: picture for picture in pictures},
        inputs=inputs,
        provenance=provenance,
    )
