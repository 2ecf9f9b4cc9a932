"""Two varied entries at once."""

from math import expm1, isfinite, log1p
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes

from sim.report.colours import INK, SECONDARY
from sim.report.origin import FigureOrigin, verbatim
from sim.report.style import NEXT, canvas, png
from sim.report.sweep.figures import GALLERY
from sim.report.sweep.words import axis_title, value
from sim.report.words import change_text, is_factor, rough
from sim.results.certainty import SMALL
from sim.results.sweep import Sweep

MOST = 12  # values of an axis that leave room for numbers
ROW, EDGES, PANEL = 0.24, 1.1, 0.75  # heights [in]: of a row of cells, of all else, of what is about a panel
LETTERS = 100  # of a line below the panels
BOTH_WAYS = ("luck alone may be the cause", "draws go both ways")
DARK = 0.5  # share of the strongest colour from which letters are white


@GALLERY.figure(order=2)
def heat_map(found: Sweep, origin: FigureOrigin) -> bytes | None:
    """The change of each measure against the base point, by both varied entries; a cell in slanted letters is one whose
    direction is not sure: luck alone may be the cause, or draws go both ways."""
    points = found.plotted
    values = [list(dict.fromkeys(points[path])) for path in found.moving]
    if len(values) != 2 or len(values[0]) * len(values[1]) != len(points) or min(map(len, values)) < 2:
        return None
    down, across = (0, 1) if len(values[0]) <= len(values[1]) else (1, 0)
    if len(values[across]) > MOST:
        return None
    ids = found.shown
    named = [axis_title(found, found.moving[i]) for i in (across, down)]
    label = fill(verbatim(f"across: {named[0]}; down: {named[1]}"), LETTERS)
    height = EDGES + len(ids) * (PANEL + ROW * len(values[down])) + NEXT * label.count("\n")
    subtitle = (
        f"In {found.year}: change against the base point, %, median of pairs; slanted: {BOTH_WAYS[found.assumptions]}; "
        "each panel has colours of its own, brown: more, violet: less"
    )
    figure, axes = canvas("Both at once", verbatim(subtitle), origin.line, 1, len(ids), height)
    for ax, id in zip(axes, ids, strict=True):
        strongest = _cells(ax, found, id, (down, across), values)
        said = f"{found.measures[id].title} · darkest: {strongest}"
        ax.set_title(verbatim(said), loc="left", fontsize=9, color=INK)
    axes[-1].set_xlabel(label, fontsize=8, color=SECONDARY)
    return png(figure)


def _cells(ax: Axes, found: Sweep, id: str, order: tuple[int, int], values: list[list[object]]) -> str:
    """Draws a panel; the change that has the darkest colour."""
    down, across = (found.moving[i] for i in order)
    rows, columns = (values[i] for i in order)
    colours = np.full((len(rows), len(columns)), np.nan)
    said: list[tuple[int, int, str, bool]] = []
    for point in found.plotted.to_dict("records"):
        effect = found.effect(id, int(point["point"]))
        row, column = rows.index(point[down]), columns.index(point[across])
        if effect is None or not isfinite(effect.relative):
            said.append((row, column, "–", False))
            continue
        colours[row, column] = log1p(max(effect.relative, expm1(-10)))
        _, low, high = effect.told.amount
        text = rough(effect.relative) if is_factor(effect.relative) else change_text(effect.relative)
        said.append((row, column, text, effect.is_nothing or low > 0 or high < 0))
    most = max(SMALL, float(np.nanmax(np.abs(colours), initial=0.0, where=np.isfinite(colours))))
    ax.imshow(colours, cmap="PuOr_r", vmin=-most, vmax=most, aspect="auto")  # what is next to nothing has no colour
    for row, column, text, sure in said:
        strong = abs(colours[row, column]) > DARK * most
        colour = "white" if strong else INK
        style = "normal" if sure else "italic"
        ax.text(column, row, text, ha="center", va="center", fontsize=7, color=colour, style=style)
    ax.set_xticks(range(len(columns)), [verbatim(value(each, found.units[across])) for each in columns], fontsize=7.5)
    ax.set_yticks(range(len(rows)), [verbatim(value(each, found.units[down])) for each in rows], fontsize=7.5)
    ax.grid(visible=False)
    strongest = float(colours.flat[np.nanargmax(np.abs(colours))]) if np.isfinite(colours).any() else 0.0
    return _said(expm1(strongest)) if abs(strongest) >= SMALL else f"±{100 * SMALL:g} %"


def _said(relative: float) -> str:
    """A change as a cell has it, with its unit."""
    return rough(relative) if is_factor(relative) else f"{change_text(relative)} %"
