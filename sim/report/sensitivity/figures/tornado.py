"""The first numbers as bars."""

from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.plurals import counted
from sim.report.colours import BROWN, GRID, INK, LINE, SECONDARY
from sim.report.origin import FigureOrigin, verbatim
from sim.report.sensitivity.figures import GALLERY
from sim.report.sensitivity.figures.common import MOST, bars, moved, panel_title, scale, shown, title
from sim.report.sensitivity.words import short_name, size, way
from sim.report.style import canvas, png, typeset
from sim.results.sensitivity import Found, Sensitivity

ROW, PANEL, EDGES = 0.25, 0.55, 0.9  # heights [in]: of a bar, of what is about a panel, of all else
TICKS = 6
LETTERS = 46  # of a line of a name, of which there are two at most
RAISES, EITHER = "#7FA6DB", "#DCE0E6"  # light enough for the line of an interval
COLOURS = {1: RAISES, -1: BROWN, 0: EITHER}


@GALLERY.figure(order=1)
def tornado(found: Sensitivity, origin: FigureOrigin) -> bytes | None:
    """The numbers that move each measure most, and by how much; the thin line is the 95 % interval."""
    panels = shown(found, MOST)
    if not panels:
        return None
    rows = bars(panels)
    if found.method == "morris":
        said = "mean change from low to high in its range; blue: more of it raises, brown: lowers, pale: either"
    else:
        said = "share of the variance; blue: by itself, luck included, pale: with other numbers too"
    heights = [PANEL + ROW * len(one.first[:rows]) for one in panels]
    subtitle = f"In {found.year}: {said}; line: 95 % interval"
    cut = any(len(one.first) > rows for one in panels)
    head = title(f"What decides: the first {counted(rows, 'number')}" if cut else "What decides", found, panels)
    if cut and len(panels) == len(moved(found)):
        head += ", more in the tables"
    figure, axes = canvas(head, subtitle, origin.line, 1, len(panels), EDGES + sum(heights))
    grid = axes[0].get_gridspec()
    if grid is not None:
        grid.set_height_ratios(heights)
    for ax, one in zip(axes, panels, strict=True):
        _bars(ax, found, one, one.first[:rows])
    return png(figure)


def _bars(ax: Axes, result: Sensitivity, found: Found, first: list[int]) -> None:
    for row, i in enumerate(first):
        whole, *ends = (float(values[i]) for values in (found.importance, *found.ends))
        morris = result.method == "morris"
        ax.barh(row, whole, height=0.7, color=COLOURS[way(found, i)] if morris else EITHER)
        if not morris:
            ax.barh(row, max(0.0, min(float(found.alone[i]), whole)), height=0.7, color=RAISES)
        (line,) = ax.plot(ends, [row, row], "|-", color=INK, linewidth=1.1, markersize=5, zorder=3)
        line.set_path_effects([withStroke(linewidth=2.6, foreground="white")])
        text = typeset(size(whole, found, result.method))
        ax.annotate(text, (ends[1], row), xytext=(5, 0), textcoords="offset points", va="center", fontsize=7,
                    color=SECONDARY)  # fmt: skip
    names = [f"{rank}  {verbatim(short_name(result.facts[i], 2 * LETTERS - 8))}"
             for rank, i in enumerate(first, start=1)]  # fmt: skip
    ax.set_yticks(range(len(names)), ["\n".join(wrap(name, LETTERS)) for name in names], fontsize=6.5)
    ax.set_ylim(len(names) - 0.4, -0.6)
    panel_title(ax, result, found, 8.5)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color=GRID)
    ax.spines["bottom"].set_color(LINE)
    most = float(found.ends[1][first].max()) * 1.12
    ax.set_xlim(0, most)
    scale(ax.xaxis, found, result.method, most, TICKS)
    ax.tick_params(axis="x", labelsize=7)
