"""Whether numbers act alone."""

from math import isfinite
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes

from sim.report.colours import INK, LINE, SECONDARY, TERTIARY
from sim.report.labels import Box, LabelSpot, label_points
from sim.report.origin import FigureOrigin, verbatim
from sim.report.sensitivity.figures import GALLERY
from sim.report.sensitivity.figures.common import panel_title, scale, shown, title
from sim.report.sensitivity.words import short_name
from sim.report.style import canvas, png
from sim.results.sensitivity import Found, Sensitivity

PANEL, EDGES = 2.1, 0.9  # heights [in]
MARKER, AROUND = 5.0, 3.0  # radius of a point, and room about what has no label [px]
TICKS = 4
LETTERS = 62  # of a line of a name, of which there are two at most
NAME = 2 * LETTERS - 12
INDENT = " " * 6  # of its second line
PIECES = 120  # of the dotted line, which no label is to lie on
STRONG = 0.5  # share of the largest from which letters are white


@GALLERY.figure(order=2)
def interaction(found: Sensitivity, origin: FigureOrigin) -> bytes | None:
    """How much each number does, and how much of that depends on the others or on luck: on the dotted line both are
    alike. Of Sobol's shares: each number by itself on the diagonal, each two together below it."""
    panels = shown(found)
    if not panels:
        return None
    if found.method == "morris":
        said = "across: mean size of the change; up: its standard deviation. High up: it depends on the others"
    else:
        said = "share of the variance, %: by itself, luck included, and of each two together; slanted: may be nothing"
    subtitle, height = f"In {found.year}: {said}", EDGES + PANEL * len(panels)
    figure, axes = canvas(title("Alone or together", found, panels), subtitle, origin.line, 1, len(panels), height)
    for ax, one in zip(axes, panels, strict=True):
        (_points if found.method == "morris" else _pairs)(ax, found, one)
        panel_title(ax, found, one, 8)
        _key(ax, found, one)
    figure.draw_without_rendering()
    if found.method == "morris":
        for ax, one in zip(axes, panels, strict=True):
            _numbered(ax, one)
    return png(figure)


def _key(ax: Axes, result: Sensitivity, found: Found) -> None:
    """What the ranks stand for, beside a panel."""
    names = [
        "\n".join(wrap(f"{rank}  {verbatim(short_name(result.facts[i], NAME))}", LETTERS, subsequent_indent=INDENT))
        for rank, i in enumerate(found.first, start=1)
    ]
    ax.annotate("\n".join(names), (1.04, 1.0), xycoords="axes fraction", va="top", fontsize=6, linespacing=1.25,
                color=SECONDARY, annotation_clip=False)  # fmt: skip


def _places(found: Found) -> tuple[list[float], list[float]]:
    return [float(v) for v in found.importance], [float(v) for v in found.interaction]


def _points(ax: Axes, result: Sensitivity, found: Found) -> None:
    across, up = _places(found)
    first = found.first
    rest = [i for i in found.order if i not in first]
    ax.plot([across[i] for i in rest], [up[i] for i in rest], "o", color=LINE, markersize=2.5)
    ax.plot([across[i] for i in first], [up[i] for i in first], "o", color=INK, markersize=4)
    wide, high = max(across) * 1.12 or 1.0, max(up) * 1.12 or 1.0
    both = min(wide, high)
    ax.plot([0, both], [0, both], ":", color=TERTIARY, linewidth=1, zorder=1)
    ax.set_xlim(-0.02 * wide, wide)
    ax.set_ylim(-0.02 * high, high)
    scale(ax.xaxis, found, result.method, wide, TICKS)
    scale(ax.yaxis, found, result.method, high, TICKS)
    ax.tick_params(labelsize=7)


def _numbered(ax: Axes, found: Found) -> None:
    """The ranks beside the points, none on the dotted line or on another point."""
    across, up = _places(found)
    both = min(ax.get_xlim()[1], ax.get_ylim()[1])
    line = np.linspace(0, both, PIECES)
    taken = [(across[i], up[i]) for i in range(len(across))] + list(zip(line, line, strict=True))
    boxes = [Box(x - AROUND, y - AROUND, x + AROUND, y + AROUND) for x, y in ax.transData.transform(taken)]
    spots = [LabelSpot(across[i], up[i], (str(rank),), SECONDARY) for rank, i in enumerate(found.first, start=1)]
    label_points(ax, spots, MARKER, [], boxes)


def _pairs(ax: Axes, _: Sensitivity, found: Found) -> None:
    """A triangle of cells: shares of the first numbers by themselves, and of each two beyond that."""
    first = found.first
    shares = np.full((len(first), len(first)), np.nan)
    for row, i in enumerate(first):
        shares[row, row] = found.alone[i]
        for column, j in enumerate(first[:row]):
            shares[row, column] = found.pairs[i, j]
    most = float(np.nanmax(np.abs(shares)))
    ax.imshow(shares, cmap="PuOr_r", vmin=-most or -1, vmax=most or 1, aspect="auto")
    for row, i in enumerate(first):
        for column, j in enumerate(first[: row + 1]):
            share = float(shares[row, column])
            if not isfinite(share):
                continue
            sure = i == j or abs(share) > float(found.pairs_half[i, j])
            colour = "white" if abs(share) > STRONG * most else INK
            ax.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=6.5, color=colour,
                    style="normal" if sure else "italic")  # fmt: skip
    ranks = [str(rank) for rank in range(1, len(first) + 1)]
    ax.set_xticks(range(len(first)), ranks, fontsize=7)
    ax.set_yticks(range(len(first)), ranks, fontsize=7)
    ax.grid(visible=False)
