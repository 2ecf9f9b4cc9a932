"""How far effort turns to ideas."""

from sim.measures.research import GAIN_FROM_EFFICIENCY, RESEARCH_SHARE
from sim.report.colours import BROWN, INK
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.run.figures.common import Share, draw_shares
from sim.report.style import canvas_of_years


@GALLERY.figure(order=6)
def research(run: RunData) -> bytes | None:
    """Share of spending on AI that goes to efficiency research, and share of the frontier's gain that it brought.

    Where the first runs are smaller than those before them, knowledge brings more than all of the gain: that is cut.
    """
    subtitle = "Research's part of spending, and knowledge's part of the gain in effective compute (cut at 100 %)"
    figure, (ax,) = canvas_of_years(run.origin, "How far effort turns to ideas", subtitle)
    lines = []
    for measure, label, tone, style in (
        (RESEARCH_SHARE, "Of spending", INK, "-"),
        (GAIN_FROM_EFFICIENCY, "Of the frontier's gain", BROWN, "--"),
    ):
        table = run.bands(measure)
        if not table.empty:
            lines.append(Share(table.clip(upper=1.0), label, tone, tone, style=style))
    return draw_shares(figure, ax, lines)
