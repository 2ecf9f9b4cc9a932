"""Whether more samples would change what is said."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.report.labels import End, label_ends
from sim.report.origin import FigureOrigin
from sim.report.sensitivity.figures import GALLERY
from sim.report.sensitivity.figures.common import panel_title, scale, shown
from sim.report.sensitivity.words import short_name
from sim.report.style import canvas, png
from sim.results.sensitivity import Found, Sensitivity

PANEL, EDGES = 1.35, 0.9  # heights [in]
LINES, TICKS = 5, 3  # numbers of a panel, ticks of its importance
LETTERS, SIZE = 56, 6.5  # of a name: how many, and of what size [pt]


@GALLERY.figure(order=3)
def settled(found: Sensitivity, origin: FigureOrigin) -> bytes | None:
    """The first numbers from the first samples alone, then from more and more; lines that cross have not settled."""
    panels = [one for one in shown(found) if len(one.at) > 1]
    if not panels:
        return None
    subtitle = f"In {found.year}: importance of the first {LINES} numbers, by the number of samples it rests on"
    height = EDGES + PANEL * len(panels)
    figure, axes = canvas("Are there enough samples?", subtitle, origin.line, 1, len(panels), height)
    for ax, one in zip(axes, panels, strict=True):
        _lines(ax, found, one)
    for ax, one in zip(axes, panels, strict=True):
        label_ends(ax, [
            End(float(one.course[-1, i]), short_name(found.facts[i], LETTERS), "", tone)
            for i, tone in zip(one.first[:LINES], _tones(one), strict=True)
        ], size=SIZE)  # fmt: skip
    return png(figure)


def _tones(found: Found) -> list[str]:
    first = found.first[:LINES]
    return [mpl.colors.to_hex(tone) for tone in mpl.colormaps["viridis"](np.linspace(0.0, 0.8, len(first)))]


def _lines(ax: Axes, result: Sensitivity, found: Found) -> None:
    for i, tone in zip(found.first[:LINES], _tones(found), strict=True):
        ax.plot(found.at, found.course[:, i], "o-", color=tone, linewidth=1.2, markersize=2.5, clip_on=False)
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    scale(ax.yaxis, found, result.method, ax.get_ylim()[1], TICKS)
    ax.tick_params(labelsize=7)
    panel_title(ax, result, found, 8)
    ax.set_xlim(found.at[0], found.at[-1])
