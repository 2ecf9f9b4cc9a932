"""The report of a sensitivity as HTML."""

from collections.abc import Mapping

from sim.report.sensitivity.figures import GALLERY
from sim.report.sensitivity.summary import SensitivitySummary
from sim.report.template import embedded, template


def sensitivity_page(
    summary: SensitivitySummary, figures: dict[str, bytes], numbers: list[dict[str, str]],
    provenance: Mapping[str, object],
) -> str:  # fmt: skip
    """The report of a sensitivity. ``figures`` are PNG by name; ``numbers`` those that move, ready to print;
    ``provenance`` text by label."""
    pictures = embedded(figures, GALLERY.describe)
    return template("sensitivity/sensitivity.html").render(
        summary=summary, pictures=pictures, numbers=numbers, provenance=provenance
    )
