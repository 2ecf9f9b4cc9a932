"""Emissions by origin."""

from sim.measures import EMISSIONS, registry
from sim.measures.carbon import EMBODIED, OF_SERVING, OF_TRAINING
from sim.report import words
from sim.report.colours import BROWN, INK, SECONDARY, TERTIARY
from sim.report.labels import End, label_ends
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.style import DASHED_TWICE_DOTTED, canvas_of_years, line, log_scale, png


@GALLERY.figure(order=5)
def emissions(run: RunData) -> bytes | None:
    """Emissions of training, of serving customers, and of making the hardware, by year."""
    figure, (ax,) = canvas_of_years(
        run.origin, registry()[EMISSIONS].opening, "Emissions in the year by origin, tCO2e, logarithmic"
    )
    ends = []
    for measure, label, tone, style in (
        (EMISSIONS, "All", INK, "-"),
        (OF_TRAINING, "Training", BROWN, "--"),
        (OF_SERVING, "Serving", SECONDARY, "-."),
        (EMBODIED, "Hardware", TERTIARY, DASHED_TWICE_DOTTED),
    ):
        table = run.bands(measure)
        if table.empty or not table["mid"].max() > 0:
            continue
        line(ax, table, tone, style=style)
        last = table["mid"].iloc[-1]
        ends.append(End(last, label, words.number(last, "tCO2e"), tone))
    if not ends:
        return None
    log_scale(ax, "tCO2e")
    label_ends(ax, ends)
    return png(figure)
