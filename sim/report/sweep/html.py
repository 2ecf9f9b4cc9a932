"""The report of a sweep as HTML."""

from collections.abc import Mapping

from sim.report.sweep.figures import GALLERY
from sim.report.sweep.summary import SweepSummary
from sim.report.template import embedded, template

MOST_ROWS = 200  # of the table


def sweep_page(
    summary: SweepSummary, figures: dict[str, bytes], inputs: list[dict[str, str]], provenance: Mapping[str, object]
) -> str:
    """The report of a sweep. ``figures`` are PNG by name; ``inputs`` the quantities that are assumed, ready to print;
    ``provenance`` text by label."""
    return template("sweep/sweep.html").render(
        summary=summary, pictures=embedded(figures, GALLERY.describe), inputs=inputs, provenance=provenance,
        most=MOST_ROWS,
    )  # fmt: skip
