"""The compute divide by year, beside what records of notable models show of it."""

from sim.history.divide import divide as recorded
from sim.measures import DIVIDE, registry
from sim.report import words
from sim.report.colours import INK, LINE, SECONDARY
from sim.report.labels import End, label_ends
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.style import aside, canvas_of_years, line, log_scale, png


@GALLERY.figure(order=1)
def divide(run: RunData) -> bytes | None:
    """How many times larger industry's typical largest run is than academia's, by year, beside models on record.

    Records are not all actors but near the best, so their points, with 95 % intervals, lie higher and show a direction.
    """
    table = run.bands(DIVIDE)
    if table.empty:
        return None
    first, last = run.origin.years
    points = [point for point in recorded() if first <= point.year <= last]
    subtitle = "Typical largest run of the year, industry over academia (geometric means, ratio, logarithmic)"
    if points:
        subtitle = "Typical largest run, industry over academia (log scale). Records are near the best, so higher"
    figure, (ax,) = canvas_of_years(
        run.origin,
        registry()[DIVIDE].opening,
        subtitle,
    )
    line(ax, table, INK)
    ax.axhline(1.0, color=LINE, linewidth=1)
    ends = [End(table["mid"].iloc[-1], "simulated", words.number(table["mid"].iloc[-1], "ratio"), INK)]
    for point in points:
        ax.plot([point.year] * 2, [point.low, point.high], color=SECONDARY, linewidth=1)
        ax.plot(point.year, point.ratio, "D", color=SECONDARY, markersize=4, clip_on=point.year < last)
    if points and points[-1].year == last:  # where the line ends too
        ends.append(End(points[-1].ratio, "on record", words.number(points[-1].ratio, "ratio"), SECONDARY))
    elif points:
        text, at = "notable models\non record\n(95 % intervals)", (points[-1].year, points[-1].ratio)
        ax.annotate(text, at, xytext=(7, 4), textcoords="offset points", color=SECONDARY, fontsize=7.5)
    log_scale(ax, "ratio")
    label_ends(ax, ends)
    aside(ax, "parity", run.origin.years, 1.0, [table["mid"]])
    return png(figure)
