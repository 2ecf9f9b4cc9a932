"""The report of a comparison as HTML."""

from collections.abc import Mapping

from sim.plurals import counted
from sim.quantity import Quantity
from sim.report.comparison import effects
from sim.report.comparison.figures import GALLERY
from sim.report.comparison.summary import ComparisonSummary, cost_heads
from sim.report.comparison.verdict import listed
from sim.report.template import embedded, template
from sim.report.words import spaced
from sim.results.comparison import Comparison
from sim.scenario.combined import NAME as COMBINED
from sim.scenario.drawing import shape, undecided, without_range
from sim.scenario.idle import idle
from sim.scenario.writing import inputs

IN_WORDS, PICTURED = 3, 6  # scenarios (or pairs of them) above which one page has no room for words, and a picture


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


def brief_page(summary: ComparisonSummary, figures: dict[str, bytes], fingerprint: str) -> str:
    """The comparison on one page, to be handed on: what was asked, what changes and how surely, in one picture."""
    several = len(summary.policies) > 1
    pictures = {picture.name: picture for picture in embedded(figures, GALLERY.describe)}
    shown, names = len(summary.policies) <= IN_WORDS, listed([spaced(policy.name) for policy in summary.policies])
    return template("comparison/brief.html").render(
        summary=summary,
        heading=f"{names[:1].upper()}{names[1:]}"
        if shown else f"What {counted(len(summary.policies), 'policy')} change",
        questions=dict.fromkeys(policy.question for policy in summary.policies) if shown else (),
        ahead=summary.instead if len(summary.instead) <= IN_WORDS else [],
        spoken=[policy for policy in summary.policies if policy.name != COMBINED] if shown else [],
        picture=pictures.get("trade_off.png" if several else "over_time.png")
        if len(summary.policies) <= PICTURED else None,
        fingerprint=fingerprint,
    )  # fmt: skip


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
