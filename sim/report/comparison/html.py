"""The report of a comparison as HTML."""

from collections.abc import Mapping

from sim.quantity import Quantity
from sim.report.comparison import effects
from sim.report.comparison.costs import cost_heads
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.summary import ComparisonSummary
from sim.report.template import embedded, template
from sim.results.comparison import Comparison
from sim.scenario.drawing import shape, undecided, without_range
from sim.scenario.idle import idle
from sim.scenario.writing import inputs


def comparison_page(
    found: Comparison, summary: ComparisonSummary, figures: dict[str, bytes], provenance: Mapping[str, object]
) -> str:
    """The report of a comparison. ``provenance`` is text by label."""
    baseline = found.scenarios[0]
    drawn, fixed = undecided(baseline), {quantity.path for quantity in without_range(baseline)}
    off = idle(found.scenarios)
    listed = [entry for entry in inputs(baseline) if entry["path"] not in off]
    points = baseline.ensemble.paths if baseline.ensemble else ()
    ranged = [
        _with_shape(entry, drawn[entry["path"]], entry["path"] in points) for entry in listed if entry["path"] in drawn
    ]
    return template("comparison/comparison.html").render(
        summary=summary,
        cost_heads=cost_heads((found.first_year, found.years[-1])).values() if found.pairs else [],
        pictures=embedded(figures, GALLERY.describe),
        marks=_marks(found, summary),
        titles={policy.name: policy.title for policy in summary.policies},
        inputs=ranged,
        ensemble=bool(points),
        fixed=[entry for entry in listed if entry["path"] in fixed],
        idle=off,
        provenance=provenance,
    )


def _with_shape(entry: dict[str, str], quantity: Quantity, fitted: bool) -> dict[str, str]:
    """An entry whose range says the shape in which it is drawn; where it was declared it says so already. A fitted one
    is drawn from the ensemble."""
    if fitted:
        return {**entry, "range": f"{entry['range']}, drawn from the ensemble".removeprefix(", ")}
    return entry if quantity.draw else {**entry, "range": f"{entry['range']}, {shape(quantity)}"}


def _marks(found: Comparison, summary: ComparisonSummary) -> dict[str, dict[str, str]]:
    """The picture of each effect (SVG), by measure and scenario, all of a measure on one scale."""
    marks = {}
    for row in summary.rows:
        of = {name: found.effect(i, row.measure) for i, name in enumerate(found.names, start=1)}
        reach = effects.reach(list(of.values()))
        marks[row.measure] = {name: effects.mark(change, reach) for name, change in of.items()}
    return marks
