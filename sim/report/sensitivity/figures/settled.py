"""Whether more samples would change what is said."""

from math import ceil

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.colours import INK
from sim.report.labels import End, label_ends
from sim.report.letters import verbatim
from sim.report.sensitivity.figures.gallery import GALLERY, shown
from sim.report.sensitivity.words import size, subject
from sim.report.style import Origin, canvas, png, typeset
from sim.results.sensitivity import Found, Sensitivity

PANEL, EDGES = 1.9, 0.9  # heights [in]
LINES = 5  # numbers of a panel


@GALLERY.figure(order=3)
def settled(found: Sensitivity, origin: Origin) -> bytes | None:
    """The first numbers from the first samples alone, then from more and more; lines that cross have not settled."""
    panels = [one for one in shown(found) if len(one.at) > 1]
    if not panels:
        return None
    columns = min(2, len(panels))
    rows = ceil(len(panels) / columns)
    subtitle = f"In {found.year}: importance of the first {LINES} numbers, by the number of samples it rests on"
    figure, axes = canvas("Are there enough samples?", subtitle, origin.line, columns, rows, EDGES + PANEL * rows)
    for ax, one in zip(axes, panels, strict=False):
        _lines(ax, found, one)
    for ax in axes[len(panels) :]:
        ax.set_visible(False)
    return png(figure)


def _lines(ax: Axes, result: Sensitivity, found: Found) -> None:
    first, ends = found.first[:LINES], []
    tones = mpl.colormaps["viridis"](np.linspace(0.0, 0.8, len(first)))
    for i, tone in zip(first, tones, strict=True):
        colour = mpl.colors.to_hex(tone)
        ax.plot(found.at, found.course[:, i], "o-", color=colour, linewidth=1.2, markersize=2.5)
        ends.append(End(float(found.course[-1, i]), _short(result.facts[i].name), "", colour))
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: typeset(size(v, found, result.method)) if v > 0 else "0"))
    ax.tick_params(labelsize=7)
    ax.set_title(verbatim(subject(found)), loc="left", fontsize=8, color=INK)
    ax.set_xlim(found.at[0], found.at[-1])
    label_ends(ax, ends)


def _short(name: str) -> str:
    """The key of a number alone, with its kind or region."""
    return ".".join(name.split(".")[-2:])
