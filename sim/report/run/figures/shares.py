"""Who buys the compute."""

from sim.measures.ids import share_of
from sim.report.colours import LOOKS, OTHER
from sim.report.run.data import RunData
from sim.report.run.figures import GALLERY
from sim.report.run.figures.common import Share, added, draw_shares, with_added
from sim.report.style import canvas_of_years


@GALLERY.figure(order=2)
def shares(run: RunData) -> bytes | None:
    """Share of the year's training compute bought by corporations, startups, labs and kinds that a scenario adds."""
    figure, (ax,) = canvas_of_years(run.origin, "Who uses the compute", "Share of the year's training compute, percent")
    lines = []
    groups = (("corporation", "Corporations"), ("startup", "Startups"), ("academia", "Academic labs"))
    for kind, label in (*((group, with_added(run, group, label)) for group, label in groups), *added(run)):
        table, look = run.bands(share_of(kind)), LOOKS.get(kind, OTHER)
        if not table.empty and table["mid"].max() > 0:
            lines.append(Share(table, label, look.hue, look.text, look.marker))
    return draw_shares(figure, ax, lines)
