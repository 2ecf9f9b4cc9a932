"""Whether numbers act alone."""

from math import ceil

from matplotlib.axes import Axes

from sim.report.colours import INK, LINE, SECONDARY, TERTIARY
from sim.report.labels import Spot, label_points
from sim.report.letters import verbatim
from sim.report.sensitivity.figures.gallery import GALLERY, scale, shown
from sim.report.sensitivity.words import subject
from sim.report.style import Origin, canvas, png
from sim.results.sensitivity import Found, Sensitivity

PANEL, EDGES = 2.5, 0.9  # heights [in]
NAMED = 4  # numbers of a panel that are named
MARKER = 6.0  # [px]
TICKS = 4


@GALLERY.figure(order=2)
def interaction(found: Sensitivity, origin: Origin) -> bytes | None:
    """How much each number does, and how much of that depends on the others; on the dotted line both are alike."""
    panels = shown(found)
    if not panels:
        return None
    if found.method == "morris":
        said = "across: mean size of the change; up: its standard deviation. High up: it depends on the others"
    else:
        said = "across: share of the variance by itself; up: together with others"
    columns = min(2, len(panels))
    rows = ceil(len(panels) / columns)
    subtitle = f"In {found.year}: {said}"
    figure, axes = canvas("Alone or together", subtitle, origin.line, columns, rows, EDGES + PANEL * rows)
    for ax, one in zip(axes, panels, strict=False):
        _points(ax, found, one)
    for ax in axes[len(panels) :]:
        ax.set_visible(False)
    figure.draw_without_rendering()
    for ax, one in zip(axes, panels, strict=False):
        across, up = _places(found, one)
        spots = [Spot(across[i], up[i], (found.facts[i].name,), SECONDARY) for i in one.first[:NAMED]]
        label_points(ax, spots, MARKER, [], [])
    return png(figure)


def _places(result: Sensitivity, found: Found) -> tuple[list[float], list[float]]:
    across = found.importance if result.method == "morris" else found.alone
    return [max(float(v), 0.0) for v in across], [max(float(v), 0.0) for v in found.interaction]


def _points(ax: Axes, result: Sensitivity, found: Found) -> None:
    across, up = _places(result, found)
    first = found.first
    rest = [i for i in found.order if i not in first]
    ax.plot([across[i] for i in rest], [up[i] for i in rest], "o", color=LINE, markersize=2.5)
    ax.plot([across[i] for i in first], [up[i] for i in first], "o", color=INK, markersize=4)
    most = max(*across, *up) * 1.08 or 1.0
    ax.plot([0, most], [0, most], ":", color=TERTIARY, linewidth=1, zorder=1)
    ax.set_xlim(-0.02 * most, most)
    ax.set_ylim(-0.02 * most, most)
    for axis in (ax.xaxis, ax.yaxis):
        scale(axis, found, result.method, most, TICKS)
    ax.tick_params(labelsize=7)
    ax.set_title(verbatim(subject(found)), loc="left", fontsize=8, color=INK, wrap=True)
