"""What makes a measure what it is, as a waterfall."""

from collections.abc import Callable
from math import exp, isfinite, isnan

from matplotlib.axes import Axes

from sim.arrays import added
from sim.measures import registry
from sim.report.colours import BROWN, GRID, INK, LINE, SECONDARY
from sim.report.decomposition.figures import GALLERY
from sim.report.decomposition.words import amount, label
from sim.report.origin import FigureOrigin, verbatim
from sim.report.style import canvas, log_ticks, png
from sim.report.words import number
from sim.results.decomposition import Breakdown, Contribution

SHOWN = 9  # parts that have a bar of their own; the others, where they are several, share one
UP, DOWN = INK, BROWN


@GALLERY.figure(order=1)
def what_makes(found: Breakdown, origin: FigureOrigin) -> bytes | None:
    """What each part adds alone.

    From a world with nothing at work to the whole; last comes the interaction of the parts.
    """
    if any(isnan(part.added) for part in found.alone):
        return None
    unit, logs = found.unit, found.logs
    step: Callable[[float, float], float] = (lambda at, by: at * exp(by)) if logs else (lambda at, by: at + by)
    *parts, interaction = found.alone
    parts.sort(key=lambda one: -abs(one.added))
    shown = SHOWN if len(parts) > SHOWN + 1 else len(parts)
    bars: list[tuple[str, float, Contribution | None]] = [(label(one.part), one.added, one) for one in parts[:shown]]
    if others := parts[shown:]:
        bars.append((f"{len(others)} others", added(one.added for one in others), None))
    bars.append((label(interaction.part), interaction.added, interaction))
    own = found.measure.id not in registry()  # of a kind or region, whose name stays as it is written
    measure = verbatim(found.measure.subject if own else found.measure.label.lower())
    scale = ", logarithmic" if logs else ""
    told = "bars: means, which add up; marks: medians"
    subtitle = f"Each part alone added to a world without any; {origin.years[1]}{scale}; {told}"
    figure, (ax,) = canvas(f"What makes it: {measure}", subtitle, origin.line)
    at, names = found.nothing, ["nothing at work"]
    _level(ax, 0, at, unit)
    for i, (name, by, one) in enumerate(bars, start=1):
        to = step(at, by)
        ax.plot([at, to], [i, i], color=UP if by > 0 else DOWN, linewidth=7, solid_capstyle="butt")
        if one is not None and isfinite(one.low):
            ax.plot([step(at, one.low), step(at, one.high)], [i, i], color=SECONDARY, linewidth=1)
        ax.plot([to, to], [i, i + 1], color=LINE, linewidth=0.8, zorder=0)
        ax.annotate(amount(by, unit, logs), (max(at, to), i), xytext=(5, 0), textcoords="offset points",
                    va="center", fontsize=7.5, color=SECONDARY)  # fmt: skip
        names.append(name)
        at = to
    _level(ax, len(bars) + 1, found.whole, unit)
    names.append("the scenario")
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x", color=GRID)
    ax.margins(x=0.12)
    if logs:
        ax.set_xscale("log")
        log_ticks(ax.xaxis, *ax.get_xlim(), unit)
    else:
        ax.xaxis.set_major_formatter(lambda value, _: number(value, unit) if value else "0")
    return png(figure)


def _level(ax: Axes, row: int, at: float, unit: str) -> None:
    ax.plot([at], [row], "D", color=INK, markersize=5)
    ax.annotate(number(at, unit), (at, row), xytext=(7, 0), textcoords="offset points", va="center", fontsize=8,
                fontweight="bold", color=INK)  # fmt: skip
