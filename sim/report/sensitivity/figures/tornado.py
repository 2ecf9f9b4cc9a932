"""The first numbers as bars."""

from matplotlib.axes import Axes

from sim.report.colours import BROWN, GRID, INK, LINE, SECONDARY
from sim.report.letters import verbatim
from sim.report.sensitivity.figures.gallery import GALLERY, scale, shown
from sim.report.sensitivity.words import size, subject, way
from sim.report.style import Origin, canvas, png, typeset
from sim.results.sensitivity import Found, Sensitivity

ROW, PANEL, EDGES = 0.17, 0.55, 0.9  # heights [in]: of a bar, of what is about a panel, of all else
TICKS = 6
COLOURS = {1: INK, -1: BROWN, 0: LINE}


@GALLERY.figure(order=1)
def tornado(found: Sensitivity, origin: Origin) -> bytes | None:
    """The numbers that move each measure most, and by how much; a thin line is the 95 % interval."""
    panels = shown(found)
    if not panels:
        return None
    if found.method == "morris":
        said = "mean change from low to high in its range; dark: more of it raises, brown: lowers, light: either"
    else:
        said = "share of the variance; dark: by itself, light: with what it does together with others"
    height = EDGES + sum(PANEL + ROW * len(one.first) for one in panels)
    figure, axes = canvas("What decides", f"In {found.year}: {said}", origin.line, 1, len(panels), height)
    grid = axes[0].get_gridspec()
    if grid is not None:
        grid.set_height_ratios([PANEL + ROW * len(one.first) for one in panels])
    for ax, one in zip(axes, panels, strict=True):
        _bars(ax, found, one)
    return png(figure)


def _bars(ax: Axes, result: Sensitivity, found: Found) -> None:
    for row, i in enumerate(found.first):
        whole, half = float(found.importance[i]), float(found.half[i])
        morris = result.method == "morris"
        colour = COLOURS[way(found, i)] if morris else LINE
        ax.barh(row, whole, height=0.65, color=colour)
        if not morris:
            ax.barh(row, max(0.0, min(float(found.alone[i]), whole)), height=0.65, color=INK)
        ax.plot([max(0.0, whole - half), whole + half], [row, row], color=SECONDARY, linewidth=0.9)
        text = typeset(size(whole, found, result.method))
        ax.annotate(text, (whole + half, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7,
                    color=SECONDARY)  # fmt: skip
    names = [verbatim(result.facts[i].name) for i in found.first]
    ax.set_yticks(range(len(names)), names, fontsize=7)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_title(verbatim(subject(found)), loc="left", fontsize=8.5, color=INK)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color=GRID)
    most = float((found.importance + found.half)[found.first].max()) * 1.12
    ax.set_xlim(0, most)
    scale(ax.xaxis, found, result.method, most, TICKS)
    ax.tick_params(axis="x", labelsize=7)
