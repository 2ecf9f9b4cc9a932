"""What compute costs."""

from sim.measures.economy import COMPUTE_PRICE
from sim.report import words
from sim.report.colours import INK
from sim.report.labels import End, label_ends
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.style import canvas_of_years, line, log_scale, png


@GALLERY.figure(order=9)
def price(run: RunData) -> bytes | None:
    """Full price of compute, scarcity, electricity and carbon included, by year."""
    table = run.bands(COMPUTE_PRICE)
    if table.empty:
        return None
    subtitle = "USD of 2023 for $10^{18}$ FLOP, with scarcity rent, electricity and carbon; mean over FLOP, logarithmic"
    figure, (ax,) = canvas_of_years(run.origin, "What compute costs", subtitle)
    line(ax, table, INK)
    log_scale(ax, "USD")
    label_ends(ax, [End(table["mid"].iloc[-1], "", "$" + words.plain(table["mid"].iloc[-1]), INK)])
    return png(figure)
